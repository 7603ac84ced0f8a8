/** Inference times (paper, Table 1): seconds per state of the simulator and of each emulator, on this machine. */
import ndarray from "ndarray";
import {flat, machineName} from "@lola-ts/core";
import {type Autoencoder, contextMask, transformerOf} from "lola/models";
import {type Emulator as EmulatorFunction, rolloutEnsemble} from "lola/emulate";
import {KarrasDenoiser} from "lola/diffusion";
import {decoderOperations, transformerOperations} from "lola/nn";
import {central, type InferenceTime} from "lola/evaluate";
import {systemOf} from "@lola-ts/simulators";
import {tf} from "@lola-ts/engine";
import type {Dataset} from "./dataset";
import {type EmulatorSpec} from "../model-changes";
import {emulatorData, emulatorStage, freshEmulator, type Emulator, type EmulatorData} from "./emulators";
import {decodeStates} from "./latents";
import {methodName} from "./methods";
import {statesPerCall, type Config} from "../config";
import {node, type Progress, StepTime, track, type Recipe, interruptible} from "@lola-ts/cache";
import type {OpenContext} from "./context";
import {decoderOf, emulatorOf, ensembleOptions, rolloutSettings} from "./rollouts";
import {requestOf, startingState, type SimulationRequest} from "./simulators";

/** Calls of which the median counts, and whole trajectories. */
const REPEATS = 7;
const WHOLE_REPEATS = 3;

/** Seconds after which no further trajectory is simulated again. */
const ENOUGH = 30;

/** Seconds of a simulated trajectory of the dataset above which a part of its states is timed. */
const LONG = 300;

type Clock = () => number;

/** Seconds of each of several calls, after a first one that records it. */
function seconds(call: () => tf.Tensor, clock: Clock): number[] {
  const times = Array.from({length: REPEATS + 1}, () => {
    const begin = clock();
    const y = call();
    y.dataSync();
    y.dispose();
    return (clock() - begin) / 1000;
  });
  return times.slice(1);
}

export interface TimedEmulator {
  readonly method: EmulatorSpec;
  readonly model: Emulator;
  /** Trajectories, of which the first is rolled out. */
  readonly data: EmulatorData;
  readonly states?: {readonly start: number; readonly length: number};
  readonly autoencoder?: Autoencoder;
  readonly clock?: Clock;
}

/**
 * Time one emulator: a single trajectory and member, one later call of a rollout, divided by the states that it adds; and a
 * whole rollout from a true state, each call fed with the states of the one before, all of them decoded in the end.
 */
export async function timeEmulator(config: Config, timed: TimedEmulator): Promise<InferenceTime> {
  const {method, model, data, autoencoder, clock = () => performance.now()} = timed;
  const {window} = config;
  const {overlap = 1} = config.rollout;
  const added = statesPerCall(config);
  const emulator = emulatorOf(config, model);
  const state = data.states.shape.slice(2);
  const x = tf.tensor(flat(data.states.read(0, {length: window})), [1, window, ...state]);
  const mask = tf.tensor1d(contextMask(window, overlap));
  const label = tf.tensor2d(data.labels[0], [1, data.labels[0].length]);
  try {
    const calls = seconds(() => emulator(x, mask, label, {i: 0, row: 0}), clock).map((time) => time / added);
    const latents = x.reshape([window, ...state]);
    const decodes = autoencoder ? seconds(() => autoencoder.decode(latents), clock).map((time) => time / window) : [0];
    latents.dispose();
    return {
      method: methodName(method),
      space: autoencoder ? "latent" : "pixel",
      compression: autoencoder?.compression ?? 1,
      generation: central(calls, "median"),
      decoding: central(decodes, "median"),
      repeats: calls.map((time, i) => time + decodes[i % decodes.length]),
      operations: operationsPerState(config, timed),
      trajectory: await wholeTrajectories(config, emulator, timed),
    };
  } finally {
    emulator.dispose();
    tf.dispose([x, mask, label]);
  }
}

/** Count the operations of networks to generate a state in a later call of a rollout, and to decode it. */
export function operationsPerState(
  config: Config,
  {model, data, autoencoder}: Pick<TimedEmulator, "model" | "data" | "autoencoder">,
): number {
  const {window} = config;
  const {steps, sampler} = config.rollout;
  const grid = data.states.shape.slice(2, -1);
  const isDiffusion = model instanceof KarrasDenoiser;
  const network = isDiffusion ? model.config.network : model.config;
  const calls = isDiffusion ? steps * (sampler?.kind === "pc" ? 1 + (sampler.corrections ?? 1) : 1) : 1;
  const perCall = transformerOperations(transformerOf(network, true), [window, ...grid]);
  const decoding = autoencoder
    ? decoderOperations(
        autoencoder.config,
        grid.map((cells) => cells * autoencoder.stride),
      )
    : 0;
  return (calls * perCall) / statesPerCall(config) + decoding;
}

