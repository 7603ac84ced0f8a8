/** Read and check the structure of a Well file. An error names the file and the fault. */
import {printable, BOUNDARY, type BoundaryCodes} from "@lola-ts/core";
import type {Hdf5File} from "./hdf5";
import {boundaryCodes, readEnds, type BoundaryCondition, type BoundaryType} from "./boundary";

export interface WellField {
  readonly name: string;
  readonly order: 0 | 1 | 2;
  /** `true`: each trajectory has its own. */
  readonly sampleVarying: boolean;
  /** `true`: it changes with time. */
  readonly timeVarying: boolean;
  /** `true` for each axis along which it varies; the file stores no other axes. */
  readonly along: readonly boolean[];
}

/** A number per trajectory, or per state of it. */
export interface WellScalar {
  readonly name: string;
  readonly sampleVarying: boolean;
  readonly timeVarying: boolean;
}

export interface WellMetadata {
  readonly dataset: string;
  readonly gridType: string;
  readonly axes: readonly string[];
  /** Cells along each axis. */
  readonly grid: readonly number[];
  readonly trajectories: number;
  readonly frames: number;
  /** States of The Well's own dataset between two stored states, 1 by default. */
  readonly frameStride: number;
  readonly fields: readonly WellField[];
  /** Fields that are constant in time, in channel order. */
  readonly constantFields: readonly WellField[];
  /** Scalars that are constant in time, in the order of the file. */
  readonly scalars: readonly WellScalar[];
  /** Scalars that have a value for each state, in the order of the file. */
  readonly variableScalars: readonly WellScalar[];
  /** Codes of the lower and upper end of each axis: one entry for all trajectories, or one per trajectory. */
  readonly boundaries: readonly BoundaryCodes[];
  /** One sentence per peculiarity that data may have but that is worth knowing. */
  readonly checks: readonly string[];
}

/** A file deviates from The Well's format: names file, dataset, place, the expected and the found value. */
export class WellError extends Error {
  override name = "WellError";

  constructor(path: string, dataset: string, where: string, expected: string, found: string) {
    super(
      `${path} (dataset ${printable(dataset)}): ${printable(where)}: expected ${printable(expected, 1000)}, found ${printable(found)}.`,
    );
  }
}

const show = (value: unknown): string =>
  value === undefined ? "nothing" : typeof value === "number" ? String(value) : JSON.stringify(value);

const isFlag = (value: unknown): boolean => [true, false, 0, 1].includes(value as boolean);

/** Name an attribute of a group or dataset for a message. */
const at = (place: string, attribute: string): string => `${place}@${attribute}`;

const GRIDS = ["cartesian", "cylindrical", "equiangular", "log_spherical", "polar", "spherical"];

/** Most trajectories of one file. */
const MAX_TRAJECTORIES = 1_000_000;

/** Check if a name can name a field: it must not be a path, nor end early, and no property that each object of JavaScript has. */
const isName = (name: string): boolean => name !== "" && name !== "." && !/[/\0]/.test(name) && !(name in {});

export type MetadataSource = Pick<Hdf5File, "path" | "kind" | "keys" | "shape" | "attribute" | "read">;

/**
 * Read the metadata of an open file.
 *
 * @throws WellError at the first object that is missing or has the wrong type or shape.
 */
export function readMetadata(file: MetadataSource): WellMetadata {
  return new Inspector(file).metadata();
}

class Inspector {
  private dataset = "unknown";
  private axes: string[] = [];
  private grid: number[] = [];
  private trajectories = 0;
  private frames = 0;
  private readonly checks: string[] = [];

  constructor(private readonly file: MetadataSource) {}

  metadata(): WellMetadata {
    for (const group of ["boundary_conditions", "dimensions", "scalars", "t0_fields", "t1_fields", "t2_fields"]) {
      if (this.file.kind(`/${group}`) !== "group") this.fail(`/${group}`, "a group", "none");
    }
    this.dataset = this.text("/", "dataset_name");
    const gridType = this.gridType();
    this.trajectories = this.integer("/", "n_trajectories");
    if (this.trajectories < 1 || this.trajectories > MAX_TRAJECTORIES) {
      this.fail("/@n_trajectories", `an integer from 1 to ${MAX_TRAJECTORIES}`, show(this.trajectories));
    }
    this.dimensions(this.integer("/", "n_spatial_dims"));
    const fields = ([0, 1, 2] as const).flatMap((order) => this.fields(order));
    if (!fields.some((field) => field.timeVarying)) this.fail("/", "at least one field that changes with time", "none");
    const scalars = this.scalars();
    return {
      dataset: this.dataset,
      gridType,
      axes: this.axes,
      grid: this.grid,
      trajectories: this.trajectories,
      frames: this.frames,
      frameStride: this.frameStride(),
      fields: fields.filter((field) => field.timeVarying),
      constantFields: fields.filter((field) => !field.timeVarying),
      scalars: scalars.filter((scalar) => !scalar.timeVarying),
      variableScalars: scalars.filter((scalar) => scalar.timeVarying),
      boundaries: this.boundaries(),
      checks: this.checks,
    };
  }

