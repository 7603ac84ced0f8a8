/**
 * Noise schedules.
 *
 * A diffusion process turns data $x$ into noise through the kernel (paper, Eq. 1)
 *
 * $$ p(x_t \mid x) = \mathcal{N}(x_t \mid \alpha_t x, \sigma_t^2 I), \qquad t \in [0, 1]. $$
 *
 * Only the ratio $\sigma_t / \alpha_t$ matters to a denoiser: two schedules with the same ratio describe the same
 * process up to a rescaling of $x_t$. This is why the paper's rectified flow ($\alpha_t = 1 - t$, $\sigma_t = t$) and the
 * official code's log-logit schedule ($\alpha_t = 1$, $\sigma_t = e^{\operatorname{logit} t}$) train the same model.
 *
 * A schedule maps one time in double precision, where a sampler builds its grid, or a tensor of times inside a recorded
 * training step, where each sample of a batch has its own.
 */
import {callable, requireInteger, checkOptions, number} from "@lola-ts/core";
import {tf} from "@lola-ts/engine";

/** Signal and noise scale, $(\alpha_t, \sigma_t)$, at one diffusion time. */
export interface NoiseLevel {
  readonly alpha: number;
  readonly sigma: number;
}

/** Signal and noise scales at several diffusion times, one element per time. */
export interface NoiseLevelTensors {
  readonly alpha: tf.Tensor;
  readonly sigma: tf.Tensor;
}

/** Map of diffusion times $t \in [0, 1]$ to signal and noise scales. */
export interface Schedule {
  (t: number): NoiseLevel;
  /** Compute the scales at a tensor of times, of any shape; recordable. */
  of(t: tf.Tensor): NoiseLevelTensors;
}

function schedule(at: (t: number) => NoiseLevel, of: (t: tf.Tensor) => NoiseLevelTensors): Schedule {
  return Object.assign((t: number) => at(t), {of});
}

/**
 * Rectified-flow schedule, $\alpha_t = 1 - t$ and $\sigma_t = t$ (paper, section 2).
 *
 * Its ends are pure data and pure noise, where $\sigma_t / \alpha_t$ is 0 and infinite; a denoiser needs it {@link within}
 * a range.
 *
 * @see Liu et al., "Flow Straight and Fast", 2022, arXiv:2209.03003
 */
export const rectified: Schedule = schedule(
  (t) => {
    checkOptions("rectified", number(), t, "t");
    return {alpha: 1 - t, sigma: t};
  },
  (t) => ({alpha: tf.sub(1, t), sigma: t.clone()}),
);

/**
 * Restrict a schedule to the part between two of its times, $t \mapsto t_0 + t (t_1 - t_0)$.
 *
 * `within(rectified, 1e-3 / 1.001, 1e3 / 1001)` has the ratio $\sigma_t / \alpha_t$ of `logLogit()` at every $t$.
 */
export function within(whole: Schedule, from: number, to: number): Schedule {
  if (!(0 <= from && from < to && to <= 1)) {
    throw new RangeError(`within: expected 0 <= from < to <= 1, found ${from} and ${to}.`);
  }
  return schedule(
    (t) => whole(from + t * (to - from)),
    (t) => whole.of(t.mul(to - from).add(from)),
  );
}

export interface ScaleRange {
  /** Noise scale $\sigma_t / \alpha_t$ at $t = 0$, before scale and shift. Default: 1e-3. */
  sigmaMin?: number;
  /** Noise scale $\sigma_t / \alpha_t$ at $t = 1$, before scale and shift. Default: 1e3. */
  sigmaMax?: number;
}

export interface LogLogitOptions extends ScaleRange {
  /** Factor $s$ of $\log \sigma_t$: below 1, more times are spent on middle noise levels. Default: 1. */
  scale?: number;
  /** Shift $m$ of $\log \sigma_t$: above 0, more times are spent on strong noise. Default: 0. */
  shift?: number;
}

function checkRange(name: string, sigmaMin: number, sigmaMax: number): void {
  if (!(0 < sigmaMin && sigmaMin < sigmaMax && Number.isFinite(sigmaMax))) {
    throw new RangeError(`${name}: expected 0 < sigmaMin < sigmaMax, found ${sigmaMin} and ${sigmaMax}.`);
  }
}

