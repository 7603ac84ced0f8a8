/**
 * Inference times (paper, Table 1): seconds per state of the simulator and of each emulator, on this machine.
 */
import {flat} from "../../core/array";
import type {Autoencoder} from "../../models/autoencoder";
import {contextMask} from "../../models/context";
import type {InferenceTime} from "../../evaluate/tables/inference-times";
import {tf} from "../../tensor/backend";
import type {Dataset} from "./dataset";
import type {Emulator, EmulatorData, EmulatorSpec} from "./emulators";
import {methodName} from "./method-labels";
import type {Config} from "../config";
import {emulatorOf} from "./rollouts";

/** Calls of which the median counts. */
const REPEATS = 7;

/** Median seconds of a call, after a first one that records it. */
function seconds(call: () => tf.Tensor): number {
  const times = Array.from({length: REPEATS + 1}, () => {
    const begin = performance.now();
    const y = call();
    y.dataSync();
    y.dispose();
    return (performance.now() - begin) / 1000;
  });
  return times.slice(1).sort((a, b) => a - b)[REPEATS >> 1];
}

/** An emulator to time. */
export interface TimedEmulator {
  readonly method: EmulatorSpec;
  readonly model: Emulator;
  readonly data: EmulatorData;
  /** Decodes its latents; none in pixel space. */
  readonly autoencoder?: Autoencoder;
}

/** Time one emulator: a single trajectory and member, one later call of a rollout, divided by the states that it adds. */
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
    const generation = seconds(() => emulator(x, mask, label, {i: 0, row: 0})) / added;
    const latents = x.reshape([window, ...state]);
    const decoding = autoencoder ? seconds(() => autoencoder.decode(latents)) / window : 0;
    latents.dispose();
    return {
      method: methodName(method),
      space: autoencoder ? "latent" : "pixel",
      compression: autoencoder?.compression ?? 1,
      generation,
      decoding,
    };
  } finally {
    emulator.dispose();
    tf.dispose([x, mask, label]);
  }
}

/** Time of the simulator per stored state, one thread. */
export function timeSimulator({summary, wells}: Dataset): InferenceTime {
  const {frames} = wells.test.trajectories[0];
  return {
    method: "simulator",
    space: "pixel",
    generation: summary.seconds / (summary.trajectories * (frames - 1)),
    decoding: 0,
  };
}
