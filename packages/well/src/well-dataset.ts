/**
 * Datasets of The Well: many files as one list of trajectories, read lazily.
 *
 * Opening reads the metadata of each file; reading a window of a trajectory reads that window only.
 */
import {
  checkOptions,
  either,
  list,
  oneOf,
  optional,
  text,
  sizeOf,
  channelNames,
  type BoundaryCodes,
  type Split,
} from "@lola-ts/core";
import ndarray, {type NdArray} from "ndarray";
import {requireMemory} from "./storage/memory";
import {label, type LabelOptions} from "@lola-ts/simulators";
import {resolveWindow, type StateWindow} from "lola/data";
import {WellFile} from "./file";
import type {WellField, WellMetadata} from "./metadata";
import {requireAlike, select, selectedSystem, type SelectionOptions, type WellSelection} from "./selection";
import {existsSync, readdirSync, statSync} from "node:fs";
import {join} from "node:path";

export {WellError} from "./metadata";
export {writeWell, type WellContents} from "./writer";

export interface WellOptions extends WellFiles, SelectionOptions {
  /**
   * Treatment of files that cannot be opened or differ from the first one: `throw`, or `skip` them and list them in
   * `skipped`. Default: `throw`.
   */
  broken?: "throw" | "skip";
}

/** One simulation of a dataset. */
export interface Trajectory {
  readonly path: string;
  readonly dataset: string;
  /** Index within the file. */
  readonly index: number;
  /** Number of stored states. */
  readonly frames: number;
  /** Constant scalars, in the order of the label. */
  readonly scalars: Readonly<Record<string, number>>;
  readonly boundary: BoundaryCodes;
}

/** A list of trajectories that share axes, grid and fields. */
export class WellDataset {
  /** Names of the space axes, also the order of vector components. */
  readonly axes: readonly string[];
  /** Cells along each axis. */
  readonly grid: readonly number[];
  /** Kind of grid; only `cartesian` data have the symmetries of augmentations. */
  readonly gridType: string;
  readonly fields: readonly WellField[];
  readonly channels: readonly string[];
  /** Fields that are constant in time, in channel order, and the names of their channels. */
  readonly constantFields: readonly WellField[];
  readonly constantChannels: readonly string[];
  /** Names of the constant scalars, in the order of the label. */
  readonly scalars: readonly string[];
  /** Names of the scalars that have a value for each state. */
  readonly variableScalars: readonly string[];
  /** Options of the selection, with which the files can be opened again. */
  readonly selection: SelectionOptions;
  /** Files in the order of their trajectories, then trajectories as the files hold them. */
  readonly trajectories: readonly Trajectory[];
  /** File and selection of each trajectory: files may store the same field in different ways. */
  private readonly owners: readonly (WellSelection & {readonly file: WellFile})[];

  /** @internal Use {@link openWell}. */
  constructor(
    private readonly opened: readonly WellFile[],
    {system, fields: wanted}: SelectionOptions,
    /** One sentence per file that was skipped. */
    readonly skipped: readonly string[],
  ) {
    const [first] = opened;
    this.selection = {system: system && selectedSystem(system), fields: wanted};
    const {fields, constantFields, scalars, variableScalars} = select(first, this.selection);
    this.axes = first.metadata.axes;
    this.grid = first.metadata.grid;
    this.gridType = first.metadata.gridType;
    this.fields = fields;
    this.channels = channelNames(fields, this.axes);
    this.constantFields = constantFields;
    this.constantChannels = channelNames(constantFields, this.axes);
    this.scalars = scalars;
    this.variableScalars = variableScalars.map(({name}) => name);
    this.owners = opened.flatMap((file) => {
      const owner = {...select(file, this.selection), file};
      return new Array<typeof owner>(file.metadata.trajectories).fill(owner);
    });
    this.trajectories = opened.flatMap((file) => this.list(file));
  }

  get files(): readonly {readonly path: string; readonly metadata: WellMetadata}[] {
    return this.opened;
  }

  /**
   * One sentence per peculiarity of a file that is worth knowing, e.g. an axis without boundary conditions; also the negative
   * densities and pressures of a gas among the values read so far.
   */
  get checks(): readonly string[] {
    return this.opened.flatMap(({checks}) => checks);
  }

