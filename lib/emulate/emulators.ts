/**
 * Emulators: functions that complete windows of states, called by rollouts. The window of a diffusion model is one sample, that of
 * a solver one evaluation of its network, drawn or computed by one recorded function.
 */
import {tf, compile, Random, RowRandom, type Compiled} from "@lola-ts/engine";
import {having, checkOptions, checkParts, either, list, number, text} from "@lola-ts/core";
import {MaskedDenoiser, type KarrasDenoiser} from "../diffusion/denoiser";
import {Sampler, type SamplerOptions} from "../diffusion/samplers/sampler";
import type {Solver} from "../models/solver";
import type {StochasticSolver} from "../models/stochastic-solver";
import {spreadMask} from "../models/context";

/** Place of an emulator's call in a rollout. */
export interface EmulatorCall {
  /** Position of the window's first state in the trajectory: 0 for the first call. */
  readonly i: number;
  /** Index of the batch's first row in the whole ensemble: noise drawn by row and `i` does not depend on the batch. */
  readonly row: number;
}

/**
 * Complete windows of states.
 *
 * @param states windows $[B, L, \dots, C]$, zero outside the context.
 * @param mask context mask $[L]$, 1 for context states.
 * @param label simulation parameters $[B, D]$, or undefined for systems without parameters.
 * @returns all $L$ states of each window, $[B, L, \dots, C]$, a new tensor.
 */
export type Emulator = (
  states: tf.Tensor,
  mask: tf.Tensor1D,
  label: tf.Tensor2D | undefined,
  call: EmulatorCall,
) => tf.Tensor;

/** An emulator that holds recorded functions until it is disposed of. */
export type DisposableEmulator = Emulator & {dispose(): void};

/** An emulator whose recorded functions serve any seed of its noise. */
export type SeededEmulator = DisposableEmulator & {
  /** Make the same emulator with another seed. */
  withSeed(seed: NoiseSeed): Emulator;
};

/**
 * Seed of an emulator's noise: a number, or parts that name the noise, such as its purpose, a seed and the seed of the training.
 * Emulators with the same number draw the same noise, and a number shares its keys with the training steps of that seed. Different
 * parts draw unrelated noise.
 */
export type NoiseSeed = number | readonly (string | number)[];

const part = either(text, number());
export const noiseSeed = either(number(), list(part));

export type DiffusionEmulatorOptions = SamplerOptions & {
  /** Seed of all noise, which also depends on a window's row and position in the rollout. */
  readonly seed: NoiseSeed;
};

/** The part of a trained {@link KarrasDenoiser} that an emulator uses. */
export type TrainedDenoiser = Pick<KarrasDenoiser, "schedule" | "layout" | "weights" | "condition">;

export const trainedRule = having("a trained denoiser", "schedule", "layout", "condition");

/**
 * Make the emulator of a trained denoiser for rollouts.
 *
 * The whole trajectory of the sampler, all noise and denoiser calls included, is one function of weights, keys of the
 * noise, context states, mask and label; each shape of batch is recorded once. Dispose of it after use.
 *
 * @throws RangeError for invalid options of the sampler.
 * @example const emulator = diffusionEmulator(denoiser, {seed: 0, steps: 16});
 */
export function diffusionEmulator(
  denoiser: TrainedDenoiser,
  {seed, ...options}: DiffusionEmulatorOptions,
): SeededEmulator {
  checkParts("diffusionEmulator", {denoiser: trainedRule, seed: noiseSeed}, {denoiser, seed});
  const sampler = new Sampler(options);
  const draw = compile((weights, keys, y, mask, label?) => {
    const bound = denoiser.condition(denoiser.layout.bind(weights as tf.Tensor1D), label as tf.Tensor2D | undefined);
    const random = new RowRandom(keys as tf.Tensor2D);
    const x1 = sampler.start(denoiser.schedule, random.normal(y.shape));
    return [sampler.sample(new MaskedDenoiser(bound, y, mask), x1, random)];
  }, "diffusion_window");
  return recordedEmulator(draw, denoiser, seed);
}

/** Make an emulator of a recorded function of weights, keys of noise if there is a seed, states, mask and label. */
function recordedEmulator(
  complete: Compiled,
  model: {readonly weights: tf.Tensor1D},
  seed?: NoiseSeed,
): SeededEmulator {
  const withSeed =
    (seed?: NoiseSeed): Emulator =>
    (states, mask, label, {i, row}) =>
      tf.tidy(() => {
        const keys = seed === undefined ? [] : [rowSources(seed, row, i, states.shape[0]).keys];
        return complete(model.weights, ...keys, states, mask, ...(label ? [label] : []))[0];
      });
  return Object.assign(withSeed(seed), {withSeed, dispose: () => complete.dispose()});
}

/** Make the sources of a batch's noise: that of a row does not depend on the other rows of the batch. */
export function rowSources(seed: NoiseSeed, row: number, i: number, batch: number): RowRandom {
  const source = (b: number) =>
    typeof seed === "number" ? Random.of(seed, i).fold(row + b) : Random.from(...seed, i, row + b);
  return RowRandom.of(Array.from({length: batch}, (_, b) => source(b)));
}

/** Make the emulator of a trained solver for rollouts; each shape of batch is recorded once. Dispose of it after use. */
export function solverEmulator(solver: Solver): DisposableEmulator {
  checkOptions("solverEmulator", having("a Solver", "forward", "layout"), solver, "solver");
  const complete = compile((weights, states, mask, label?) => {
    const p = solver.layout.bind(weights as tf.Tensor1D);
    return [solver.forward(p, states, {mask, label: label as tf.Tensor2D | undefined})];
  }, "solver_window");
  return recordedEmulator(complete, solver);
}

/**
 * Make the emulator of a trained stochastic solver for rollouts; each shape of batch is recorded once. Dispose of it after
 * use.
 *
 * @param options `seed`: seed of the noise, which also depends on a window's row and position in the rollout.
 * @example const emulator = stochasticSolverEmulator(solver, {seed: 0});
 */
export function stochasticSolverEmulator(solver: StochasticSolver, {seed}: {seed: NoiseSeed}): DisposableEmulator {
  checkOptions("stochasticSolverEmulator", having("a StochasticSolver", "forward", "noiseFeatures"), solver, "solver");
  checkOptions("stochasticSolverEmulator", noiseSeed, seed, "seed");
  const complete = compile((weights, keys, states, mask, label?) => {
    const noise = new RowRandom(keys as tf.Tensor2D).normal([states.shape[0], solver.noiseFeatures]);
    const p = solver.layout.bind(weights as tf.Tensor1D);
    return [solver.forward(p, states, noise, {mask, label: label as tf.Tensor2D | undefined})];
  }, "stochastic_solver_window");
  return recordedEmulator(complete, solver, seed);
}

/**
 * Add noise to the context states of a rollout's first call, drawn again for each row; later calls are the emulator's own.
 *
 * @param options `deviation`: of the noise, in units of the states; `seed`: of the noise.
 */
export function perturbedEmulator(
  emulator: DisposableEmulator,
  {deviation, seed}: {deviation: number; seed: NoiseSeed},
): DisposableEmulator {
  const perturbed: Emulator = (states, mask, label, call) => {
    if (call.i > 0) return emulator(states, mask, label, call);
    return tf.tidy(() => {
      const noise = rowSources(seed, call.row, 0, states.shape[0]).normal(states.shape);
      return emulator(states.add(noise.mul(spreadMask(mask, states)).mul(deviation)), mask, label, call);
    });
  };
  return Object.assign(perturbed, {dispose: () => emulator.dispose()});
}
