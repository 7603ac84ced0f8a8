/**
 * Datasets of The Well: many files seen as one list of trajectories, read lazily.
 *
 * Opening reads the metadata of each file; a window of a trajectory costs that window, however large the file is.
 */
import {existsSync, readdirSync, statSync} from "node:fs";
import {dirname, join} from "node:path";
import ndarray, {type NdArray} from "ndarray";
import type {Split} from "../simulate/dataset";
import {label, type LabelOptions} from "./label";
import {channelNames, type BoundaryCodes, type System} from "./systems";
import {WellFile} from "./well-file";
import {WellError, type WellField} from "./well-metadata";

export {writeWell, type WellContents} from "./well-writer";
export {WellError} from "./well-metadata";

export interface WellOptions {
  /** Folder names of the datasets to join, e.g. `system.folders`; without, the source is the dataset itself. */
  datasets?: readonly string[];
  /** Which part; without, the files lie directly in the folder. */
  split?: Split;
  /** Keep the files whose path contains one of these texts. */
  include?: readonly string[];
  /** Drop the files whose path contains one of these texts. */
  exclude?: readonly string[];
  /** Insist on a system's axes, fields and scalars; its fields are taken by name and in its order. */
  system?: System;
  /** What to do with files that cannot be opened: fail, or leave them out and list them in `skipped`. */
  broken?: "throw" | "skip";
}

/** One simulation of a dataset. */
export interface Trajectory {
  readonly path: string;
  /** Name of its dataset. */
  readonly dataset: string;
  /** Its place in the file. */
  readonly index: number;
  /** Number of stored states. */
  readonly frames: number;
  /** Constant scalars, in the order of the label. */
  readonly scalars: Readonly<Record<string, number>>;
  readonly boundary: BoundaryCodes;
}

/** Which states of a trajectory to read: `start`, `start + stride`, ..., `length` of them (default: all that follow). */
export interface Window {
  start?: number;
  length?: number;
  stride?: number;
}

/** List the dataset files of a folder, or of a split in it, as The Well lays them out. */
export function findWell(root: string, {datasets, split, include = [], exclude = []}: WellOptions = {}): string[] {
  if (!existsSync(root)) throw new Error(`${root}: expected a folder of data, found none`);
  const folders = (datasets ?? [undefined]).map((dataset) => findFolder(root, dataset, split));
  const found = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.(h5|hdf5)$/.test(name))
      .map((name) => join(folder, name))
      .sort(),
  );
  const kept = found.filter(
    (path) =>
      (include.length === 0 || include.some((text) => path.includes(text))) &&
      !exclude.some((text) => path.includes(text)),
  );
  if (kept.length === 0) {
    const filtered = found.length > 0 ? ` after filters took all ${found.length} away` : "";
    throw new Error(`${folders.join(", ")}: expected files *.hdf5 or *.h5, found none${filtered}`);
  }
  return kept;
}

function findFolder(root: string, dataset?: string, split?: Split): string {
  const bases = dataset ? [join(root, dataset), join(root, "datasets", dataset)] : [root];
  const candidates = split ? bases.flatMap((base) => [join(base, split), join(base, "data", split)]) : bases;
  const folder = candidates.find((path) => statSync(path, {throwIfNoEntry: false})?.isDirectory());
  if (!folder) throw new Error(`${root}: expected one of the folders ${candidates.join(", ")}, found none`);
  return folder;
}

/** A list of trajectories that share axes, grid and fields. */
export class WellDataset {
  /** Names of the space axes, also the order of vector components. */
  readonly axes: readonly string[];
  /** Cells along each axis. */
  readonly grid: readonly number[];
  /** Fields in channel order. */
  readonly fields: readonly WellField[];
  /** One name per channel. */
  readonly channels: readonly string[];
  /** Names of the constant scalars, in the order of the label. */
  readonly scalars: readonly string[];
  /** Files in the order of their trajectories, then trajectories as the files hold them. */
  readonly trajectories: readonly Trajectory[];
  private readonly owners: WellFile[];

