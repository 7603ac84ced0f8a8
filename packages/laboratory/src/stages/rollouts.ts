/**
 * Stage 5: rollouts of the test trajectories, kept in the space where they were made and decoded when they are looked at.
 */
import {appendFile, readdir, readFile, stat, writeFile} from "node:fs/promises";
import path from "node:path";
import ndarray, {type NdArray} from "ndarray";
import {
  flat,
  stack,
  arrayOf,
  checkOptions,
  checkParts,
  list,
  optional,
  where,
  whole,
  Lazy,
  shown,
  printAs,
  shapeInWords,
  sizeOf,
} from "@lola-ts/core";
import {
  perturbedEmulator,
  stochasticSolverEmulator,
  solverEmulator,
  type DisposableEmulator,
  diffusionEmulator,
  chunkSize,
  ensembleChunks,
  rolloutEnsemble,
} from "lola/emulate";
import {type Autoencoder, Solver, StochasticSolver} from "lola/models";
import {type EvaluationWindow, unstandardize, type Standardization, type StateWindow} from "lola/data";
import {KarrasDenoiser} from "lola/diffusion";
import type {Random} from "@lola-ts/engine";
import {Artifacts, type Recipe} from "../store/artifacts";
import {readFloats} from "../store/payload";
import {
  emulatorName,
  emulatorTitle,
  type Emulator as EmulatorModel,
  type EmulatorData,
  type EmulatorSpec,
} from "./emulators";
import {interruptible} from "../workers/interrupt";
import {decodeStates, trajectoryAt} from "./latents";
import type {Config, RolloutConfig} from "../config";
import {track, type Progress} from "../notebook/progress";
import {StepTime} from "../notebook/step-time";
import {drawTestTrajectories, testWindow} from "./dataset";
import type {Trained} from "./training";

/** Raise it when emulators are rolled out to other numbers; see packages/laboratory/test/drift.test.ts. */
export const ROLLOUT_VERSION = 1;

/** Ensembles of rollouts, in latent or pixel space. */
export interface Rollout {
  readonly method: EmulatorSpec;
  /** Indices of the rolled-out trajectories in the test split, in the order of `states`. */
  readonly trajectories: readonly number[];
  /** [N, K, T, ...grid, C]: trajectories, members, states; the context first, by default as the emulator renders it. */
  readonly states: NdArray<Float32Array>;
  readonly key: string;
  /** Decodes its latents; none in pixel space. */
  readonly autoencoder?: Autoencoder;
  /** Name of its emulator in tables and figures. Default: that of the method. */
  readonly label?: string;
  /** Undoes the symmetries that its members were started under, as {@link decodeRollout} does. Default: there are none. */
  readonly restore?: Restore;
}

/** Rollouts that are made, or read, when they are opened; what identifies them is known before. */
export interface RolloutSource extends Pick<Rollout, "method" | "key" | "autoencoder" | "label"> {
  /** Seed of its training; of several as one ensemble the first. */
  readonly seed?: number;
  /** @param trajectory index in the test split of the only one to read. Default: all are read. */
  readonly open: (trajectory?: number) => Promise<Rollout>;
  /** Make no more than the rollouts of one trajectory need, see {@link obtainRolloutOf}. Default: as `open`. */
  readonly openOne?: (trajectory: number) => Promise<Rollout>;
}

/** Collect the sampler's steps, method and options. */
export function samplerSettings({rollout: {steps, order, sampler}}: Pick<Config, "rollout">) {
  return {steps, ...(sampler ?? {order})};
}

/** Make the emulator of a trained model. */
export function emulatorOf(config: Config, model: EmulatorModel): DisposableEmulator {
  const {seed} = config;
  if (model instanceof KarrasDenoiser) return diffusionEmulator(model, {...samplerSettings(config), seed});
  const {perturbation} = config.rollout;
  if (model instanceof Solver && perturbation) {
    return perturbedEmulator(solverEmulator(model), {deviation: perturbation, seed});
  }
  return model instanceof StochasticSolver ? stochasticSolverEmulator(model, {seed}) : solverEmulator(model);
}

/** Undo the symmetries under which a trajectory was forecast, of all members or the first ones: [K, T, X, Y(, Z), C]. */
export type Restore = (trajectory: number, states: NdArray<Float32Array>) => NdArray<Float32Array>;

