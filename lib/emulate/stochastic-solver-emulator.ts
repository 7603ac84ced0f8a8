/** A stochastic solver as an emulator: each window of a rollout is one evaluation of its network, with noise of its own. */
import {having, checkOptions, number} from "@lola-ts/core";
import type {StochasticSolver} from "../models/stochastic-solver";
import {tf, compile, RowRandom} from "@lola-ts/engine";
import {rowSources} from "./diffusion-emulator";
import type {DisposableEmulator, Emulator} from "./emulator";

/**
 * Make the emulator of a trained stochastic solver for rollouts; each shape of batch is recorded once. Dispose of it after
 * use.
 *
 * @param options `seed`: seed of the noise, which also depends on a window's row and position in the rollout.
 * @example const emulator = stochasticSolverEmulator(solver, {seed: 0});
 */
export function stochasticSolverEmulator(solver: StochasticSolver, {seed}: {seed: number}): DisposableEmulator {
  checkOptions("stochasticSolverEmulator", having("a StochasticSolver", "forward", "noiseFeatures"), solver, "solver");
  checkOptions("stochasticSolverEmulator", number(), seed, "seed");
  const complete = compile((weights, keys, states, mask, label?) => {
    const noise = new RowRandom(keys as tf.Tensor2D).normal([states.shape[0], solver.noiseFeatures]);
    const p = solver.layout.bind(weights as tf.Tensor1D);
    return [solver.forward(p, states, noise, {mask, label: label as tf.Tensor2D | undefined})];
  }, "stochastic_solver_window");
  const emulator: Emulator = (states, mask, label, {i, row}) =>
    tf.tidy(() => {
      const {keys} = rowSources(seed, row, i, states.shape[0]);
      return complete(solver.weights, keys, states, mask, ...(label ? [label] : []))[0];
    });
  return Object.assign(emulator, {dispose: () => complete.dispose()});
}
