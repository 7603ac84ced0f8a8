/** Stage 5: rollouts of the test trajectories, kept in the space where they were made and decoded when they are looked at. */
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
  type NoiseSeed,
  diffusionEmulator,
  chunkSize,
  ensembleChunks,
  rolloutEnsemble,
} from "lola/emulate";
import {type Autoencoder, Solver, StochasticSolver} from "lola/models";
import {autoencoderSource, type AutoencoderSource} from "./autoencoders";
import type {Context, OpenContext} from "./context";
import {type EvaluationWindow, unstandardize, type Standardization} from "lola/data";
import {KarrasDenoiser} from "lola/diffusion";
import {latentStride} from "lola/nn";
import type {Random} from "@lola-ts/engine";
import {
  Artifacts,
  node,
  type Node,
  type Recipe,
  type Stage,
  type StageWork,
  readFloats,
  interruptible,
  track,
  type Progress,
  StepTime,
} from "@lola-ts/cache";
import {type EmulatorChanges, type EmulatorSpec} from "../model-changes";
import {
  emulatorData,
  emulatorName,
  emulatorStage,
  emulatorTitle,
  pixelKey,
  type Emulator as EmulatorModel,
  type EmulatorData,
} from "./emulators";
import {decodeStates, latentsStage, trajectoryAt} from "./latents";
import {SymmetricViews, type MemberViews, type Restore} from "./symmetries";
import type {Config, RolloutConfig} from "../config";
import {drawTestTrajectories, testWindow} from "./dataset";
import type {Trained} from "./training";

/** Raise it when emulators are rolled out to other numbers; see packages/laboratory/test/drift.test.ts. */
export const ROLLOUT_VERSION = 2;

/** Which rollouts: of the laboratory's configuration, with the changes of an emulator and its autoencoder. */
export interface RolloutRequest {
  readonly method: EmulatorSpec;
  readonly changes?: EmulatorChanges;
}

/** States of the test split, which are opened when a rollout needs them. */
export interface TestStates {
  readonly key: string;
  /** [N, T, ...grid, C]. */
  readonly shape: readonly number[];
  readonly open: () => Promise<RolloutData>;
}

export type RolloutInputs = {
  readonly emulator: Pick<Node<Trained<EmulatorModel>>, "key" | "get">;
  readonly test: TestStates;
};

type RolloutWork = StageWork<Context, RolloutRequest, RolloutInputs>;

/** Roll an emulator out from the context states of each drawn test trajectory, or find its rollouts. Finished chunks are kept. */
export const rolloutStage: Stage<OpenContext, RolloutRequest, RolloutInputs, RolloutFile> = {
  name: "rollout",
  version: ROLLOUT_VERSION,
  inputs: (context, {method, changes}) => ({
    emulator: node(emulatorStage, context, {method, changes}),
    test: testStates(context, method, changes),
  }),
  recipe: ({config}, {method}, {test}) => {
    const {steps: _steps, order: _order, sampler: _sampler, ...set} = config.rollout;
    const {trajectories: _trajectories, members: _members, dressing: _dressing, average: _average, ...others} = set;
    const {perturbation, symmetries, noise: _noise, ...options} = others;
    const {shape, ...plan} = planOf(config, method, test);
    return {
      name: emulatorTitle(config, method),
      version: rolloutVersion(config),
      config: {
        ...options,
        ...plan,
        length: config.window,
        ...(method.kind === "diffusion" && {sampler: samplerSettings(config)}),
        ...(method.kind === "solver" && perturbation && {perturbation}),
        ...(symmetries && {symmetries}),
        ...(!isDeterministic(config.rollout, method) && {seed: config.seed}),
      },
      title: `rollout, ${emulatorName(method)}`,
      bytes: 8 * sizeOf(shape), // the finished chunks, and all of them joined
      extension: ".f32",
    };
  },
  memoKey: (_, key) => `${key} file`, // the key alone is that of the states in memory
  make: obtainRolloutFile,
};

/** Version of the rollouts of a configuration: shared noise is that of version 1. */
export const rolloutVersion = ({rollout: {noise}}: Pick<Config, "rollout">): number => (noise ? 1 : ROLLOUT_VERSION);

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
  /** Name of its emulator in tables and figures. Default: the method's. */
  readonly label?: string;
  /** Undoes the symmetries that its members were started under, as {@link decodeRollout} does. Default: there are none. */
  readonly restore?: Restore;
}

