/**
 * Writing datasets in The Well's layout: one HDF5 file holds the trajectories of one choice of parameters and one split.
 */
import type {NdArray} from "ndarray";
import {flat} from "./flat";
import {list, scalar, writeHdf5, type Hdf5DatasetSpec, type Hdf5Fill, type Hdf5GroupSpec} from "./hdf5-writer";
import {BOUNDARY, channelNames, type BoundaryCodes} from "./systems";

/** The type of a boundary, as files name it. */
type BoundaryType = keyof typeof BOUNDARY;

/** What a file holds. */
export interface WellContents {
  /** Name of the dataset, e.g. `euler_multi_quadrants_periodicBC`. */
  readonly dataset: string;
  /** Space axes, with the coordinates of the cells along each. */
  readonly axes: readonly {readonly name: string; readonly coordinates: ArrayLike<number>}[];
  /** Times of the stored states. */
  readonly times: ArrayLike<number>;
  /** Simulation parameters, the same for all trajectories of the file; their order is the order of the label. */
  readonly scalars: Readonly<Record<string, number>>;
  /** Fields in channel order: by tensor order 0, 1, 2. */
  readonly fields: readonly {readonly name: string; readonly order: 0 | 1 | 2}[];
  /** Codes of the lower and upper end of each axis. */
  readonly boundary: BoundaryCodes;
  /** Number of trajectories. */
  readonly trajectories: number;
  /** The trajectories, each $[T, X, Y(, Z), C]$, taken one by one: a generator can make them on the way. */
  readonly states: Iterable<NdArray<Float32Array>> | AsyncIterable<NdArray<Float32Array>>;
  /** Kind of grid; only `cartesian` data are augmented. */
  readonly gridType?: string;
}

const varying = (sample: boolean, time: boolean) => ({
  sample_varying: scalar("bool", sample),
  time_varying: scalar("bool", time),
});

function dimensions({axes, times}: WellContents): Hdf5GroupSpec {
  const line = (values: ArrayLike<number>, time: boolean): Hdf5DatasetSpec => ({
    type: "float32",
    shape: [values.length],
    values,
    attributes: varying(false, time),
  });
  return {
    attributes: {
      spatial_dims: list(
        "string",
        axes.map(({name}) => name),
      ),
    },
    datasets: {
      time: line(times, true),
      ...Object.fromEntries(axes.map(({name, coordinates}) => [name, line(coordinates, false)])),
    },
  };
}

/** One group per kind of boundary and axis, with a mask that is true at the ends where it holds. */
function boundaryConditions({axes, boundary}: WellContents): Hdf5GroupSpec {
  const groups: Record<string, Hdf5GroupSpec> = {};
  axes.forEach(({name, coordinates}, axis) => {
    for (const type of Object.keys(BOUNDARY) as BoundaryType[]) {
      const [low, high] = boundary[axis].map((code) => code === BOUNDARY[type]);
      if (!low && !high) continue;
      const n = coordinates.length;
      const values = Array.from({length: n}, (_, i) => (i === 0 && low) || (i === n - 1 && high));
      groups[`${name}_${type.toLowerCase()}`] = {
        attributes: {
          bc_type: scalar("string", type),
          associated_dims: list("string", [name]),
          associated_fields: list("string", []),
          ...varying(false, false),
        },
        datasets: {mask: {type: "bool", shape: [n], values}},
      };
    }
  });
  return {groups};
}

function fieldGroup(contents: WellContents, order: number): Hdf5GroupSpec {
  const {axes, fields, times, trajectories} = contents;
  const own = fields.filter((field) => field.order === order);
  const grid = axes.map(({coordinates}) => coordinates.length);
  const spec: Hdf5DatasetSpec = {
    type: "float32",
    shape: [trajectories, times.length, ...grid, ...new Array<number>(order).fill(axes.length)],
    attributes: {...varying(true, true), dim_varying: list("bool", new Array<boolean>(axes.length).fill(true))},
  };
  return {
    attributes: {
      field_names: list(
        "string",
        own.map(({name}) => name),
      ),
    },
    datasets: Object.fromEntries(own.map(({name}) => [name, spec])),
  };
}

/** The structure of a file, without the data of its fields. */
export function wellTree(contents: WellContents): Hdf5GroupSpec {
  const {dataset, axes, trajectories, scalars, gridType = "cartesian"} = contents;
  const names = Object.keys(scalars);
  return {
    attributes: {
      dataset_name: scalar("string", dataset),
      grid_type: scalar("string", gridType),
      n_spatial_dims: scalar("int64", axes.length),
      n_trajectories: scalar("int64", trajectories),
      simulation_parameters: list("string", names),
      ...Object.fromEntries(names.map((name) => [name, scalar("float64", scalars[name])])),
    },
    groups: {
      boundary_conditions: boundaryConditions(contents),
      dimensions: dimensions(contents),
      scalars: {
        attributes: {field_names: list("string", names)},
        datasets: Object.fromEntries(
          names.map((name): [string, Hdf5DatasetSpec] => [
            name,
            {type: "float32", shape: [], values: [scalars[name]], attributes: varying(false, false)},
          ]),
        ),
      },
      t0_fields: fieldGroup(contents, 0),
      t1_fields: fieldGroup(contents, 1),
      t2_fields: fieldGroup(contents, 2),
    },
  };
}

function validate(path: string, {axes, boundary, fields, trajectories}: WellContents): void {
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
  const shape = [times.length, ...axes.map(({coordinates}) => coordinates.length), total];
  const size = shape.reduce((a, b) => a * b, 1);

  let trajectory = 0;
  for await (const state of contents.states) {
    if (trajectory === trajectories) throw new RangeError(`${path}: expected ${trajectories} trajectories, found more`);
    if (state.shape.join() !== shape.join()) {
      throw new RangeError(`${path}: expected trajectory ${trajectory} of shape [${shape}], found [${state.shape}]`);
    }
    const data = flat(state);
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      const frame = Math.floor((bad / size) * times.length);
      throw new RangeError(
        `${path}: expected finite values, found ${data[bad]} in trajectory ${trajectory}, state ${frame}`,
      );
    }
    let first = 0;
    for (const {name, order} of fields) {
      const width = axes.length ** order;
      const values = channels(data, total, first, width);
      write(`/t${order}_fields/${name}`, trajectory * values.length, values);
      first += width;
    }
    trajectory++;
  }
  if (trajectory < trajectories) {
    throw new RangeError(`${path}: expected ${trajectories} trajectories, found ${trajectory}`);
  }
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
