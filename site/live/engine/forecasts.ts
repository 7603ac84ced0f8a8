/** Views 4 to 6: forecasts of ensembles and of the solver, free and guided. */
import {sizeOf} from "@lola-ts/core";
import {observeDecoded} from "lola/diffusion";
import {
  diffusionEmulator,
  type TrainedDenoiser,
  type DisposableEmulator,
  type Emulator,
  guidedEmulator,
  planRollout,
  rollout,
  solverEmulator,
} from "lola/emulate";
import {tf} from "@lola-ts/engine";
import {OBSERVATION_VARIANCE} from "./guidance-plan";
import {decodedImages, imagesOfValues} from "./images";
import {observe, pickOf, type Cell} from "./observations";
import type {Guided, Images, Progress, RolledOut} from "./results";
import {meanErrors, scoresOf} from "./scoring";
import type {Shelf} from "./shelf";
import type {SamplingOptions} from "./windows";

/** Which ensemble is rolled out. */
export interface EnsembleOptions extends SamplingOptions {
  readonly members: number;
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

/** Images [K, T, X, Y] of a forecast, and the latents of its first row. */
interface Forecast {
  readonly images: Images;
  readonly latents: Float32Array;
}

/** Roll an emulator out and decode each window as soon as it is there. */
async function forecast(
  shelf: Shelf,
  emulator: Emulator,
  {trajectory, latentChannels, rows, states}: Plan,
  onWindow: OnWindow,
  signal?: AbortSignal,
): Promise<Forecast> {
  const {window, shown, shape} = shelf.facts;
  const autoencoder = shelf.model(latentChannels, "autoencoder");
  const size = sizeOf(shown.image);
  const images = new Float32Array(rows * states * size);
  const watched: Emulator = (context, mask, label, call) => {
    const answer = emulator(context, mask, label, call);
    const from = call.i === 0 ? 0 : call.i + 1; // the first state of a later window is there already
    const count = Math.min(states, call.i + window) - from;
    const added = tf.tidy(() => {
      const part = answer.slice([0, from - call.i], [-1, count]);
      return decodedImages(autoencoder, part.reshape([rows * count, ...answer.shape.slice(2)]), shelf.facts);
    });
    for (let row = 0; row < rows; row++) {
      images.set(added.subarray(row * count * size, (row + 1) * count * size), (row * states + from) * size);
    }
    onWindow(from, added);
    return answer;
  };
  const label = shelf.label(trajectory, rows);
  const start = tf.tidy(() => {
    const first = tf.tensor(shelf.statesOf(trajectory, 0, 1), [1, ...shape.slice(1)]);
    const z = autoencoder.encode(first).expandDims(0);
    return tf.tile(
      z,
      z.shape.map((_, axis) => (axis === 0 ? rows : 1)),
    );
  });
  try {
    const z = await rollout(watched, start, {steps: states, window, label, signal});
    const latents = z.slice([0], [1]).dataSync<"float32">().slice();
    z.dispose();
    return {images, latents};
  } finally {
    tf.dispose([start, ...(label ? [label] : [])]);
  }
}

/** Roll an ensemble and the solver out from the first state, and score them. */
export async function rollOut(
  shelf: Shelf,
  trajectory: number,
  latentChannels: number,
  {members, ...sampling}: EnsembleOptions,
  {onProgress = () => undefined, signal}: Watch = {},
): Promise<RolledOut> {
  const {facts} = shelf;
  const plan = {trajectory, latentChannels, states: facts.shape[0]};
  const emulator = diffusionEmulator(shelf.model(latentChannels, "diffusion"), sampling);
  const solver = solverEmulator(shelf.model(latentChannels, "solver"));
  const total = planRollout({steps: plan.states, window: facts.window}).length + 1;
  let done = 0;
  try {
    const {images: answer} = await forecast(shelf, solver, {...plan, rows: 1}, () => undefined, signal);
    onProgress({done: ++done, total});
    const tell: OnWindow = (from, images) => onProgress({done: ++done, total, from, members: images});
    const {images: ensemble, latents} = await forecast(shelf, emulator, {...plan, rows: members}, tell, signal);
    const truth = imagesOfValues(shelf.statesOf(trajectory), facts);
    return {members: ensemble, solver: answer, latents, scores: scoresOf(truth, ensemble, answer, facts)};
  } finally {
    emulator.dispose();
    solver.dispose();
  }
}

/** Call a function before each call of a denoiser. */
function counted(denoiser: TrainedDenoiser, onCall: () => void): TrainedDenoiser {
  const {schedule, layout, weights} = denoiser;
  const condition: TrainedDenoiser["condition"] = (...all) => {
    const bound = denoiser.condition(...all);
    return {schedule, denoise: (...call) => (onCall(), bound.denoise(...call))};
  };
  return {schedule, layout, weights, condition};
}

/** Make the emulator that follows observations of a trajectory at some cells. */
function following(
  shelf: Shelf,
  {trajectory, latentChannels}: Plan,
  pick: tf.Tensor2D,
  sampling: SamplingOptions,
  onStep: () => void,
): DisposableEmulator {
  const [, ...state] = shelf.facts.shape;
  const see = (x: tf.Tensor) => observe(x, pick);
  return guidedEmulator(counted(shelf.model(latentChannels, "diffusion"), onStep), {
    ...sampling,
    observe: observeDecoded(shelf.model(latentChannels, "autoencoder"), see),
    observations: ({from, to}) => {
      const seen = shelf.statesOf(trajectory, from, to);
      return tf.tidy(() => see(tf.tensor(seen, [1, seen.length / sizeOf(state), ...state])));
    },
    varY: OBSERVATION_VARIANCE,
  });
}

/** Roll an ensemble out that follows observations of the shown channel at a few cells, and one that does not. */
export async function guide(
  shelf: Shelf,
  plan: Omit<Plan, "rows">,
  cells: readonly Cell[],
  {members, ...sampling}: EnsembleOptions,
  {onProgress = () => undefined, signal}: Watch = {},
): Promise<Guided> {
  const {facts} = shelf;
  const whole = {...plan, rows: members};
  const windows = planRollout({steps: plan.states, window: facts.window}).length;
  const total = windows * (1 + (cells.length > 0 ? sampling.steps : 0));
  let done = 0;
  const pick = pickOf(cells, facts);
  const free = diffusionEmulator(shelf.model(plan.latentChannels, "diffusion"), sampling);
  const guided = following(shelf, whole, pick, sampling, () => onProgress({done: done++, total}));
  try {
    const {images: without} = await forecast(shelf, free, whole, () => onProgress({done: ++done, total}), signal);
    const tell: OnWindow = (from, images) => onProgress({done, total, from, members: images});
    const withThem = cells.length > 0 ? (await forecast(shelf, guided, whole, tell, signal)).images : without;
    const truth = imagesOfValues(shelf.statesOf(plan.trajectory, 0, plan.states), facts);
    const width = facts.shown.image[1];
    const places = cells.map(([row, column]) => row * width + column);
    const compare = (images: Images, where?: readonly number[]) => meanErrors(truth, images, facts, where);
    return {
      guided: withThem,
      free: without,
      errors: {guided: compare(withThem), free: compare(without)},
      atCells: {guided: compare(withThem, places), free: compare(without, places)},
    };
  } finally {
    free.dispose();
    guided.dispose();
    pick.dispose();
  }
}
