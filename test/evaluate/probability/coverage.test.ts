import {Rng} from "@lola-ts/core";
import {coverageCurve, coverageError} from "../../../lib/evaluate/probability/calibration";
import {rankHistogram} from "../../../lib/evaluate/probability/rank-histogram";

test("counts the truths between the i-th smallest and the i-th largest member", () => {
  const random = Rng.from("coverage");
  const points = 500;
  const draw = (scale: number) => Float64Array.from({length: points}, () => scale * random.normal());
  const truth = draw(1.5);
  const members = Array.from({length: 6}, () => draw(1));
  const curve = coverageCurve(rankHistogram(truth, members, random));
  expect(curve.map(({level}) => level)).toEqual([1 / 7, 3 / 7, 5 / 7].map((level) => expect.closeTo(level, 12)));
  [3, 2, 1].forEach((i, row) => {
    const inside = [...truth].filter((y, point) => {
      const sorted = members.map((member) => member[point]).sort((a, b) => a - b);
      return sorted[i - 1] < y && y < sorted[6 - i];
    });
    expect(curve[row].covered).toBeCloseTo(inside.length / points, 12);
  });
});

test("a flat histogram covers exactly what it promises, of an even and an odd number of members", () => {
  for (const K of [2, 7, 16]) expect(coverageError(new Array<number>(K + 1).fill(3))).toBeCloseTo(0, 12);
});

test("of a Gaussian that is too narrow by half it is what the normal distribution says", () => {
  const random = Rng.from("narrow");
  const points = 10_000;
  const draw = (scale: number) => Float64Array.from({length: points}, () => scale * random.normal());
  const members = Array.from({length: 99}, () => draw(0.5));
  const curve = coverageCurve(rankHistogram(draw(1), members, random));
  const at = (level: number) => curve.find((row) => Math.abs(row.level - level) < 1e-9)!.covered;
  expect(Math.abs(at(0.5) - 0.2641)).toBeLessThan(0.02); // P(|Z| < 0.6745 / 2)
  expect(Math.abs(at(0.9) - 0.5892)).toBeLessThan(0.02); // P(|Z| < 1.6449 / 2)
});

test("counts that are NaN, of a diverged forecast, show", () => {
  expect(coverageError([NaN, NaN, NaN])).toBeNaN();
});

test("refuses an ensemble of one and a histogram without counts", () => {
  expect(() => coverageCurve([1, 2])).toThrow("expected the ranks of at least two members, found the ranks of 1");
  expect(() => coverageError([0, 0, 0])).toThrow("expected counts of ranks, found none");
});
