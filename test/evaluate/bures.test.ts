import {
  buresMatrix,
  buresWasserstein,
  correlationMatrix,
  fitGaussian,
  participationRatio,
  type Gaussian,
} from "../../lib/evaluate/bures";
import {Rng} from "@lola-ts/core";

const normals = (n: number, seed: number) => {
  const generator = Rng.from("bures", seed);
  return Float32Array.from({length: n}, () => generator.normal());
};
const sample = (n: number, d: number, seed: number) => ({data: normals(n * d, seed), shape: [n, d]});
const diagonal = (mean: number[], variances: number[]): Gaussian => ({
  mean,
  covariance: variances.flatMap((variance, i) => variances.map((_, j) => (i === j ? variance : 0))),
});

test("a fit by hand", () => {
  const {mean, covariance} = fitGaussian({data: [1, 0, 3, 0, 5, 6], shape: [3, 2]});
  expect(Array.from(mean)).toEqual([3, 2]);
  expect(Array.from(covariance)).toEqual([4, 6, 6, 12].map((value) => expect.closeTo(value, 12)));
});

test("correlations by hand; a component that does not vary has none", () => {
  const gaussian = {mean: [0, 0, 0], covariance: [4, 3, 0, 3, 9, 0, 0, 0, 0]};
  expect(correlationMatrix(gaussian)).toEqual([
    [1, 0.5, 0],
    [0.5, 1, 0],
    [0, 0, 1],
  ]);
});

test("the participation ratio counts directions: all, one, and by hand between", () => {
  expect(participationRatio(diagonal([0, 0, 0], [2, 2, 2]))).toBeCloseTo(3, 12);
  expect(participationRatio({mean: [0, 0], covariance: [1, 2, 2, 4]})).toBeCloseTo(1, 12);
  expect(participationRatio(diagonal([0, 0], [1, 3]))).toBeCloseTo(16 / 10, 12);
});

test("covariances that commute: roots of variances, by hand", () => {
  const a = diagonal([0, 1, 2], [1, 4, 9]);
  const b = diagonal([3, 1, -2], [4, 4, 0]);
  expect(buresWasserstein(a, b)).toBeCloseTo(Math.sqrt(9 + 16 + 1 + 0 + 9), 12);
  expect(buresWasserstein(a, {...a, mean: [3, 1, 6]})).toBeCloseTo(5, 7); // a shift costs itself
});

test("a metric on fitted Gaussians", () => {
  const [a, b, c] = [1, 2, 3].map((seed) => fitGaussian(sample(20, 5, seed)));
  const d = buresWasserstein;
  expect(d(a, a)).toBeLessThan(1e-6); // the root of rounding
  expect(d(a, b)).toBeGreaterThan(0.1);
  expect(d(a, b)).toBeCloseTo(d(b, a), 10);
  expect(d(a, c)).toBeLessThanOrEqual(d(a, b) + d(b, c));
});

test("turning, shifting and scaling both", () => {
  const n = 30;
  const d = 3;
  const moved = (seed: number, scale: number) => {
    const {data, shape} = sample(n, d, seed);
    const c = Math.cos(0.7);
    const s = Math.sin(0.7);
    const turned = Float64Array.from(data, (_, at) => {
      const row = at - (at % d);
      const j = at % d;
      const value = [c * data[row] - s * data[row + 1], s * data[row] + c * data[row + 1], data[row + 2]][j];
      return scale * value + 5;
    });
    return fitGaussian({data: turned, shape});
  };
  const before = buresWasserstein(fitGaussian(sample(n, d, 1)), fitGaussian(sample(n, d, 2)));
  expect(buresWasserstein(moved(1, 1), moved(2, 1))).toBeCloseTo(before, 12);
  expect(buresWasserstein(moved(1, 4), moved(2, 4))).toBeCloseTo(4 * before, 12);
});

test("does not depend on the samples' order", () => {
  const {data, shape} = sample(12, 2, 4);
  const reversed = Float32Array.from({length: 24}, (_, at) => data[2 * (11 - (at >> 1)) + (at % 2)]);
  const other = fitGaussian(sample(12, 2, 5));
  const distance = buresWasserstein(fitGaussian({data, shape}), other);
  expect(buresWasserstein(fitGaussian({data: reversed, shape}), other)).toBeCloseTo(distance, 12);
});

test("on a line it is the 2-Wasserstein distance of Gaussians", () => {
  const a = sample(40000, 1, 6);
  const b = {data: normals(40000, 7).map((x) => 1 + 2 * x), shape: [40000, 1]};
  const gaussian = buresWasserstein(fitGaussian(a), fitGaussian(b));
  expect(gaussian).toBeCloseTo(Math.SQRT2, 1);
  const [u, v] = [a, b].map(({data}) => Float64Array.from(data).sort());
  const squares = u.reduce((sum, value, i) => sum + (value - v[i]) ** 2, 0);
  expect(Math.sqrt(squares / u.length)).toBeCloseTo(gaussian, 2);
});

test("singular covariances: fewer samples than dimensions, and points", () => {
  const few = fitGaussian(sample(3, 6, 8));
  const many = fitGaussian(sample(50, 6, 9));
  expect(buresWasserstein(few, few)).toBeLessThan(1e-6);
  expect(buresWasserstein(few, many)).toBeCloseTo(buresWasserstein(many, few), 6);
  const points = [diagonal([0, 0], [0, 0]), diagonal([3, 4], [0, 0])];
  expect(buresWasserstein(points[0], points[1])).toBe(5);
  // from a point, the mean squared distance of the other's samples
  expect(buresWasserstein(points[0], diagonal([3, 4], [1, 2]))).toBeCloseTo(Math.sqrt(28), 12);
});

test("a matrix of pairs", () => {
  const gaussians = [1, 2, 3].map((seed) => fitGaussian(sample(10, 4, seed)));
  const matrix = buresMatrix(gaussians);
  gaussians.forEach((a, i) =>
    gaussians.forEach((b, j) => {
      expect(matrix[i][j]).toBe(matrix[j][i]);
      expect(matrix[i][j]).toBeCloseTo(i === j ? 0 : buresWasserstein(a, b), 10);
    }),
  );
  expect(buresMatrix([])).toEqual([]);
});

test("refuses what is no Gaussian", () => {
  const a = diagonal([0, 0], [1, 1]);
  expect(() => fitGaussian({data: [1, 2], shape: [1, 2]})).toThrow("n of at least 2, found [1,2]");
  expect(() => fitGaussian({data: [1, 2], shape: [2]})).toThrow("expected samples to be an array [n, d]");
  expect(() => buresWasserstein(a, diagonal([0], [1]))).toThrow("expected Gaussians of one dimension, found 2 and 1");
  expect(() => buresWasserstein(a, {mean: [0, 0], covariance: [1]})).toThrow(
    "expected b.covariance to be a row of 4 numbers, found [ 1 ]",
  );
  expect(() => buresWasserstein(a, diagonal([0, 0], [NaN, 1]))).toThrow("expected finite numbers");
});