/** Seconds of each of several rollouts of a test trajectory with decoding, after a first one that records its calls. */
async function wholeTrajectories(
  config: Config,
  emulator: EmulatorFunction,
  {
    data,
    states = {start: 0, length: data.states.shape[1]},
    autoencoder,
    clock = () => performance.now(),
  }: TimedEmulator,
): Promise<number[]> {
  const {context} = rolloutSettings(config);
  const options = ensembleOptions(config, {labels: [data.labels[0]], steps: states.length});
  const given = data.states.read(0, {start: states.start, length: context});
  const first = ndarray(Float32Array.from(flat(given)), [1, context, ...data.states.shape.slice(2)]);
  const times: number[] = [];
  for (let i = 0; i <= WHOLE_REPEATS; i++) {
    const begin = clock();
    const rollout = await rolloutEnsemble(emulator, first, options);
    if (autoencoder) decodeStates(autoencoder, rollout.pick(0, 0));
    times.push((clock() - begin) / 1000);
  }
  return times.slice(1);
}

/**
 * Time the simulator, one thread: from the stored state that emulators start from to the last one, for a whole trajectory and
 * per state. What is simulated before, a spin-up or frames that no emulator forecasts, does not count. Where the dataset's
 * trajectories took long, the first states stand for all.
 */
export function timeSimulator(config: Config, dataset: Dataset): InferenceTime {
  const {summary, testTrajectories} = dataset;
  const mean = summary.seconds / summary.trajectories;
  const whole: number[] = [];
  let spent = 0;
  let states = 1;
  for (const trajectory of testTrajectories.slice(0, WHOLE_REPEATS)) {
    if (spent >= ENOUGH) break;
    const {request, first} = requestOf(config, dataset, trajectory);
    states = request.frames - 1 - first;
    const timed = Math.max(1, Math.floor(states * Math.min(1, LONG / mean)));
    const restart = {state: startingState({config, dataset}, trajectory), first};
    const {seconds} = systemOf(config.system).restart(shortened(request, first + timed), restart).diagnostics;
    spent += seconds;
    whole.push((seconds * states) / timed);
  }
  return {
    method: "simulator",
    space: "pixel",
    generation: central(whole, "median") / states,
    decoding: 0,
    repeats: whole.map((time) => time / states),
    trajectory: whole,
  };
}

/** Let a request end with an earlier frame. */
export function shortened(request: SimulationRequest, last: number): SimulationRequest {
  return {...request, frames: last + 1, endTime: (request.endTime * last) / (request.frames - 1)};
}

/** Raise it when times are measured in another way. */
const TIMES_VERSION = 2;

/** @param inputs keys of the dataset and of the emulators. */
export function timesRecipe({system, preset, window, rollout}: Config, inputs: readonly string[]): Recipe {
  const options = {window, rollout, machine: machineName()};
  return {stage: "evaluation", name: `${system}-${preset}-times`, version: TIMES_VERSION, config: options, inputs};
}

/**
 * Time the simulator of simulated data, every method, and where there is a pixel solver a diffusion model in pixel space, which is
 * no method of the comparison and has fresh weights; or load the times of this machine. @param again measures even then.
 */
export async function obtainTimes(
  context: OpenContext,
  methods: readonly EmulatorSpec[],
  options: {readonly again?: boolean},
): Promise<InferenceTime[]> {
  const {config, artifacts, dataset} = context;
  const {data: simulated, pixel} = config;
  const emulators = methods.map((method) => ({method, ...node(emulatorStage, context, {method})}));
  const recipe = timesRecipe(config, [dataset.key, ...emulators.map(({key}) => key)]);
  const time = async (method: EmulatorSpec, trained?: Emulator) => {
    const data = await emulatorData(context, method, "test");
    const model = trained ?? freshEmulator(config, method, data);
    const autoencoder = await decoderOf(context, method)?.get();
    try {
      return await timeEmulator(config, {method, model, data, states: dataset.testWindow, autoencoder});
    } finally {
      if (!trained) model.dispose();
    }
  };
  const tasks: (() => InferenceTime | Promise<InferenceTime>)[] = [
    ...("source" in simulated ? [] : [() => timeSimulator(config, dataset)]),
    ...emulators.map(
      ({method, get}) =>
        async () =>
          time(method, (await get()).model),
    ),
    ...(pixel ? [() => time({kind: "diffusion", latentChannels: null})] : []),
  ];
  const measure = (progress: Progress) =>
    interruptible(async (signal) => {
      const times: InferenceTime[] = [];
      for (const task of tasks) {
        await new Promise(setImmediate); // the line is seen before the work, which is one piece
        signal.throwIfAborted();
        progress.update(times.push(await task()));
      }
      return times;
    });
  const step = new StepTime(artifacts.root, recipe.name);
  return artifacts.obtainJson(recipe, () => track("timing", tasks.length, measure, {time: step}), options);
}