  /** @internal Use {@link openWell}. */
  constructor(
    private readonly files: readonly WellFile[],
    system: System | undefined,
    /** Sentences about the files that were left out. */
    readonly skipped: readonly string[],
  ) {
    const [first] = files;
    this.axes = first.metadata.axes;
    this.grid = first.metadata.grid;
    this.fields = system ? select(first, system) : first.metadata.fields;
    this.scalars = system ? system.scalars.map(({name}) => name) : first.metadata.scalars;
    this.channels = channelNames(this.fields, this.axes);
    for (const file of files) this.compare(first, file, system);
    this.owners = files.flatMap((file) => new Array<WellFile>(file.metadata.trajectories).fill(file));
    this.trajectories = files.flatMap((file) => this.list(file));
  }

  /** Number of trajectories. */
  get length(): number {
    return this.trajectories.length;
  }

  /**
   * Read a window of a trajectory: an array $[L, X, Y(, Z), C]$ with one channel per entry of `channels`.
   *
   * @throws RangeError if the window does not lie inside the trajectory.
   * @throws WellError if a value is not finite.
   */
  read(trajectory: number, {start = 0, stride = 1, length}: Window = {}): NdArray<Float32Array> {
    const {frames, index} = this.at(trajectory);
    const states = length ?? Math.max(0, Math.ceil((frames - start) / stride));
    if (!(start >= 0 && stride >= 1 && states >= 1 && start + stride * (states - 1) < frames)) {
      const wanted = `${states} states from ${start} by ${stride}`;
      throw new RangeError(`trajectory ${trajectory}: expected a window inside its ${frames} states, found ${wanted}`);
    }
    const shape = [states, ...this.grid, this.channels.length];
    const total = this.channels.length;
    const out = new Float32Array(shape.reduce((a, b) => a * b, 1));
    let first = 0;
    for (const field of this.fields) {
      const values = this.owners[trajectory].read(field, index, start, states, stride);
      const width = this.axes.length ** field.order;
      for (let from = 0, to = first; from < values.length; to += total) {
        for (let c = 0; c < width; c++) out[to + c] = values[from++];
      }
      first += width;
    }
    return ndarray(out, shape);
  }

  /**
   * Read the same window of all trajectories into memory: an array $[N, L, X, Y(, Z), C]$.
   *
   * @throws RangeError if the window holds another number of states in some trajectory.
   * @throws WellError if a value is not finite.
   */
  readAll(window: Window = {}): NdArray<Float32Array> {
    const first = this.read(0, window);
    const out = new Float32Array(this.length * first.size);
    out.set(first.data);
    for (let trajectory = 1; trajectory < this.length; trajectory++) {
      const {data, shape} = this.read(trajectory, window);
      if (shape[0] !== first.shape[0]) {
        throw new RangeError(`trajectory ${trajectory}: expected ${first.shape[0]} states, found ${shape[0]}`);
      }
      out.set(data, trajectory * first.size);
    }
    return ndarray(out, [this.length, ...first.shape]);
  }

  /** Make the label of a trajectory: constant scalars, then boundary codes. */
  label(trajectory: number, options: LabelOptions = {}): Float32Array {
    const {scalars, boundary} = this.at(trajectory);
    return label(scalars, boundary, options);
  }

  /** Times of the stored states of a trajectory. */
  times(trajectory: number): Float32Array {
    return this.owners[trajectory].dimension("time", this.at(trajectory).index);
  }

  /** Coordinates of the cells along an axis, e.g. `"x"`. */
  coordinates(axis: string, trajectory = 0): Float32Array {
    return this.owners[trajectory].dimension(axis, this.at(trajectory).index);
  }

  /** Close all files. */
  close(): void {
    this.files.forEach((file) => file.close());
  }

