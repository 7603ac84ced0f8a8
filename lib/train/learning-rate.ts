/** Learning-rate schedules: a warm-up times a decay (official implementation, `get_optimizer`). */

import {checkParts, count, number, oneOf, type RulesOf} from "@lola-ts/core";

/** Shape of the decay after the warm-up. */
export type Decay = "constant" | "linear" | "cosine" | "exponential";

/** Map the index of a step, 0 for the first, to its learning rate. */
export type LearningRate = (step: number) => number;

export interface LearningRateOptions {
  /** Maximum rate $\eta_0$. */
  rate: number;
  /** Number of steps $n$ over which the rate decays. */
  steps: number;
  /** Decay after the warm-up. Default: "cosine". */
  decay?: Decay;
  /** Number of steps $w$ over which the rate grows linearly. Default: 0. */
  warmup?: number;
  /** Number of steps between two changes of the rate: the official scripts change it once an epoch. Default: 1. */
  epoch?: number;
}

const DECAYS: Record<Decay, (progress: number) => number> = {
  constant: () => 1,
  linear: (u) => 1 - u,
  cosine: (u) => (1 + Math.cos(Math.PI * u)) / 2,
  exponential: (u) => Math.exp(Math.log(1e-3) * u),
};

const rules: RulesOf<LearningRateOptions> = {
  rate: number({above: 0}),
  steps: number({above: 0}),
  decay: oneOf(Object.keys(DECAYS)),
  warmup: number({min: 0}),
  epoch: count,
};

/**
 * Make a learning-rate schedule,
 *
 * $$ \eta_i = \eta_0 \min\left(1, \frac{i + 1}{w + 1}\right) d(i / n), $$
 *
 * with $d(u) = 1$, $1 - u$, $(1 + \cos \pi u) / 2$ or $10^{-3 u}$. With epochs of several steps, $i$ and $w$ count epochs.
 *
 * @throws RangeError unless rate, steps and epoch are positive, the warm-up is not negative and the decay has a known name.
 * @example learningRate({rate: 1e-3, steps: 1000, warmup: 50})
 */
export function learningRate({
  rate,
  steps,
  decay = "cosine",
  warmup = 0,
  epoch = 1,
}: LearningRateOptions): LearningRate {
  checkParts("learningRate", rules, {rate, steps, decay, warmup, epoch});
  const shape = DECAYS[decay];
  return (step) => {
    const i = step - (step % epoch);
    return rate * Math.min(1, (i + epoch) / (warmup + epoch)) * shape(Math.min(1, i / steps));
  };
}
