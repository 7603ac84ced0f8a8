/** HDF5 structure of a Well file: groups, attributes and datasets, without the data of time-dependent fields. */
import type {NdArray} from "ndarray";
import {flat, BOUNDARY, type BoundaryCodes} from "@lola-ts/core";
import {list, scalar, type Hdf5DatasetSpec, type Hdf5GroupSpec} from "./hdf5-writer";
import type {BoundaryType} from "./boundary";
import type {Hdf5Attribute} from "./hdf5";
import type {MetadataSource} from "./metadata";

export interface FieldContents {
  readonly name: string;
  readonly order: 0 | 1 | 2;
  /** `true` for each axis along which it varies; along the others it is stored once. Default: all axes. */
  readonly along?: readonly boolean[];
}

export interface ConstantFieldContents extends FieldContents {
  /** `true`: each trajectory has its own. Default: false. */
  readonly sampleVarying?: boolean;
  /** Values in the stored shape: `[B]` if each trajectory has its own, then the axes along which it varies, components. */
  readonly values: NdArray<Float32Array>;
}

/** A scalar that varies between trajectories or states. */
export interface ScalarContents {
  readonly sampleVarying?: boolean;
  readonly timeVarying?: boolean;
  /** `[B]`, `[T]` or `[B, T]`, row-major. */
  readonly values: ArrayLike<number>;
}

/** Contents of a file without the data of time-dependent fields. */
export interface WellStructure {
  /** Name of the dataset, e.g. `euler_multi_quadrants_periodicBC`. */
  readonly dataset: string;
  /** Space axes, with the coordinates of the cells along each. */
  readonly axes: readonly {readonly name: string; readonly coordinates: ArrayLike<number>}[];
  /** Times of the stored states. */
  readonly times: ArrayLike<number>;
  /**
   * Simulation parameters; their order is the order of the label. A number is the same for all trajectories of the file;
   * only such are called a parameter in the file.
   */
  readonly scalars: Readonly<Record<string, number | ScalarContents>>;
  /** Time-dependent fields in channel order: by tensor order 0, 1, 2. */
  readonly fields: readonly FieldContents[];
  /** Fields that are constant in time, in channel order. */
  readonly constantFields?: readonly ConstantFieldContents[];
  /** Codes of the lower and upper end of each axis. */
  readonly boundary: BoundaryCodes;
  readonly trajectories: number;
  /** Kind of grid; only `cartesian` data are augmented. Default: `cartesian`. */
  readonly gridType?: string;
  /** States of The Well's own dataset between two stored states, the attribute `frame_stride`. Default: 1. */
  readonly frameStride?: number;
}

const varying = (sample: boolean, time: boolean) => ({
  sample_varying: scalar("bool", sample),
  time_varying: scalar("bool", time),
});

const names = (contents: readonly {readonly name: string}[]) =>
  list(
    "string",
    contents.map(({name}) => name),
  );

function dimensions({axes, times}: WellStructure): Hdf5GroupSpec {
  const line = (values: ArrayLike<number>, time: boolean): Hdf5DatasetSpec => ({
    type: "float32",
    shape: [values.length],
    values,
    attributes: varying(false, time),
  });
  return {
    attributes: {spatial_dims: names(axes)},
    datasets: {
      time: line(times, true),
      ...Object.fromEntries(axes.map(({name, coordinates}) => [name, line(coordinates, false)])),
    },
  };
}