  private dimensions(count: number): void {
    this.axes = this.names("/dimensions", "spatial_dims", count);
    const last = (name: string, check = checkCoordinates): number => {
      const place = `/dimensions/${name}`;
      const shape = this.shape(place);
      const sample = this.flag(place, "sample_varying");
      if (shape.length !== (sample ? 2 : 1) || (sample && shape[0] !== this.trajectories)) {
        this.fail(place, sample ? `a shape [${this.trajectories}, N]` : "a shape [N]", show(shape));
      }
      if (shape[shape.length - 1] < 1) this.fail(place, "at least one value", show(shape));
      const values = Float64Array.from(this.file.read(place) as ArrayLike<number>, Number);
      const {failure, report} = check(values, shape[shape.length - 1]);
      if (failure) this.fail(place, failure.expected, failure.found);
      if (report) this.report(place, report.expected, report.found);
      return shape[shape.length - 1];
    };
    this.frames = last("time", checkTimes);
    this.grid = this.axes.map((axis) => last(axis));
    const usual = ["x", "y", "z"].slice(0, count);
    if (this.axes.join() !== usual.join() && [...this.axes].sort().join() === usual.join()) {
      this.report("/dimensions@spatial_dims", `the axes ${usual.join(", ")}`, this.axes.join(", "));
    }
  }

  private gridType(): string {
    const type = this.text("/", "grid_type");
    if (!/^[\w .-]+$/.test(type)) this.fail("/@grid_type", "the name of a kind of grid", show(type));
    if (!GRIDS.includes(type)) this.report("/@grid_type", `one of ${GRIDS.join(", ")}`, type);
    return type;
  }

  private fields(order: 0 | 1 | 2): WellField[] {
    const group = `/t${order}_fields`;
    return this.members(group).map((name) => {
      const place = `${group}/${name}`;
      const found = this.shape(place);
      const sampleVarying = this.flag(place, "sample_varying");
      const timeVarying = this.flag(place, "time_varying");
      const flags = this.file.attribute(place, "dim_varying");
      if (!Array.isArray(flags) || flags.length !== this.axes.length || !(flags as unknown[]).every(isFlag)) {
        return this.fail(at(place, "dim_varying"), `true or false for each of ${this.axes.join(", ")}`, show(flags));
      }
      const along = flags.map(Boolean);
      const rest = [...this.grid.filter((_, axis) => along[axis]), ...new Array<number>(order).fill(this.axes.length)];
      this.compare(place, [...this.varying(sampleVarying, timeVarying), ...rest], found);
      return {name, order, sampleVarying, timeVarying, along};
    });
  }

  private scalars(): WellScalar[] {
    return this.members("/scalars").map((name) => {
      const place = `/scalars/${name}`;
      const found = this.shape(place);
      const sampleVarying = this.flag(place, "sample_varying");
      const timeVarying = this.flag(place, "time_varying");
      this.compare(place, this.varying(sampleVarying, timeVarying), found);
      return {name, sampleVarying, timeVarying};
    });
  }

  /** Conditions count in alphabetical order, as The Well's reader visits them. */
  private boundaries(): BoundaryCodes[] {
    const conditions = this.file.keys("/boundary_conditions").map((name) => this.condition(name));
    this.axes.forEach((axis, i) => {
      if (conditions.some(({axes}) => axes.includes(i))) return;
      this.report("/boundary_conditions", `a condition along ${axis}`, "none: its ends count as open");
    });
    const length = Math.max(1, ...conditions.map(({ends}) => ends.length));
    return Array.from({length}, (_, trajectory) => boundaryCodes(this.axes.length, conditions, trajectory));
  }

  private condition(name: string): BoundaryCondition {
    const place = `/boundary_conditions/${name}`;
    if (!isName(name) || this.file.kind(place) !== "group") this.fail(place, "a group", "another object");
    const type = this.text(place, "bc_type").toUpperCase() as BoundaryType;
    if (!Object.hasOwn(BOUNDARY, type)) this.fail(at(place, "bc_type"), Object.keys(BOUNDARY).join(", "), show(type));
    const names = this.names(place, "associated_dims");
    const axes = names.map((axis) => this.axes.indexOf(axis));
    if (axes.includes(-1)) this.fail(at(place, "associated_dims"), `names among ${show(this.axes)}`, show(names));
    const sampleVarying = this.flag(place, "sample_varying", false);
    const timeVarying = this.flag(place, "time_varying", false);
    const shape = [...this.varying(false, timeVarying), ...axes.map((axis) => this.grid[axis])];
    const found = this.shape(`${place}/mask`);
    this.compare(`${place}/mask`, [...this.varying(sampleVarying, false), ...shape], found, ` of ${names.join(", ")}`);
    const copies = sampleVarying ? this.trajectories : undefined;
    const {ends, bad} = readEnds(this.file, `${place}/mask`, {type, shape, axes: axes.length, copies});
    if (bad !== undefined) this.fail(`${place}/mask`, "true or false", String(bad));
    if (!ends.flat(2).some(Boolean)) this.report(`${place}/mask`, "cells at an end of an axis", "none");
    return {type, axes, ends};
  }

