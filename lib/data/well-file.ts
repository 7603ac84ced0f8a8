/**
 * One file of The Well: its metadata, and its trajectories, read when they are asked for.
 */
import {Hdf5File, type Hdf5Range} from "./hdf5";
import {readMetadata, WellError, type WellField, type WellMetadata} from "./well-metadata";

/** An open file. */
export class WellFile {
  private constructor(
    private readonly file: Hdf5File,
    readonly metadata: WellMetadata,
    private readonly constants: readonly {name: string; values: ArrayLike<number | bigint>}[],
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
      const constants = metadata.scalars.map((name) => ({name, values: file.read(`/scalars/${name}`)}));
      return new WellFile(file, metadata, constants);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Constant scalars of one trajectory, by name in the order of the file. */
  scalars(trajectory: number): Record<string, number> {
    const value = (values: ArrayLike<number | bigint>) => Number(values[values.length === 1 ? 0 : trajectory]);
    return Object.fromEntries(this.constants.map(({name, values}) => [name, value(values)]));
  }

  /** Times of the stored states of a trajectory, or coordinates of the cells along the axis of this name. */
  dimension(name: string, trajectory: number): Float32Array {
    const place = `/dimensions/${name}`;
    const shape = this.file.shape(place);
    const last: Hdf5Range = [0, shape[shape.length - 1]];
    const values = this.file.read(place, shape.length === 1 ? [last] : [[trajectory, trajectory + 1], last]);
    return Float32Array.from(values as ArrayLike<number>);
  }

  /**
   * Read one field of states `start, start + stride, ...` of a trajectory: `length` states, all cells and components.
   *
   * @throws WellError if a value is not finite, naming the state.
   */
  read(field: WellField, trajectory: number, start: number, length: number, stride: number): Float32Array {
    const place = `/t${field.order}_fields/${field.name}`;
    const {axes, dataset, grid} = this.metadata;
    const rest = [...grid, ...new Array<number>(field.order).fill(axes.length)].map((n): Hdf5Range => [0, n]);
    const sample: Hdf5Range[] = field.sampleVarying ? [[trajectory, trajectory + 1]] : [];
    const values = this.file.read(place, [...sample, [start, start + stride * (length - 1) + 1, stride], ...rest]);
    const out = values instanceof Float32Array ? values : Float32Array.from(values as ArrayLike<number>);
    const bad = firstNonFinite(out);
    if (bad >= 0) {
      const state = start + stride * Math.floor((bad / out.length) * length);
      const where = `${place}, trajectory ${trajectory}, state ${state}`;
      throw new WellError(this.path, dataset, where, "finite values", String(out[bad]));
    }
    return out;
  }

  close(): void {
    this.file.close();
  }
}

/** Position of the first NaN or infinity, -1 if there is none. */
function firstNonFinite(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * 0; // 0 for a number, NaN for NaN and infinities
  return sum === 0 ? -1 : values.findIndex((value) => !Number.isFinite(value));
}
