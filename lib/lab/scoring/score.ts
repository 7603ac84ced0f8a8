/**
 * Scores of one forecast, trajectory by trajectory: each one's are written as soon as they are known, so that work that was
 * stopped goes on with the next one, and memory does not grow with the number of trajectories or members.
 */
import {createReadStream, existsSync} from "node:fs";
import {open, readFile, type FileHandle} from "node:fs/promises";
import path from "node:path";
import {createInterface} from "node:readline";
import type {NdArray} from "ndarray";
import {writeWhole} from "../../core/files";
import type {Forecast} from "../../evaluate/baselines";
import {evaluateRollout, metricNames, type MetricRow} from "../../evaluate/evaluate";
import type {Labels} from "../../evaluate/tables/results";
import type {Config} from "../config";
import {track} from "../notebook/progress";
import type {Dataset} from "../stages/dataset";
import type {Artifacts, Recipe} from "../store/artifacts";
import {fromJsonText, toJsonText} from "../store/json-numbers";
import {interruptible} from "../workers/interrupt";
import {PackedRows} from "./packed-rows";

/** Raise it when forecasts are scored to other numbers; see test/lab/drift.test.ts. */
export const EVALUATION_VERSION = 2;

/** Scores of one method. */
export interface MethodScores {
  readonly labels: Labels;
  /** One row per trajectory (its index in the test split), state (0 at lead time 0) and field. */
  readonly rows: MetricRow[];
  /** Whether it is given the states that it is scored on, as autoencoders are. Default: false. */
  readonly reconstruction?: boolean;
  /** Seed of its training; none of a trivial forecast. */
  readonly seed?: number;
}

type Ensemble = Forecast | NdArray<Float32Array>;

/** Predict a test trajectory, by its index and true states from lead time 0 on: an ensemble [1 | K, T, X, Y(, Z), C]. */
type Forecaster = (trajectory: number, truth: NdArray<Float32Array>) => Ensemble | Promise<Ensemble>;

/** A forecast to score, with its name, labels, and the keys of its inputs. */
export interface Contestant {
  readonly name: string;
  readonly labels: Omit<Labels, "dataset">;
  /** Name in tables and figures, which the scores do not depend on. Default: the method of its labels. */
  readonly label?: string;
  readonly reconstruction?: boolean;
  /** Seed of its training. Default: there is none. */
  readonly seed?: number;
  readonly inputs: readonly string[];
  readonly forecast: Forecaster;
  /** Makes what its forecast of a test trajectory is compared with, from lead time 0 on. Default: the true states. */
  readonly reference?: (trajectory: number) => NdArray<Float32Array>;
}

/** Given states before lead time 0. */
export const knownBefore = ({rollout: {context = 1}}: Config) => context - 1;

/** Make the recipe of scores: forecast, states, metrics and their options. */
export function evaluationRecipe(
  config: Config,
  dataset: Dataset,
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
      seed: config.metrics?.noisyLatents ? config.seed : undefined,
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
export async function scoreForecast(
  config: Config,
  dataset: Dataset,
  artifacts: Artifacts,
  contestant: Contestant,
): Promise<MethodScores> {
  const {labels, label, reconstruction, seed} = contestant;
  const recipe = evaluationRecipe(config, dataset, contestant);
  const {path: file} = await artifacts.obtain(recipe, async (temporary) => {
    const parts = await scoreTrajectories(config, dataset, contestant, artifacts.partial(recipe));
    await join(parts, temporary);
  });
  const packed = await readScores(file);
  return {
    labels: {dataset: dataset.system.short, ...labels, method: label ?? labels.method},
    get rows() {
      return packed.all();
    },
    reconstruction,
    seed,
  };
}

/** Score the trajectories that are not scored yet. @returns the files of all trajectories, in their order. */
async function scoreTrajectories(
  config: Config,
  dataset: Dataset,
  contestant: Contestant,
  folder: string,
): Promise<string[]> {
  const {testTrajectories} = dataset;
  const files = testTrajectories.map((trajectory) => fileOf(folder, trajectory));
  await track(`scoring, ${contestant.name}`, files.length, (progress) =>
    interruptible(async (signal) => {
      for (const [i, trajectory] of testTrajectories.entries()) {
        signal.throwIfAborted();
        if (!existsSync(files[i])) await writeScores(config, dataset, contestant, {trajectory, file: files[i]});
        progress.update(i + 1);
        await new Promise(setImmediate);
      }
    }),
  );
  return files;
}

const fileOf = (folder: string, trajectory: number) => path.join(folder, `${trajectory}.json`);

/** Score one trajectory. */
async function writeScores(
  config: Config,
  dataset: Dataset,
  {forecast, reference}: Contestant,
  {trajectory, file}: {readonly trajectory: number; readonly file: string},
): Promise<void> {
  const {ensemble = "mean", noisyLatents: _, reference: __, ...options} = config.metrics ?? {};
  const truth = dataset.read("test", trajectory, dataset.testWindow).lo(knownBefore(config));
  const ideal = reference ? reference(trajectory) : truth;
  const scored = evaluateRollout(ideal, await forecast(trajectory, truth), {
    ...options,
    fields: dataset.wells.test.channels,
    trajectory,
    transport: dataset.system.distribution,
  });
  const rows = ensemble === "mean" ? scored : scored.map((row) => ({...row, vrmse: row.memberVrmse}));
  await writeWhole(file, toJsonText(rows));
}

/** Find where the scores of one trajectory are kept until all are there; undefined if all are. */
async function unscoredFile(
  config: Config,
  dataset: Dataset,
  artifacts: Artifacts,
  contestant: Contestant,
  trajectory: number,
): Promise<string | undefined> {
  const recipe = evaluationRecipe(config, dataset, contestant);
  if (await artifacts.has(recipe)) return undefined;
  const file = fileOf(artifacts.partial(recipe), trajectory);
  return existsSync(file) ? undefined : file;
}

/**
 * Score a contestant's forecast of one test trajectory, unless its scores are there: any number of processes may do so, and
 * {@link scoreForecast} joins what they have made.
 */
export async function scoreOne(
  config: Config,
  dataset: Dataset,
  artifacts: Artifacts,
  contestant: Contestant,
  trajectory: number,
): Promise<void> {
  const file = await unscoredFile(config, dataset, artifacts, contestant, trajectory);
  if (file !== undefined) await writeScores(config, dataset, contestant, {trajectory, file});
}

/** Whether a contestant's scores of one test trajectory are there. */
export async function isScored(...args: Parameters<typeof unscoredFile>): Promise<boolean> {
  return (await unscoredFile(...args)) === undefined;
}

/** Join lists of rows into one, a line for each. */
async function join(parts: readonly string[], file: string): Promise<void> {
  const handle: FileHandle = await open(file, "w");
  try {
    for (const [i, part] of parts.entries()) {
      const rows = (await readFile(part, "utf8")).slice(1, -1);
      await handle.write(`${i === 0 ? "[" : ",\n"}${rows}`);
    }
    await handle.write("]");
  } finally {
    await handle.close();
  }
}

/** Read scores line by line: those of a trajectory, or all in one. */
async function readScores(file: string): Promise<PackedRows> {
  const packed = new PackedRows();
  for await (const line of createInterface({input: createReadStream(file), crlfDelay: Infinity})) {
    const rows = line.replace(/^\[/, "").replace(/[\],]$/, "");
    if (rows !== "") packed.add(fromJsonText(`[${rows}]`) as MetricRow[]);
  }
  return packed;
}
