/**
 * The structure of a file of The Well: read, checked, and reported in one sentence where it is not as it should be.
 */
import type {Hdf5Attribute, Hdf5File} from "./hdf5";
import {BOUNDARY, type BoundaryCodes} from "./systems";

/** A field as a file stores it. */
export interface WellField {
  readonly name: string;
  readonly order: 0 | 1 | 2;
  /** Whether each trajectory has its own. */
  readonly sampleVarying: boolean;
}

/** What a file says about itself. */
export interface WellMetadata {
  /** Name of the dataset. */
  readonly dataset: string;
  readonly gridType: string;
  readonly axes: readonly string[];
  /** Cells along each axis. */
  readonly grid: readonly number[];
  /** Number of trajectories. */
  readonly trajectories: number;
  /** Number of stored states. */
  readonly frames: number;
  /** Fields that change with time, in channel order. */
  readonly fields: readonly WellField[];
  /** Names of the scalars that are constant in time, in the order of the file. */
  readonly scalars: readonly string[];
  /** Codes of the lower and upper end of each axis; ends of which the file says nothing are open. */
  readonly boundary: BoundaryCodes;
}

/** A file that is not what it should be: names file, dataset, place, what was expected and what was found. */
export class WellError extends Error {
  override name = "WellError";

  constructor(path: string, dataset: string, where: string, expected: string, found: string) {
    super(`${path} (dataset ${dataset}): ${where}: expected ${expected}, found ${found}`);
  }
}

/** Show a value in a sentence. */
const show = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));

/**
 * Read the metadata of an open file.
 *
 * @throws WellError at the first thing that is missing or of the wrong kind or shape.
 */
export function readMetadata(file: Hdf5File): WellMetadata {
  return new Inspector(file).metadata();
}

class Inspector {
  private dataset = "unknown";
  private axes: string[] = [];
  private grid: number[] = [];
  private trajectories = 0;
  private frames = 0;

  constructor(private readonly file: Hdf5File) {}

  metadata(): WellMetadata {
    for (const group of ["boundary_conditions", "dimensions", "scalars", "t0_fields", "t1_fields", "t2_fields"]) {
      if (this.file.kind(`/${group}`) !== "group") this.fail(`/${group}`, "a group", "none");
    }
    this.dataset = this.text("/", "dataset_name");
    const gridType = this.text("/", "grid_type");
    this.trajectories = this.integer("/", "n_trajectories");
    this.dimensions(this.integer("/", "n_spatial_dims"));
    const fields = ([0, 1, 2] as const).flatMap((order) => this.fields(order));
    if (fields.length === 0) this.fail("/", "at least one field that changes with time", "none");
    return {
      dataset: this.dataset,
      gridType,
      axes: this.axes,
      grid: this.grid,
      trajectories: this.trajectories,
      frames: this.frames,
      fields,
      scalars: this.scalars(),
      boundary: this.boundary(),
    };
  }

  private dimensions(count: number): void {
    this.axes = this.names("/dimensions", "spatial_dims");
    if (this.axes.length !== count) {
      this.fail("/dimensions@spatial_dims", `${count} names, as n_spatial_dims says`, show(this.axes));
    }
    const last = (name: string): number => {
      const place = `/dimensions/${name}`;
      const shape = this.shape(place);
      const sample = this.flag(place, "sample_varying");
      if (shape.length !== (sample ? 2 : 1) || (sample && shape[0] !== this.trajectories)) {
        this.fail(place, sample ? `a shape [${this.trajectories}, N]` : "a shape [N]", show(shape));
      }
      return shape[shape.length - 1];
    };
    this.frames = last("time");
    this.grid = this.axes.map(last);
  }

