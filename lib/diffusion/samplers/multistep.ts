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
import type {Scheme} from "./ddim";

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

/**
 * Compute the coefficients of the Adams-Bashforth method on a grid of any spacing, where $z$ is a polynomial of $\rho$ (the
 * paper's sampler, sections 3.3.3 and B.5; order 1 is Euler's method in $\rho$, which is DDIM),
 * $c_{ij} = \int_{\rho_i}^{\rho_{i+1}} \ell_j(\rho) \, \mathrm{d}\rho$ with the Lagrange polynomials $\ell_j$ of the last
 * $k$ grid points; the first rows have fewer points and lower order.
 *
 * @param rho grid of $n + 1$ values.
 * @param order number $k$ of values of $z$ that a step uses.
 * @returns $n$ rows; row $i$ multiplies the last $\min(i + 1, k)$ values of $z$, oldest first.
 * @throws RangeError unless the order is a positive integer and the grid finite and strictly monotonic.
 * @see Zhang & Chen, "Fast Sampling of Diffusion Models with Exponential Integrator", 2023, arXiv:2204.13902
 */
export function adamsBashforth(rho: readonly number[], order: number): number[][] {
  checkGrid("adamsBashforth", rho, order);
  return integrateLagrange(rho, order, (power) => 1 / (power + 1));
}

/**
 * Compute the coefficients of the exponential Adams-Bashforth method on a grid of any spacing, where $z$ is a polynomial of
 * $u = \log \rho$, in which a sampler's times are spread more evenly,
 * $c_{ij} = \int_{u_i}^{u_{i+1}} e^u \, \ell_j(u) \, \mathrm{d}u$; otherwise as {@link adamsBashforth}.
 *
 * @throws RangeError unless the order is a positive integer and the grid positive, finite and strictly monotonic.
 */
export function exponentialAdamsBashforth(rho: readonly number[], order: number): number[][] {
  checkGrid("exponentialAdamsBashforth", rho, order);
  const invalid = rho.find((value) => !(value > 0));
  if (invalid !== undefined) {
    throw new RangeError(`exponentialAdamsBashforth: expected a grid of positive values, found ${invalid}.`);
  }
  return integrateLagrange(rho.map(Math.log), order, (power, step, i) => rho[i] * exponentialMoment(power, step));
}

/** Compute $\int_0^1 e^{h u} u^p \, \mathrm{d}u$ by a series whose terms have one sign, so that no digit cancels. */
function exponentialMoment(p: number, h: number): number {
  let sum = 0;
  if (h < 0) {
    // integrated by parts again and again: e^h (1 / (p + 1) + |h| / ((p + 1) (p + 2)) + ...)
    for (let term = Math.exp(h) / (p + 1), n = 1; term > 1e-17 * sum; term *= -h / (p + 1 + n++)) sum += term;
  } else {
    for (let power = 1, n = 0; power > 1e-17 * sum; power *= h / ++n) sum += power / (n + p + 1);
  }
  return sum;
}
