/** An ensemble without a probabilistic model: a deterministic emulator from perturbed initial states. */
import {spreadMask} from "../models/context";
import {tf} from "@lola-ts/engine";
import {rowSources} from "./diffusion-emulator";
import type {DisposableEmulator, Emulator} from "./emulator";

/**
 * Add noise to the context states of a rollout's first call, drawn anew for each row; later calls are the emulator's own.
 *
 * @param options `deviation`: of the noise, in units of the states; `seed`: of the noise.
 */
export function perturbedEmulator(
  emulator: DisposableEmulator,
  {deviation, seed}: {deviation: number; seed: number},
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
