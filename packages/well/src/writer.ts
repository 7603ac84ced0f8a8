/** Writer of The Well's format: one HDF5 file holds the trajectories of one choice of parameters and one split. */
import {
  isPlainObject,
  arrayOf,
  having,
  records,
  row,
  checkOptions,
  anything,
  count,
  flag,
  list,
  optional,
  section,
  text,
  where,
  whole,
  type RulesOf,
  type Rule,
  sizeOf,
  flat,
  boundaryRule,
  channelNames,
} from "@lola-ts/core";
import type {NdArray} from "ndarray";
import {writeHdf5, type Hdf5Fill} from "./hdf5-writer";
import type {FileFields} from "@lola-ts/simulators";
import {gridOf, plannedFile, storedShape, wellTree} from "./layout";
import type {FieldContents, ScalarContents, WellStructure} from "./layout";
import {readMetadata} from "./metadata";

export interface WellContents extends WellStructure {
  /** The trajectories, each $[T, X, Y(, Z), C]$, consumed one by one: a generator can produce them. */
  readonly states: Iterable<NdArray<Float32Array>> | AsyncIterable<NdArray<Float32Array>>;
}

const axisRule = section({
  name: where(text, 'a text other than "time"', (name: string) => name !== "time"),
  coordinates: row,
});

const alongRule = (axes: number) => optional(list(flag, {length: axes}));

const scalarRule = section<ScalarContents>({
  sampleVarying: optional(flag),
  timeVarying: optional(flag),
  values: row,
});

const isIterable = (states: object) => Symbol.iterator in states || Symbol.asyncIterator in states;

const structureRules: RulesOf<WellStructure> = {
  dataset: text,
  axes: records("axes", "name", "coordinates"),
  times: row,
  scalars: where(anything, "numbers by name", isPlainObject),
  fields: records("fields", "name", "order"),
  constantFields: optional(records("fields", "name", "order", "values")),
  boundary: having("codes of each axis", "length"),
  trajectories: count,
  gridType: optional(text),
  frameStride: optional(count),
};
const structureRule = section(structureRules);
const contentsRule = section<WellContents>({
  ...structureRules,
  states: where(having("trajectories"), "a list of trajectories", isIterable),
});

/**
 * Write one file in The Well's layout, atomically; `states` is consumed once, one trajectory in memory at a time.
 *
 * @throws RangeError naming the file if a trajectory has another shape, a value is not finite, their number is wrong, or
 *   contents are missing, unknown or of another kind; WellError for what `openWell` refuses.
 * @see The Well, Ohana et al. 2024, arXiv:2412.00568
 */
export async function writeWell(path: string, contents: WellContents): Promise<void> {
  validate(path, contents, contentsRule);
  const names = contents.axes.map(({name}) => name);
  const total = channelNames(contents.fields, names).length;
  const shape = [contents.times.length, ...gridOf(contents), total];
  await writeFile(path, contents, contents.states, (state, trajectory) => {
    checkOptions(path, arrayOf(), state, `trajectory ${trajectory}`);
    requireShape(path, `trajectory ${trajectory}`, shape, state.shape);
    const values = flat(state);
    return ({order}, first) => channels(values, total, first, names.length ** order);
  });
}

/**
 * Write one file in The Well's layout from the fields of its trajectories, which are taken one by one.
 *
 * @throws RangeError naming the file if a field is missing or has another shape, a value is not finite, or the number of
 *   trajectories is wrong.
 */
export async function writeWellFields(
  path: string,
  structure: WellStructure,
  trajectories: Iterable<FileFields>,
): Promise<void> {
  validate(path, structure, structureRule);
  const {axes, times} = structure;
  await writeFile(path, structure, trajectories, (fields, trajectory) => ({name, order}) => {
    const shape = [times.length, ...gridOf(structure), ...new Array<number>(order).fill(axes.length)];
    requireShape(path, `${name} of trajectory ${trajectory}`, shape, fields[name]?.shape ?? []);
    return flat(fields[name]);
  });
}

/** Get the values of a field on the whole grid, row-major; `first` is the number of its first channel. */
type FieldReader = (field: FieldContents, first: number) => Float32Array;

async function writeFile<T>(
  path: string,
  structure: WellStructure,
  trajectories: Iterable<T> | AsyncIterable<T>,
  reader: (trajectory: T, index: number) => FieldReader,
): Promise<void> {
  const expected = structure.trajectories;
  const tree = wellTree(structure);
  readMetadata(plannedFile(path, tree)); // refuses what it would refuse of the file
  await writeHdf5(path, tree, async (write) => {
    let index = 0;
    for await (const trajectory of trajectories) {
      if (index === expected) throw new RangeError(`${path}: expected ${expected} trajectories, found more.`);
      writeTrajectory(path, structure, index, reader(trajectory, index), write);
      index++;
    }
    if (index < expected) throw new RangeError(`${path}: expected ${expected} trajectories, found ${index}.`);
  });
}

