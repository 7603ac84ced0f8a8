/**
 * Files of a simulated dataset, as in The Well: one per choice of parameters and split. Their format on disk does not
 * matter here.
 *
 * A state is all fields at one time. A frame is a state that a trajectory stores, at equal distances in time; the initial
 * state is frame 0.
 */
import ndarray, {type NdArray} from "ndarray";
import {
  checkOptions,
  count,
  list,
  number,
  section,
  sizeOf,
  SPLITS,
  whole,
  type RulesOf,
  type Split,
} from "@lola-ts/core";
import {frameTimes, type Diagnostics, type SimulatedTrajectory} from "./result";

/** Boundary at both ends of an axis. */
export type BoundaryKind = "open" | "periodic" | "wall";

/** Part of a request that all systems share; a request determines its trajectory. */
export interface CommonRequest {
  readonly system: string;
  /** Seed of the random numbers, which errors name. */
  readonly seed: readonly (string | number)[];
  /** Output points along each axis. */
  readonly grid: readonly number[];
  /** Number of frames, the initial state included, at equal distances. */
  readonly frames: number;
  /** Time of the last frame. */
  readonly endTime: number;
}

/** Metadata of a file, known before anything is simulated. */
export interface FileMetadata {
  readonly system: string;
  /** Name of the dataset's folder, e.g. `euler_multi_quadrants_periodicBC`. */
  readonly dataset: string;
  readonly split: Split;
  /** File name with its extension; the same in each split. */
  readonly name: string;
  /** Parameters that all trajectories share, by The Well's names. */
  readonly scalars: Readonly<Record<string, number>>;
  /** Times of the frames, `[T]`. */
  readonly times: Float32Array;
  /** Space axes in the order of the arrays. */
  readonly axes: readonly {
    readonly name: string;
    readonly coordinates: Float32Array;
    readonly boundary: BoundaryKind;
  }[];
}

/** A file and the requests of its trajectories, in their order. */
export interface FilePlan<Request extends CommonRequest = CommonRequest> extends FileMetadata {
  readonly requests: readonly Request[];
  /** Number of first frames of a trajectory that the file leaves out. Default: 0. */
  readonly skipped?: number;
}

/** Fields of a trajectory: scalars `[T, X, Y(, Z)]`, vectors with one more axis for their components. */
export type FileFields = Readonly<Record<string, NdArray<Float32Array>>>;

/** Content of one finished file: B trajectories, which need not be in memory together. */
export interface SimulatedFile extends FileMetadata {
  /** One per trajectory. */
  readonly diagnostics: readonly Diagnostics[];
  /** Get the fields of a trajectory. @throws Error if its store has lost it. */
  fields(trajectory: number): FileFields;
}

/** Options that the data configurations of all systems share. */
export interface CommonDataConfig {
  /** Name of the system. */
  readonly system?: string;
  /** Output points along each axis; one number for all. */
  readonly grid: number | readonly number[];
  /** Number of trajectories of each split; they are distributed over the files in turn. */
  readonly trajectories: Readonly<Record<Split, number>>;
  /** Number of frames, the initial state included. */
  readonly frames: number;
  /** Time of the last frame. */
  readonly endTime: number;
  /** Seed of the dataset. */
  readonly seed: number;
}

/** Numbers above 0, none twice. */
export const positives = list(number({above: 0}), {repeats: false});

/** Rules of the options of CommonDataConfig; a system has its own for its name and its grid. */
export const commonRules: RulesOf<Omit<CommonDataConfig, "system" | "grid">> = {
  trajectories: section<Record<Split, number>>({train: count, valid: count, test: count}),
  frames: whole({min: 2}),
  endTime: number({above: 0}),
  seed: whole({min: 0}),
};

export const requestRules = {frames: count, endTime: number({above: 0})};

/** Most trajectories of a split, frames of a trajectory, and points along an axis: a plan lists all of them. */
const MOST = 100_000;
const some = whole({min: 0, max: MOST});
const planRules = {
  trajectories: section({train: some, valid: some, test: some}),
  frames: whole({min: 2, max: MOST}),
  grid: list(whole({min: 1, max: MOST})),
};

/**
 * Check a configuration by a system's rules, and its sizes, before anything is planned; a split may have no trajectory.
 *
 * @throws RangeError naming the option.
 */
export function checkPlan(where: string, rules: RulesOf<CommonDataConfig>, config: CommonDataConfig): void {
  checkOptions(where, section({...rules, trajectories: planRules.trajectories}), config);
  checkOptions(where, planRules.frames, config.frames, "frames");
  checkOptions(where, planRules.grid, [config.grid].flat(), "grid");
}

/** Output points along two axes, given as one number for both. */
export const pairOf = (grid: number | readonly [number, number]): readonly [number, number] =>
  typeof grid === "number" ? [grid, grid] : grid;

/** A file of each split, and what sets its requests apart, by their index in the file. */
interface FileLayout<Request extends CommonRequest> extends Pick<
  FileMetadata,
  "dataset" | "name" | "scalars" | "axes"
> {
  readonly request: (index: number) => Omit<Request, "system" | "frames" | "endTime" | "seed">;
}

/**
 * Lay out the files of a dataset in each split. The trajectories of a split are distributed over the files of a folder in
 * turn: number n goes to file n modulo their number.
 *
 * @param skipped Number of first frames of a trajectory that files leave out; `config.frames` does not count them.
 */
export function layOut<Request extends CommonRequest>(
  system: Request["system"],
  {trajectories, frames, endTime, seed}: CommonDataConfig,
  files: readonly FileLayout<Request>[],
  skipped = 0,
): FilePlan<Request>[] {
  const time = {frames: frames + skipped, endTime};
  const times = Float32Array.from(frameTimes(time).slice(skipped));
  return SPLITS.flatMap((split) =>
    files.map(({request, ...file}) => {
      const folder = files.filter(({dataset}) => dataset === file.dataset);
      const place = folder.findIndex(({name}) => name === file.name);
      const length = Math.max(0, Math.ceil((trajectories[split] - place) / folder.length));
      const requests = Array.from({length}, (_, index) => {
        const own = {system, ...request(index), ...time, seed: [file.dataset, file.name, split, index, seed]};
        return own as unknown as Request;
      });
      return {system, split, ...file, times, skipped, requests};
    }),
  );
}

/** Compute the centres of `count` cells in [0, 1]. */
export function cellCentres(count: number): Float32Array {
  return Float32Array.from({length: count}, (_, i) => (i + 0.5) / count);
}

/** Complete a file with its finished trajectories: functions that return their fields, called when the file is written. */
export function finishedFile(
  plan: FilePlan,
  diagnostics: readonly Diagnostics[],
  finished: readonly (() => SimulatedTrajectory["fields"])[],
): SimulatedFile {
  const {requests: _requests, skipped = 0, ...metadata} = plan;
  return {...metadata, diagnostics, fields: (trajectory) => shaped(metadata, finished[trajectory](), skipped)};
}

/** Give the fields of a trajectory their shapes, without the first `skipped` frames. */
function shaped({times, axes}: FileMetadata, fields: SimulatedTrajectory["fields"], skipped: number): FileFields {
  const shape = [times.length, ...axes.map(({coordinates}) => coordinates.length)];
  const points = sizeOf(shape);
  const entries = Object.entries(fields).map(([name, all]): [string, NdArray<Float32Array>] => {
    const values = all.subarray((skipped * all.length) / (skipped + times.length));
    const components = values.length === points ? [] : [values.length / points];
    return [name, ndarray(values, [...shape, ...components])];
  });
  return Object.fromEntries(entries);
}
