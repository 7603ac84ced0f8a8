/**
 * Scores of one forecast, trajectory by trajectory: each one's are written as soon as they are known, so that work that was
 * stopped goes on with the next one, and memory does not grow with the number of trajectories or members.
 */
import {createReadStream, existsSync} from "node:fs";
import {open, readFile, type FileHandle} from "node:fs/promises";
import path from "node:path";
import {createInterface} from "node:readline";
import type {NdArray} from "ndarray";
import {writeWhole} from "@lola-ts/core";
import {type Forecast, evaluateRollout, metricNames, optionalMetrics, type MetricRow, type Labels} from "lola/evaluate";
import type {Config} from "../config";
import {Memo} from "../memo";
import {track, type Progress} from "../notebook/progress";
import {StepTime} from "../notebook/step-time";
import type {Dataset} from "../stages/dataset";
import type {Artifacts, Recipe} from "../store/artifacts";
import {fromJsonText, toJsonText} from "../store/payload";
import {interruptible} from "../workers/interrupt";

/** Raise it when forecasts are scored to other numbers; see packages/laboratory/test/drift.test.ts. */
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

/** What forecasts are scored on, and where scores are kept. */
export interface ScoringContext {
  readonly config: Config;
  readonly dataset: Dataset;
  readonly artifacts: Artifacts;
  /** Scores in memory. Default: they are read from the disk. */
  readonly memo?: Memo;
}

/** Given states before lead time 0. */
export const knownBefore = ({rollout: {context = 1}}: Config) => context - 1;

/** Make the recipe of scores: forecast, states, metrics and their options. */
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
export async function scoreForecast(context: ScoringContext, contestant: Contestant): Promise<MethodScores> {
  const {dataset, artifacts, memo = new Memo()} = context;
  const {labels, label, reconstruction, seed} = contestant;
  const recipe = evaluationRecipe(context, contestant);
  const packed = await memo.once(artifacts.key(recipe), async () => {
    const {path: file} = await artifacts.obtain(recipe, async (temporary) => {
      const parts = await scoreTrajectories(context, contestant, artifacts.partial(recipe));
      await join(parts, temporary);
    });
    return readScores(file);
  });
  return {
    labels: {dataset: dataset.system.short, ...labels, method: label ?? labels.method},
    get rows() {
      return packed.all();
    },
    reconstruction,
    seed,
  };
}

/** Time of the scores of one trajectory. */
const timeOfScores = ({config, artifacts}: ScoringContext, {name}: Pick<Contestant, "name">) =>
  new StepTime(artifacts.root, `${config.system}-${config.preset}-${name} scores`);

/** Seconds that the scores of a contestant take by the time of earlier ones; NaN if none were timed here. */
export function scoringSeconds(context: ScoringContext, contestant: Pick<Contestant, "name">): number {
  return context.dataset.testTrajectories.length * timeOfScores(context, contestant).seconds;
}

/** Score the trajectories that are not scored yet. @returns the files of all trajectories, in their order. */
async function scoreTrajectories(context: ScoringContext, contestant: Contestant, folder: string): Promise<string[]> {
  const {testTrajectories} = context.dataset;
  const files = testTrajectories.map((trajectory) => fileOf(folder, trajectory));
  const work = (progress: Progress) =>
    interruptible(async (signal) => {
      for (const [i, trajectory] of testTrajectories.entries()) {
        signal.throwIfAborted();
        if (!existsSync(files[i])) await writeScores(context, contestant, trajectory, files[i]);
        progress.update(i + 1);
        await new Promise(setImmediate);
      }
    });
  await track(`scoring, ${contestant.name}`, files.length, work, {time: timeOfScores(context, contestant)});
  return files;
}

const fileOf = (folder: string, trajectory: number) => path.join(folder, `${trajectory}.json`);

