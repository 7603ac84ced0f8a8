/** One file of The Well: its metadata, and its trajectories, which are read on request. */
import {requireMemory} from "./storage/memory";
import {sizeOf} from "@lola-ts/core";
import {Hdf5File, type Hdf5Numbers, type Hdf5Range} from "./hdf5";
import {readMetadata, WellError, type WellField, type WellMetadata, type WellScalar} from "./metadata";

/** Negative values that were read of a field that has none in a gas. */
interface Negative {
  /** Values of each state that holds some, by its place. */
  readonly states: Map<string, number>;
  readonly first: string;
}

export class WellFile {
  private readonly negatives = new Map<string, Negative>();

  private constructor(
    private readonly file: Hdf5File,
    readonly metadata: WellMetadata,
    private readonly constants: ReadonlyMap<string, Float64Array>,
  ) {}

  get path(): string {
    return this.file.path;
  }

  /**
   * Open a file and check its structure; data stay on the disk.
   *
   * @throws Error naming the file if it is missing, truncated or not HDF5.
   * @throws WellError naming file, dataset, place, what was expected and what was found.
   */
  static async open(path: string): Promise<WellFile> {
    const file = await Hdf5File.open(path);
    try {
      const metadata = readMetadata(file);
      const constants = new Map<string, Float64Array>();
      const opened = new WellFile(file, metadata, constants);
      for (const {name} of metadata.scalars) {
        const values = Float64Array.from(file.read(`/scalars/${name}`) as ArrayLike<number>, Number);
        opened.requireFinite(values, () => `/scalars/${name}`);
        constants.set(name, values);
      }
      return opened;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /**
   * One sentence per peculiarity that data may have but that is worth knowing: those of the structure, and the negative
   * densities and pressures of a gas among the values read so far.
   */
  get checks(): readonly string[] {
    const negative = [...this.negatives].map(([place, {states, first}]) => {
      const count = [...states.values()].reduce((a, b) => a + b, 0);
      return `${place}: expected values of at least 0, found ${count} below in ${states.size} states read, ${first}`;
    });
    return [...this.metadata.checks, ...negative].map((check) => `${this.path}: ${check}`);
  }

  /** Constant scalars of one trajectory, by name in the order of the file. */
  scalars(trajectory: number): Record<string, number> {
    return Object.fromEntries(
      this.metadata.scalars.map(({name, sampleVarying}) => [
        name,
        this.constants.get(name)![sampleVarying ? trajectory : 0],
      ]),
    );
  }

  /** Values of a scalar that has one for each state. @throws WellError if one is not finite. */
  scalar(scalar: WellScalar, trajectory: number, start: number, length: number, stride: number): Float32Array {
    const place = `/scalars/${scalar.name}`;
    const values = floats(this.file.read(place, [...sample(scalar, trajectory), window(start, length, stride)]));
    this.requireFinite(values, (bad) => `${place}, trajectory ${trajectory}, state ${start + stride * bad}`);
    return values;
  }

  /** Times of the stored states of a trajectory, or coordinates of the cells along the axis of this name. */
  dimension(name: string, trajectory: number): Float32Array {
    const place = `/dimensions/${name}`;
    const shape = this.file.shape(place);
    const last: Hdf5Range = [0, shape[shape.length - 1]];
    return floats(this.file.read(place, shape.length === 1 ? [last] : [[trajectory, trajectory + 1], last]));
  }

  /**
   * Read one field of states `start, start + stride, ...` of a trajectory: `length` states, all cells and components.
   *
   * @throws WellError if a value is not finite, naming the state.
   */
  read(field: WellField, trajectory: number, start: number, length: number, stride: number): Float32Array {
    const place = placeOf(field);
    const rest = this.rest(field);
    const stored = sizeOf(rest.map(([, n]) => n));
    requireMemory(this.path, `${length} states of ${place}`, 4 * length * this.size(field));
    const ranges = [...sample(field, trajectory), window(start, length, stride), ...rest];
    const values = floats(this.file.read(place, ranges));
    const stateOf = (i: number) => `trajectory ${trajectory}, state ${start + stride * Math.floor(i / stored)}`;
    const least = this.requireFinite(values, (bad) => `${place}, ${stateOf(bad)}`);
    if (least < 0 && this.isPositive(field)) this.noteNegative(place, values, stored, stateOf);
    return this.tile(field, values, length);
  }

  /** Read a field that does not change with time: all cells and components. @throws WellError if a value is not finite. */
  readConstant(field: WellField, trajectory: number): Float32Array {
    const place = placeOf(field);
    requireMemory(this.path, place, 4 * this.size(field));
    const ranges = [...sample(field, trajectory), ...this.rest(field)];
    const values = floats(this.file.read(place, ranges));
    this.requireFinite(values, () => `${place}, trajectory ${trajectory}`);
    return this.tile(field, values, 1);
  }

  close(): void {
    this.file.close();
  }

  /** Ranges of the stored axes of space and of the components. */
  private rest({along, order}: WellField): Hdf5Range[] {
    const {axes, grid} = this.metadata;
    const lengths = [...grid.filter((_, axis) => along[axis]), ...new Array<number>(order).fill(axes.length)];
    return lengths.map((n): Hdf5Range => [0, n]);
  }

  /** Values of one state on the whole grid. */
  private size({order}: WellField): number {
    const {axes, grid} = this.metadata;
    return sizeOf(grid) * axes.length ** order;
  }

  /** Repeat values along the axes that the file does not store. */
  private tile({along, order}: WellField, values: Float32Array, states: number): Float32Array {
    const {axes, grid} = this.metadata;
    let data = values;
    let outer = states;
    for (let axis = 0; axis < grid.length; axis++) {
      if (!along[axis]) data = repeat(data, outer, grid[axis]);
      outer *= grid[axis];
    }
    const expected = outer * axes.length ** order;
    if (data.length !== expected)
      throw new RangeError(`${this.path}: expected ${expected} values, found ${data.length}.`);
    return data;
  }

  /** Count the negative values of a gas's density or pressure, `stored` values per state. */
  private noteNegative(place: string, values: Float32Array, stored: number, stateOf: (i: number) => string): void {
    for (let i = 0; i < values.length; i++) {
      if (values[i] >= 0) continue;
      const state = stateOf(i);
      const first = `the first ${values[i]} in ${state}`;
      const negative = this.negatives.get(place) ?? {states: new Map<string, number>(), first};
      this.negatives.set(place, negative);
      const end = (Math.floor(i / stored) + 1) * stored;
      negative.states.set(
        state,
        values.subarray(i, end).reduce((count, value) => count + (value < 0 ? 1 : 0), 0),
      );
      i = end - 1;
    }
  }

  /** Check if a field is the density of a gas, or its pressure: without a density, pressures count from any level. */
  private isPositive({name, order}: WellField): boolean {
    if (order !== 0 || (name !== "density" && name !== "pressure")) return false;
    return this.metadata.fields.some((field) => field.order === 0 && field.name === "density");
  }

  /** Return the smallest value, or 0 if none is below. @throws WellError if one is not finite. */
  private requireFinite(values: Float32Array | Float64Array, where: (bad: number) => string): number {
    let sum = 0;
    let least = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      sum += value * 0; // 0 for a number, NaN for NaN and infinities
      if (value < least) least = value;
    }
    if (sum === 0) return least;
    const bad = values.findIndex((value) => !Number.isFinite(value));
    throw new WellError(this.path, this.metadata.dataset, where(bad), "finite values", String(values[bad]));
  }
}

const placeOf = ({name, order}: WellField): string => `/t${order}_fields/${name}`;

const sample = ({sampleVarying}: {sampleVarying: boolean}, trajectory: number): Hdf5Range[] =>
  sampleVarying ? [[trajectory, trajectory + 1]] : [];

const window = (start: number, length: number, stride: number): Hdf5Range => [
  start,
  start + stride * (length - 1) + 1,
  stride,
];

const floats = (values: Hdf5Numbers): Float32Array =>
  values instanceof Float32Array ? values : Float32Array.from(values as ArrayLike<number>, Number);

/** Insert an axis of n equal entries after the first axes, of `outer` entries together. */
function repeat(values: Float32Array, outer: number, n: number): Float32Array {
  const inner = values.length / outer;
  const out = new Float32Array(values.length * n);
  for (let i = 0; i < outer; i++) {
    const part = values.subarray(i * inner, (i + 1) * inner);
    for (let k = 0; k < n; k++) out.set(part, (i * n + k) * inner);
  }
  return out;
}
