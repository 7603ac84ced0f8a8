/** Views 4 to 6: forecasts of ensembles and of the solver, free and guided. */
import {sizeOf} from "@lola-ts/core";
import {observeDecoded} from "lola/diffusion";
import {
  type TrainedDenoiser,
  type DisposableEmulator,
  type Emulator,
  guidedEmulator,
  planRollout,
  rollout,
} from "lola/emulate";
import {standardize} from "lola/data";
import {rings} from "lola/evaluate";
import {tf} from "@lola-ts/engine";
import {OBSERVATION_VARIANCE} from "./facts";
import {imagesOf, meanErrors, observe, pickOf, scoresOf, spectraOf, type Cell, type Images} from "./images";
import type {Lesson, SamplingOptions} from "./lesson";
import {measure, placeOf} from "./meter";

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
  /** The same of the solver, images [n, X, Y]. */
  readonly solver?: Images;
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
  /** Standardised state [X, Y, C] that it starts from. Default: the trajectory's first one. */
  readonly first?: Float32Array;
}

/** Called with a new window of a forecast: its first new state, and images [K, n, X, Y] from there on. */
type OnWindow = (from: number, images: Images) => void;

/** Roll an emulator out and decode each window as soon as it is there: images [K, T, X, Y], and latents of the first row. */
async function forecast(
  lesson: Lesson,
  emulator: Emulator,
  {trajectory, latentChannels, rows, states, first = lesson.statesOf(trajectory, 0, 1)}: Plan,
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
  const {values, shape} = await lesson.encode(latentChannels, first);
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

type Forecast = [lesson: Lesson, plan: Plan, onWindow?: OnWindow, signal?: AbortSignal];

export const rollSolver = (...[lesson, plan, ...watch]: Forecast) =>
  forecast(lesson, lesson.emulator(plan.latentChannels), plan, ...watch);

export const rollEnsemble = (sampling: SamplingOptions, ...[lesson, plan, ...watch]: Forecast) =>
  forecast(lesson, lesson.emulator(plan.latentChannels, sampling), plan, ...watch);

/** Roll the solver and an ensemble out; both are timed, each with its decoder. */
async function rollBoth(
  lesson: Lesson,
  plan: Omit<Plan, "rows">,
  {members, ...sampling}: EnsembleOptions,
  {onProgress = () => undefined, signal}: Watch,
) {
  const windows = planRollout({steps: plan.states, window: lesson.facts.window}).length;
  let done = 0;
  const begin = performance.now();
  const answered: OnWindow = (from, images) => onProgress({done, total: windows + 1, from, solver: images});
  const {images: answer} = await rollSolver(lesson, {...plan, rows: 1}, answered, signal);
  const between = performance.now();
  onProgress({done: ++done, total: windows + 1});
  const tell: OnWindow = (from, images) => onProgress({done: ++done, total: windows + 1, from, members: images});
  const {images: ensemble, latents} = await rollEnsemble(sampling, lesson, {...plan, rows: members}, tell, signal);
  const milliseconds = {solver: between - begin, diffusion: performance.now() - between};
  return {members: ensemble, solver: answer, latents, milliseconds};
}

/** Views 4 and 6: roll an ensemble and the solver out from the first state, and score them. */
export async function rollOut(
  lesson: Lesson,
  trajectory: number,
  latentChannels: number,
  options: EnsembleOptions,
  watch: Watch = {},
) {
  const {facts} = lesson;
  const plan = {trajectory, latentChannels, states: facts.shape[0]};
  const {members, solver, latents} = await rollBoth(lesson, plan, options, watch);
  const truth = imagesOf(lesson.statesOf(trajectory), facts);
  return {members, solver, latents, scores: scoresOf(truth, members, solver, facts)};
}

export type RolledOut = Awaited<ReturnType<typeof rollOut>>;

/** View 8: roll an ensemble and the solver out from a painted state [X, Y, C], in physical units. */
export async function race(
  lesson: Lesson,
  trajectory: number,
  latentChannels: number,
  state: Float32Array,
  options: EnsembleOptions,
  watch: Watch = {},
) {
  const {facts} = lesson;
  const first = standardize(state, facts.standardization);
  const {calibration} = facts.rates.find((rate) => rate.latentChannels === latentChannels)!;
  const [reading] = calibration ? await measure(lesson, latentChannels, first, calibration) : [];
  const place = reading && placeOf(reading, calibration!);
  const plan = {trajectory, latentChannels, states: facts.shape[0], first};
  return {reading, place, ...(await rollBoth(lesson, plan, options, watch))};
}

export type Raced = Awaited<ReturnType<typeof race>>;

/** Score the first states of a race against the simulated ones. */
export function judge({facts}: Lesson, simulated: Images, {members, solver}: Pick<Raced, "members" | "solver">) {
  const size = sizeOf(facts.shown.image);
  const [states, rows] = [simulated.length / size, members.length / solver.length];
  const parts = Array.from({length: rows}, (_, row) =>
    members.subarray(row * solver.length, row * solver.length + simulated.length),
  );
  const ensemble = new Float32Array(rows * states * size);
  parts.forEach((part, row) => ensemble.set(part, row * part.length));
  const scores = scoresOf(simulated, ensemble, solver.subarray(0, simulated.length), facts);
  return {...scores, truth: spectraOf(simulated, facts), k: rings(facts.shown.image).k};
}

export type Judged = ReturnType<typeof judge>;

/** Make the emulator that follows observations of a trajectory at some cells; each call of its denoiser is told. */
function following(
  lesson: Lesson,
  {trajectory, latentChannels}: Plan,
  pick: tf.Tensor2D,
  sampling: SamplingOptions,
  onStep: () => void,
): DisposableEmulator {
  const [, ...state] = lesson.facts.shape;
  const see = (x: tf.Tensor) => observe(x, pick);
  const denoiser = lesson.model(latentChannels, "diffusion");
  const {schedule, layout, weights} = denoiser;
  const condition: TrainedDenoiser["condition"] = (...all) => {
    const bound = denoiser.condition(...all);
    return {schedule, denoise: (...call) => (onStep(), bound.denoise(...call))};
  };
  return guidedEmulator(
    {schedule, layout, weights, condition},
    {
      ...sampling,
      observe: observeDecoded(lesson.model(latentChannels, "autoencoder"), see),
      observations: ({from, to}) => {
        const seen = lesson.statesOf(trajectory, from, to);
        return tf.tidy(() => see(tf.tensor(seen, [1, seen.length / sizeOf(state), ...state])));
      },
      varY: OBSERVATION_VARIANCE,
    },
  );
}

/** View 5: roll an ensemble out that follows observations of the shown channel at a few cells, and one that does not. */
export async function guide(
  lesson: Lesson,
  trajectory: number,
  latentChannels: number,
  cells: readonly Cell[],
  states: number,
  {members, ...sampling}: EnsembleOptions,
  {onProgress = () => undefined, signal}: Watch = {},
) {
  const {facts} = lesson;
  const plan = {trajectory, latentChannels, states, rows: members};
  const windows = planRollout({steps: states, window: facts.window}).length;
  const total = windows * (1 + (cells.length > 0 ? sampling.steps : 0));
  let done = 0;
  const pick = pickOf(cells, facts);
  const free = lesson.emulator(latentChannels, sampling);
  const guided = following(lesson, plan, pick, sampling, () => onProgress({done: done++, total}));
  try {
    const {images: without} = await forecast(lesson, free, plan, () => onProgress({done: ++done, total}), signal);
    const tell: OnWindow = (from, images) => onProgress({done, total, from, members: images});
    const withThem = cells.length > 0 ? (await forecast(lesson, guided, plan, tell, signal)).images : without;
    const truth = imagesOf(lesson.statesOf(trajectory, 0, states), facts);
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
    guided.dispose();
    pick.dispose();
  }
}

export type Guided = Awaited<ReturnType<typeof guide>>;
