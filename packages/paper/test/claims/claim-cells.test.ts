import {aboveNumber, below, belowNumber, cellOf, type SeededResult} from "../../src/claims/claim-cells";
import {pairedDifference} from "lola/evaluate";

const result = (samples: number[], bySeed?: number[][]): SeededResult => ({
  dataset: "Euler",
  method: "diffusion",
  space: "latent",
  compression: 80,
  horizon: "1:20",
  metric: "vrmse",
  value: 0,
  error: 0,
  samples,
  bySeed,
});

test("a cell is the paired t-test of a difference, one-sided both ways", () => {
  const [a, b] = [
    [1, 2, 4, 3],
    [2, 2.5, 4.4, 4.2],
  ];
  const cell = below("x", result(a), result(b));
  const {value, error, p} = pairedDifference(a, b);
  expect(cell.value).toBeCloseTo(value, 12);
  expect(cell.error).toBeCloseTo(error, 12);
  expect(cell.pFor).toBeCloseTo(p / 2, 12);
  expect(cell.pAgainst).toBeCloseTo(1 - p / 2, 12);
  const turned = below("x", result(b), result(a));
  expect(turned.pFor).toBeCloseTo(cell.pAgainst, 12);
});

test("margins and limits move the point that is tested", () => {
  const a = result([1.05, 1.1, 1.0, 1.07]);
  expect(below("x", a, result([1, 1, 1, 1]), 1.5).pFor).toBeLessThan(0.001);
  expect(belowNumber("x", a, 1).pAgainst).toBeLessThan(0.05);
  expect(aboveNumber("x", a, 0.5).pFor).toBeLessThan(0.001);
});

test("seeds are paired, and what they disagree about makes the answer unsure", () => {
  const zero = [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ];
  const agree = [
    [-1, -1.1, -0.9, -1],
    [-1.05, -1, -1.1, -0.95],
  ];
  const differ = [
    [-2, -2.1, -1.9, -2],
    [0.05, 0, 0.1, -0.05],
  ];
  const mean = (table: number[][]) => table[0].map((_, t) => (table[0][t] + table[1][t]) / 2);
  const cell = (table: number[][]) => below("x", result(mean(table), table), result([0, 0, 0, 0], zero));
  expect(cell(agree).pFor).toBeLessThan(0.01);
  expect(cell(differ).pFor).toBeGreaterThan(0.1); // one degree of freedom over seeds
  expect(cell(differ).value).toBeCloseTo(cell(agree).value, 1);
});

test("a diverged forecast speaks against, equal scores for neither, and other trajectories are refused", () => {
  expect(cellOf("x", [[NaN, 1]])).toMatchObject({pFor: 1, pAgainst: 0});
  expect(cellOf("x", [[0, 0]])).toMatchObject({pFor: 1, pAgainst: 1});
  expect(cellOf("x", [[-1, -1]])).toMatchObject({pFor: 0, pAgainst: 1});
  expect(cellOf("x", [[-1]]).pFor).toBeNaN();
  expect(() => below("x", result([1, 2]), result([1]))).toThrow(
    "claims: expected scores of the same trajectories, found 2 and 1 of them.",
  );
});