  get length(): number {
    return this.trajectories.length;
  }

  /**
   * Read a window of a trajectory: an array $[L, X, Y(, Z), C]$ with one channel per entry of `channels`.
   *
   * @throws RangeError if the window does not lie inside the trajectory.
   * @throws WellError if a value is not finite.
   */
  read(trajectory: number, window: StateWindow = {}): NdArray<Float32Array> {
    const {index, start, states, stride} = this.window(trajectory, window);
    const {file, fields} = this.owners[trajectory];
    return this.interleave(states, fields, (field) => file.read(field, index, start, states, stride));
  }

  /**
   * Read the fields of a trajectory that are constant in time: an array $[X, Y(, Z), C]$ with one channel per entry
   * of `constantChannels`.
   *
   * @throws WellError if a value is not finite.
   */
  readConstants(trajectory: number): NdArray<Float32Array> {
    const {index} = this.at(trajectory);
    const {file, constantFields} = this.owners[trajectory];
    const read = this.interleave(1, constantFields, (field) => file.readConstant(field, index));
    return ndarray(read.data, read.shape.slice(1));
  }

  /**
   * Read the scalars that have a value for each state, in a window: an array $[L, S]$ with one column per entry of
   * `variableScalars`.
   *
   * @throws RangeError if the window does not lie inside the trajectory.
   * @throws WellError if a value is not finite.
   */
  readScalars(trajectory: number, window: StateWindow = {}): NdArray<Float32Array> {
    const {index, start, states, stride} = this.window(trajectory, window);
    const {file, variableScalars} = this.owners[trajectory];
    const width = variableScalars.length;
    const out = new Float32Array(states * width);
    variableScalars.forEach((scalar, column) => {
      const values = file.scalar(scalar, index, start, states, stride);
      values.forEach((value, state) => (out[state * width + column] = value));
    });
    return ndarray(out, [states, width]);
  }

  /**
   * Read the same window of all trajectories into memory: an array $[N, L, X, Y(, Z), C]$.
   *
   * @param prepare makes what is kept of each trajectory, of the same shape: there is never a second copy of all. Default:
   *   its states as they are.
   * @throws RangeError if the window holds another number of states in some trajectory.
   * @throws WellError if a value is not finite.
   */
  readAll(
    window: StateWindow = {},
    prepare: (states: NdArray<Float32Array>) => NdArray<Float32Array> = (states) => states,
  ): NdArray<Float32Array> {
    const first = prepare(this.read(0, window));
    requireMemory("readAll", `${this.length} trajectories`, 4 * this.length * first.size);
    const out = new Float32Array(this.length * first.size);
    out.set(first.data);
    for (let trajectory = 1; trajectory < this.length; trajectory++) {
      const {data, shape} = prepare(this.read(trajectory, window));
      if (shape[0] !== first.shape[0]) {
        throw new RangeError(`trajectory ${trajectory}: expected ${first.shape[0]} states, found ${shape[0]}.`);
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
    return this.owners[trajectory].file.dimension("time", this.at(trajectory).index);
  }

  /** Coordinates of the cells along an axis, e.g. `"x"`. */
  coordinates(axis: string, trajectory = 0): Float32Array {
    return this.owners[trajectory].file.dimension(axis, this.at(trajectory).index);
  }

  close(): void {
    this.opened.forEach((file) => file.close());
  }

  private at(trajectory: number): Trajectory {
    const found = this.trajectories[trajectory];
    if (!found)
      throw new RangeError(`trajectory: expected an index from 0 to ${this.length - 1}, found ${trajectory}.`);
    return found;
  }

  /** Locate a window in its file. @throws RangeError if it does not lie inside the trajectory. */
  private window(trajectory: number, window: StateWindow) {
    const {frames, index} = this.at(trajectory);
    const {start, length: states, stride} = resolveWindow(trajectory, frames, window);
    return {index, start, states, stride};
  }

  /** Interleave the components of fields as channels: $[L, X, Y(, Z), C]$. */
  private interleave(
    states: number,
    fields: readonly WellField[],
    read: (field: WellField) => Float32Array,
  ): NdArray<Float32Array> {
    const widths = fields.map(({order}) => this.axes.length ** order);
    const total = widths.reduce((a, b) => a + b, 0);
    const shape = [states, ...this.grid, total];
    requireMemory(this.opened[0].path, `${states} states`, 4 * sizeOf(shape));
    const out = new Float32Array(sizeOf(shape));
    let first = 0;
    fields.forEach((field, i) => {
      place(read(field), widths[i], out, first, total);
      first += widths[i];
    });
    return ndarray(out, shape);
  }

  private list(file: WellFile): Trajectory[] {
    const {trajectories, dataset, frames, boundaries} = file.metadata;
    return Array.from({length: trajectories}, (_, index) => {
      const values = file.scalars(index);
      const scalars = Object.fromEntries(this.scalars.map((name) => [name, values[name]]));
      return {path: file.path, dataset, index, frames, scalars, boundary: boundaries[index] ?? boundaries[0]};
    });
  }
}

/** Copy values of `width` components to their channels, the first of them `first`, of rows of `total` channels. */
function place(values: Float32Array, width: number, out: Float32Array, first: number, total: number): void {
  const rows = values.length / width;
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < width; c++) out[row * total + first + c] = values[row * width + c];
  }
}

