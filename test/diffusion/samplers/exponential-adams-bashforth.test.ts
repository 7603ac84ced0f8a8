import {exponentialAdamsBashforth} from "../../../lib/diffusion/samplers/multistep";

/** $\int e^u u^p$ between two points, by Simpson's rule. */
function integral(power: number, from: number, to: number): number {
  const cells = 2000;
  const f = (i: number) => {
    const u = from + ((to - from) * i) / cells;
    return Math.exp(u) * u ** power;
  };
  let sum = f(0) + f(cells);
  for (let i = 1; i < cells; i++) sum += (i % 2 ? 4 : 2) * f(i);
  return (sum * (to - from)) / cells / 3;
}

describe.each([
  {grid: "falling", rho: [1000, 60, 7, 4.5, 4, 1, 0.2, 0.001]},
  {grid: "rising", rho: [0.001, 0.2, 1, 4, 4.5, 7, 60, 1000]},
  {grid: "fine", rho: [2, 1.999, 1.998, 1.9975, 1.997]},
])("on a $grid grid", ({rho}) => {
  test.each([1, 2, 3, 4])("order %i integrates polynomials of log(rho) exactly", (order) => {
    const u = rho.map(Math.log);
    for (let power = 0; power < order; power++) {
      exponentialAdamsBashforth(rho, order).forEach((row, i) => {
        if (row.length <= power) return;
        const sum = row.reduce((total, c, j) => total + c * u[i + 1 - row.length + j] ** power, 0);
        const exact = integral(power, u[i], u[i + 1]);
        expect(sum / exact).toBeCloseTo(1, 8);
      });
    }
  });
});

test("order 1 is Euler's method in rho", () => {
  expect(exponentialAdamsBashforth([3, 2, 0.5], 1).map(([c]) => c)).toEqual([
    expect.closeTo(-1, 12) as number,
    expect.closeTo(-1.5, 12) as number,
  ]);
});

test("refuses grids and orders without a method", () => {
  expect(() => exponentialAdamsBashforth([2, 1, 1], 2)).toThrow("monotonic grid, found 1 followed by 1");
  expect(() => exponentialAdamsBashforth([2, 1, 0], 2)).toThrow("expected a grid of positive values, found 0");
  expect(() => exponentialAdamsBashforth([2, 1], 1.5)).toThrow(
    "expected order to be an integer of at least 1, found 1.5",
  );
});
