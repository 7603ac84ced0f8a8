import {Rng} from "@lola-ts/core";
import {inverse, matrixProduct, multiplyComplex, transposed} from "../../src/rayleigh-benard/dense";

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

test.each([
  [1, 3],
  [4, 4],
  [6, 5],
  [9, 8],
])("%d rows times a complex vector of %d", (rows, columns) => {
  const matrix = random(rows * columns, rows);
  const stored = Float64Array.of(7, 8, ...transposed(matrix, rows, columns));
  const re = random(3 + columns, 1);
  const im = random(3 + columns, 2);
  const outRe = new Float64Array(rows + 2);
  const outIm = new Float64Array(rows + 2);
  multiplyComplex(stored, 2, rows, columns, re, im, 3, outRe, outIm, 1);
  for (const [x, y] of [
    [re, outRe],
    [im, outIm],
  ]) {
    const expected = matrixProduct(matrix, x.slice(3), rows, columns, 1);
    expected.forEach((value, i) => expect(y[1 + i]).toBeCloseTo(value, 12));
    expect([y[0], y[rows + 1]]).toEqual([0, 0]);
  }
});