/**
 * Open a dataset: a folder as The Well lays it out (`<root>[/datasets][/<dataset>][/data]/<split>/*.hdf5`), or a list of files.
 *
 * @throws Error naming the folder or file that is missing or not HDF5.
 * @throws WellError naming file, dataset, place, what was expected and what was found.
 */
export async function openWell(source: string | readonly string[], options: WellOptions = {}): Promise<WellDataset> {
  checkOptions("openWell", optional(oneOf(["throw", "skip"])), options.broken, "broken");
  checkOptions("openWell", either(text, list(text, {empty: true})), source, "source");
  const paths = typeof source === "string" ? findWell(source, options) : source;
  const files: WellFile[] = [];
  const skipped: string[] = [];
  try {
    for (const path of paths) {
      try {
        files.push(await openOne(path, files[0], options));
      } catch (error) {
        if (options.broken !== "skip") throw error;
        skipped.push((error as Error).message);
      }
    }
    if (files.length === 0)
      throw new Error(`openWell: expected a usable file, found none: ${skipped.join("; ") || "an empty list"}.`);
    return new WellDataset(files, options, skipped);
  } catch (error) {
    files.forEach((file) => file.close());
    throw error;
  }
}

async function openOne(path: string, first: WellFile | undefined, options: WellOptions): Promise<WellFile> {
  const file = await WellFile.open(path);
  try {
    select(file, options);
    if (first) requireAlike(first, file, options);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

interface WellFiles {
  /** Folder names of the datasets to join, e.g. `system.folders`. Default: `root` is the dataset itself. */
  datasets?: readonly string[];
  /** Split to read. Default: the files lie directly in the folder. */
  split?: Split;
}

/**
 * List the dataset files of a folder, or of a split in it, in The Well's layout.
 *
 * @throws Error naming the folder that is missing or holds no file.
 */
export function findWell(root: string, {datasets, split}: WellFiles = {}): string[] {
  if (!existsSync(root)) throw new Error(`${root}: expected a folder of data, found none.`);
  const folders = (datasets ?? [undefined]).map((dataset) => findFolder(root, dataset, split));
  const found = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.(h5|hdf5)$/.test(name) && !name.startsWith("."))
      .map((name) => join(folder, name))
      .sort(),
  );
  if (found.length === 0) throw new Error(`${folders.join(", ")}: expected files *.hdf5 or *.h5, found none.`);
  return found;
}

function findFolder(root: string, dataset?: string, split?: Split): string {
  const bases = dataset ? [join(root, dataset), join(root, "datasets", dataset)] : [root];
  const candidates = split ? bases.flatMap((base) => [join(base, split), join(base, "data", split)]) : bases;
  const folder = candidates.find((path) => statSync(path, {throwIfNoEntry: false})?.isDirectory());
  if (!folder) throw new Error(`${root}: expected one of the folders ${candidates.join(", ")}, found none.`);
  return folder;
}
