/**
 * Guidance by observations: moment matching posterior sampling (MMPS).
 *
 * A denoiser approximates $p(x \mid x_t)$. Given $y = A(x) + \varepsilon$ with noise of variance $v_y$, the posterior mean is
 *
 * $$ \mathbb{E}[x \mid x_t, y] \approx \hat x + C A^T (v_y I + A C A^T)^{-1} (y - A(\hat x)), \qquad
 *    C = \frac{\sigma_t^2}{\alpha_t} J^T, \quad J = \frac{\partial \hat x}{\partial x_t}, $$
 *
 * where $\hat x$ is the denoiser's mean and $C$ its covariance by Tweedie's formula; the formula is exact for Gaussians. A
 * nonlinear $A$ is linearised at $\hat x$. Nothing is trained, and no matrix is formed: the system is solved by a few
 * iterations of products with Jacobians.
 *
 * @see Rozet et al., "Learning Diffusion Priors from Observations by Expectation Maximization", 2024, arXiv:2405.13712
 */
import {requireInteger, callable, having, checkOptions, number, oneOf} from "@lola-ts/core";
import type {Autoencoder} from "../models/autoencoder";
import {tf, cg, tensorFrom, gmres, linearise, taped} from "@lola-ts/engine";
import {denoiserRule, noiseAt, type Denoiser, type Posterior, type Time} from "./posterior";
import type {Schedule} from "./noise-schedule";

/**
 * Observation operator $A$: a differentiable, recordable map of $[B, L, \dots, C]$ to $[B, \dots]$ that treats samples
 * independently, such as averages over blocks, a product with a mask, or these of decoded states ({@link observeDecoded}).
 */
export interface ObservationOperator {
  (x: tf.Tensor): tf.Tensor;
  /** Weights that the operator reads: a recorded step keeps them, and is recorded again when there are others. Default: none. */
  readonly weights?: () => tf.Tensor;
}

export interface MMPSOptions {
  /** Number of iterations of the linear solver; each costs one gradient of the denoiser. Default: 1. */
  iterations?: number;
  /** Linear solver; $C$ is only nearly symmetric for a trained denoiser. Default: "gmres", as in the official code. */
  solver?: "gmres" | "cg";
  /**
   * Covariance $C$ in the linear system: "tweedie", or "variance", the diagonal that the denoiser returns (for a trained one
   * its prior guess), which saves the gradients of the iterations. Default: "tweedie".
   */
  covariance?: "tweedie" | "variance";
}

/** Denoiser of $p(x \mid x_t, y)$ for noisy observations $y \sim \mathcal{N}(A(x), v_y)$ (paper, Figure 6). */
export class MMPSDenoiser implements Denoiser {
  private readonly covariance: "tweedie" | "variance";
  private readonly solve: (matrix: ObservationOperator, b: tf.Tensor) => tf.Tensor;

  /**
   * @param denoiser denoiser without observations; it may be masked, or be masked in turn.
   * @param observe observation operator $A$.
   * @param y observation, of the shape of $A(x)$; with a batch axis of 1 or none it counts for all samples.
   * @param varY variance $v_y$ of the observation's noise, one number or one per entry of y.
   * @throws RangeError for a negative variance, a number of iterations below 1, or another solver or covariance.
   */
  constructor(
    private readonly denoiser: Denoiser,
    private readonly observe: ObservationOperator,
    private readonly y: tf.Tensor,
    private readonly varY: number | tf.Tensor,
    {iterations = 1, solver = "gmres", covariance = "tweedie"}: MMPSOptions = {},
  ) {
    checkOptions("MMPSDenoiser", denoiserRule, denoiser, "denoiser");
    checkOptions("MMPSDenoiser", callable, observe, "observe");
    checkOptions("MMPSDenoiser", tensorFrom(0), y, "y");
    checkOptions("MMPSDenoiser", varY instanceof tf.Tensor ? tensorFrom(0) : number({min: 0}), varY, "varY");
    requireInteger("MMPSDenoiser", "iterations", iterations);
    checkOptions("MMPSDenoiser", oneOf(["gmres", "cg"]), solver, "solver");
    checkOptions("MMPSDenoiser", oneOf(["tweedie", "variance"]), covariance, "covariance");
    this.covariance = covariance;
    this.solve = (matrix, b) => (solver === "cg" ? cg : gmres)(matrix, b, {iterations});
  }

