/**
 * Sampling: from noise at $t = 1$ to data at $t = 0$, step by step.
 *
 * | kind   | scheme                                                         |
 * | ------ | -------------------------------------------------------------- |
 * | `ab`   | Adams-Bashforth of the probability flow (the paper's, order 3) |
 * | `eab`  | exponential Adams-Bashforth                                    |
 * | `ddim` | DDIM: Euler's method at $\eta = 0$, with new noise above       |
 * | `ddpm` | DDPM, which is DDIM at $\eta = 1$                              |
 * | `pc`   | deterministic DDIM steps, each after corrections at fixed $t$  |
 */
import * as z from "zod";
import {checkOptions, count, number, optional, section, whole, type Rule, type Rules} from "@lola-ts/core";
import {tf, tensorFrom} from "@lola-ts/engine";
import {adamsBashforth, exponentialAdamsBashforth, multistep} from "./multistep";
import {type Scheme, ddim, predictorCorrector} from "./ddim";
import {denoiserRule, type Denoiser} from "../posterior";
import {discretize, type Schedule} from "../noise-schedule";

/** A sampling scheme as plain data. */
export type SamplerScheme =
  | {
      /** Adams-Bashforth, plain or exponential. Default: "ab". */
      readonly kind?: "ab" | "eab";
      /** Order of the multi-step scheme, up to 8; the first steps have lower ones. Default: 3. */
      readonly order?: number;
    }
  | {
      /** DDIM: Euler's method without stochasticity. */
      readonly kind: "ddim";
      /** Stochasticity $\eta \ge 0$. Default: 0. */
      readonly eta?: number;
    }
  | {
      /** DDPM: DDIM of stochasticity 1. */
      readonly kind: "ddpm";
    }
  | {
      /** Predictor-corrector: DDIM steps, each after corrections at a fixed time. */
      readonly kind: "pc";
      /** Number of corrections before each step. Default: 1. */
      readonly corrections?: number;
      /** Size $\delta \in [0, 1]$ of a correction. Default: 0.01. */
      readonly delta?: number;
    };

export type SamplerOptions = SamplerScheme & {
  /** Number of steps: one denoiser call each, and one more for each correction of `pc`. Default: 16. */
  readonly steps?: number;
};

/** Source of the noise that stochastic schemes add: a `Random` or a `RowRandom`. */
export interface NoiseSource {
  /** Derive an independent source. */
  fold(i: number): NoiseSource;
  /** Draw from $\mathcal{N}(0, I)$. */
  normal(shape: number[]): tf.Tensor;
}

/** Accept orders of multi-step schemes: the weights of higher ones are so large, with changing signs, that errors blow up. */
export const orderRule = whole({min: 1, max: 8});

const schemesWith = (more: Rules) =>
  z.discriminatedUnion("kind", [
    section({kind: optional(z.literal("ab")), order: optional(orderRule), ...more}),
    section({kind: z.literal("eab"), order: optional(orderRule), ...more}),
    section({kind: z.literal("ddim"), eta: optional(number({min: 0})), ...more}),
    section({kind: z.literal("ddpm"), ...more}),
    section({
      kind: z.literal("pc"),
      corrections: optional(whole({min: 0})),
      delta: optional(number({min: 0, max: 1})),
      ...more,
    }),
  ]);

export const schemeRule: Rule<SamplerScheme> = schemesWith({});

const samplerRule = schemesWith({steps: optional(count)});

function schemeOf(options: SamplerScheme): Scheme {
  switch (options.kind) {
    case "ddim":
      return ddim(options.eta ?? 0);
    case "ddpm":
      return ddim(1);
    case "pc":
      return predictorCorrector(options.corrections ?? 1, options.delta ?? 0.01);
    case "ab":
    case "eab":
    case undefined:
      return multistep(options.kind === "eab" ? exponentialAdamsBashforth : adamsBashforth, options.order ?? 3);
  }
}

/**
 * A sampler; by default the paper's: Adams-Bashforth of order 3, 16 steps (sections 3.3.3 and B.5).
 *
 * @example new Sampler({kind: "ddim", eta: 0.5, steps: 32})
 */
export class Sampler {
  readonly steps: number;
  private readonly scheme: Scheme;

  /** @throws RangeError for an unknown kind, an option that the kind does not have, or a value out of range. */
  constructor(private readonly options: SamplerOptions = {}) {
    checkOptions("Sampler", samplerRule, options);
    this.steps = options.steps ?? 16;
    this.scheme = schemeOf(options);
  }

  /** True if steps add noise, so that {@link sample} needs a source of it. */
  get stochastic(): boolean {
    return this.scheme.stochastic;
  }

  /**
   * Turn noise into data; recordable as a whole.
   *
   * @param denoiser denoiser that is evaluated at each time.
   * @param x1 noise at $t = 1$, see {@link start}, $[B, \dots]$.
   * @param random source of the noise that stochastic schemes add: draw $n$ is `random.fold(n).normal(x1.shape)`.
   * @returns a sample $x_0$ of the same shape. It retains noise of scale $\sigma_0$ (1e-3 in the default schedule).
   * @throws Error if the scheme is stochastic and there is no source.
   */
  sample(denoiser: Denoiser, x1: tf.Tensor, random?: NoiseSource): tf.Tensor {
    return tf.tidy(() => {
      let x = x1;
      for (const state of this.walk(denoiser, x1, random)) x = state;
      return x;
    });
  }

  /**
   * Compute $x_t$ at all `steps + 1` times, from $t = 1$ (a copy of `x1`) to $t = 0$.
   *
   * @throws Error if the scheme is stochastic and there is no source.
   */
  trajectory(denoiser: Denoiser, x1: tf.Tensor, random?: NoiseSource): tf.Tensor[] {
    return tf.tidy(() => [x1.clone(), ...this.walk(denoiser, x1, random)]);
  }

  /**
   * Scale noise to start from, $x_1 \sim \mathcal{N}(0, (\alpha_1^2 + \sigma_1^2) I)$: diffused data of unit variance.
   *
   * @param noise draw from $\mathcal{N}(0, I)$.
   */
  start(schedule: Schedule, noise: tf.Tensor): tf.Tensor {
    const {alpha, sigma} = schedule(1);
    return noise.mul(Math.hypot(alpha, sigma));
  }

  private *walk(denoiser: Denoiser, x1: tf.Tensor, random?: NoiseSource): IterableIterator<tf.Tensor> {
    checkOptions("Sampler", denoiserRule, denoiser, "denoiser");
    checkOptions("Sampler", tensorFrom(0), x1, "x1");
    if (this.stochastic && !random) {
      throw new Error(`Sampler: the kind ${this.options.kind} adds noise: expected a source of noise, found none.`);
    }
    const grid = discretize(denoiser.schedule, this.steps);
    const step = this.scheme.begin(grid);
    let draws = 0;
    let x = x1;
    for (let i = 0; i < this.steps; i++) {
      const mean = (xt: tf.Tensor) => denoiser.denoise(xt, 1 - i / this.steps).mean;
      const noise = () => random!.fold(draws++).normal(x1.shape);
      x = step(x, {i, from: grid[i], to: grid[i + 1], mean, noise});
      yield x;
    }
  }
}
