import {Rng} from "@lola-ts/core";
import {crossedSummary, variesByBlock} from "../../../lib/evaluate/statistics/crossed";
import {summary} from "../../../lib/evaluate/summary";

test("one seed has the standard error over trajectories", () => {
  const samples = [1, 4, 2, 9];
  expect(crossedSummary([samples])).toEqual({...summary(samples), freedom: 3});
});

test("seeds that agree add nothing, trajectories that agree leave the error over seeds", () => {
  const samples = [1, 4, 2, 9];
  const same = crossedSummary([samples, samples, samples]);
  expect(same.error).toBeCloseTo(summary(samples).error, 12);
  const {value, error} = crossedSummary([
    [1, 1, 1],
    [3, 3, 3],
  ]);
  expect(value).toBe(2);
  expect(error).toBeCloseTo(summary([1, 3]).error, 12); // deviation sqrt(2), over sqrt(2)
});

test("degrees of freedom are those of the direction that varies", () => {
  expect(
    crossedSummary([
      [1, 4, 2, 9],
      [1, 4, 2, 9],
    ]).freedom,
  ).toBe(3);
  expect(
    crossedSummary([
      [1, 1, 1, 1],
      [3, 3, 3, 3],
    ]).freedom,
  ).toBeCloseTo(1, 12);
});

test("error and degrees of freedom of both directions follow from the mean squares, computed by hand", () => {
  // 6, seeds -3, 0, 3, trajectories -2, 0, 2, and an interaction that sums to 0 in every row and column
  const table = [
    [2, 2, 5],
    [3, 8, 7],
    [7, 8, 12],
  ];
  const [ofSeeds, ofTrajectories, ofBoth] = [(3 * 18) / 2, (3 * 8) / 2, 10 / 4];
  const whole = ofSeeds + ofTrajectories - ofBoth;
  const {value, error, freedom} = crossedSummary(table);
  expect(value).toBeCloseTo(6, 12);
  expect(error).toBeCloseTo(Math.sqrt(whole / 9), 12);
  // Satterthwaite's rule
  expect(freedom).toBeCloseTo(whole ** 2 / (ofSeeds ** 2 / 2 + ofTrajectories ** 2 / 2 + ofBoth ** 2 / 4), 12);
});

test("for additive effects the variances of both directions add up", () => {
  const [a, b] = [
    [0, 1, 5],
    [2, 3, 7, 11],
  ];
  const table = a.map((seed) => b.map((trajectory) => seed + trajectory));
  const expected = Math.hypot(summary(a).error, summary(b).error);
  expect(crossedSummary(table).error).toBeCloseTo(expected, 12);
});

test("is the deviation of the mean over repeated draws", () => {
  const draws = Array.from({length: 1000}, (_, i) => {
    const random = Rng.from("crossed", i);
    const a = Array.from({length: 3}, () => 0.5 * random.normal());
    const b = Array.from({length: 8}, () => random.normal());
    return crossedSummary(a.map((seed) => b.map((one) => seed + one + 0.7 * random.normal())));
  });
  const deviation = Math.sqrt(draws.reduce((sum, {value}) => sum + value ** 2, 0) / draws.length);
  const predicted = Math.sqrt(draws.reduce((sum, {error}) => sum + error ** 2, 0) / draws.length);
  expect(deviation).toBeCloseTo(Math.sqrt(0.25 / 3 + 1 / 8 + 0.49 / 24), 1);
  expect(predicted / deviation).toBeGreaterThan(0.96); // never below the error over trajectories, so slightly above
  expect(predicted / deviation).toBeLessThan(1.08);
});

test("a single trajectory has no error, and uneven tables are refused", () => {
  expect(crossedSummary([[1], [2]])).toEqual({value: 1.5, error: NaN, freedom: 0});
  expect(() => crossedSummary([[1, 2], [3]])).toThrow(
    "crossedSummary: expected as many trajectories of each seed, found 2, 1.",
  );
  expect(() => crossedSummary([])).toThrow("found none");
});

test("degrees of freedom are at least 1, also where seeds differ much and there are few", () => {
  const {freedom} = crossedSummary([
    [0, 3, 1],
    [14, 10, 13],
  ]);
  expect(freedom).toBeGreaterThanOrEqual(1);
});

test("where means differ between blocks, blocks are the samples", () => {
  const blocks = [40, 40, 40, 80, 80, 80, 120, 120, 120];
  const samples = [1, 1.1, 0.9, 2, 2.1, 1.9, 4, 4.1, 3.9];
  expect(variesByBlock(samples, blocks)).toBe(true);
  const {value, error, freedom} = crossedSummary([samples], blocks);
  expect(value).toBeCloseTo(7 / 3, 12);
  expect(error).toBeCloseTo(summary([1, 2, 4]).error, 12);
  expect(freedom).toBe(2);
});

test("where they do not, or cannot be tested, trajectories are", () => {
  const samples = [1, 2, 3, 1.1, 2.1, 2.9, 0.9, 2.2, 3.1];
  const blocks = [40, 40, 40, 80, 80, 80, 120, 120, 120];
  expect(variesByBlock(samples, blocks)).toBe(false);
  expect(crossedSummary([samples], blocks)).toEqual(crossedSummary([samples]));
  expect(variesByBlock([1, 2, 9, 9], [1, 1, 2, 2])).toBe(false); // two blocks
  expect(variesByBlock([1, 5, 9], [1, 2, 3])).toBe(false); // one value in each
});

test("blocks are samples where F exceeds its 5 % point, by the closed form for two degrees above", () => {
  // three blocks of two values around -d, 0 and d: F = d², and p = (1 + 2 F / 3)^(-3/2)
  const at = (p: number) => Math.sqrt(1.5 * (p ** (-2 / 3) - 1));
  const varies = (d: number) => variesByBlock([-d - 1, -d + 1, -1, 1, d - 1, d + 1], [1, 1, 2, 2, 3, 3]);
  expect([0.049, 0.051].map(at).map(varies)).toEqual([true, false]);
});

test("blocks are found where they are, and in one of twenty draws where they are not", () => {
  const blocks = Array.from({length: 40}, (_, i) => i >> 3);
  const share = (effect: number) =>
    Array.from({length: 400}, (_, draw) => {
      const rng = Rng.from("blocks", draw);
      return variesByBlock(
        blocks.map((block) => effect * block + rng.normal()),
        blocks,
      );
    }).filter(Boolean).length / 400;
  expect(share(1)).toBeGreaterThan(0.99);
  expect(Math.abs(share(0) - 0.05)).toBeLessThan(0.03);
});