/**
 * Make a log-logit schedule, $\alpha_t = 1$ and $\log \sigma_t = s \operatorname{logit}(t_{\min} + t (t_{\max} - t_{\min})) + m$
 * with $t_* = \sigma_* / (1 + \sigma_*)$: the official implementation's default.
 *
 * @throws RangeError unless $0 < \sigma_{\min} < \sigma_{\max}$ and $s > 0$.
 */
export function logLogit({sigmaMin = 1e-3, sigmaMax = 1e3, scale = 1, shift = 0}: LogLogitOptions = {}): Schedule {
  checkRange("logLogit", sigmaMin, sigmaMax);
  if (!(scale > 0) || !Number.isFinite(scale + shift)) {
    throw new RangeError(`logLogit: expected scale > 0 and a finite shift, found ${scale} and ${shift}.`);
  }

  const low = sigmaMin / (1 + sigmaMin); // u at t = 0
  const high = 1 / (1 + sigmaMax); // 1 - u at t = 1
  const span = 1 - high - low;
  const factor = Math.exp(shift);

  return schedule(
    (t) => ({alpha: 1, sigma: factor * ((low + t * span) / (high + (1 - t) * span)) ** scale}),
    (t) => {
      // 1 - u from 1 - t, which float32 holds exactly near t = 1, where u itself has lost its digits
      const odds = t.mul(span).add(low).div(tf.sub(1, t).mul(span).add(high));
      const sigma = scale === 1 ? odds : odds.log().mul(scale).exp();
      return {alpha: tf.onesLike(t), sigma: factor === 1 ? sigma : sigma.mul(factor)};
    },
  );
}

/**
 * Make a log-linear schedule, $\alpha_t = 1$ and $\log \sigma_t = (1 - t) \log \sigma_{\min} + t \log \sigma_{\max}$.
 *
 * @throws RangeError unless $0 < \sigma_{\min} < \sigma_{\max}$.
 */
export function logLinear({sigmaMin = 1e-3, sigmaMax = 1e3}: ScaleRange = {}): Schedule {
  checkRange("logLinear", sigmaMin, sigmaMax);
  const low = Math.log(sigmaMin);
  const high = Math.log(sigmaMax);
  return schedule(
    (t) => ({alpha: 1, sigma: Math.exp(low + t * (high - low))}),
    (t) => ({
      alpha: tf.onesLike(t),
      sigma: t
        .mul(high - low)
        .add(low)
        .exp(),
    }),
  );
}

/** A noise schedule as plain data. */
export type ScheduleConfig =
  | ({
      /** $\sigma_t = \exp(s \operatorname{logit} t + m)$ (code). */
      readonly name: "log-logit";
    } & LogLogitOptions)
  | ({
      /** $\log \sigma_t$ is linear in $t$. */
      readonly name: "log-linear";
    } & ScaleRange)
  | ({
      /** Rectified flow: $\alpha_t = 1 - t$, $\sigma_t = t$ (paper). */
      readonly name: "rectified";
    } & ScaleRange);

/**
 * Make a schedule from its configuration; a rectified flow is restricted to ratios $\sigma_t / \alpha_t$ between `sigmaMin`
 * and `sigmaMax` (1e-3 and 1e3 by default).
 *
 * @throws RangeError for an unknown name or an invalid range.
 */
export function createSchedule(config: ScheduleConfig): Schedule {
  switch (config.name) {
    case "log-logit":
      return logLogit(config);
    case "log-linear":
      return logLinear(config);
    case "rectified": {
      const {sigmaMin = 1e-3, sigmaMax = 1e3} = config;
      checkRange("rectified", sigmaMin, sigmaMax);
      return within(rectified, sigmaMin / (1 + sigmaMin), sigmaMax / (1 + sigmaMax));
    }
    default:
      throw new RangeError(
        `schedule: expected the name log-logit, log-linear or rectified, found ${String((config as {name: unknown}).name)}.`,
      );
  }
}

/**
 * Compute the grid of a sampler: signal and noise scales at `steps + 1` times from $t = 1$ down to $t = 0$.
 *
 * @throws RangeError unless there is a step.
 */
export function discretize(schedule: (t: number) => NoiseLevel, steps: number): NoiseLevel[] {
  checkOptions("discretize", callable, schedule, "schedule");
  requireInteger("discretize", "steps", steps);
  return Array.from({length: steps + 1}, (_, i) => schedule(1 - i / steps));
}
