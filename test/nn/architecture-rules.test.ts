import {
  axes,
  count,
  countFrom0,
  dropoutRate,
  ffnFactor,
  MAX_COUNT,
  perAxis,
  share,
} from "../../lib/nn/architecture-rules";
import {accepts, type Rule} from "@lola-ts/core";

test.each<[string, Rule, unknown[], unknown[]]>([
  ["counts", count, [1, MAX_COUNT], [0, -1, 1.5, NaN, MAX_COUNT + 1, "4"]],
  ["counts from 0", countFrom0, [0, 3], [-1, 0.5, Infinity]],
  ["shares", share, [0, 0.5, 1], [-0.1, 1.1, NaN]],
  ["rates of dropout", dropoutRate, [0, 0.99], [1, -0.1]],
  ["factors of a feed-forward network", ffnFactor, [0.5, 64], [0, -1, 65]],
  ["numbers of axes", axes([2, 3]), [2, 3], [1, 4, "2"]],
  ["numbers per axis", perAxis, [4, [4, 2]], [0, [], [4, 0], "4"]],
])("%s have bounds, so that a file does not determine how much memory is taken", (_, rule, right, wrong) => {
  for (const value of right) expect([value, accepts(rule, value)]).toEqual([value, true]);
  for (const value of wrong) expect([value, accepts(rule, value)]).toEqual([value, false]);
});
