/**
 * Sampling: from noise at $t = 1$ to data at $t = 0$, step by step.
 *
 * | kind   | method                                                                | file                   |
 * | ------ | --------------------------------------------------------------------- | ---------------------- |
 * | `ab`   | Adams-Bashforth of the probability flow (the paper's, order 3)        | adams-bashforth.ts     |
 * | `eab`  | exponential Adams-Bashforth                                           | exponential.ts         |
 * | `ddim` | DDIM: Euler's method at $\eta = 0$, with new noise above              | ancestral.ts           |
 * | `ddpm` | DDPM, which is DDIM at $\eta = 1$                                     | ancestral.ts           |
 * | `pc`   | deterministic DDIM steps, each after corrections at fixed $t$         | predictor-corrector.ts |
 */
import {tf} from "../../tensor/backend";
import {adamsBashforth} from "./adams-bashforth";
import {ddim} from "./ddim";
import type {Denoiser} from "../posterior";
import {exponentialAdamsBashforth} from "./exponential-adams-bashforth";
import type {Scheme} from "./scheme";
import {multistep} from "./multistep";
import {predictorCorrector} from "./predictor-corrector";
import {discretize, type Schedule} from "../noise-schedule";

/** A method of sampling as plain data, the way configurations hold it. */
export type SamplerScheme =
  | {
      /** Adams-Bashforth unless told. */
      readonly kind?: "ab" | "eab";
      /** Order of the multi-step method, 3 unless told. */
      readonly order?: number;
    }
  | {
      readonly kind: "ddim";
      /** Stochasticity $\eta \ge 0$, 0 unless told. */
      readonly eta?: number;
    }
  | {readonly kind: "ddpm"}
  | {
      readonly kind: "pc";
      /** Corrections before each step, 1 unless told. */
      readonly corrections?: number;
      /** Size $\delta \in [0, 1]$ of a correction, 0.01 unless told. */
      readonly delta?: number;
    };

export type SamplerOptions = SamplerScheme & {
  /** Steps from noise to data, 16 unless told: one denoiser call each, and one more for each correction of `pc`. */
  readonly steps?: number;
};

/** Source of the noise that stochastic methods add, a `Random` or a `RowRandom`. */
export interface NoiseSource {
  /** An independent source. */
  fold(i: number): NoiseSource;
  /** A draw from $\mathcal{N}(0, I)$. */
  normal(shape: number[]): tf.Tensor;
}

/** Options of each kind besides `steps`. */
const KNOBS: Record<string, readonly string[]> = {
  ab: ["order"],
  eab: ["order"],
  ddim: ["eta"],
  ddpm: [],
  pc: ["corrections", "delta"],
};

/** @throws RangeError for an unknown kind and for an option that the kind does not have. */
function checkOptions({kind = "ab", ...options}: SamplerOptions): void {
  const known = Object.hasOwn(KNOBS, kind) ? ["steps", ...KNOBS[kind]] : undefined;
  if (!known) throw new RangeError(`Sampler: expected the kind ${Object.keys(KNOBS).join(", ")}, found ${kind}`);
  const unknown = Object.entries(options).find(([name, value]) => value !== undefined && !known.includes(name));
  if (unknown) {
    throw new RangeError(`Sampler: expected only ${known.join(", ")} for the kind ${kind}, found ${unknown[0]}`);
  }
}

function integer(name: string, value: number, least: number): number {
  if (!(Number.isInteger(value) && value >= least)) {
    throw new RangeError(`Sampler: expected ${name} to be an integer of ${least} or more, found ${value}`);
  }
  return value;
}

function bounded(name: string, value: number, most: number): number {
  if (!(Number.isFinite(value) && value >= 0 && value <= most)) {
    const range = most === Infinity ? "a finite number of 0 or more" : `from 0 to ${most}`;
    throw new RangeError(`Sampler: expected ${name} to be ${range}, found ${value}`);
  }
  return value;
}

function methodOf(options: SamplerScheme): Scheme {
  switch (options.kind) {
    case "ddim":
      return ddim(bounded("eta", options.eta ?? 0, Infinity));
    case "ddpm":
      return ddim(1);
    case "pc":
      return predictorCorrector({
        corrections: integer("corrections", options.corrections ?? 1, 0),
        delta: bounded("delta", options.delta ?? 0.01, 1),
      });
    case "ab":
    case "eab":
    case undefined: {
      const coefficients = options.kind === "eab" ? exponentialAdamsBashforth : adamsBashforth;
      return multistep(coefficients, integer("order", options.order ?? 3, 1));
    }
  }
}

/** A sampler; the paper's unless told: Adams-Bashforth of order 3, 16 steps (sections 3.3.3 and B.5). */
export class Sampler {
  readonly steps: number;
  private readonly method: Scheme;

  /** @throws RangeError for an unknown kind, an option that the kind does not have, or a value out of range. */
  constructor(private readonly options: SamplerOptions = {}) {
    checkOptions(options);
    this.steps = integer("steps", options.steps ?? 16, 1);
    this.method = methodOf(options);
  }

  /** Whether steps add noise, so that {@link sample} needs a source of it. */
  get stochastic(): boolean {
    return this.method.stochastic;
  }

  /**
   * Turn noise into data; recordable as a whole.
   *
   * @param denoise what is known at each time.
   * @param x1 noise at $t = 1$, see {@link start}.
   * @param random source of the noise that stochastic methods add: draw $n$ is `random.fold(n).normal(x1.shape)`.
   * @returns a sample $x_0$ of the same shape. It keeps noise of scale $\sigma_0$ (1e-3 in the default schedule).
   * @throws Error if the method is stochastic and there is no source.
   */
  sample(denoise: Denoiser, x1: tf.Tensor, random?: NoiseSource): tf.Tensor {
    return tf.tidy(() => {
      let x = x1;
      for (const state of this.walk(denoise, x1, random)) x = state;
      return x;
    });
  }

  /**
   * The states $x_t$ at all `steps + 1` times, from $t = 1$ (a copy of `x1`) to $t = 0$.
   *
   * @throws Error if the method is stochastic and there is no source.
   */
  trajectory(denoise: Denoiser, x1: tf.Tensor, random?: NoiseSource): tf.Tensor[] {
    return tf.tidy(() => [x1.clone(), ...this.walk(denoise, x1, random)]);
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

  private *walk(denoise: Denoiser, x1: tf.Tensor, random?: NoiseSource): IterableIterator<tf.Tensor> {
    if (this.stochastic && !random) {
      throw new Error(`Sampler: the kind ${this.options.kind} adds noise: expected a source of it, found none.`);
    }
    const grid = discretize(denoise.schedule, this.steps);
    const step = this.method.begin(grid);
    let draws = 0;
    let x = x1;
    for (let i = 0; i < this.steps; i++) {
      const mean = (xt: tf.Tensor) => denoise.denoise(xt, 1 - i / this.steps).mean;
      const noise = () => random!.fold(draws++).normal(x1.shape);
      x = step(x, {i, from: grid[i], to: grid[i + 1], mean, noise});
      yield x;
    }
  }
}