/** Rollouts that are made, or read, when they are opened; what identifies them is known before. */
export interface RolloutSource extends Pick<Rollout, "method" | "key" | "label"> {
  readonly autoencoder?: AutoencoderSource;
  /** Seed of its training; of several as one ensemble the first. */
  readonly seed?: number;
  /**
   * @param trajectory index in the test split of the only one to read. Default: all are read.
   * @param alone whether to make no more than this trajectory needs, see {@link obtainRolloutOf}. Default: false.
   */
  readonly open: (trajectory?: number, alone?: boolean) => Promise<Rollout>;
}

/** Collect the sampler's steps, method and options. */
export function samplerSettings({rollout: {steps, order, sampler}}: Pick<Config, "rollout">) {
  return {steps, ...(sampler ?? {order})};
}

/**
 * Name the noise of a laboratory's rollouts: each purpose and each training seed has noise that is unrelated to all others.
 *
 * @param purpose "rollout" by default.
 * @param trainingSeed seed of the model's training. Default: the laboratory's.
 * @example const emulator = diffusionEmulator(denoiser, {steps, order, seed: noiseOf(lab.config)});
 */
export function noiseOf(config: Config, purpose = "rollout", trainingSeed = config.seed): NoiseSeed {
  const {seed, rollout} = config;
  return rollout.noise ? seed : [purpose, seed, trainingSeed];
}

/** Make the emulator of a model. @param trainingSeed seed of the model's training. Default: the laboratory's. */
export function emulatorOf(config: Config, model: EmulatorModel, trainingSeed = config.seed): DisposableEmulator {
  const seed = noiseOf(config, "rollout", trainingSeed);
  if (model instanceof KarrasDenoiser) return diffusionEmulator(model, {...samplerSettings(config), seed});
  const {perturbation} = config.rollout;
  if (model instanceof Solver && perturbation) {
    const noise = noiseOf(config, "perturbation", trainingSeed);
    return perturbedEmulator(solverEmulator(model), {deviation: perturbation, seed: noise});
  }
  return model instanceof StochasticSolver ? stochasticSolverEmulator(model, {seed}) : solverEmulator(model);
}

export interface RolloutData extends EmulatorData {
  readonly views?: MemberViews;
}

interface Plan {
  readonly trajectories: readonly number[];
  readonly window: EvaluationWindow;
  readonly members: number;
}

/** Whether a method has one answer: a solver does, unless its first states are perturbed or seen under symmetries. */
export function isDeterministic({perturbation, symmetries}: RolloutConfig, {kind}: EmulatorSpec): boolean {
  return kind === "solver" && !perturbation && !symmetries;
}

function planOf(config: Config, method: EmulatorSpec, {shape: [count, frames, ...state]}: Pick<TestStates, "shape">) {
  const plan: Plan = {
    trajectories: drawTestTrajectories(config, count),
    window: testWindow(config, frames),
    members: isDeterministic(config.rollout, method) ? 1 : config.rollout.members,
  };
  return {...plan, shape: [plan.trajectories.length, plan.members, plan.window.length, ...state]};
}

/** Describe the test states that a method sees; under symmetries each member sees them in its own way. */
function testStates(context: OpenContext, method: EmulatorSpec, changes: EmulatorChanges = {}): TestStates {
  const {dataset, config} = context;
  const {latentChannels} = method;
  const [count, frames, ...state] = dataset.shape("test");
  const open = async () => ({
    ...(await emulatorData(context, method, "test", changes.autoencoder)),
    views: viewsOf(context, changes, await decoderOf(context, method, changes)?.get()),
  });
  if (latentChannels === null) return {key: pixelKey(dataset, "test"), shape: [count, frames, ...state], open};
  const {key} = node(latentsStage, context, {latentChannels, split: "test", changes: changes.autoencoder});
  const stride = latentStride({...config.autoencoder.model, ...changes.autoencoder?.model});
  const grid = state.slice(0, -1).map((cells) => cells / stride);
  return {key: dataset.labelledKey(key), shape: [count, frames, ...grid, latentChannels], open};
}

