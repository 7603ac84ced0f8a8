import {symmetricEigen, symmetricRoot} from "../../lib/evaluate/eigen";

/** A symmetric matrix of pseudo-random numbers. */
function symmetric(n: number): Float64Array {
  const value = (i: number, j: number) => Math.sin(1 + 12.9898 * (Math.min(i, j) * 31 + Math.max(i, j)) ** 2);
  return Float64Array.from({length: n * n}, (_, at) => value(Math.floor(at / n), at % n));
}

/** $A B$, or $A B^\top$. */
const times = (a: ArrayLike<number>, b: ArrayLike<number>, n: number, transposed = false) =>
  Float64Array.from({length: n * n}, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[i * n + k] * (transposed ? b[j * n + k] : b[k * n + j]);
    return sum;
  });

const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));

test("a case by hand: eigenvalues 1 and 3", () => {
  const {values, vectors} = symmetricEigen([2, 1, 1, 2], 2);
  expect([...values].sort()).toEqual([1, 3].map((value) => expect.closeTo(value, 14)));
  for (const entry of vectors) expect(Math.abs(entry)).toBeCloseTo(Math.SQRT1_2, 14);
});

test.each([1, 2, 5, 33])("%d rows: orthogonal vectors, and values that give the matrix back", (n) => {
  const matrix = symmetric(n);
  const {values, vectors} = symmetricEigen(matrix, n);
  const identity = Float64Array.from({length: n * n}, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
  expect(distance(times(vectors, vectors, n, true), identity)).toBeLessThan(1e-13 * n);
  const scaled = vectors.map((entry, at) => entry * values[at % n]);
  expect(distance(times(scaled, vectors, n, true), matrix)).toBeLessThan(1e-13 * n);
});

test("diagonal, repeated and vanishing values", () => {
  expect([...symmetricEigen([3, 0, 0, 0, -1, 0, 0, 0, 3], 3).values]).toEqual([3, -1, 3]);
  expect([...symmetricEigen(new Float64Array(16), 4).values]).toEqual([0, 0, 0, 0]);
  const ones = symmetricEigen(new Float64Array(16).fill(1), 4).values;
  expect(distance(ones.sort(), [0, 0, 0, 4])).toBeLessThan(1e-14);
});

test.each([2, 7])("the root of a square of %d rows, squared, gives it back", (n) => {
  const factor = symmetric(n);
  const matrix = times(factor, factor, n, true);
  const root = symmetricRoot(matrix, n);
  expect(distance(times(root, root, n), matrix)).toBeLessThan(1e-12);
  expect(root[1]).toBe(root[n]);
});

test("the root ignores negative eigenvalues", () => {
  expect([...symmetricRoot([4, 0, 0, -1e-12], 2)]).toEqual([2, 0, 0, 0]);
});

test("refuses wrong sizes and numbers that are not finite", () => {
  expect(() => symmetricEigen([1, 2, 3], 2)).toThrow("expected 4 numbers for 2 rows, found 3");
  expect(() => symmetricEigen([1, NaN, NaN, 1], 2)).toThrow("expected finite numbers");
});