  private fields(order: 0 | 1 | 2): WellField[] {
    const group = `/t${order}_fields`;
    return this.names(group, "field_names").flatMap((name) => {
      const place = `${group}/${name}`;
      const found = this.shape(place);
      const sampleVarying = this.flag(place, "sample_varying");
      const timeVarying = this.flag(place, "time_varying");
      const along = this.file.attribute(place, "dim_varying");
      if (!Array.isArray(along) || along.length !== this.axes.length || along.some((flag) => !flag)) {
        this.fail(`${place}@dim_varying`, `true for each of the ${this.axes.length} axes`, show(along));
      }
      const expected = [
        ...(sampleVarying ? [this.trajectories] : []),
        ...(timeVarying ? [this.frames] : []),
        ...this.grid,
        ...new Array<number>(order).fill(this.axes.length),
      ];
      if (found.join() !== expected.join()) this.fail(place, `the shape ${show(expected)}`, show(found));
      return timeVarying ? [{name, order, sampleVarying}] : [];
    });
  }

  private scalars(): string[] {
    return this.names("/scalars", "field_names").filter((name) => {
      const place = `/scalars/${name}`;
      const found = this.shape(place);
      const timeVarying = this.flag(place, "time_varying");
      const expected = [
        ...(this.flag(place, "sample_varying") ? [this.trajectories] : []),
        ...(timeVarying ? [this.frames] : []),
      ];
      if (found.join() !== expected.join()) this.fail(place, `the shape ${show(expected)}`, show(found));
      return !timeVarying;
    });
  }

  /** Conditions in alphabetical order; a later one overrides, as The Well's reader does it. */
  private boundary(): BoundaryCodes {
    const codes = this.axes.map((): [number, number] => [BOUNDARY.OPEN, BOUNDARY.OPEN]);
    for (const name of this.file.keys("/boundary_conditions")) {
      const place = `/boundary_conditions/${name}`;
      const type = this.text(place, "bc_type").toUpperCase();
      if (!Object.hasOwn(BOUNDARY, type)) this.fail(`${place}@bc_type`, Object.keys(BOUNDARY).join(", "), show(type));
      const axes = this.names(place, "associated_dims").map((axis) => this.axes.indexOf(axis));
      const shape = axes.map((axis) => this.grid[axis]);
      const found = this.shape(`${place}/mask`);
      if (axes.includes(-1) || found.join() !== shape.join()) {
        this.fail(`${place}/mask`, `the shape ${show(shape)} of its axes`, show(found));
      }
      const mask = this.file.read(`${place}/mask`) as ArrayLike<number>;
      axes.forEach((axis, i) => {
        const stride = shape.slice(i + 1).reduce((a, b) => a * b, 1);
        for (const end of [0, 1] as const) {
          // the mask restricted to this end of the axis: a wall needs all of it, the others any
          const at = end * (shape[i] - 1);
          const slice = Array.from(mask).filter((_, k) => Math.floor(k / stride) % shape[i] === at);
          const holds = type === "WALL" ? slice.every(Boolean) : slice.some(Boolean);
          if (holds) codes[axis][end] = BOUNDARY[type as keyof typeof BOUNDARY];
        }
      });
    }
    return codes;
  }

  private shape(place: string): number[] {
    if (this.file.kind(place) !== "dataset") this.fail(place, "a dataset", "none");
    return this.file.shape(place);
  }

  private attribute(place: string, name: string): Hdf5Attribute | undefined {
    return this.file.attribute(place, name);
  }

  private text(place: string, name: string): string {
    const value = this.attribute(place, name);
    return typeof value === "string" ? value : this.fail(at(place, name), "a text", show(value));
  }

  private integer(place: string, name: string): number {
    const value = this.attribute(place, name);
    return Number.isInteger(value) ? (value as number) : this.fail(at(place, name), "an integer", show(value));
  }

  private flag(place: string, name: string): boolean {
    const value = this.attribute(place, name);
    if (value === true || value === 1) return true; // some writers store booleans as integers
    return value === false || value === 0 ? false : this.fail(at(place, name), "true or false", show(value));
  }

  private names(place: string, name: string): string[] {
    const value = this.attribute(place, name);
    const texts = typeof value === "string" ? [value] : value;
    if (!Array.isArray(texts) || texts.some((text) => typeof text !== "string")) {
      return this.fail(at(place, name), "a list of names", show(value));
    }
    return texts as string[];
  }

  private fail(where: string, expected: string, found: string): never {
    throw new WellError(this.file.path, this.dataset, where, expected, found);
  }
}

const at = (place: string, attribute: string): string => `${place}@${attribute}`;