function viewsOf({config, dataset}: OpenContext, {seed}: EmulatorChanges, autoencoder?: Autoencoder) {
  const {symmetries, members} = config.rollout;
  return symmetries
    ? new SymmetricViews(dataset, {seed: noiseOf(config, "members", seed), members}, autoencoder)
    : undefined;
}

/** Describe the autoencoder that decodes a method's forecasts; none in pixel space. */
export function decoderOf(
  context: OpenContext,
  {latentChannels}: EmulatorSpec,
  {autoencoder}: EmulatorChanges = {},
): AutoencoderSource | undefined {
  return latentChannels === null ? undefined : autoencoderSource(context, latentChannels, autoencoder);
}

/** Describe the rollouts of one emulator, in a context whose configuration has its changes of rollouts. */
export function storedSource(context: OpenContext, method: EmulatorSpec, changes: EmulatorChanges): RolloutSource {
  const asked = {method, changes};
  const inputs = rolloutStage.inputs(context, asked);
  const file = node(rolloutStage, context, asked, inputs);
  const autoencoder = decoderOf(context, method, changes);
  const views = viewsOf(context, changes);
  const open = async (trajectory?: number, alone = false): Promise<Rollout> => {
    const rollout =
      alone && trajectory !== undefined
        ? await obtainRolloutOf({place: context, asked, inputs, recipe: file.recipe}, trajectory)
        : await readRollout(await file.get(), trajectory);
    const restore = views && {restore: views.restore.bind(views)};
    return {...rollout, autoencoder: await autoencoder?.get(), ...restore};
  };
  return {
    method,
    autoencoder,
    seed: changes.seed ?? context.config.seed,
    key: file.key,
    open: (trajectory, alone) =>
      trajectory === undefined ? context.memo.once(file.key, () => open()) : open(trajectory, alone),
  };
}

export interface RolloutFile {
  readonly method: EmulatorSpec;
  readonly trajectories: readonly number[];
  /** [N, K, T, ...grid, C]. */
  readonly shape: readonly number[];
  readonly key: string;
  readonly name: string;
  /** Values, little-endian float32. */
  readonly path: string;
}

async function obtainRolloutFile(work: RolloutWork): Promise<RolloutFile> {
  const {place, asked, recipe, inputs} = work;
  const {config, artifacts} = place;
  const {shape, trajectories} = planOf(config, asked.method, inputs.test);
  if (!(await artifacts.has(recipe))) await Promise.all([inputs.emulator.get(), inputs.test.open()]); // before the lock
  const {path: file, key} = await artifacts.obtain(recipe, async (temporary) => {
    const size = chunkSize(shape[0], shape[1]);
    const starts = trajectories.map((_, i) => i).filter((i) => i % size === 0);
    const chunks = await obtainChunks(work, starts);
    for (const chunk of chunks) await appendFile(temporary, await readFile(chunk));
    const {size: bytes} = await stat(temporary);
    if (bytes !== 4 * sizeOf(shape)) {
      const found = `expected ${4 * sizeOf(shape)} bytes in its chunks, found ${bytes}`;
      throw new Error(`${shown(artifacts.path(recipe))}: ${found}.`);
    }
    await reportOthers(artifacts, recipe, chunks);
  });
  return {method: asked.method, trajectories, shape, key, name: recipe.name, path: file};
}

/** Make the chunk of rollouts that a trajectory is in, or find it, and read this trajectory's; processes may share the chunks. */
export async function obtainRolloutOf(work: RolloutWork, trajectory: number): Promise<Rollout> {
  const {place, asked, recipe, inputs} = work;
  const {config, artifacts} = place;
  const {method} = asked;
  if (await artifacts.has(recipe)) return readRollout(await obtainRolloutFile(work), trajectory);
  const {shape, trajectories: all} = planOf(config, method, inputs.test);
  const size = chunkSize(shape[0], shape[1]);
  const at = placeOf(all, trajectory);
  const first = at - (at % size);
  const [file] = await obtainChunks(work, [first]);
  const trajectories = all.slice(first, first + size);
  return readRollout(
    {method, trajectories, shape, key: artifacts.key(recipe), name: recipe.name, path: file},
    trajectory,
  );
}

const PERCENT = 100;

