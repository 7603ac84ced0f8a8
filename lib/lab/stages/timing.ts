/**
 * Inference times (paper, Table 1): seconds per state of the simulator and of each emulator, on this machine.
 */
import {flat} from "../../core/array";
import type {Autoencoder} from "../../models/autoencoder";
import {planRollout} from "../../emulate/rollout";
import {contextMask} from "../../models/context";
import type {InferenceTime} from "../../evaluate/tables/inference-times";
import {tf} from "../../tensor/backend";
import type {Dataset} from "./dataset";
import type {Emulator, EmulatorData, EmulatorSpec} from "./emulators";
import {methodName} from "./method-labels";
import type {Config} from "../config";
import {emulatorOf} from "./rollouts";

/** Calls of which the median counts, and whole trajectories. */
const REPEATS = 7;
const WHOLE_REPEATS = 3;

/** Seconds of each of several calls, after a first one that records it. */
function seconds(call: () => tf.Tensor, repeats = REPEATS): number[] {
  const times = Array.from({length: repeats + 1}, () => {
    const begin = performance.now();
    const y = call();
    y.dataSync();
    y.dispose();
    return (performance.now() - begin) / 1000;
  });
  return times.slice(1);
}

const median = (times: readonly number[]) => [...times].sort((a, b) => a - b)[times.length >> 1];

/** An emulator to time. */
export interface TimedEmulator {
  readonly method: EmulatorSpec;
  readonly model: Emulator;
  readonly data: EmulatorData;
  /** Decodes its latents; none in pixel space. */
  readonly autoencoder?: Autoencoder;
}

/**
 * Time one emulator: a single trajectory and member, one later call of a rollout, divided by the states that it adds; and all
 * calls of a whole trajectory, decoded in the end.
 */
export function timeEmulator(config: Config, {method, model, data, autoencoder}: TimedEmulator): InferenceTime {
  const {window} = config;
  const {overlap = 1} = config.rollout;
  const added = window - overlap;
  const emulator = emulatorOf(config, model);
  const state = data.states.shape.slice(2);
  const x = tf.tensor(flat(data.states.read(0, {length: window})), [1, window, ...state]);
  const mask = tf.tensor1d(contextMask(window, overlap));
  const label = tf.tensor2d(data.labels[0], [1, data.labels[0].length]);
  try {
    const call = () => emulator(x, mask, label, {i: 0, row: 0});
    const calls = seconds(call).map((time) => time / added);
    const latents = x.reshape([window, ...state]);
    const decodes = autoencoder ? seconds(() => autoencoder.decode(latents)).map((time) => time / window) : [0];
    latents.dispose();
    return {
      method: methodName(method),
      space: autoencoder ? "latent" : "pixel",
      compression: autoencoder?.compression ?? 1,
      generation: median(calls),
      decoding: median(decodes),
      repeats: calls.map((time, i) => time + decodes[i % decodes.length]),
      trajectory: seconds(() => wholeTrajectory(config, call, {data, autoencoder}), WHOLE_REPEATS),
    };
  } finally {
    emulator.dispose();
    tf.dispose([x, mask, label]);
  }
}

/** Make all calls of a trajectory's rollout, and decode as many states as it has. */
function wholeTrajectory(
  {window, rollout: {overlap}}: Config,
  call: () => tf.Tensor,
  {data, autoencoder}: Pick<TimedEmulator, "data" | "autoencoder">,
): tf.Tensor {
  const [, steps, ...state] = data.states.shape;
  const calls = planRollout({steps, window, overlap});
  for (let i = 1; i < calls.length; i++) {
    const made = call();
    made.dataSync();
    made.dispose();
  }
  if (!autoencoder) return call();
  return tf.tidy(() => {
    call().dataSync();
    return autoencoder.decode(tf.zeros([steps, ...state]));
  });
}

/** Time of the simulator per stored state, and for a whole trajectory, one thread. */
export function timeSimulator({summary, wells}: Dataset): InferenceTime {
  const {frames} = wells.test.trajectories[0];
  return {
    method: "simulator",
    space: "pixel",
    generation: summary.seconds / (summary.trajectories * (frames - 1)),
    decoding: 0,
    trajectory: [summary.seconds / summary.trajectories],
  };
}