/** What members see of a test trajectory, each under a symmetry of its own. */
export interface MemberViews {
  /** Context states as the members see them, as the emulator takes them: [K, length, ...]. */
  contexts(trajectory: number, window: StateWindow): NdArray<Float32Array>;
  readonly restore: Restore;
}

/** What emulators are rolled out on. */
export interface RolloutData extends EmulatorData {
  /** Views of members that start under symmetries. */
  readonly views?: MemberViews;
}

/** Where a rollout begins, how far it goes, and on which trajectories. */
interface Plan {
  readonly trajectories: readonly number[];
  readonly window: EvaluationWindow;
  readonly members: number;
}

/** Whether a method has one answer: a solver does, unless its first states are perturbed or seen under symmetries. */
export function isDeterministic({perturbation, symmetries}: RolloutConfig, {kind}: EmulatorSpec): boolean {
  return kind === "solver" && !perturbation && !symmetries;
}

/** What identifies the test trajectories that an emulator is rolled out on, and their sizes, [N, T, ...grid, C]. */
export interface TestSizes extends Pick<EmulatorData, "key"> {
  readonly states: {readonly shape: readonly number[]};
}

function planOf(config: Config, method: EmulatorSpec, {states: {shape}}: TestSizes): Plan {
  return {
    trajectories: drawTestTrajectories(config, shape[0]),
    window: testWindow(config, shape[1]),
    members: isDeterministic(config.rollout, method) ? 1 : config.rollout.members,
  };
}

/** Make the recipe of rollouts: all that their states depend on. */
export function rolloutRecipe(config: Config, method: EmulatorSpec, emulator: string, test: TestSizes): Recipe {
  const {
    steps: _steps,
    order: _order,
    sampler: _sampler,
    trajectories: _trajectories,
    members: _members,
    dressing: _dressing,
    average: _average,
    perturbation,
    symmetries,
    ...options
  } = config.rollout;
  return {
    stage: "rollout",
    name: emulatorTitle(config, method),
    version: ROLLOUT_VERSION,
    config: {
      ...options,
      ...planOf(config, method, test),
      length: config.window,
      ...(method.kind === "diffusion" && {sampler: samplerSettings(config)}),
      ...(method.kind === "solver" && perturbation && {perturbation}),
      ...(symmetries && {symmetries}),
      ...(!isDeterministic(config.rollout, method) && {seed: config.seed}),
    },
    inputs: [emulator, test.key],
  };
}

/** Rollouts on the disk. */
export interface RolloutFile {
  readonly method: EmulatorSpec;
  readonly trajectories: readonly number[];
  /** [N, K, T, ...grid, C]. */
  readonly shape: readonly number[];
  readonly key: string;
  /** Name in files, e.g. "euler-tour-diffusion-c16". */
  readonly name: string;
  /** Values, little-endian float32. */
  readonly path: string;
}

/**
 * Roll an emulator out (or find its rollouts) from the context states of each drawn test trajectory. Finished chunks of
 * trajectories are kept, so that stopped work goes on with the next one; one chunk is in memory at a time.
 *
 * @throws RangeError for options that do not fit each other or the trajectories; LabError `interrupted`.
 */
export async function obtainRolloutFile(
  config: Config,
  artifacts: Artifacts,
  method: EmulatorSpec,
  trained: Trained<EmulatorModel>,
  test: RolloutData,
): Promise<RolloutFile> {
  const described = describeRollout(config, method, trained.key, test);
  const {recipe, trajectories, shape} = described;
  const {path: file, key} = await artifacts.obtain(recipe, async (temporary) => {
    const size = chunkSize(trajectories.length, shape[1]);
    const starts = trajectories.map((_, i) => i).filter((i) => i % size === 0);
    const chunks = await obtainChunks({config, artifacts, method, model: trained.model, test}, described, starts);
    for (const chunk of chunks) await appendFile(temporary, await readFile(chunk));
    const {size: bytes} = await stat(temporary);
    if (bytes !== 4 * sizeOf(shape)) {
      const found = `expected ${4 * sizeOf(shape)} bytes in its chunks, found ${bytes}`;
      throw new Error(`${shown(artifacts.path(recipe))}: ${found}.`);
    }
    await reportOthers(artifacts, recipe, chunks);
  });
  return {method, trajectories, shape, key, name: recipe.name, path: file};
}