/** One group per kind of boundary and axis, with a mask that is true at the ends where it holds. */
function boundaryConditions({axes, boundary}: WellStructure): Hdf5GroupSpec {
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

export const gridOf = ({axes}: WellStructure): number[] => axes.map(({coordinates}) => coordinates.length);

/** Stored lengths of a field's axes of space and components. */
export function storedShape(contents: WellStructure, {order, along}: FieldContents): number[] {
  const {axes} = contents;
  const grid = gridOf(contents).filter((_, axis) => along?.[axis] ?? true);
  return [...grid, ...new Array<number>(order).fill(axes.length)];
}

function fieldGroup(contents: WellStructure, order: number): Hdf5GroupSpec {
  const {axes, fields, constantFields = [], times, trajectories} = contents;
  const along = (field: FieldContents) =>
    list(
      "bool",
      axes.map((_, axis) => field.along?.[axis] ?? true),
    );
  const variable = fields.filter((field) => field.order === order);
  const constant = constantFields.filter((field) => field.order === order);
  const datasets: [string, Hdf5DatasetSpec][] = [
    ...variable.map((field): [string, Hdf5DatasetSpec] => [
      field.name,
      {
        type: "float32",
        shape: [trajectories, times.length, ...storedShape(contents, field)],
        attributes: {...varying(true, true), dim_varying: along(field)},
      },
    ]),
    ...constant.map((field): [string, Hdf5DatasetSpec] => [
      field.name,
      {
        type: "float32",
        shape: field.values.shape,
        values: flat(field.values),
        attributes: {...varying(field.sampleVarying ?? false, false), dim_varying: along(field)},
      },
    ]),
  ];
  return {attributes: {field_names: names([...variable, ...constant])}, datasets: Object.fromEntries(datasets)};
}

function scalarDataset({trajectories, times}: WellStructure, value: number | ScalarContents): Hdf5DatasetSpec {
  if (typeof value === "number") {
    return {type: "float32", shape: [], values: [value], attributes: varying(false, false)};
  }
  const {sampleVarying = false, timeVarying = false, values} = value;
  const shape = [...(sampleVarying ? [trajectories] : []), ...(timeVarying ? [times.length] : [])];
  return {type: "float32", shape, values, attributes: varying(sampleVarying, timeVarying)};
}

/** Describe a file's groups, attributes and datasets. */
export function wellTree(contents: WellStructure): Hdf5GroupSpec {
  const {dataset, axes, trajectories, scalars, gridType = "cartesian", frameStride} = contents;
  const parameters = Object.entries(scalars).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  return {
    attributes: {
      dataset_name: scalar("string", dataset),
      grid_type: scalar("string", gridType),
      n_spatial_dims: scalar("int64", axes.length),
      n_trajectories: scalar("int64", trajectories),
      simulation_parameters: list(
        "string",
        parameters.map(([name]) => name),
      ),
      ...Object.fromEntries(parameters.map(([name, value]) => [name, scalar("float64", value)])),
      ...(frameStride !== undefined && {frame_stride: scalar("int64", frameStride)}),
    },
    groups: {
      boundary_conditions: boundaryConditions(contents),
      dimensions: dimensions(contents),
      scalars: {
        attributes: {field_names: list("string", Object.keys(scalars))},
        datasets: Object.fromEntries(
          Object.entries(scalars).map(([name, value]) => [name, scalarDataset(contents, value)]),
        ),
      },
      t0_fields: fieldGroup(contents, 0),
      t1_fields: fieldGroup(contents, 1),
      t2_fields: fieldGroup(contents, 2),
    },
  };
}

/**
 * See the tree of a file as an open file, so that the rules for reading a file hold before it is written.
 *
 * @param path of the file, in errors.
 */
export function plannedFile(path: string, root: Hdf5GroupSpec): MetadataSource {
  const find = (place: string): {group?: Hdf5GroupSpec; dataset?: Hdf5DatasetSpec} => {
    const names = place.split("/").filter(Boolean);
    const last = names.pop();
    const above = names.reduce((group: Hdf5GroupSpec | undefined, name) => group?.groups?.[name], root);
    return last === undefined ? {group: root} : {group: above?.groups?.[last], dataset: above?.datasets?.[last]};
  };
  return {
    path,
    kind: (place) => {
      const {group, dataset} = find(place);
      return dataset ? "dataset" : group && "group";
    },
    keys: (place) => {
      const {groups, datasets} = find(place).group ?? {};
      return Object.keys({...groups, ...datasets}).sort();
    },
    shape: (place) => [...find(place).dataset!.shape],
    attribute: (place, name) => {
      const {group, dataset} = find(place);
      const found = (group ?? dataset)?.attributes?.[name];
      return (found?.shape.length === 0 ? found.values[0] : found && Array.from(found.values)) as Hdf5Attribute;
    },
    read: (place, ranges) => {
      const values = Float32Array.from(find(place).dataset!.values as ArrayLike<number>, Number);
      return ranges ? values.slice(ranges[0][0], ranges[0][1]) : values; // all that metadata need have one axis
    },
  };
}
