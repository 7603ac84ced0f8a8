import {adamsBashforth, checkGrid, integrateLagrange, multistep} from "../../../lib/diffusion/samplers/multistep";
import {tf} from "@lola-ts/engine";

test.each([1, 2, 3, 4])("order %i solves dz/drho exactly where z is a polynomial of lower degree in rho", (order) => {
  const grid = [
    {alpha: 0.1, sigma: 0.9},
    {alpha: 0.3, sigma: 0.8},
    {alpha: 0.5, sigma: 0.6},
    {alpha: 0.6, sigma: 0.4},
    {alpha: 0.8, sigma: 0.3},
    {alpha: 1, sigma: 0.1},
  ];
  const rho = grid.map(({alpha, sigma}) => sigma / alpha);
  const z = (at: number) => (at / 9) ** (order - 1);
  const integral = (at: number) => (9 * (at / 9) ** order) / order;
  tf.tidy(() => {
    const step = multistep(adamsBashforth, order).begin(grid);
    let x = tf.scalar(0.5) as tf.Tensor;
    grid.slice(0, -1).forEach((from, i) => {
      const to = grid[i + 1];
      const mean = (xt: tf.Tensor) => xt.sub(from.sigma * z(rho[i])).div(from.alpha);
      const next = step(x, {i, from, to, mean, noise: () => tf.scalar(NaN)});
      if (i >= order - 1) {
        const change = next.dataSync()[0] / to.alpha - x.dataSync()[0] / from.alpha;
        expect(change).toBeCloseTo(integral(rho[i + 1]) - integral(rho[i]), 4);
      }
      x = next;
    });
  });
});

test("steps are deterministic and independent between trajectories", () => {
  const scheme = multistep(adamsBashforth, 2);
  const grid = [3, 2, 1, 0.5].map((sigma) => ({alpha: 1, sigma}));
  const walk = () =>
    tf.tidy(() => {
      const step = scheme.begin(grid);
      const mean = (xt: tf.Tensor) => xt.mul(0.3);
      let x = tf.scalar(2) as tf.Tensor;
      for (let i = 0; i < 3; i++) {
        x = step(x, {i, from: grid[i], to: grid[i + 1], mean, noise: () => tf.scalar(NaN)});
      }
      return x.dataSync()[0];
    });
  expect(scheme.stochastic).toBe(false);
  expect(walk()).toBe(walk());
});

test("Lagrange polynomials integrate to the moments of any weight", () => {
  const grid = [0, 0.5, 1.5, 2, 4];
  // with the weight x² on [x_i, x_i+1], polynomials of degree 2 are integrated exactly: compare ∫ x² x^p
  const moment = (power: number, step: number, i: number) => {
    const terms = [grid[i] ** 2 / (power + 1), (2 * grid[i] * step) / (power + 2), step ** 2 / (power + 3)];
    return terms.reduce((a, b) => a + b);
  };
  integrateLagrange(grid, 3, moment).forEach((row, i) => {
    for (let p = 0; p < row.length; p++) {
      const sum = row.reduce((total, c, j) => total + c * grid[i + 1 - row.length + j] ** p, 0);
      expect(sum).toBeCloseTo((grid[i + 1] ** (p + 3) - grid[i] ** (p + 3)) / (p + 3), 9);
    }
  });
});

test("a grid must be finite and strictly monotonic, and an order a positive integer", () => {
  expect(() => checkGrid("test", [3, 2, 1], 2)).not.toThrow();
  expect(() => checkGrid("test", [1, 2, 3], 2)).not.toThrow();
  expect(() => checkGrid("test", [1, 2, 2], 2)).toThrow("test: expected a finite, strictly monotonic grid, found 2");
  expect(() => checkGrid("test", [1, NaN], 1)).toThrow("found [ 1, NaN ]");
  expect(() => checkGrid("test", [1, 2], 0)).toThrow("test: expected order to be an integer of at least 1, found 0");
});
