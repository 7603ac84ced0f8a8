/**
 * Multi-step methods for the probability flow.
 *
 * Without added noise the reverse process (paper, Eq. 2) is an ordinary differential equation. Divided by $\alpha_t$ and
 * written in $\rho = \sigma_t / \alpha_t$ it reads
 *
 * $$ \frac{\mathrm{d}}{\mathrm{d}\rho} \frac{x_t}{\alpha_t} = z_t, \qquad
 *    z_t = \frac{x_t - \alpha_t \, \mathbb{E}[x \mid x_t]}{\sigma_t}, $$
 *
 * where $z_t$, the noise that the denoiser sees, changes slowly. A method of order $k$ fits a polynomial through the last
 * $k$ values of $z$ and integrates it over the next step: accuracy of order $k$ for one denoiser call a step. The first
 * steps, which have fewer values, are of lower order.
 */
import {requireInteger, checkOptions, list, number} from "@lola-ts/core";

import {tf} from "@lola-ts/engine";
import type {Scheme} from "./scheme";

/**
 * Rule for the coefficients of the last values of $z$ in every step of a grid of $\rho$: row $i$ has $\min(i + 1, k)$ of
 * them, oldest first.
 */
export type MultistepCoefficients = (rho: readonly number[], order: number) => number[][];

/** Make the multi-step scheme $x_s = \frac{\alpha_s}{\alpha_t} x_t + \alpha_s \sum_j c_{ij} z_j$. */
export function multistep(coefficients: MultistepCoefficients, order: number): Scheme {
  return {
    stochastic: false,
    begin(grid) {
      const rho = grid.map(({alpha, sigma}) => sigma / alpha);
      const rows = coefficients(rho, order);
      const history: tf.Tensor[] = []; // the last values of z, oldest first
      return (xt, {i, from, to, mean}) => {
        history.push(tf.tidy(() => xt.sub(mean(xt).mul(from.alpha)).div(from.sigma)));
        if (history.length > order) history.shift();
        return tf.tidy(() =>
          history
            .map((z, j) => z.mul(to.alpha * rows[i][j]))
            .reduce((sum, move) => sum.add(move), xt.mul(to.alpha / from.alpha)),
        );
      };
    },
  };
}

/**
 * Integrate Lagrange polynomials over the steps of a grid, $\int_{x_i}^{x_{i+1}} w_i(x) \, \ell_j(x) \, \mathrm{d}x$ with
 * $\ell_j$ through the last $k$ grid points.
 *
 * @param moment $\int_0^1 w_i \, u^p \, \mathrm{d}u$ for the step $h_i = x_{i+1} - x_i$, where $x = x_i + h_i u$; called with the power $p$, $h_i$ and $i$.
 * @returns row $i$: one integral for each of the last $\min(i + 1, k)$ grid points, oldest first.
 */
export function integrateLagrange(
  grid: readonly number[],
  order: number,
  moment: (power: number, step: number, i: number) => number,
): number[][] {
  return grid.slice(0, -1).map((current, i) => {
    const step = grid[i + 1] - current;
    // the step is [0, 1] in this unit, so that no power is lost to rounding
    const nodes = grid.slice(Math.max(0, i + 1 - order), i + 1).map((value) => (value - current) / step);
    const moments = nodes.map((_, power) => moment(power, step, i));
    return nodes.map((_, j) => step * lagrange(nodes, j).reduce((sum, a, power) => sum + a * moments[power], 0));
  });
}

/** Compute the coefficients of $\prod_{m \neq j} (u - u_m) / (u_j - u_m)$ in ascending powers. */
function lagrange(nodes: readonly number[], j: number): number[] {
  let polynomial = [1];
  nodes.forEach((node, m) => {
    if (m === j) return;
    const scale = 1 / (nodes[j] - node);
    polynomial = Array.from(
      {length: polynomial.length + 1},
      (_, power) => scale * ((polynomial[power - 1] ?? 0) - node * (polynomial[power] ?? 0)),
    );
  });
  return polynomial;
}

/** Check a grid and an order. @throws RangeError unless the order is a positive integer and the grid strictly monotonic. */
export function checkGrid(name: string, grid: readonly number[], order: number): void {
  requireInteger(name, "order", order);
  checkOptions(name, list(number()), grid, "rho");
  grid.slice(0, -1).forEach((current, i) => {
    const step = grid[i + 1] - current;
    if (!Number.isFinite(step) || step === 0 || step * (grid[1] - grid[0]) < 0) {
      throw new RangeError(
        `${name}: expected a finite, strictly monotonic grid, found ${current} followed by ${grid[i + 1]}.`,
      );
    }
  });
}