/** Time of a percent of rollouts, which grows with the calls of the network for each state of each member. */
function timeOfPercent(
  {config, artifacts}: Pick<Context, "config" | "artifacts">,
  {kind}: EmulatorSpec,
  {name, trajectories, members, window}: Plan & Pick<Recipe, "name">,
): StepTime {
  const calls = kind === "diffusion" ? config.rollout.steps : 1;
  const units = (trajectories.length * members * window.length * calls) / PERCENT;
  return new StepTime(artifacts.root, `${name} rollout`, units);
}

/** Seconds that the rollouts of a node take by the time of earlier ones; NaN if none were timed here. */
export function rolloutSeconds(context: Context, method: EmulatorSpec, {recipe, inputs}: Node<RolloutFile>): number {
  const plan = planOf(context.config, method, inputs.test as TestStates);
  return PERCENT * timeOfPercent(context, method, {...plan, name: recipe.name}).seconds;
}

/** Make (or find) the chunks that begin with some trajectories, ascending: artefacts in a folder that is removed when all are joined. */
async function obtainChunks({place, asked, inputs, recipe}: RolloutWork, starts: readonly number[]): Promise<string[]> {
  const {config, artifacts} = place;
  const {method, changes = {}} = asked;
  const {shape, ...plan} = planOf(config, method, inputs.test);
  const {trajectories, members, window} = plan;
  const trained = await inputs.emulator.get();
  const test = await inputs.test.open();
  const contexts = new Lazy(() => contextStates(test, plan, config));
  const chunk = chunkSize(shape[0], shape[1]);
  const store = new Artifacts(artifacts.partial(recipe), artifacts.report);
  const emulator = emulatorOf(config, trained.model, changes.seed);
  const wanted = trajectories.slice(starts[0], starts[starts.length - 1] + chunk);
  const time = timeOfPercent({config, artifacts}, method, {...plan, trajectories: wanted, name: recipe.name});
  return withEmulator(emulator, `rollout, ${emulatorName(method)}`, time, async ({signal, onProgress}) => {
    const running = {
      signal,
      onProgress: (fraction: number) => onProgress((fraction * trajectories.length - starts[0]) / wanted.length),
    };
    const labels = trajectories.map((n) => test.labels[n]);
    const options = ensembleOptions(config, {labels, members, steps: window.length, own: Boolean(test.views)});
    const files: string[] = [];
    for (const from of starts) {
      const count = Math.min(chunk, trajectories.length - from);
      const {stage, version, extension} = recipe;
      const keys = [artifacts.key(recipe)];
      const part = {stage, version, extension, name: `${from}-${count}`, config: {from, count}, inputs: keys};
      const {path: file} = await store.obtain(part, async (temporary) => {
        const isDone = (other: number) => other !== from;
        const made = ensembleChunks(emulator, contexts.get(), {...options, ...running, chunk, isDone});
        for await (const {values} of made) await writeFile(temporary, bytesOf(values));
      });
      files.push(file);
    }
    return files;
  });
}

const bytesOf = ({buffer, byteOffset, byteLength}: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);

async function reportOthers(artifacts: Artifacts, recipe: Recipe, joined: readonly string[]): Promise<void> {
  const folder = artifacts.partial(recipe);
  const chunks = (await readdir(folder, {recursive: true})).filter((name) => name.endsWith(".f32"));
  const others = chunks.filter((name) => !joined.includes(path.join(folder, name)));
  if (others.length === 0) return;
  artifacts.report(`${shown(folder)}: ${others.length} chunks are not of this size or version, and are not used.`);
}

export interface EnsemblePlan {
  readonly labels: readonly Float32Array[];
  /** States of each trajectory, the context included. */
  readonly steps: number;
  readonly members?: number;
  /** Whether members begin with states of their own. Default: false. */
  readonly own?: boolean;
  readonly contextSource?: RolloutConfig["contextSource"];
}

/** List the settings of a rollout, which the numbers of its states depend on: windows, contexts, and where they come from. */
export function rolloutSettings({window, rollout: {context = 1, overlap, crop, contextSource}}: Config) {
  return {window, context, overlap, crop, contextSource};
}

export function ensembleOptions(config: Config, {labels, ...plan}: EnsemblePlan) {
  const label = ndarray(Float32Array.from(labels.flatMap((one) => [...one])), [labels.length, labels[0].length]);
  return {...rolloutSettings(config), ...plan, label};
}

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

/** Read rollouts from the disk. @param trajectory index in the test split of the only one to read. */
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
