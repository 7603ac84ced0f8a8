/** A diffusion model as an emulator that follows observations (paper, Figure 6). */
import {callable, checkOptions, checkParts, number} from "@lola-ts/core";
import {
  noiseSeed,
  rowSources,
  trainedRule,
  type DisposableEmulator,
  type Emulator,
  type DiffusionEmulatorOptions,
  type TrainedDenoiser,
} from "./emulators";
import {tf, compile, type Compiled} from "@lola-ts/engine";
import {MaskedDenoiser} from "../diffusion/denoiser";
import type {Denoiser} from "../diffusion/posterior";
import {MMPSDenoiser, type MMPSOptions, type ObservationOperator} from "../diffusion/guidance";
import {Sampler} from "../diffusion/samplers/sampler";
import {statesOf} from "../models/context";

/** States of a rollout that one call generates, and rows of the ensemble that it generates them for. */
export interface GeneratedStates {
  /** Position of the first generated state in the trajectory. */
  readonly from: number;
  /** Position after the last one. */
  readonly to: number;
  /** Index of the batch's first row in the ensemble. */
  readonly row: number;
  readonly rows: number;
}

export type GuidedEmulatorOptions = DiffusionEmulatorOptions &
  MMPSOptions & {
    /** Observation operator: maps states $[B, n, \dots, C]$ to $[B, n, \dots]$. */
    readonly observe: ObservationOperator;
    /**
     * Look up the observations of the states that a call generates: a new tensor $[B, n, \dots]$, or $[1, n, \dots]$ for all
     * rows, of the first $n \le$ `to - from` states; undefined where there are no observations.
     */
    readonly observations: (states: GeneratedStates) => tf.Tensor | undefined;
    /** Variance of the observations' noise. */
    readonly varY: number;
  };

/**
 * Make the emulator of a trained denoiser for rollouts that are guided by observations.
 *
 * As in the official code, only the states that a call generates are observed, and the context mask is applied around the
 * guidance. A call without observations is not guided. The denoiser is recorded, and the sampler calls it step by step: one
 * guided step has thousands of operations, and TensorFlow takes long to prepare a whole trajectory. Dispose of it after use.
 *
 * @throws RangeError for invalid options of the sampler; from a call, for invalid options of the guidance and observations of
 *   other shapes.
 */
export function guidedEmulator(
  denoiser: TrainedDenoiser,
  {seed, observe, observations, varY, iterations, solver, covariance, ...scheme}: GuidedEmulatorOptions,
): DisposableEmulator {
  checkOptions("guidedEmulator", trainedRule, denoiser, "denoiser");
  checkOptions("guidedEmulator", noiseSeed, seed, "seed");
  checkOptions("guidedEmulator", callable, observe, "observe");
  checkParts("guidedEmulator", {observations: callable, varY: number({min: 0})}, {observations, varY});
  const sampler = new Sampler(scheme);
  const guidance = {iterations, solver, covariance};
  const recorded = new Map<string, Compiled>(); // keyed by number of context states and presence of a label

  /** Operators on windows, by number of context and of observed states: the same one each time, since a new one is tried first. */
  const operators = new Map<string, ObservationOperator>();
  const operator = (context: number, count: number): ObservationOperator => {
    const key = `${context} ${count}`;
    const known = operators.get(key) ?? ((x: tf.Tensor) => observe(statesOf(x, context, count)));
    operators.set(key, known);
    return known;
  };

  const record = (context: number, labelled: boolean) =>
    compile((weights, xt, t, states, mask, ...rest) => {
      const label = labelled ? (rest[0] as tf.Tensor2D) : undefined;
      const y = rest.at(labelled ? 1 : 0);
      const bound = denoiser.condition(denoiser.layout.bind(weights as tf.Tensor1D), label);
      const guided = y ? new MMPSDenoiser(bound, operator(context, y.shape[1]!), y, varY, guidance) : bound;
      const {mean, variance} = new MaskedDenoiser(guided, states, mask).denoise(xt, t);
      return [mean, variance];
    }, "guided_denoiser");

  let weights = observe.weights?.();
  const forget = () => {
    recorded.forEach((step) => step.dispose());
    recorded.clear();
  };
  const emulator: Emulator = (states, mask, label, {i, row}) =>
    tf.tidy(() => {
      const before = weights;
      if ((weights = observe.weights?.()) !== before) forget();
      const [rows, length] = states.shape;
      const context = tf.sum(mask).dataSync<"float32">()[0];
      const y = observations({from: i + context, to: i + length, row, rows});
      const key = `${context} ${label !== undefined}`;
      const step = recorded.get(key) ?? record(context, label !== undefined);
      recorded.set(key, step);
      const conditions = [states, mask, ...(label ? [label] : []), ...(y ? [y] : [])];
      const denoise: Denoiser["denoise"] = (xt, t) => {
        const time = typeof t === "number" ? tf.tensor1d([t]) : t;
        const [mean, variance] = step(denoiser.weights, xt, time, ...conditions);
        return {mean, variance};
      };
      const random = rowSources(seed, row, i, rows);
      const x1 = sampler.start(denoiser.schedule, random.normal(states.shape));
      return sampler.sample({schedule: denoiser.schedule, denoise}, x1, random);
    });
  return Object.assign(emulator, {dispose: forget});
}
