/**
 * Adams-Bashforth method: $z$ is a polynomial of $\rho = \sigma_t / \alpha_t$ (the paper's sampler, sections 3.3.3 and B.5).
 * Order 1 is Euler's method in $\rho$, which is DDIM.
 */
import {checkGrid, integrateLagrange} from "./multistep";

/**
 * Compute the coefficients of the Adams-Bashforth method on a grid of any spacing,
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