/**
 * Make the chunk of rollouts that a trajectory is in (or find it, or all rollouts), and read this trajectory's. Any number of
 * processes may do so for any trajectories; {@link obtainRolloutFile} finds what they have made.
 *
 * @param trajectory index in the test split.
 * @throws RangeError if this trajectory is not rolled out; LabError `interrupted`.
 */
export async function obtainRolloutOf(
  config: Config,
  artifacts: Artifacts,
  method: EmulatorSpec,
  trained: Trained<EmulatorModel>,
  test: RolloutData,
  trajectory: number,
): Promise<Rollout> {
  const described = describeRollout(config, method, trained.key, test);
  const {recipe, trajectories, shape} = described;
  if (await artifacts.has(recipe)) {
    return readRollout(await obtainRolloutFile(config, artifacts, method, trained, test), trajectory);
  }
  const place = placeOf(trajectories, trajectory);
  const size = chunkSize(trajectories.length, shape[1]);
  const first = place - (place % size);
  const [file] = await obtainChunks({config, artifacts, method, model: trained.model, test}, described, [first]);
  const chunk = {
    method,
    trajectories: trajectories.slice(first, first + size),
    shape,
    key: artifacts.key(recipe),
    name: recipe.name,
    path: file,
  };
  return readRollout(chunk, trajectory);
}

/** Describe rollouts: their recipe, trajectories and shape. */
export function describeRollout(config: Config, method: EmulatorSpec, emulator: string, test: TestSizes) {
  const {trajectories, window, members} = planOf(config, method, test);
  const shape = [trajectories.length, members, window.length, ...test.states.shape.slice(2)];
  const recipe: Recipe = {
    ...rolloutRecipe(config, method, emulator, test),
    title: `rollout, ${emulatorName(method)}`,
    bytes: 8 * sizeOf(shape), // the finished chunks, and all of them joined
    extension: ".f32",
  };
  return {recipe, trajectories, shape};
}

/** Steps of a rollout's progress. */
const PERCENT = 100;

/** Time of a percent of rollouts, which grows with the calls of the network for each state of each member. */
function timeOfPercent(config: Config, method: EmulatorSpec, {root}: Artifacts, test: TestSizes): StepTime {
  const {trajectories, members, window} = planOf(config, method, test);
  const calls = method.kind === "diffusion" ? config.rollout.steps : 1;
  const units = (trajectories.length * members * window.length * calls) / PERCENT;
  return new StepTime(root, `${emulatorTitle(config, method)} rollout`, units);
}

/** Seconds that rollouts take by the time of earlier ones; NaN if none were timed here. */
export function rolloutSeconds(...work: Parameters<typeof timeOfPercent>): number {
  return PERCENT * timeOfPercent(...work).seconds;
}

/** What chunks are made of, and where they are written. */
interface ChunkParts {
  readonly config: Config;
  readonly artifacts: Artifacts;
  readonly method: EmulatorSpec;
  readonly model: EmulatorModel;
  readonly test: RolloutData;
}

/**
 * Make (or find) the chunks of rollouts that begin with some trajectories. They are artefacts in a folder of their own, which is
 * removed when all are joined.
 *
 * @returns the chunks' files.
 */
async function obtainChunks(
  {config, artifacts, method, model, test}: ChunkParts,
  {recipe, trajectories, shape}: ReturnType<typeof describeRollout>,
  starts: readonly number[],
): Promise<string[]> {
  const plan = planOf(config, method, test);
  const contexts = new Lazy(() => contextStates(test, plan, config));
  const chunk = chunkSize(trajectories.length, shape[1]);
  const store = new Artifacts(artifacts.partial(recipe), artifacts.report);
  const emulator = emulatorOf(config, model);
  const time = timeOfPercent(config, method, artifacts, test);
  return withEmulator(emulator, `rollout, ${emulatorName(method)}`, time, async (running) => {
    const {members, window} = plan;
    const labels = trajectories.map((n) => test.labels[n]);
    const options = ensembleOptions(config, {labels, members, steps: window.length, own: Boolean(test.views)});
    const files: string[] = [];
    for (const from of starts) {
      const count = Math.min(chunk, trajectories.length - from);
      const {path: file} = await store.obtain(
        chunkRecipe(recipe, artifacts.key(recipe), from, count),
        async (temporary) => {
          const isDone = (other: number) => other !== from;
          const made = ensembleChunks(emulator, contexts.get(), {...options, ...running, chunk, isDone});
          for await (const {values} of made) await writeFile(temporary, bytesOf(values));
        },
      );
      files.push(file);
    }
    return files;
  });
}

