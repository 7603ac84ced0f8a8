/**
 * Sampling by the probability flow.
 *
 * With $\eta = 0$ the reverse process (paper, Eq. 2) is an ordinary differential equation. Divided by $\alpha_t$ and written
 * in $\rho = \sigma_t / \alpha_t$ it reads
 *
 * $$ \frac{\mathrm{d}}{\mathrm{d}\rho} \frac{x_t}{\alpha_t} = z_t, \qquad
 *    z_t = \frac{x_t - \alpha_t \, \mathbb{E}[x \mid x_t]}{\sigma_t}, $$
 *
 * where $z_t$, the noise that the denoiser sees, changes slowly. The Adams-Bashforth method of order $k$ fits a polynomial
 * through the last $k$ values of $z$ and integrates it over the next step: accuracy of order $k$ for one denoiser call a
 * step. Order 1 is Euler's method in $\rho$, which is DDIM.
 */
import {tf} from "../tensor/backend";
import type {Denoise} from "./denoiser";
import {discretize, type Schedule} from "./schedule";

/**
 * Coefficients of the Adams-Bashforth method on a grid of any spacing,
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
  if (!(Number.isInteger(order) && order >= 1)) {
    throw new RangeError(`adamsBashforth: expected an order of 1 or more, found ${order}`);
  }
  return rho.slice(0, -1).map((current, i) => {
    const step = rho[i + 1] - current;
    if (!Number.isFinite(step) || step === 0 || step * (rho[1] - rho[0]) < 0) {
      throw new RangeError(
        `adamsBashforth: expected a finite, strictly monotonic grid, found ${current} followed by ${rho[i + 1]}`,
      );
    }
    // the step is [0, 1] in this unit, so that no power of rho is lost to rounding
    const nodes = rho.slice(Math.max(0, i + 1 - order), i + 1).map((value) => (value - current) / step);
    return nodes.map((_, j) => step * lagrangeIntegral(nodes, j));
  });
}

/** $\int_0^1 \prod_{m \neq j} (u - u_m) / (u_j - u_m) \, \mathrm{d}u$. */
function lagrangeIntegral(nodes: readonly number[], j: number): number {
  let polynomial = [1]; // ascending powers
  nodes.forEach((node, m) => {
    if (m === j) return;
    const scale = 1 / (nodes[j] - node);
    polynomial = Array.from(
      {length: polynomial.length + 1},
      (_, power) => scale * ((polynomial[power - 1] ?? 0) - node * (polynomial[power] ?? 0)),
    );
  });
  return polynomial.reduce((sum, coefficient, power) => sum + coefficient / (power + 1), 0);
}

export interface SamplerOptions {
  /** Denoiser calls from noise to data. */
  steps?: number;
  /** Order of the Adams-Bashforth method; 1 is DDIM. */
  order?: number;
}

/** The Adams-Bashforth sampler (paper, sections 3.3.3 and B.5: order 3, 16 steps). */
export class Sampler {
  readonly steps: number;
  readonly order: number;

  /** @throws RangeError unless steps and order are positive integers. */
  constructor({steps = 16, order = 3}: SamplerOptions = {}) {
    for (const [name, value] of Object.entries({steps, order})) {
      if (!(Number.isInteger(value) && value >= 1)) {
        throw new RangeError(`Sampler: expected ${name} to be an integer of 1 or more, found ${value}`);
      }
    }
    this.steps = steps;
    this.order = order;
  }

  /**
   * Turn noise into data; recordable as a whole.
   *
   * @param denoise what is known at each time.
   * @param x1 noise at $t = 1$, see {@link start}.
   * @returns a sample $x_0$ of the same shape. It keeps noise of scale $\sigma_0$ (1e-3 in the default schedule).
   */
  sample(denoise: Denoise, x1: tf.Tensor): tf.Tensor {
    return tf.tidy(() => {
      let x = x1;
      for (const state of this.walk(denoise, x1)) x = state;
      return x;
    });
  }

  /** The states $x_t$ at all `steps + 1` times, from $t = 1$ (a copy of `x1`) to $t = 0$. */
  trajectory(denoise: Denoise, x1: tf.Tensor): tf.Tensor[] {
    return tf.tidy(() => [x1.clone(), ...this.walk(denoise, x1)]);
  }

  /**
   * Noise to start from, $x_1 \sim \mathcal{N}(0, (\alpha_1^2 + \sigma_1^2) I)$: what data of unit variance becomes.
   *
   * @param noise draw from $\mathcal{N}(0, I)$.
   */
  start(schedule: Schedule, noise: tf.Tensor): tf.Tensor {
    const {alpha, sigma} = schedule(1);
    return noise.mul(Math.hypot(alpha, sigma));
  }

  private *walk(denoise: Denoise, x1: tf.Tensor): IterableIterator<tf.Tensor> {
    const grid = discretize(denoise.schedule, this.steps);
    const coefficients = adamsBashforth(
      grid.map(({alpha, sigma}) => sigma / alpha),
      this.order,
    );
    const history: tf.Tensor[] = []; // the last values of z, oldest first
    let x = x1;
    for (let i = 0; i < this.steps; i++) {
      const [now, next] = [grid[i], grid[i + 1]];
      const z = tf.tidy(() => {
        const {mean} = denoise.denoise(x, 1 - i / this.steps);
        return x.sub(mean.mul(now.alpha)).div(now.sigma);
      });
      history.push(z);
      if (history.length > this.order) history.shift();
      x = tf.tidy(() =>
        history
          .map((z, j) => z.mul(next.alpha * coefficients[i][j]))
          .reduce((sum, move) => sum.add(move), x.mul(next.alpha / now.alpha)),
      );
      yield x;
    }
  }
}
