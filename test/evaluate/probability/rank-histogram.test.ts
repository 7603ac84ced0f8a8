import {Rng} from "@lola-ts/core";
import {rankHistogram} from "../../../lib/evaluate/probability/rank-histogram";
import {recorded} from "./recorded";

const random = () => Rng.from("ranks");

test.each(recorded)("equals xskillscore, ensemble %#", (one) => {
  expect(rankHistogram(one.truth, one.members, random())).toEqual(one.ranks);
});

test("is flat if the truth is one more member, by a chi-square test", () => {
  const draws = random();
  const points = 20_000;
  const draw = () => Float64Array.from({length: points}, () => draws.normal());
  const counts = rankHistogram(draw(), Array.from({length: 9}, draw), random());
  const expected = points / 10;
  const chi2 = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  expect(chi2).toBeLessThan(27.9); // 99.9 % of a chi-square distribution with 9 degrees of freedom
});

test("breaks ties at random: a truth equal to all members has every rank", () => {
  const counts = rankHistogram(new Float64Array(4000), [new Float64Array(4000), new Float64Array(4000)], random());
  counts.forEach((count) => expect(Math.abs(count - 4000 / 3)).toBeLessThan(5 * Math.sqrt(4000 * (2 / 9))));
});

test("counts each point once", () => {
  expect(rankHistogram([0, 5, 1], [[1, 1, 0], [2, 2, 2]], random())).toEqual([1, 1, 1]); // prettier-ignore
});

test("refuses NaN, no members, and members of another size", () => {
  expect(() => rankHistogram([0, NaN], [[0, 0]], random())).toThrow("expected numbers, found NaN at point 1");
  expect(() => rankHistogram([0], [[NaN]], random())).toThrow("expected numbers, found NaN at point 0");
  expect(() => rankHistogram([0], [], random())).toThrow(
    "rankHistogram: expected members to be a list, each a row of numbers, found []",
  );
  expect(() => rankHistogram([0, 1], [[0]], random())).toThrow("expected members of 2 points, found one of 1");
});