function writeTrajectory(
  path: string,
  structure: WellStructure,
  trajectory: number,
  read: FieldReader,
  write: Hdf5Fill,
): void {
  const {axes, fields, times} = structure;
  let first = 0;
  for (const field of fields) {
    const width = axes.length ** field.order;
    const whole = read(field, first);
    const stateOf = (bad: number) => Math.floor((bad / whole.length) * times.length);
    requireFinite(path, whole, (bad) => `trajectory ${trajectory}, state ${stateOf(bad)}`);
    const shape = [times.length, ...gridOf(structure), width];
    const values = field.along ? thin(path, field, field.along, whole, shape) : whole;
    write(`/t${field.order}_fields/${field.name}`, trajectory * values.length, values);
    first += width;
  }
}

function requireShape(path: string, what: string, expected: readonly number[], found: readonly number[]): void {
  if (expected.join() === found.join()) return;
  throw new RangeError(`${path}: expected ${what} of shape [${expected}], found [${found}].`);
}

/** Check the kinds of contents. What a file's reader expects of their values is left to {@link readMetadata}. */
function validate(path: string, contents: WellStructure, rule: Rule): void {
  checkOptions("writeWell", text, path, "path");
  checkOptions(path, rule, contents, "contents");
  const {axes, fields, constantFields = [], scalars, times, trajectories} = contents;
  axes.forEach((axis, i) => checkOptions(path, axisRule, axis, `contents.axes[${i}]`));
  checkOptions(path, boundaryRule(axes.length), contents.boundary, "contents.boundary");
  for (const [group, list] of Object.entries({fields, constantFields})) {
    list.forEach(({name, order, along}, i) => {
      const place = `contents.${group}[${i}]`;
      checkOptions(path, text, name, `${place}.name`);
      checkOptions(path, whole({min: 0, max: 2}), order, `${place}.order`);
      checkOptions(path, alongRule(axes.length), along, `${place}.along`);
    });
  }
  if (fields.some(({order}, i) => i > 0 && order < fields[i - 1].order)) {
    const found = fields.map(({name, order}) => `${name} (order ${order})`).join(", ");
    throw new RangeError(`${path}: expected scalar fields before vectors before tensors, found ${found}.`);
  }
  for (const field of constantFields) {
    checkOptions(path, arrayOf(), field.values, `values of ${field.name}`);
    const expected = [...(field.sampleVarying ? [trajectories] : []), ...storedShape(contents, field)];
    requireShape(path, field.name, expected, field.values.shape);
    requireFinite(path, flat(field.values), () => field.name);
  }
  for (const [name, value] of Object.entries(scalars)) {
    if (typeof value !== "number") checkOptions(path, scalarRule, value, `contents.scalars.${name}`);
    const {sampleVarying = false, timeVarying = false, values} = typeof value === "number" ? {values: [value]} : value;
    const expected = (sampleVarying ? trajectories : 1) * (timeVarying ? times.length : 1);
    if (values.length !== expected) {
      throw new RangeError(`${path}: expected ${expected} values of ${name}, found ${values.length}.`);
    }
    requireFinite(path, values, () => name);
  }
}

function requireFinite(path: string, values: ArrayLike<number>, where: (bad: number) => string): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(Math.fround(values[i]))) continue; // as it is stored
    throw new RangeError(`${path}: expected finite values, found ${values[i]} in ${where(i)}.`);
  }
}

/** Copy the channels from `first` on out of `[cells, C]` data. */
function channels(data: Float32Array, total: number, first: number, width: number): Float32Array {
  const out = new Float32Array((data.length / total) * width);
  for (let from = first, to = 0; from < data.length; from += total) {
    for (let c = 0; c < width; c++) out[to++] = data[from + c];
  }
  return out;
}

/** Drop the axes along which a field does not vary. @throws RangeError if it does. */
function thin(
  path: string,
  {name}: FieldContents,
  along: readonly boolean[],
  values: Float32Array,
  shape: readonly number[],
): Float32Array {
  let data = values;
  const lengths = [...shape];
  for (let axis = 1; axis <= along.length; axis++) {
    if (along[axis - 1]) continue;
    const n = lengths[axis];
    const inner = sizeOf(lengths.slice(axis + 1));
    const out = new Float32Array(data.length / n);
    for (let i = 0; i < data.length; i++) {
      const outer = Math.floor(i / (inner * n));
      const to = outer * inner + (i % inner);
      if (Math.floor(i / inner) % n === 0) out[to] = data[i];
      else if (out[to] !== data[i]) {
        throw new RangeError(
          `${path}: expected ${name} constant along axis ${axis - 1}, found ${out[to]} and ${data[i]}.`,
        );
      }
    }
    data = out;
    lengths[axis] = 1;
  }
  return data;
}