/** Score one trajectory. */
async function writeScores(
  {config, dataset}: ScoringContext,
  {forecast, reference}: Contestant,
  trajectory: number,
  file: string,
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
  context: ScoringContext,
  contestant: Contestant,
  trajectory: number,
): Promise<string | undefined> {
  const {artifacts} = context;
  const recipe = evaluationRecipe(context, contestant);
  if (await artifacts.has(recipe)) return undefined;
  const file = fileOf(artifacts.partial(recipe), trajectory);
  return existsSync(file) ? undefined : file;
}

/**
 * Score a contestant's forecast of one test trajectory, unless its scores are there: any number of processes may do so, and
 * {@link scoreForecast} joins what they have made.
 */
export async function scoreOne(context: ScoringContext, contestant: Contestant, trajectory: number): Promise<void> {
  const file = await unscoredFile(context, contestant, trajectory);
  if (file !== undefined) await writeScores(context, contestant, trajectory, file);
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

const NUMBERS = [...metricNames, ...optionalMetrics];

/** The rows of one trajectory. */
interface Block {
  readonly trajectory: number;
  readonly fields: readonly string[];
  /** Per row: index of the field, state. */
  readonly places: Int32Array;
  /** Per row: all numbers, NaN for one that is missing. */
  readonly numbers: Float64Array;
  /** Per row: which of the optional numbers it has, a bit for each. */
  readonly has: Uint16Array;
  /** Per row: counts of the truth's ranks; `width` 0 without any. */
  readonly ranks: Uint32Array;
  readonly width: number;
}

function pack(rows: readonly MetricRow[]): Block {
  const fields = [...new Set(rows.map(({field}) => field))];
  const width = rows.reduce((most, {ranks}) => Math.max(most, ranks?.length ?? 0), 0);
  const block = {
    trajectory: rows[0].trajectory,
    fields,
    places: Int32Array.from(rows.flatMap(({field, state}) => [fields.indexOf(field), state])),
    numbers: new Float64Array(rows.length * NUMBERS.length),
    has: Uint16Array.from(rows, (row) =>
      optionalMetrics.reduce((bits, name, i) => bits | (Number(name in row) << i), 0),
    ),
    ranks: new Uint32Array(rows.length * width),
    width,
  };
  rows.forEach((row, i) => {
    NUMBERS.forEach((name, j) => (block.numbers[i * NUMBERS.length + j] = row[name] ?? NaN));
    if (row.ranks) block.ranks.set(row.ranks, i * width);
    else if (width > 0) block.ranks[i * width] = NO_RANKS;
  });
  return block;
}

/** First count of a row without ranks in a trajectory where others have some (a diverged forecast). */
const NO_RANKS = 2 ** 32 - 1;

function unpack({trajectory, fields, places, numbers, has, ranks, width}: Block): MetricRow[] {
  return Array.from(has, (bits, i) => {
    const row: Record<string, unknown> = {trajectory, field: fields[places[2 * i]], state: places[2 * i + 1]};
    NUMBERS.forEach((name, j) => {
      const optional = j - metricNames.length;
      if (optional < 0 || ((bits >> optional) & 1) === 1) row[name] = numbers[i * NUMBERS.length + j];
    });
    const counts = ranks.subarray(i * width, (i + 1) * width);
    if (width > 0 && counts[0] !== NO_RANKS) row.ranks = Array.from(counts);
    return row as unknown as MetricRow;
  });
}

/** Rows that are added trajectory by trajectory, and made again from their numbers when they are read. */
export class PackedRows {
  private readonly blocks: Block[] = [];

  /** Add rows; those of a trajectory are kept together. */
  add(rows: readonly MetricRow[]): void {
    const groups = new Map<number, MetricRow[]>();
    for (const row of rows) {
      const group = groups.get(row.trajectory);
      if (group) group.push(row);
      else groups.set(row.trajectory, [row]);
    }
    for (const group of groups.values()) this.blocks.push(pack(group));
  }

  /** Make all rows, in the order in which they were added. */
  all(): MetricRow[] {
    return this.blocks.flatMap(unpack);
  }
}
