import {adamsBashforth} from "../../../lib/diffusion/samplers/multistep";

test("integrates polynomials up to its order exactly on a grid of any spacing", () => {
  const rho = [10, 7, 4.5, 4, 1, 0.2, 0.1];
  for (const order of [1, 2, 3, 4]) {
    for (let power = 0; power < order; power++) {
      adamsBashforth(rho, order).forEach((row, i) => {
        if (row.length <= power) return;
        const sum = row.reduce((total, c, j) => total + c * rho[i + 1 - row.length + j] ** power, 0);
        const exact = (rho[i + 1] ** (power + 1) - rho[i] ** (power + 1)) / (power + 1);
        expect(sum).toBeCloseTo(exact, 8);
      });
    }
  }
});

test("has the textbook's coefficients on an even grid", () => {
  const row = adamsBashforth([0, 1, 2, 3, 4], 3)[3];
  [5 / 12, -16 / 12, 23 / 12].forEach((c, j) => expect(row[j]).toBeCloseTo(c, 12));
});

test("has fewer terms in the first steps, and never more than steps before it", () => {
  expect(adamsBashforth([4, 3, 2, 1], 2).map((row) => row.length)).toEqual([1, 2, 2]);
  expect(adamsBashforth([4, 3, 2, 1], 9).map((row) => row.length)).toEqual([1, 2, 3]);
});

test("refuses grids and orders without a method", () => {
  expect(() => adamsBashforth([2, 1, 1], 2)).toThrow("strictly monotonic grid, found 1 followed by 1");
  expect(() => adamsBashforth([1, 2, 1.5], 2)).toThrow("strictly monotonic grid, found 2 followed by 1.5");
  expect(() => adamsBashforth([Infinity, 1], 1)).toThrow("found [ Infinity, 1 ]");
  expect(() => adamsBashforth([2, 1], 0)).toThrow(
    "adamsBashforth: expected order to be an integer of at least 1, found 0",
  );
});
