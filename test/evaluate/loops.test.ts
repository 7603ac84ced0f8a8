/** The compiled loops of metrics beside those in JavaScript: the same bits, whatever the fields. */
import {Rng} from "@lola-ts/core";
import {scoreModule, scriptLoops, together} from "../../lib/evaluate/loops";
import {memberDistances} from "../../lib/evaluate/probability/crps";
import {variogramScore} from "../../lib/evaluate/probability/variogram-score";
import {bitsOf} from "../bits";
import {bothWays} from "../both-ways";

const random = Rng.from("loops of metrics");
const compiled = scoreModule.wanted!;

type Draw = (i: number) => number;
const DRAWS: [string, Draw][] = [
  ["noise", () => random.normal()],
  ["large and small numbers", () => random.normal() * 10 ** (40 * random.normal())],
  ["the same number", () => 3],
  ["zeros of both signs", () => (random.uniform() < 0.5 ? 0 : -0)],
  ["some that are no numbers", (i) => (i % 97 === 5 ? NaN : i % 89 === 7 ? -Infinity : random.normal())],
];
const SIZES = [1, 7, 64, 65, 300];
const MEMBERS = [1, 2, 7, 8, 9, 16, 17, 40];

describe.each(DRAWS)("%s", (_, draw) => {
  const cases = SIZES.flatMap((size) => MEMBERS.map((members) => ({size, members})));

  test.each(cases)("$members members of $size points", ({size, members}) => {
    const field = () => Float64Array.from({length: size}, (_, i) => draw(i));
    const fields = together(field(), Array.from({length: members}, field));
    const count = members + 1;
    const [fast, slow] = [compiled, scriptLoops].map((loops) => {
      const sums = new Float64Array(count * members);
      loops.distances(fields, count, sums);
      const runs = [Int32Array.of(0, size), Int32Array.of(0, size >> 1, size >> 1, size - (size >> 1))];
      const shorter = [Int32Array.of(size >> 1, size - (size >> 1)), Int32Array.of(0, size - (size >> 1))];
      const totals = runs.map((run) => loops.variogram(fields, count, run, 0));
      const moved = [-(size >> 1), size >> 1].map((offset, i) => loops.variogram(fields, count, shorter[i], offset));
      const places = new Int32Array(3 * size);
      loops.places(fields, count, places);
      return [bitsOf(Float64Array.of(...sums, ...totals, ...moved)), places];
    });
    expect(fast).toEqual(slow);
  });
});

test.each([[[12, 9]], [[5, 6, 7]], [[4, 16]]])("scores on a grid of %p points have the same bits", (grid) => {
  const size = grid.reduce((a, b) => a * b);
  const field = () => Float32Array.from({length: size}, () => random.normal());
  const [u, members] = [field(), Array.from({length: 5}, field)];
  const [fast, slow] = bothWays(() => [variogramScore(u, members, grid), memberDistances(u, members)]);
  expect(fast).toEqual(slow);
});

describe("the module refuses what would leave its fields", () => {
  const fields = new Float64Array(30);
  const runs = Int32Array.of(0, 10);
  type Call = [string, () => unknown];
  const calls: Call[] = [
    ["no fields", () => compiled.variogram([1, 2] as never, 2, runs, 0)],
    ["a number of fields that does not divide their length", () => compiled.variogram(fields, 4, runs, 0)],
    ["a truth without members", () => compiled.variogram(fields, 1, runs, 0)],
    ["a run that is too long", () => compiled.variogram(fields, 3, Int32Array.of(0, 11), 0)],
    ["a run before the field", () => compiled.variogram(fields, 3, Int32Array.of(-1, 5), 0)],
    ["a run without a length", () => compiled.variogram(fields, 3, Int32Array.of(0), 0)],
    ["a negative length", () => compiled.variogram(fields, 3, Int32Array.of(5, -2), 0)],
    ["an offset beyond the field", () => compiled.variogram(fields, 3, runs, 1)],
    ["an offset before the field", () => compiled.variogram(fields, 3, runs, -1)],
    ["half an offset", () => compiled.variogram(fields, 3, Int32Array.of(1, 2), 0.5)],
    ["runs of other numbers", () => compiled.variogram(fields, 3, new Float64Array(2) as never, 0)],
    ["too few sums", () => compiled.distances(fields, 3, new Float64Array(5))],
    ["sums of other numbers", () => compiled.distances(fields, 3, new Float32Array(6) as never)],
    ["too many places", () => compiled.places(fields, 3, new Int32Array(31))],
    ["places of other numbers", () => compiled.places(fields, 3, new Float64Array(30) as never)],
    ["no number of fields", () => compiled.distances(fields, 0, new Float64Array(0))],
  ];

  test.each(calls)("%s", (_, call) =>
    expect(call).toThrow(/^(variogram|distances|places): expected fields, their number/),
  );
});