/** Make the recipe of a chunk: `count` trajectories of the rollouts of a key, from one on. */
function chunkRecipe({stage, version, extension}: Recipe, key: string, from: number, count: number): Recipe {
  return {stage, version, extension, name: `${from}-${count}`, config: {from, count}, inputs: [key]};
}

const bytesOf = ({buffer, byteOffset, byteLength}: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);

/** Report chunks that were not joined. */
async function reportOthers(artifacts: Artifacts, recipe: Recipe, joined: readonly string[]): Promise<void> {
  const folder = artifacts.partial(recipe);
  const chunks = (await readdir(folder, {recursive: true})).filter((name) => name.endsWith(".f32"));
  const others = chunks.filter((name) => !joined.includes(path.join(folder, name)));
  if (others.length === 0) return;
  artifacts.report(`${shown(folder)}: ${others.length} chunks are not of this size or version, and are not used.`);
}

/** Ensembles to roll out, an ensemble for each label. */
export interface EnsemblePlan {
  readonly labels: readonly Float32Array[];
  /** States of each trajectory, the context included. */
  readonly steps: number;
  /** Default: 1. */
  readonly members?: number;
  /** Whether members begin with states of their own. Default: false. */
  readonly own?: boolean;
  /** What the context states of a rollout are. Default: the configuration's. */
  readonly contextSource?: RolloutConfig["contextSource"];
}

/** List the settings of a rollout, which the numbers of its states depend on: windows, contexts, and where they come from. */
export function rolloutSettings({window, rollout: {context = 1, overlap, contextSource}}: Config) {
  return {window, context, overlap, contextSource};
}

/** List the options of ensembles: the settings of their configuration, and what is rolled out. */
export function ensembleOptions(config: Config, {labels, ...plan}: EnsemblePlan) {
  const label = ndarray(Float32Array.from(labels.flatMap((one) => [...one])), [labels.length, labels[0].length]);
  return {...rolloutSettings(config), ...plan, label};
}

/** Use an emulator, which is disposed of in the end, with a progress line, until an interrupt. */
async function withEmulator<T>(
  emulator: DisposableEmulator,
  title: string,
  time: StepTime | undefined,
  use: (running: {signal: AbortSignal; onProgress: (fraction: number) => void}) => Promise<T>,
): Promise<T> {
  try {
    const work = (progress: Progress) =>
      interruptible((signal) =>
        use({signal, onProgress: (fraction) => progress.update(Math.round(PERCENT * fraction))}),
      );
    return await track(title, PERCENT, work, {time});
  } finally {
    emulator.dispose();
  }
}

/** How ensembles begin, and what is kept of them. */
export interface EnsembleStart extends EnsemblePlan {
  /** First states of each trajectory, [context, ...grid, C]. */
  readonly first: readonly NdArray<Float32Array>[];
  /** Whether each trajectory has the noise of the first. Default: false. */
  readonly sameNoise?: boolean;
  /** States from the beginning that are left out. Default: 0. */
  readonly skip?: number;
}

/**
 * Roll ensembles out from given states, or load them: an artefact beside the rollouts of the laboratory's test trajectories.
 *
 * @param recipe its title is shown.
 * @param open makes the emulator.
 * @returns [N, K, steps, ...grid, C], without the states that are left out.
 * @throws RangeError for options that do not fit each other; LabError `interrupted`.
 */
export async function obtainEnsemble(
  {config, artifacts}: {readonly config: Config; readonly artifacts: Artifacts},
  recipe: Recipe & {readonly title: string},
  open: () => DisposableEmulator,
  {first: rows, sameNoise = false, skip = 0, ...plan}: EnsembleStart,
): Promise<NdArray<Float32Array>> {
  const {labels, steps, members = 1} = plan;
  const shape = [labels.length, members, steps - skip, ...rows[0].shape.slice(1)];
  const values = await artifacts.obtainFloats({...recipe, bytes: 4 * sizeOf(shape)}, () => {
    const emulator = open();
    return withEmulator(emulator, recipe.title, undefined, async ({signal, onProgress}) => {
      const out = new Float32Array(sizeOf(shape));
      const together = sameNoise ? 1 : labels.length;
      for (let from = 0; from < labels.length; from += together) {
        const part = {...plan, labels: labels.slice(from, from + together)};
        const rollout = await rolloutEnsemble(emulator, stack(rows.slice(from, from + together)), {
          ...ensembleOptions(config, part),
          signal,
          onProgress: (fraction) => onProgress((from + together * fraction) / labels.length),
        });
        out.set(flat(rollout.lo(0, 0, skip)), (from * out.length) / labels.length);
      }
      return out;
    });
  });
  return ndarray(values, shape);
}

