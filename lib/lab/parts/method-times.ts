/** Inference times of a laboratory's methods, each beside the others. */
import {machineName} from "../../core/text/machine-name";
import type {InferenceTime} from "../../evaluate/tables/inference-times";
import type {Autoencoder} from "../../models/autoencoder";
import type {Config} from "../config";
import type {Dataset} from "../stages/dataset";
import {freshEmulator, type Emulator, type EmulatorData, type EmulatorSpec} from "../stages/emulators";
import {timeEmulator, timeSimulator} from "../stages/timing";
import type {Recipe} from "../store/artifacts";

/** Raise it when times are measured in another way. */
const TIMES_VERSION = 1;

/**
 * Describe the times of models on this machine.
 *
 * @param inputs keys of the dataset and of the emulators.
 */
export function timesRecipe(config: Config, inputs: readonly string[]): Recipe {
  const {system, preset, window, rollout} = config;
  return {
    stage: "evaluation",
    name: `${system}-${preset}-times`,
    version: TIMES_VERSION,
    config: {window, rollout, machine: machineName()},
    inputs,
  };
}

/** What a method is timed with. */
export interface TimedParts {
  model(method: EmulatorSpec): Promise<Emulator>;
  /** Trajectories of the test split. */
  data(method: EmulatorSpec): Promise<EmulatorData>;
  /** Decodes its latents; none in pixel space. */
  decoder(method: EmulatorSpec): Promise<Autoencoder | undefined>;
}

/**
 * Time the simulator (if the data were simulated here), every method, and where there is a pixel solver a diffusion model in
 * pixel space.
 */
export async function timeMethods(
  config: Config,
  dataset: Dataset,
  methods: readonly EmulatorSpec[],
  parts: TimedParts,
): Promise<InferenceTime[]> {
  const {data: simulated, pixel} = config;
  const {testWindow: states} = dataset;
  const times = "source" in simulated ? [] : [timeSimulator(dataset, simulated)];
  for (const method of methods) {
    const model = await parts.model(method);
    const data = await parts.data(method);
    const autoencoder = await parts.decoder(method);
    times.push(await timeEmulator(config, {method, model, data, states, autoencoder}));
  }
  return pixel ? [...times, await timePixelDiffusion(config, dataset, parts)] : times;
}

/** Time a diffusion model in pixel space, which is no method of the comparison, with fresh weights. */
async function timePixelDiffusion(
  config: Config,
  {testWindow: states}: Dataset,
  parts: TimedParts,
): Promise<InferenceTime> {
  const method: EmulatorSpec = {kind: "diffusion", latentChannels: null};
  const data = await parts.data(method);
  const model = freshEmulator(config, method, data);
  try {
    return await timeEmulator(config, {method, model, data, states});
  } finally {
    model.dispose();
  }
}