  private at(trajectory: number): Trajectory {
    const found = this.trajectories[trajectory];
    if (!found) throw new RangeError(`trajectory: expected an index from 0 to ${this.length - 1}, found ${trajectory}`);
    return found;
  }

  private list(file: WellFile): Trajectory[] {
    const {trajectories, dataset, frames, boundary} = file.metadata;
    return Array.from({length: trajectories}, (_, index) => {
      const values = file.scalars(index);
      const scalars = Object.fromEntries(this.scalars.map((name) => [name, values[name]]));
      return {path: file.path, dataset, index, frames, scalars, boundary};
    });
  }

  /** Refuse a file that does not go with the first one. */
  private compare(first: WellFile, file: WellFile, system?: System): void {
    const {dataset, axes, grid, fields, scalars} = file.metadata;
    const fail = (where: string, expected: unknown, found: unknown): never => {
      const reason = `${JSON.stringify(expected)} as in ${first.path}`;
      throw new WellError(file.path, dataset, where, reason, JSON.stringify(found));
    };
    if (dirname(file.path) === dirname(first.path) && dataset !== first.metadata.dataset) {
      fail("/@dataset_name", first.metadata.dataset, dataset);
    }
    if (axes.join() !== this.axes.join()) fail("/dimensions@spatial_dims", this.axes, axes);
    if (grid.join() !== this.grid.join()) fail("grid", this.grid, grid);
    const own = system ? select(file, system) : fields;
    const names = (list: readonly WellField[]): string[] => list.map(({name, order}) => `t${order}/${name}`);
    if (names(own).join() !== names(this.fields).join()) fail("fields", names(this.fields), names(own));
    const missing = this.scalars.filter((name) => !scalars.includes(name));
    if (missing.length > 0) fail("/scalars", this.scalars, scalars);
  }
}

/** The fields of a system in a file, by name. */
function select(file: WellFile, system: System): WellField[] {
  const {dataset, axes, fields, scalars} = file.metadata;
  const fail = (where: string, expected: readonly string[], found: readonly string[]): never => {
    throw new WellError(file.path, dataset, where, `${expected.join(", ")} of system ${system.name}`, found.join(", "));
  };
  if (axes.join() !== system.axes.join()) fail("axes", system.axes, axes);
  const parameters = system.scalars.map(({name}) => name);
  if (parameters.some((name) => !scalars.includes(name))) fail("scalars", parameters, scalars);
  return system.fields.map(({name, order}) => {
    const found = fields.find((field) => field.name === name && field.order === order);
    const show = (list: readonly {name: string; order: number}[]) =>
      list.map((field) => `t${field.order}/${field.name}`);
    return found ?? fail("fields", show(system.fields), show(fields));
  });
}

/**
 * Open a dataset: a folder as The Well lays it out (`<root>[/datasets][/<dataset>][/data]/<split>/*.hdf5`), or a list of files.
 *
 * @throws Error naming the folder or file that is missing or not HDF5.
 * @throws WellError naming file, dataset, place, what was expected and what was found.
 */
export async function openWell(source: string | readonly string[], options: WellOptions = {}): Promise<WellDataset> {
  const paths = typeof source === "string" ? findWell(source, options) : source;
  const files: WellFile[] = [];
  const skipped: string[] = [];
  try {
    for (const path of paths) {
      try {
        const file = await WellFile.open(path);
        files.push(file);
        if (options.system) select(file, options.system);
      } catch (error) {
        if (options.broken !== "skip") throw error;
        if (files.at(-1)?.path === path) files.pop()?.close();
        skipped.push((error as Error).message);
      }
    }
    if (files.length === 0)
      throw new Error(`expected a usable file, found none: ${skipped.join("; ") || "an empty list"}`);
    return new WellDataset(files, options.system, skipped);
  } catch (error) {
    files.forEach((file) => file.close());
    throw error;
  }
}
