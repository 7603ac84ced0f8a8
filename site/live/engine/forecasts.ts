/** Views 3 and 4: forecasts of ensembles and of the solver. */
import {sizeOf} from "@lola-ts/core";
import {type Emulator, planRollout, rollout} from "lola/emulate";
import {tf} from "@lola-ts/engine";
import {imagesOf, scoresOf, type Images} from "./images";
import type {Lesson, SamplingOptions} from "./lesson";

export interface EnsembleOptions extends SamplingOptions {
  readonly members: number;
}

/** A window of a rollout as soon as it is there. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** First state of the new ones, and these: images [K, n, X, Y]. */
  readonly from?: number;
  readonly members?: Images;
}

/** How a long computation is followed and stopped. */
export interface Watch {
  readonly onProgress?: (progress: Progress) => void;
  /** Stops between two windows. */
  readonly signal?: AbortSignal;
}

/** A forecast of a number of rows and states. */
interface Plan {
  readonly trajectory: number;
  readonly latentChannels: number;
  readonly rows: number;
  readonly states: number;
}

/** Called with a new window of a forecast: its first new state, and images [K, n, X, Y] from there on. */
type OnWindow = (from: number, images: Images) => void;

/** Roll an emulator out and decode each window as soon as it is there: images [K, T, X, Y], and latents of the first row. */
async function forecast(
  lesson: Lesson,
  emulator: Emulator,
  {trajectory, latentChannels, rows, states}: Plan,
  onWindow?: OnWindow,
  signal?: AbortSignal,
): Promise<{images: Images; latents: Float32Array}> {
  const {window, shown} = lesson.facts;
  const size = sizeOf(shown.image);
  const images = new Float32Array(rows * states * size);
  const calls = planRollout({steps: states, window});
  const decode = async (done: number, _total: number, answer: tf.Tensor) => {
    const {i} = calls[done - 1];
    const from = i === 0 ? 0 : i + 1; // the first state of a later window is there already
    const count = Math.min(states, i + window) - from;
    const part = tf.tidy(() =>
      answer.slice([0, from - i], [-1, count]).reshape([rows * count, ...answer.shape.slice(2)]),
    );
    const added = await lesson.decodedImages(latentChannels, part);
    for (let row = 0; row < rows; row++) {
      images.set(added.subarray(row * count * size, (row + 1) * count * size), (row * states + from) * size);
    }
    onWindow?.(from, added);
  };
  const {values, shape} = await lesson.encode(latentChannels, lesson.statesOf(trajectory, 0, 1));
  const label = lesson.label(trajectory, rows);
  const start = tf.tidy(() => tf.tile(tf.tensor(values, [1, ...shape]), [rows, ...shape.map(() => 1)]));
  try {
    const z = await rollout(emulator, start, {steps: states, window, label, signal, onWindow: decode});
    const latents = z.slice([0], [1]).dataSync<"float32">().slice();
    z.dispose();
    return {images, latents};
  } finally {
    tf.dispose([start, ...(label ? [label] : [])]);
  }
}

/** Roll an ensemble out from the first state of a trajectory. */
export const rollEnsemble = (
  lesson: Lesson,
  plan: Plan,
  sampling: SamplingOptions,
  onWindow?: OnWindow,
  signal?: AbortSignal,
) => forecast(lesson, lesson.emulator(plan.latentChannels, sampling), plan, onWindow, signal);

/** Roll an ensemble and the solver out from the first state, and score them. */
export async function rollOut(
  lesson: Lesson,
  trajectory: number,
  latentChannels: number,
  {members: rows, ...sampling}: EnsembleOptions,
  {onProgress = () => undefined, signal}: Watch = {},
) {
  const {facts} = lesson;
  const plan = {trajectory, latentChannels, states: facts.shape[0]};
  const total = planRollout({steps: plan.states, window: facts.window}).length + 1;
  const {images: solver} = await forecast(
    lesson,
    lesson.emulator(latentChannels),
    {...plan, rows: 1},
    undefined,
    signal,
  );
  let done = 1;
  onProgress({done, total});
  const tell: OnWindow = (from, images) => onProgress({done: ++done, total, from, members: images});
  const {images: members, latents} = await rollEnsemble(lesson, {...plan, rows}, sampling, tell, signal);
  const truth = imagesOf(lesson.statesOf(trajectory), facts);
  return {members, solver, latents, scores: scoresOf(truth, members, solver, facts)};
}

export type RolledOut = Awaited<ReturnType<typeof rollOut>>;