/**
 * Read rollouts from the disk.
 *
 * @param trajectory index in the test split of the only one to read. Default: all are read.
 * @throws RangeError if this trajectory was not rolled out.
 */
export async function readRollout(
  {method, trajectories, shape, key, name, path: file}: RolloutFile,
  trajectory?: number,
): Promise<Rollout> {
  const size = sizeOf(shape.slice(1));
  const at = trajectory === undefined ? 0 : placeOf(trajectories, trajectory);
  const chosen = trajectory === undefined ? trajectories : [trajectory];
  const values = await readFloats(file, {from: at * size, count: chosen.length * size});
  const states = ndarray(values, [chosen.length, ...shape.slice(1)]);
  const rollout = {method, trajectories: chosen, states, key};
  return printAs(
    rollout,
    () => `Rollout of ${name}: states ${shapeInWords(states.shape)}, test trajectories ${chosen.join(", ")}`,
  );
}

function placeOf(trajectories: readonly number[], trajectory: number): number {
  const place = trajectories.indexOf(trajectory);
  if (place >= 0) return place;
  const known = trajectories.join(", ");
  throw new RangeError(`readRollout: expected one of the test trajectories ${known}, found ${trajectory}.`);
}

/** Read the context states of the planned trajectories, [N, length, ...], or of each of their members, [N K, length, ...]. */
function contextStates(
  {states, views}: RolloutData,
  {trajectories, window: {start}, members}: Plan,
  {rollout: {context: length = 1}}: Config,
): NdArray<Float32Array> {
  const window = {start, length};
  const each = views ? members : 1;
  const shape = [trajectories.length * each, window.length, ...states.shape.slice(2)];
  const size = each * sizeOf(shape.slice(1));
  const out = new Float32Array(trajectories.length * size);
  trajectories.forEach((n, row) => {
    out.set(flat(views ? views.contexts(n, window) : states.read(n, window)), row * size);
  });
  return ndarray(out, shape);
}

const rolledOut = arrayOf("N, K, T, X, C", "N, K, T, X, Y, C", "N, K, T, X, Y, Z, C");

/**
 * Decode the rollouts of one test trajectory to physical units.
 *
 * @param trajectory its index in the test split, one of `rollout.trajectories`: the same number as `testTrajectory` takes.
 * @param constants constants of the standardisation, `dataset.standardization`.
 * @param autoencoder autoencoder of the latents; none for rollouts in pixel space.
 * @param options `random`: source of the noise that is added to latents first, by default no noise; `members`: how many members
 *   to decode, the first ones, by default all.
 * @returns [K, T, X, Y(, Z), C]: members, states.
 * @throws RangeError if this trajectory was not rolled out, or has fewer members.
 * @example const forecast = decodeRollout(rollout, n, dataset.standardization, rollout.autoencoder);
 */
export function decodeRollout(
  rollout: Rollout,
  trajectory: number,
  constants: Standardization,
  autoencoder?: Autoencoder,
  {members, ...options}: {random?: Random; members?: number} = {},
): NdArray<Float32Array> {
  checkParts("decodeRollout", {states: rolledOut}, rollout);
  const {states, trajectories} = rollout;
  checkOptions("decodeRollout", list(whole({min: 0}), {length: states.shape[0]}), trajectories, "trajectories");
  const drawn = where(whole({min: 0}), `one of the test trajectories ${trajectories.join(", ")}`, (n: number) =>
    trajectories.includes(n),
  );
  checkOptions("decodeRollout", drawn, trajectory, "trajectory");
  checkOptions("decodeRollout", optional(whole({min: 1, max: states.shape[1]})), members, "members");
  const forecast = trajectoryAt(states, trajectories.indexOf(trajectory)).hi(members ?? states.shape[1]);
  const seen = unstandardize(autoencoder ? decodeStates(autoencoder, forecast, options) : forecast, constants);
  return rollout.restore ? rollout.restore(trajectory, seen) : seen;
}
