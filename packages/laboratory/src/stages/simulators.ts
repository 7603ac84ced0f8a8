/**
 * Simulators as forecasts: started from the state at lead time 0, stored or decoded from its latent, and scored like emulators.
 *
 * From a decoded state the simulator makes the error that compression alone makes: what was lost, carried on by the equations.
 */
import path from "node:path";
import {checkOptions, flag, hasCode, number, optional, records, section, sizeOf} from "@lola-ts/core";
import type {Autoencoder} from "lola/models";
import type {AutoencoderSource} from "./autoencoders";
import type {Forecast} from "lola/evaluate";
import {fieldsOf, planFiles, type RegisteredSystem, statesOf, systemOf} from "@lola-ts/simulators";
import type {Config} from "../config";
import {knownBefore, type Contestant, type ScoringContext} from "../scoring/score";
import {artifactKey} from "@lola-ts/cache";
import type {Dataset} from "./dataset";
import {autoencode} from "./latents";
import {channelsRule} from "./methods";

/** Raise it when restarted simulations have other numbers. */
export const RESTART_VERSION = 1;

export interface SimulatorChoice {
  /** Latent channels of the autoencoder that decodes the state it starts from; null starts from the stored state. */
  readonly latentChannels: number | null;
  /** Simulated points for each point of the data's simulation along an axis; below 1, the grid is coarser. Default: 1. */
  readonly share?: number;
  /**
   * Whether surroundings that states do not hold are guessed from the state, as an emulator must, in place of the truth's.
   * Default: false.
   */
  readonly alone?: boolean;
}

const choiceRule = section<SimulatorChoice>({
  latentChannels: channelsRule,
  share: optional(number({above: 0})),
  alone: optional(flag),
});

export const simulatorsRule = records("simulators", "latentChannels");

export function checkSimulators({data}: Config, simulators: readonly SimulatorChoice[]): void {
  simulators.forEach((one, i) => checkOptions("lab", choiceRule, one, `simulators[${i}]`));
  if ("source" in data && simulators.length > 0) {
    throw new RangeError("simulators: expected data that are simulated here, found The Well's own files.");
  }
}

/** Name a simulator in tables: "simulator from the latent", "simulator from the state, 0.5 of the points". */
export function simulatorName({latentChannels, share = 1, alone}: SimulatorChoice): string {
  const name = `simulator from the ${latentChannels === null ? "state" : "latent"}${alone ? " alone" : ""}`;
  return share === 1 ? name : `${name}, ${share} of the points`;
}

export type SimulationRequest = Parameters<RegisteredSystem["simulate"]>[0];

/** Find the request that a test trajectory was simulated by. @throws Error if the plan of the data does not have it. */
export function requestOf(
  config: Config,
  {wells, testWindow}: Pick<Dataset, "wells" | "testWindow">,
  trajectory: number,
): {readonly request: SimulationRequest; readonly first: number} {
  const {path: file, dataset: folder, index} = wells.test.trajectories[trajectory];
  const plans = "source" in config.data ? [] : planFiles(config.data);
  const plan = plans.find((one) => one.split === "test" && one.dataset === folder && one.name === path.basename(file));
  const request = plan?.requests[index];
  if (!plan || !request)
    throw new Error(`${file}: expected a file of the configuration's data, found none of that name.`);
  return {request, first: (plan.skipped ?? 0) + testWindow.start + knownBefore(config)};
}

export interface SimulatorStart {
  readonly choice: SimulatorChoice;
  readonly autoencoder?: AutoencoderSource;
}

/**
 * Read the state at lead time 0 of a test trajectory, as its latent decodes to where there is an autoencoder.
 *
 * @returns its fields, in physical units.
 */
export function startingState(
  {config, dataset}: Pick<ScoringContext, "config" | "dataset">,
  trajectory: number,
  model?: Autoencoder,
) {
  const start = dataset.testWindow.start + knownBefore(config);
  const states = dataset.read("test", trajectory, {start, length: 1});
  const seen = model ? autoencode(dataset, model, states) : states;
  return fieldsOf(seen.pick(0), systemOf(config.system));
}

/** Describe a simulator for scoring; where the grid is too coarse for the solver (`unresolved`), its forecast is NaN. */
export function simulatorContestant(context: ScoringContext, {choice, autoencoder}: SimulatorStart): Contestant {
  const {config, dataset} = context;
  const {share, alone} = choice;
  const system = systemOf(config.system);
  const [, , ...state] = dataset.shape("test");
  const forecast = async (trajectory: number): Promise<Forecast> => {
    const model = await autoencoder?.get();
    const {request, first} = requestOf(config, dataset, trajectory);
    const shape = [1, dataset.testWindow.length - knownBefore(config), ...state];
    try {
      const restart = {state: startingState(context, trajectory, model), first, share, alone};
      const {fields} = system.restart(request, restart);
      return {data: statesOf(fields, system).subarray(0, sizeOf(shape)), shape};
    } catch (error) {
      if (!hasCode(error, "unresolved")) throw error;
      return {data: new Float32Array(sizeOf(shape)).fill(NaN), shape};
    }
  };
  return {
    name: `simulator${autoencoder ? `-c${autoencoder.latentChannels}` : ""}${share === undefined ? "" : `-${share}`}${alone ? "-alone" : ""}`,
    labels: {
      method: simulatorName(choice),
      space: autoencoder ? "latent" : "pixel",
      compression: autoencoder?.compression ?? 1,
    },
    inputs: [
      ...(autoencoder ? [autoencoder.key] : []),
      artifactKey({restart: RESTART_VERSION, share, ...(alone && {alone})}),
    ],
    forecast,
  };
}
