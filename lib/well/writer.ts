/**
 * Writing datasets in The Well's layout: one HDF5 file holds the trajectories of one choice of parameters and one split.
 */
import type {NdArray} from "ndarray";
import {sizeOf} from "../core/shape";
import {flat} from "../core/array";
import {writeHdf5, type Hdf5Fill} from "./hdf5-writer";
import {channelNames} from "../systems/registry";
import {gridOf, storedShape, wellTree, type FieldContents, type WellStructure} from "./layout";

/** What a file holds. */
export interface WellContents extends WellStructure {
  /** The trajectories, each $[T, X, Y(, Z), C]$, taken one by one: a generator can make them on the way. */
  readonly states: Iterable<NdArray<Float32Array>> | AsyncIterable<NdArray<Float32Array>>;
}

/**
 * Write one file in The Well's layout, atomically; `states` is consumed once, one trajectory in memory at a time.
 *
 * @throws RangeError naming the file if a trajectory has another shape, a value is not finite, or their number is wrong.
 * @see The Well, Ohana et al. 2024, arXiv:2412.00568
 */
export async function writeWell(path: string, contents: WellContents): Promise<void> {
  validate(path, contents);
  await writeHdf5(path, wellTree(contents), (write) => writeStates(path, contents, write));
}

function validate(path: string, contents: WellContents): void {
  const {axes, boundary, fields, constantFields = [], scalars, times, trajectories} = contents;
  if (!Number.isInteger(trajectories) || trajectories < 1) {
    throw new RangeError(`${path}: expected at least one trajectory, found ${trajectories}`);
  }
  if (boundary.length !== axes.length) {
    throw new RangeError(`${path}: expected boundary codes of ${axes.length} axes, found ${boundary.length}`);
  }
  if (fields.some(({order}, i) => i > 0 && order < fields[i - 1].order)) {
    const found = fields.map(({name, order}) => `${name} (order ${order})`).join(", ");
    throw new RangeError(`${path}: expected scalar fields before vectors before tensors, found ${found}`);
  }
  for (const {name, along} of [...fields, ...constantFields]) {
    if (along && along.length !== axes.length) {
      throw new RangeError(`${path}: expected ${axes.length} flags along axes of ${name}, found ${along.length}`);
    }
  }
  for (const field of constantFields) {
    const expected = [...(field.sampleVarying ? [trajectories] : []), ...storedShape(contents, field)];
    const found = field.values.shape;
    if (expected.join() !== found.join()) {
      throw new RangeError(`${path}: expected ${field.name} of shape [${expected}], found [${found}]`);
    }
    requireFinite(path, flat(field.values), () => field.name);
  }
  for (const [name, value] of Object.entries(scalars)) {
    const {sampleVarying = false, timeVarying = false, values} = typeof value === "number" ? {values: [value]} : value;
    const expected = (sampleVarying ? trajectories : 1) * (timeVarying ? times.length : 1);
    if (values.length !== expected) {
      throw new RangeError(`${path}: expected ${expected} values of ${name}, found ${values.length}`);
    }
    requireFinite(path, values, () => name);
  }
}

function requireFinite(path: string, values: ArrayLike<number>, where: (bad: number) => string): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new RangeError(`${path}: expected finite values, found ${values[i]} in ${where(i)}`);
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

async function writeStates(path: string, contents: WellContents, write: Hdf5Fill): Promise<void> {
  const {axes, fields, times, trajectories} = contents;
  const total = channelNames(
    fields,
    axes.map(({name}) => name),
  ).length;
  const grid = gridOf(contents);
  const shape = [times.length, ...grid, total];
  const size = sizeOf(shape);

  let trajectory = 0;
  for await (const state of contents.states) {
    if (trajectory === trajectories) throw new RangeError(`${path}: expected ${trajectories} trajectories, found more`);
    if (state.shape.join() !== shape.join()) {
      throw new RangeError(`${path}: expected trajectory ${trajectory} of shape [${shape}], found [${state.shape}]`);
    }
    const data = flat(state);
    requireFinite(path, data, (bad) => `trajectory ${trajectory}, state ${Math.floor((bad / size) * times.length)}`);
    let first = 0;
    for (const field of fields) {
      const width = axes.length ** field.order;
      const whole = channels(data, total, first, width);
      const values = field.along ? thin(path, field, field.along, whole, [times.length, ...grid, width]) : whole;
      write(`/t${field.order}_fields/${field.name}`, trajectory * values.length, values);
      first += width;
    }
    trajectory++;
  }
  if (trajectory < trajectories) {
    throw new RangeError(`${path}: expected ${trajectories} trajectories, found ${trajectory}`);
  }
}

/** Drop the axes along which a field does not change. @throws RangeError if it does. */
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
          `${path}: expected ${name} constant along axis ${axis - 1}, found ${out[to]} and ${data[i]}`,
        );
      }
    }
    data = out;
    lengths[axis] = 1;
  }
  return data;
}
