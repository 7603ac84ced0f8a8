/**
 * Files of a simulated dataset, as in The Well: one per choice of parameters and split. Their format on disk does not
 * matter here.
 *
 * A state is all fields at one time. A frame is a state that a trajectory stores, at equal distances in time; the initial
 * state is frame 0.
 */
import ndarray, {type NdArray} from "ndarray";
import {type Split, sizeOf} from "@lola-ts/core";
import type {Diagnostics, SimulatedTrajectory} from "./result";

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
  /** Name of the system. */
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
  /** Name of the system. Default: the default system, see `defaultRun`. */
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

/** Distribute trajectories over files in turn: number n goes to file n modulo their number. */
export function distribute(trajectories: number, files: number): number[] {
  return Array.from({length: files}, (_, file) => Math.max(0, Math.ceil((trajectories - file) / files)));
}

/** Compute the centres of `count` cells in [0, 1]. */
export function cellCentres(count: number): Float32Array {
  return Float32Array.from({length: count}, (_, i) => (i + 0.5) / count);
}

/** Keep what JSON would turn to null: NaN and infinities. */
const legible = (_: string, value: unknown): unknown =>
  Number.isFinite(value) || typeof value !== "number" ? value : `${value}`;

/** Checks of a configuration; their errors name the option. */
export class ConfigCheck {
  constructor(private readonly where: string) {}

  /** @throws RangeError naming the option, what was expected and what was found, unless `holds`. */
  require(holds: boolean, name: string, expected: string, found: unknown): void {
    if (!holds) {
      throw new RangeError(
        `${this.where}: expected ${name} to be ${expected}, found ${JSON.stringify(found, legible)}.`,
      );
    }
  }

  /** Require whole numbers of at least `min`. */
  whole(name: string, values: readonly number[], min: number): void {
    const holds = values.length > 0 && values.every((value) => Number.isInteger(value) && value >= min);
    const found = values.length === 1 ? values[0] : values;
    const kind = min === 1 ? "positive whole" : "whole";
    const expected = values.length === 1 ? `a ${kind} number` : `${kind} numbers`;
    this.require(holds, name, min > 1 ? `${expected} above ${min - 1}` : expected, found);
  }

  /** Require a list of distinct entries, all of which are `valid`. */
  distinct<T>(name: string, list: readonly T[], expected: string, valid: (value: T) => boolean): void {
    const holds = list.length > 0 && new Set(list).size === list.length && list.every(valid);
    this.require(holds, name, expected, list);
  }

  /** Require valid numbers of trajectories and frames, and a valid time. */
  common({trajectories, frames, endTime, seed}: CommonDataConfig): void {
    this.require(Number.isFinite(seed), "seed", "a finite number", seed);
    for (const [split, count] of Object.entries(trajectories)) this.whole(`trajectories.${split}`, [count], 0);
    this.whole("frames", [frames], 2);
    this.require(endTime > 0, "endTime", "positive", endTime);
  }
}

/** Collector of the finished trajectories of one file. */
export class FileBuilder {
  private readonly finished: (() => SimulatedTrajectory["fields"])[];
  private readonly diagnostics: Diagnostics[];
  private missing: number;

  constructor(private readonly plan: FilePlan) {
    this.missing = plan.requests.length;
    this.finished = new Array<() => SimulatedTrajectory["fields"]>(this.missing);
    this.diagnostics = new Array<Diagnostics>(this.missing);
  }

  /**
   * Add a finished trajectory.
   *
   * @param fields Function that returns its fields, called when the file is written.
   * @returns Whether the file is complete.
   */
  place(slot: number, diagnostics: Diagnostics, fields: () => SimulatedTrajectory["fields"]): boolean {
    this.finished[slot] = fields;
    this.diagnostics[slot] = diagnostics;
    return --this.missing === 0;
  }

  /** Return the complete file, and release its trajectories. */
  take(): SimulatedFile {
    const {requests: _requests, skipped = 0, ...metadata} = this.plan;
    const finished = this.finished.splice(0);
    const fields = (trajectory: number) => shaped(metadata, finished[trajectory](), skipped);
    return {...metadata, fields, diagnostics: this.diagnostics};
  }
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
