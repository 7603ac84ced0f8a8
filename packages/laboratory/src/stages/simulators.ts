/**
 * Simulators as forecasts: started from the state at lead time 0, stored or decoded from its latent, and scored like emulators.
 *
 * From a decoded state the simulator makes the error that compression alone makes: what was lost, carried on by the equations.
 */
import path from "node:path";
import type {NdArray} from "ndarray";
import {checkOptions, flat, number, optional, records, section, sizeOf, type Field} from "@lola-ts/core";
import type {Autoencoder} from "lola/models";
import type {Forecast} from "lola/evaluate";
import {planFiles, type RegisteredSystem, type Restart, systemOf} from "@lola-ts/simulators";
import type {Config} from "../config";
import {knownBefore, type Contestant, type ScoringContext} from "../scoring/score";
import {artifactKey} from "../store/artifacts";
import type {Dataset} from "./dataset";
import {autoencode} from "./latents";
import {channelsRule} from "./methods";

/** Raise it when restarted simulations have other numbers. */
export const RESTART_VERSION = 1;

/** A simulator to score. */
export interface SimulatorChoice {
  /** Latent channels of the autoencoder that decodes the state it starts from; null starts from the stored state. */
  readonly latentChannels: number | null;
  /** Simulated points for each point of the data's simulation along an axis; below 1, the grid is coarser. Default: 1. */
  readonly share?: number;
}

const choiceRule = section<SimulatorChoice>({latentChannels: channelsRule, share: optional(number({above: 0}))});

export const simulatorsRule = records("simulators", "latentChannels");

export function checkSimulators({data}: Config, simulators: readonly SimulatorChoice[]): void {
  simulators.forEach((one, i) => checkOptions("lab", choiceRule, one, `simulators[${i}]`));
  if ("source" in data && simulators.length > 0) {
    throw new RangeError("simulators: expected data that are simulated here, found The Well's own files.");
  }
}

/** Name a simulator in tables: "simulator from the latent", "simulator from the state, 0.5 of the points". */
export function simulatorName({latentChannels, share = 1}: SimulatorChoice): string {
  const name = `simulator from the ${latentChannels === null ? "state" : "latent"}`;
  return share === 1 ? name : `${name}, ${share} of the points`;
}

export type SimulationRequest = Parameters<RegisteredSystem["simulate"]>[0];

export interface SimulatedTest {
  readonly request: SimulationRequest;
  readonly first: number;
}

/** Find the request that a test trajectory was simulated by. @throws Error if the plan of the data does not have it. */
export function requestOf(
  config: Config,
  {wells, testWindow}: Pick<Dataset, "wells" | "testWindow">,
  trajectory: number,
): SimulatedTest {
  const {path: file, dataset: folder, index} = wells.test.trajectories[trajectory];
  const plans = "source" in config.data ? [] : planFiles(config.data);
  const plan = plans.find((one) => one.split === "test" && one.dataset === folder && one.name === path.basename(file));
  const request = plan?.requests[index];
  if (!plan || !request)
    throw new Error(`${file}: expected a file of the configuration's data, found none of that name.`);
  return {request, first: (plan.skipped ?? 0) + testWindow.start + knownBefore(config)};
}

/** Channels of a field, in the order of a state's. */
const widths = (fields: readonly Field[], axes: number) =>
  fields.map(({name, order}) => ({name, width: axes ** order}));

/** Split a state [X, Y(, Z), C] into its fields. */
export function fieldsOf(state: NdArray<Float32Array>, system: RegisteredSystem): Restart["state"] {
  const data = flat(state);
  const channels = state.shape[state.shape.length - 1];
  let first = 0;
  const entries = widths(system.fields, system.axes.length).map(({name, width}) => {
    const from = first;
    first += width;
    const at = (i: number) => Math.floor(i / width) * channels + from + (i % width);
    return [name, Float32Array.from({length: (data.length / channels) * width}, (_, i) => data[at(i)])] as const;
  });
  return Object.fromEntries(entries);
}

/** Join fields to states [..., C], the inverse of {@link fieldsOf}. */
export function statesOf(fields: Restart["state"], system: RegisteredSystem, channels: number): Float32Array {
  const all = widths(system.fields, system.axes.length);
  const states = new Float32Array((fields[all[0].name].length / all[0].width) * channels);
  let first = 0;
  for (const {name, width} of all) {
    fields[name].forEach((value, i) => (states[Math.floor(i / width) * channels + first + (i % width)] = value));
    first += width;
  }
  return states;
}

export interface SimulatorStart {
  readonly choice: SimulatorChoice;
  readonly model?: Autoencoder;
  readonly key?: string;
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

/** Describe a simulator as what is scored; where a coarse simulation fails, its forecast is not a number. */
export function simulatorContestant(context: ScoringContext, {choice, model, key}: SimulatorStart): Contestant {
  const {config, dataset} = context;
  const {share} = choice;
  const system = systemOf(config.system);
  const [, , ...state] = dataset.shape("test");
  const forecast = (trajectory: number): Forecast => {
    const {request, first} = requestOf(config, dataset, trajectory);
    const shape = [1, dataset.testWindow.length - knownBefore(config), ...state];
    try {
      const restart = {state: startingState(context, trajectory, model), first, share};
      const {fields} = system.restart(request, restart);
      return {data: statesOf(fields, system, state[state.length - 1]).subarray(0, sizeOf(shape)), shape};
    } catch (error) {
      if (error instanceof RangeError) throw error;
      return {data: new Float32Array(sizeOf(shape)).fill(NaN), shape};
    }
  };
  return {
    name: `simulator${model ? `-c${model.config.latChannels}` : ""}${share === undefined ? "" : `-${share}`}`,
    labels: {
      method: simulatorName(choice),
      space: model ? "latent" : "pixel",
      compression: model?.compression ?? 1,
    },
    inputs: [...(key === undefined ? [] : [key]), artifactKey({restart: RESTART_VERSION, share})],
    forecast,
  };
}
