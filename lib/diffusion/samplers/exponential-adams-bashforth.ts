/**
 * Exponential Adams-Bashforth method: $z$ is a polynomial of $u = \log \rho$, in which a sampler's times are spread more
 * evenly, and $\mathrm{d}\rho = e^u \, \mathrm{d}u$ is integrated exactly.
 */
import {checkGrid, integrateLagrange} from "./multistep";

/**
 * Compute the coefficients of the exponential Adams-Bashforth method on a grid of any spacing,
 * $c_{ij} = \int_{u_i}^{u_{i+1}} e^u \, \ell_j(u) \, \mathrm{d}u$ with $u = \log \rho$ and the Lagrange polynomials
 * $\ell_j$ of the last $k$ grid points; the first rows have fewer points and lower order.
 *
 * @param rho grid of $n + 1$ positive values.
 * @param order number $k$ of values of $z$ that a step uses.
 * @returns $n$ rows; row $i$ multiplies the last $\min(i + 1, k)$ values of $z$, oldest first.
 * @throws RangeError unless the order is a positive integer and the grid positive, finite and strictly monotonic.
 * @see Zhang & Chen, "Fast Sampling of Diffusion Models with Exponential Integrator", 2023, arXiv:2204.13902
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