  /** The axes that come before the axes of space. */
  private varying(sample: boolean, time: boolean): number[] {
    return [...(sample ? [this.trajectories] : []), ...(time ? [this.frames] : [])];
  }

  private compare(place: string, expected: readonly number[], found: readonly number[], of = ""): void {
    if (found.join() !== expected.join()) this.fail(place, `the shape ${show(expected)}${of}`, show(found));
  }

  private shape(place: string): number[] {
    if (this.file.kind(place) !== "dataset") this.fail(place, "a dataset", "none");
    return this.file.shape(place);
  }

  /** Names of the fields or scalars of a group, in order; others that it has are reported. */
  private members(group: string): string[] {
    const names = this.names(group, "field_names");
    const others = this.file.keys(group).filter((key) => !names.includes(key));
    if (others.length > 0) this.report(group, "the members that field_names lists", `also ${others.join(", ")}`);
    return names;
  }

  private text(place: string, name: string): string {
    const value = this.file.attribute(place, name);
    return typeof value === "string" ? value : this.fail(at(place, name), "a text", show(value));
  }

  private integer(place: string, name: string): number {
    const value = this.file.attribute(place, name);
    return Number.isInteger(value) ? (value as number) : this.fail(at(place, name), "an integer", show(value));
  }

  private frameStride(): number {
    const value = this.file.attribute("/", "frame_stride") ?? 1;
    if (Number.isInteger(value) && (value as number) >= 1) return value as number;
    return this.fail(at("/", "frame_stride"), "a positive integer", show(value));
  }

  private flag(place: string, name: string, absent?: boolean): boolean {
    const found = this.file.attribute(place, name);
    const value = found === undefined ? absent : found;
    if (value === true || value === 1) return true; // some writers store booleans as integers
    return value === false || value === 0 ? false : this.fail(at(place, name), "true or false", show(value));
  }

  private names(place: string, name: string, count?: number): string[] {
    const value = this.file.attribute(place, name);
    const texts: unknown = typeof value === "string" ? [value] : value;
    if (!Array.isArray(texts) || texts.some((text) => typeof text !== "string")) {
      return this.fail(at(place, name), "a list of names", show(value));
    }
    const names = texts as string[];
    if (count !== undefined && names.length !== count) {
      this.fail(at(place, name), `${count} names, as n_spatial_dims says`, show(names));
    }
    const bad = names.find((text, i) => !isName(text) || names.indexOf(text) < i);
    return bad === undefined ? names : this.fail(at(place, name), "names of objects, each once", show(bad));
  }

  private report(where: string, expected: string, found: string): void {
    this.checks.push(`${printable(where)}: expected ${expected}, found ${printable(found)}`);
  }

  private fail(where: string, expected: string, found: string): never {
    throw new WellError(this.file.path, this.dataset, where, expected, found);
  }
}

interface Deviation {
  readonly expected: string;
  readonly found: string;
}

/** A failure makes the file useless; a report is worth knowing. */
interface DimensionCheck {
  readonly failure?: Deviation;
  readonly report?: Deviation;
}

/** Check times: finite, and none before the one that precedes it; `count` values of each trajectory. */
export function checkTimes(values: Float64Array, count: number): DimensionCheck {
  const bad = values.find((value) => !Number.isFinite(value));
  if (bad !== undefined) return {failure: {expected: "finite times", found: String(bad)}};
  let repeated = 0;
  for (let i = 1; i < values.length; i++) {
    if (i % count === 0) continue; // the next trajectory begins
    const found = `${values[i]} after ${values[i - 1]}`;
    if (values[i] < values[i - 1]) return {failure: {expected: "times that do not decrease", found}};
    if (values[i] === values[i - 1]) repeated++;
  }
  if (repeated === 0) return {};
  return {report: {expected: "times that increase", found: `${repeated} that repeat the one before`}};
}

/** Check coordinates: finite, and all different from their neighbours in the same direction. */
export function checkCoordinates(values: Float64Array, count: number): DimensionCheck {
  const bad = values.find((value) => !Number.isFinite(value));
  if (bad !== undefined) return {failure: {expected: "finite coordinates", found: String(bad)}};
  for (let start = 0; start < values.length; start += count) {
    const direction = Math.sign(values[start + count - 1] - values[start]);
    for (let i = start + 1; i < start + count; i++) {
      if (Math.sign(values[i] - values[i - 1]) === direction && direction !== 0) continue;
      const found = `${values[i]} after ${values[i - 1]}`;
      return {report: {expected: "coordinates that increase or decrease", found}};
    }
  }
  return {};
}
