/**
 * Scores of one forecast, trajectory by trajectory: each one's are written as soon as they are known, so that work that was
 * stopped continues with the next one, and memory does not grow with the number of trajectories or members. Threads score while
 * the next forecasts are made.
 */
import {existsSync, readFileSync} from "node:fs";
import {readFile, writeFile} from "node:fs/promises";
import {availableParallelism} from "node:os";
import path from "node:path";
import type {NdArray} from "ndarray";
import {flat, fromJsonText, programFile, sizeOf, withThreads, writeWhole, type Thread} from "@lola-ts/core";
import {type Forecast, metricNames, type MetricRow, type Labels} from "lola/evaluate";
import type {Config} from "../config";
import {Memo, track, type Progress, StepTime, type Artifacts, type Recipe, interruptible} from "@lola-ts/cache";
import type {Dataset} from "../stages/dataset";
import {scoresOf, type ScoringTask} from "./scoring-task";

/** Raise it when forecasts are scored to other numbers; see packages/laboratory/test/drift.test.ts. */
export const EVALUATION_VERSION = 2;

export interface MethodScores {
  readonly labels: Labels;
  /** One row per trajectory (its index in the test split), state (0 at lead time 0) and field. */
  readonly rows: MetricRow[];
  /** Whether it is given the states that it is scored on, as autoencoders are. Default: false. */
  readonly reconstruction?: boolean;
  readonly seed?: number;
}

type Ensemble = Forecast | NdArray<Float32Array>;

/** Predict a test trajectory, by its index and true states from lead time 0 on: an ensemble [1 | K, T, X, Y(, Z), C]. */
type Forecaster = (trajectory: number, truth: NdArray<Float32Array>) => Ensemble | Promise<Ensemble>;

export interface Contestant {
  readonly name: string;
  readonly labels: Omit<Labels, "dataset">;
  /** Name in tables and figures, which the scores do not depend on. Default: the method of its labels. */
  readonly label?: string;
  readonly reconstruction?: boolean;
  readonly seed?: number;
  readonly inputs: readonly string[];
  readonly forecast: Forecaster;
  /** Makes what its forecast of a test trajectory is compared with, from lead time 0 on. Default: the true states. */
  readonly reference?: (trajectory: number) => Promise<NdArray<Float32Array>>;
}

/** Data that forecasts are scored on, and the store of scores. */
export interface ScoringContext {
  readonly config: Config;
  readonly dataset: Dataset;
  readonly artifacts: Artifacts;
  /** Scores in memory. Default: they are read from the disk. */
  readonly memo?: Memo;
  /** Numbers of the remaining forecasts from which on threads score them. Default: 2^24, whose scores take longer than their start. */
  readonly many?: number;
}

/** Given states before lead time 0. */
export const knownBefore = ({rollout: {context = 1}}: Config) => context - 1;

export function evaluationRecipe(
  {config, dataset}: Pick<ScoringContext, "config" | "dataset">,
  {name, labels, inputs}: Pick<Contestant, "name" | "labels" | "inputs">,
): Recipe {
  return {
    stage: "evaluation",
    name: `${config.system}-${config.preset}-${name}`,
    version: EVALUATION_VERSION,
    config: {
      labels: {dataset: dataset.system.short, ...labels},
      trajectories: [...dataset.testTrajectories],
      window: dataset.testWindow,
      known: knownBefore(config),
      metrics: [...metricNames],
      options: config.metrics ?? {},
      noise: config.metrics?.noisyLatents ? ["noisy latents", config.seed] : undefined,
      transport: dataset.system.name,
    },
    inputs: [dataset.key, ...inputs],
    title: "scores",
    extension: ".json",
  };
}

/**
 * Score a contestant's forecast of each test trajectory, from lead time 0 on (or load its scores).
 *
 * @throws LabError `interrupted`; the scores of finished trajectories are kept then.
 */
export async function scoreForecast(context: ScoringContext, contestant: Contestant): Promise<MethodScores> {
  const {dataset, artifacts, memo = new Memo()} = context;
  const {labels, label, reconstruction, seed} = contestant;
  const recipe = evaluationRecipe(context, contestant);
  const scores = await memo.once(artifacts.key(recipe), async () => {
    const {path: file} = await artifacts.obtain(recipe, async (temporary) => {
      const parts = await scoreTrajectories(context, contestant, artifacts.partial(recipe));
      await writeFile(temporary, joined(parts));
    });
    return storedRows(file);
  });
  return {
    labels: {dataset: dataset.system.short, ...labels, method: label ?? labels.method},
    get rows() {
      return scores();
    },
    reconstruction,
    seed,
  };
}

const timeOfScores = ({config, artifacts}: ScoringContext, {name}: Pick<Contestant, "name">) =>
  new StepTime(artifacts.root, `${config.system}-${config.preset}-${name} scores`);

/** Seconds that the scores of a contestant take by the time of earlier ones; NaN if none were timed here. */
export function scoringSeconds(context: ScoringContext, contestant: Pick<Contestant, "name">): number {
  return context.dataset.testTrajectories.length * timeOfScores(context, contestant).seconds;
}

