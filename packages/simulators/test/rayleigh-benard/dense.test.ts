import {loops, Rng} from "@lola-ts/core";
import {inverse, matrixProduct, transposed} from "../../src/rayleigh-benard/dense";
import type {ConvectionLoops} from "../../src/rayleigh-benard/loops";

const random = (count: number, seed: number): Float64Array => {
  const generator = Rng.from("dense", seed);
  return Float64Array.from({length: count}, () => generator.normal());
};

test.each([1, 2, 7, 24])("a matrix of %d rows times its inverse is 1", (n) => {
  const matrix = random(n * n, n);
  matrix[0] = 0; // rows must be exchanged
  if (n === 1) matrix[0] = 3;
  const product = matrixProduct(matrix, inverse(matrix, n), n, n, n);
  product.forEach((value, i) => expect(Math.abs(value - Number(i % (n + 1) === 0))).toBeLessThan(1e-10));
});

test("a singular matrix is refused", () => {
  expect(() => inverse(Float64Array.of(1, 2, 2, 4), 2)).toThrow("inverse: expected a regular matrix, found pivot 0");
});

test("columns become rows, and rows columns", () => {
  expect([...transposed(Float64Array.of(1, 2, 3, 4, 5, 6), 2, 3)]).toEqual([1, 4, 2, 5, 3, 6]);
  const matrix = random(35, 1);
  expect(transposed(transposed(matrix, 7, 5), 5, 7)).toEqual(matrix);
});

test.each([1, 2, 3, 5, 8, 16, 21])("matrices of %d rows and one more times complex vectors", (half) => {
  const sizes = [half + 1, half];
  const matrices = sizes.map((n, part) => random(3 * n * n, part)); // for three wavenumbers
  const stored = matrices.map((matrix, part) => {
    const n = sizes[part];
    const all = [0, 1, 2].map((m) => transposed(matrix.subarray(m * n * n, (m + 1) * n * n), n, n));
    return Float64Array.from(all.flatMap((one) => [...one]));
  });
  const [xRe, xIm] = [2, 3].map((seed) => random(3 * (2 * half + 1), seed));
  const [yRe, yIm] = [xRe, xIm].map((x) => new Float64Array(x.length));
  loops<ConvectionLoops>().applyHalves(stored[0], stored[1], half, xRe, xIm, yRe, yIm);
  for (const [x, y] of [
    [xRe, yRe],
    [xIm, yIm],
  ]) {
    for (let m = 0, at = 0; m < 3; m++) {
      sizes.forEach((n, part) => {
        const matrix = matrices[part].subarray(m * n * n, (m + 1) * n * n);
        const expected = matrixProduct(matrix, x.subarray(at, at + n), n, n, 1);
        expected.forEach((value, i) => expect(y[at + i]).toBeCloseTo(value, 12));
        at += n;
      });
    }
  }
});

test("the largest rate at a height is NaN if one is, whatever comes later", () => {
  const planes = [
    [1, NaN, -3, 2],
    [1, 1, 1, -5],
    [1, 1, 1, 1],
    [1, 1, 1, 1],
  ].map((x) => Float64Array.from(x));
  const fastest = Float64Array.of(9, 9);
  const [u, w, theta, omega] = planes;
  loops<ConvectionLoops>().multiply(u, w, theta, omega, 10, Float64Array.of(1, 2), fastest);
  expect([...fastest]).toEqual([31, NaN]);
});
