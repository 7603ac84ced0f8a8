/**
 * Stage 5: rollouts of the test trajectories, kept in the space where they were made and decoded when they are looked at.
 */
import ndarray, {type NdArray} from "ndarray";
import {flat} from "../../core/array";
import {sizeOf} from "../../core/shape";
import {solverEmulator} from "../../emulate/solver-emulator";
import type {DisposableEmulator} from "../../emulate/emulator";
import type {Autoencoder} from "../../models/autoencoder";
import type {Source} from "../../data/source";
import {unstandardize, type Standardization} from "../../data/standardize";
import {KarrasDenoiser} from "../../diffusion/denoiser";
import {diffusionEmulator} from "../../emulate/diffusion-emulator";
import {rolloutEnsemble} from "../../emulate/rollout";
import {type Solver} from "../../models/solver";
import type {Artifacts, Recipe} from "../store/artifacts";
import {emulatorName, type EmulatorData, type EmulatorSpec} from "./emulators";
import {interruptible} from "../workers/interrupt";
import {decodeStates, trajectoryAt} from "./latents";
import type {Config} from "../config";
import {track} from "../notebook/progress";
import type {Trained} from "./training";

/** Ensembles of rollouts, in latent or pixel space. */
export interface Rollout {
  readonly method: EmulatorSpec;
  /** [N, K, T, ...grid, C]: trajectories, members, states; state 0 is the emulator's version of the initial one. */
  readonly states: NdArray<Float32Array>;
  readonly key: string;
}

/** The emulator of a trained model. */
export function emulatorOf(config: Config, model: KarrasDenoiser | Solver): DisposableEmulator {
  const {steps, order, sampler = {order}} = config.rollout;
  return model instanceof KarrasDenoiser
    ? diffusionEmulator(model, {steps, ...sampler, seed: config.seed})
    : solverEmulator(model);
}

/** Roll an emulator out (or load its rollouts) from the first state of each test trajectory. */
export async function obtainRollout(
  config: Config,
  artifacts: Artifacts,
  method: EmulatorSpec,
  {model, key}: Trained<KarrasDenoiser | Solver>,
  test: EmulatorData,
): Promise<Rollout> {
  const count = Math.min(config.rollout.trajectories, test.states.shape[0]);
  const [, steps, ...state] = test.states.shape;
  const members = method.kind === "diffusion" ? config.rollout.members : 1;
  const shape = [count, members, steps, ...state];
  const recipe: Recipe = {
    stage: "rollout",
    name: `${config.system}-${config.preset}-${emulatorName(method)}`,
    config: {...config.rollout, members, window: config.window, seed: config.seed},
    inputs: [key, test.key],
    bytes: 4 * sizeOf(shape),
  };
  const values = await artifacts.obtainFloats(recipe, async () => {
    const emulator = emulatorOf(config, model);
    try {
      const {data} = await track(`rollout, ${emulatorName(method)}`, 100, (progress) =>
        interruptible((signal) =>
          rolloutEnsemble(emulator, initial(test.states, count), {
            ...{steps, window: config.window, members, signal},
            label: ndarray(Float32Array.from(test.labels.slice(0, count).flatMap((label) => [...label])), [
              count,
              test.labels[0].length,
            ]),
            onProgress: (fraction) => progress.update(Math.round(100 * fraction)),
          }),
        ),
      );
      return data;
    } finally {
      emulator.dispose();
    }
  });
  return {method, states: ndarray(values, shape), key: artifacts.key(recipe)};
}

/** The initial states of the first trajectories, [count, 1, ...]. */
function initial(states: Source, count: number): NdArray<Float32Array> {
  const [, , ...state] = states.shape;
  const size = sizeOf(state);
  const out = new Float32Array(count * size);
  for (let n = 0; n < count; n++) out.set(flat(states.read(n, {length: 1})), n * size);
  return ndarray(out, [count, 1, ...state]);
}

/** Rollouts of one trajectory in physical units, [K, T, X, Y, C]; latents need their autoencoder. */
export function decodeRollout(
  {states}: Rollout,
  trajectory: number,
  constants: Standardization,
  autoencoder?: Autoencoder,
): NdArray<Float32Array> {
  const own = trajectoryAt(states, trajectory);
  return unstandardize(autoencoder ? decodeStates(autoencoder, own) : own, constants);
}