/** Numbers of the forecasts that are scored at a time. */
const AT_A_TIME = 2 ** 28;

/** Score the trajectories that are not scored yet. @returns the files of all trajectories, in their order. */
async function scoreTrajectories(context: ScoringContext, contestant: Contestant, folder: string): Promise<string[]> {
  const {dataset, many = 2 ** 24} = context;
  const {testTrajectories} = dataset;
  const files = testTrajectories.map((trajectory) => fileOf(folder, trajectory));
  const waiting = testTrajectories.filter((_, i) => !existsSync(files[i]));
  const work = (progress: Progress) =>
    interruptible(async (signal) => {
      let left = waiting.length;
      const tasks = scoringTasks(context, contestant, waiting, signal);
      const write = async (trajectory: number, scores: string) => {
        await writeWhole(fileOf(folder, trajectory), scores);
        progress.update(files.length - --left);
      };
      for await (const [trajectory, task] of tasks) {
        await write(trajectory, scoresOf(task));
        const size = sizeOf(task.ensemble.shape);
        if (left === 0 || left * size < many) continue;
        const count = Math.min(left, availableParallelism(), Math.max(1, Math.floor(AT_A_TIME / size)));
        const score = async (thread: Thread<ScoringTask, string>) => {
          for (let next = await tasks.next(); !next.done; next = await tasks.next()) {
            const [trajectory, task] = next.value;
            await write(trajectory, await thread.ask(alone(task), `test trajectory ${trajectory}`));
          }
        };
        await withThreads(programFile(__dirname, "scoring-thread"), count, score, {signal});
      }
    });
  await track(`scoring, ${contestant.name}`, files.length, work, {time: timeOfScores(context, contestant)});
  return files;
}

const fileOf = (folder: string, trajectory: number) => path.join(folder, `${trajectory}.json`);

/** Forecast trajectories, one after the other, when the next one is asked for. */
async function* scoringTasks(
  context: ScoringContext,
  contestant: Contestant,
  trajectories: readonly number[],
  signal: AbortSignal,
): AsyncGenerator<[number, ScoringTask], void> {
  for (const trajectory of trajectories) {
    signal.throwIfAborted();
    yield [trajectory, await scoringTask(context, contestant, trajectory)];
    await new Promise(setImmediate);
  }
}

async function scoringTask(
  {config, dataset}: ScoringContext,
  {forecast, reference}: Contestant,
  trajectory: number,
): Promise<ScoringTask> {
  const {ensemble: of = "mean", noisyLatents: _, reference: __, ...metrics} = config.metrics ?? {};
  const truth = dataset.read("test", trajectory, dataset.testWindow).lo(knownBefore(config));
  const fields = dataset.wells.test.channels;
  const options = {...metrics, fields, trajectory, transport: dataset.system.distribution};
  const ideal = reference ? await reference(trajectory) : truth;
  return {truth: dense(ideal), ensemble: dense(await forecast(trajectory, truth)), options, of};
}

const dense = (array: Ensemble) => ({data: flat(array), shape: array.shape});

/** Copy values that are a part of a larger memory, which a message would take along. */
function alone(task: ScoringTask): ScoringTask {
  const own = ({data, shape}: Forecast) => ({
    data: data.byteLength < data.buffer.byteLength ? data.slice() : data,
    shape,
  });
  return {...task, truth: own(task.truth), ensemble: own(task.ensemble)};
}

/** Find where the scores of one trajectory are kept until all are there; undefined if they are there. */
async function unscoredFile(context: ScoringContext, contestant: Contestant, n: number): Promise<string | undefined> {
  const {artifacts} = context;
  const recipe = evaluationRecipe(context, contestant);
  const file = fileOf(artifacts.partial(recipe), n);
  return (await artifacts.has(recipe)) || existsSync(file) ? undefined : file;
}

export async function scoreOne(context: ScoringContext, contestant: Contestant, trajectory: number): Promise<void> {
  const file = await unscoredFile(context, contestant, trajectory);
  if (file !== undefined) await writeWhole(file, scoresOf(await scoringTask(context, contestant, trajectory)));
}

export async function isScored(...args: Parameters<typeof unscoredFile>): Promise<boolean> {
  return (await unscoredFile(...args)) === undefined;
}

async function* joined(parts: readonly string[]): AsyncGenerator<string> {
  for (const [i, part] of parts.entries()) {
    yield `${i === 0 ? "[" : ",\n"}${(await readFile(part, "utf8")).slice(1, -1)}`;
  }
  yield "]";
}

/** Read rows when they are asked for: a hundred thousand of them take more memory than a model, so they stay while there is room. */
function storedRows(file: string): () => MetricRow[] {
  let kept: WeakRef<MetricRow[]> | undefined;
  return () => {
    const rows = kept?.deref() ?? (fromJsonText(readFileSync(file, "utf8")) as MetricRow[]);
    kept = new WeakRef(rows);
    return [...rows];
  };
}
