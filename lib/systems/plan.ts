/**
 * Files of a simulated data set, as The Well deals them: one per choice of parameters and split. What a file looks like on
 * disk is not known here.
 */
import ndarray, {type NdArray} from "ndarray";
import {sizeOf} from "../core/shape";
import type {Diagnostics, SimulatedTrajectory} from "./result";
import type {SimulatedSystem, TrajectoryRequest} from "./trajectory";

export const SPLITS = ["train", "valid", "test"] as const;
export type Split = (typeof SPLITS)[number];

/** What is at both ends of an axis. */
export type BoundaryKind = "open" | "periodic" | "wall";

/** What is known of a file before anything is simulated. */
export interface FileMetadata {
  readonly system: SimulatedSystem;
  /** The Well's name of the data set, e.g. `euler_multi_quadrants_periodicBC`. */
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
export interface FilePlan extends FileMetadata {
  readonly requests: readonly TrajectoryRequest[];
  /** First frames of a trajectory that the file leaves out; 0 unless told. */
  readonly skipped?: number;
}

/** Fields of a trajectory: scalars `[T, X, Y(, Z)]`, vectors with one more axis for their components. */
export type FileFields = Readonly<Record<string, NdArray<Float32Array>>>;

/** The content of one finished file: B trajectories, which need not be in memory together. */
export interface SimulatedFile extends FileMetadata {
  /** One per trajectory. */
  readonly diagnostics: readonly Diagnostics[];
  /** Get the fields of a trajectory. @throws Error if it was kept elsewhere and is there no longer. */
  fields(trajectory: number): FileFields;
}

/** What all data configurations have in common. */
export interface CommonDataConfig {
  /** Trajectories of each split; they are dealt to the files in turn. */
  readonly trajectories: Readonly<Record<Split, number>>;
  /** Number of frames, the initial state included. */
  readonly frames: number;
  /** Time of the last frame. */
  readonly endTime: number;
  /** Another seed, another data set. */
  readonly seed: number;
}

/** Deal trajectories to files in turn: number n goes to file n modulo their number. */
export function distribute(trajectories: number, files: number): number[] {
  return Array.from({length: files}, (_, file) => Math.max(0, Math.ceil((trajectories - file) / files)));
}

/** Centres of `count` cells in [0, 1]. */
export function cellCentres(count: number): Float32Array {
  return Float32Array.from({length: count}, (_, i) => (i + 0.5) / count);
}

/** Says what a configuration should have been. */
export class ConfigCheck {
  constructor(private readonly where: string) {}

  /** @throws RangeError naming the option, what was expected and what was found, unless `holds`. */
  require(holds: boolean, name: string, expected: string, found: unknown): void {
    if (!holds) {
      throw new RangeError(`${this.where}: expected ${name} to be ${expected}, found ${JSON.stringify(found)}`);
    }
  }

  /** Require whole numbers, `least` or more. */
  whole(name: string, values: readonly number[], least: number): void {
    const holds = values.length > 0 && values.every((value) => Number.isInteger(value) && value >= least);
    const found = values.length === 1 ? values[0] : values;
    const kind = least === 1 ? "positive whole" : "whole";
    const expected = values.length === 1 ? `a ${kind} number` : `${kind} numbers`;
    this.require(holds, name, least > 1 ? `${expected} above ${least - 1}` : expected, found);
  }

  /** Require a list without repetition whose entries are all `right`. */
  distinct<T>(name: string, list: readonly T[], expected: string, right: (value: T) => boolean): void {
    const holds = list.length > 0 && new Set(list).size === list.length && list.every(right);
    this.require(holds, name, expected, list);
  }

  /** Require sound counts, frames and times. */
  common({trajectories, frames, endTime}: CommonDataConfig): void {
    for (const [split, count] of Object.entries(trajectories)) this.whole(`trajectories.${split}`, [count], 0);
    this.whole("frames", [frames], 2);
    this.require(endTime > 0, "endTime", "positive", endTime);
  }
}

/** A file that is being filled: it knows how to get each finished trajectory. */
export class FileBuilder {
  private readonly finished: (() => SimulatedTrajectory["fields"])[];
  private readonly diagnostics: Diagnostics[];
  private missing: number;

  constructor(readonly plan: FilePlan) {
    this.missing = plan.requests.length;
    this.finished = new Array<() => SimulatedTrajectory["fields"]>(this.missing);
    this.diagnostics = new Array<Diagnostics>(this.missing);
  }

  /**
   * Put a trajectory in its place; true if it was the last one.
   *
   * @param fields gets its fields when the file is written.
   */
  place(slot: number, diagnostics: Diagnostics, fields: () => SimulatedTrajectory["fields"]): boolean {
    this.finished[slot] = fields;
    this.diagnostics[slot] = diagnostics;
    return --this.missing === 0;
  }

  /** Take the file away, once it is full: its trajectories are not held here any longer. */
  take(): SimulatedFile {
    const {requests: _requests, skipped = 0, ...facts} = this.plan;
    const finished = this.finished.splice(0);
    const fields = (trajectory: number) => shaped(facts, finished[trajectory](), skipped);
    return {...facts, fields, diagnostics: this.diagnostics};
  }
}

/** Fields of a trajectory in their shapes, without the first frames. */
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

/**
 * Take the trajectories of a file one by one with some fields as channels, $[T, X, Y(, Z), C]$: scalars in the order of
 * `names`, and the components of a vector one after the other.
 */
export function* channelLast(file: SimulatedFile, names: readonly string[]): Generator<NdArray<Float32Array>> {
  const {times, axes, diagnostics} = file;
  const shape = [times.length, ...axes.map(({coordinates}) => coordinates.length)];
  const points = sizeOf(shape);
  for (let b = 0; b < diagnostics.length; b++) {
    const all = file.fields(b);
    const fields = names.map((name) => ({data: all[name].data, width: all[name].size / points}));
    const channels = fields.reduce((sum, {width}) => sum + width, 0);
    const out = new Float32Array(points * channels);
    let first = 0;
    for (const {data, width} of fields) {
      let from = 0;
      for (let to = first; to < out.length; to += channels) {
        for (let c = 0; c < width; c++) out[to + c] = data[from++];
      }
      first += width;
    }
    yield ndarray(out, [...shape, channels]);
  }
}