  get schedule(): Schedule {
    return this.denoiser.schedule;
  }

  /**
   * Denoise under guidance; recordable. TensorFlow takes seconds to prepare one step and much longer for a whole trajectory.
   *
   * @returns the guided mean, and the denoiser's variance without the observation.
   * @throws RangeError when y or varY do not fit $A(x_t)$.
   */
  denoise(xt: tf.Tensor, t: Time, mask?: tf.Tensor): Posterior {
    this.check(xt.shape);
    return taped(() => {
      let variance: tf.Tensor | undefined;
      const estimate = linearise((x) => {
        const posterior = this.denoiser.denoise(x, t, mask);
        variance = posterior.variance;
        return posterior.mean;
      }, xt);
      const observed = linearise(this.observe, estimate.value);

      const {alpha, sigma} = noiseAt(this.schedule, t);
      const gamma = sigma
        .square()
        .div(alpha)
        .reshape([-1, ...xt.shape.slice(1).map(() => 1)]);
      const tweedie = (v: tf.Tensor) => estimate.vjp(v).mul(gamma);
      const diagonal = (v: tf.Tensor) => v.mul(variance!);
      const covariance = this.covariance === "tweedie" ? tweedie : diagonal;
      const system = (u: tf.Tensor) => observed.jvp(covariance(observed.vjp(u))).add(u.mul(this.varY));
      const solution = this.solve(system, this.y.sub(observed.value));
      const correction = tweedie(observed.vjp(solution));
      return {mean: estimate.value.add(correction), variance: variance!};
    });
  }

  private check(shape: number[]): void {
    const expected = observedShape(this.observe, shape);
    if (expected.length < 2 || expected[0] !== shape[0]) {
      throw new RangeError(
        `MMPSDenoiser: expected A to map [${shape.join(", ")}] to [${shape[0]}, ...], found [${expected.join(", ")}].`,
      );
    }
    const one = [1, ...expected.slice(1)];
    const fits = [expected, one, one.slice(1)].some((option) => option.join() === this.y.shape.join());
    if (!fits) {
      throw new RangeError(
        `MMPSDenoiser: expected an observation y [${expected.join(", ")}] or [${one.join(", ")}], as A gives for ` +
          `[${shape.join(", ")}], found [${this.y.shape.join(", ")}].`,
      );
    }
    if (typeof this.varY !== "number") checkBroadcast(this.varY.shape, expected);
  }
}

const observedShapes = new WeakMap<ObservationOperator, Map<string, number[]>>();

/** Find the shape of A(x), by one evaluation for each operator and shape of trajectories. */
function observedShape(observe: ObservationOperator, shape: number[]): number[] {
  const known = observedShapes.get(observe) ?? new Map<string, number[]>();
  observedShapes.set(observe, known);
  const found = known.get(shape.join()) ?? tf.tidy(() => observe(tf.zeros(shape)).shape);
  known.set(shape.join(), found);
  return found;
}

function checkBroadcast(shape: number[], target: number[]): void {
  const aligned = target.slice(target.length - shape.length);
  if (shape.length > target.length || shape.some((size, i) => size !== 1 && size !== aligned[i])) {
    throw new RangeError(
      `MMPSDenoiser: expected a variance varY that broadcasts to [${target.join(", ")}], found [${shape.join(", ")}].`,
    );
  }
}

/**
 * Observe decoded states: the map $z \mapsto A(D_\psi(z))$ of latent trajectories.
 *
 * @param autoencoder decoder of single states; the weights at the time of use count, also in {@link guidedEmulator}, which records it.
 * @param observe observation operator $A$ of states $[B, L, \dots, C]$.
 */
export function observeDecoded(autoencoder: Autoencoder, observe: ObservationOperator): ObservationOperator {
  checkOptions("observeDecoded", having("an autoencoder", "layout", "decoder"), autoencoder, "autoencoder");
  checkOptions("observeDecoded", callable, observe, "observe");
  const decoded = (z: tf.Tensor) => {
    const [batch, length] = z.shape;
    const p = autoencoder.layout.bind(autoencoder.weights);
    const x = autoencoder.decoder(p, z.reshape([batch * length, ...z.shape.slice(2)]));
    return observe(x.reshape([batch, length, ...x.shape.slice(1)]));
  };
  return Object.assign(decoded, {weights: () => autoencoder.weights});
}
