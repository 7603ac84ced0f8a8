/** Select fields and scalars of a dataset's files by name, and check that the files are alike. */
import {dirname} from "node:path";
import type {System} from "@lola-ts/simulators";
import type {WellFile} from "./file";
import {WellError, type WellField, type WellScalar} from "./metadata";

/** The fields and scalars that a dataset consists of. */
export interface WellSelection {
  readonly fields: readonly WellField[];
  readonly constantFields: readonly WellField[];
  readonly scalars: readonly string[];
  readonly variableScalars: readonly WellScalar[];
}

/** The facts about a system that its files must agree with: plain data, which threads can be sent. */
export type SelectedSystem = Pick<System, "name" | "axes" | "fields" | "scalars">;

/** Copy the facts about a system that its files must agree with. */
export function selectedSystem({name, axes, fields, scalars}: SelectedSystem): SelectedSystem {
  return {name, axes, fields, scalars};
}

export interface SelectionOptions {
  /** Require a system's axes, fields and scalars; only these are read, by name, in its order. */
  system?: SelectedSystem;
  /** Read these fields only, in this order. Default: all. */
  fields?: readonly string[];
}

/** Select the fields and scalars of a file. @throws WellError naming the one that the file lacks. */
export function select(file: WellFile, {system, fields: wanted}: SelectionOptions): WellSelection {
  const {fields, constantFields, scalars, variableScalars} = file.metadata;
  if (system) return selectSystem(file, system);
  const all = {fields, constantFields, scalars: scalars.map(({name}) => name), variableScalars};
  if (!wanted) return all;
  const every = [...fields, ...constantFields];
  const chosen = wanted.map((name) => every.find((field) => field.name === name) ?? missing(file, wanted, every));
  if (!chosen.some((field) => field.timeVarying)) missing(file, wanted, fields);
  return {
    ...all,
    fields: chosen.filter((field) => field.timeVarying),
    constantFields: chosen.filter((field) => !field.timeVarying),
  };
}

function missing(file: WellFile, wanted: readonly string[], found: readonly WellField[]): never {
  const names = found.map(({name}) => name).join(", ");
  throw new WellError(file.path, file.metadata.dataset, "fields", wanted.join(", "), names);
}

function selectSystem(file: WellFile, system: SelectedSystem): WellSelection {
  const {dataset, gridType, axes, fields, scalars} = file.metadata;
  const fail = (where: string, expected: readonly string[], found: readonly string[]): never => {
    throw new WellError(file.path, dataset, where, `${expected.join(", ")} of system ${system.name}`, found.join(", "));
  };
  if (gridType !== "cartesian") fail("/@grid_type", ["cartesian"], [gridType]);
  if (axes.join() !== system.axes.join()) fail("axes", system.axes, axes);
  const parameters = system.scalars.map(({name}) => name);
  const names = scalars.map(({name}) => name);
  if (parameters.some((name) => !names.includes(name))) fail("scalars", parameters, names);
  const chosen = system.fields.map(
    ({name, order}) =>
      fields.find((field) => field.name === name && field.order === order) ??
      fail("fields", titles(system.fields), titles(fields)),
  );
  return {fields: chosen, constantFields: [], scalars: parameters, variableScalars: []};
}

const titles = (list: readonly {name: string; order: number}[]): string[] =>
  list.map(({name, order}) => `t${order}/${name}`);

/** Check that a file is like the first one of the dataset. @throws WellError naming the difference. */
export function requireAlike(first: WellFile, file: WellFile, options: SelectionOptions): void {
  const a = first.metadata;
  const b = file.metadata;
  const same = (where: string, expected: unknown, found: unknown): void => {
    if (JSON.stringify(expected) === JSON.stringify(found)) return;
    const reason = `${JSON.stringify(expected)} as in ${first.path}`;
    throw new WellError(file.path, b.dataset, where, reason, JSON.stringify(found));
  };
  if (dirname(file.path) === dirname(first.path)) same("/@dataset_name", a.dataset, b.dataset);
  same("/@grid_type", a.gridType, b.gridType);
  same("/@frame_stride", a.frameStride, b.frameStride);
  same("/dimensions@spatial_dims", a.axes, b.axes);
  same("grid", a.grid, b.grid);
  const expected = select(first, options);
  const found = select(file, options);
  same("fields", titles(expected.fields), titles(found.fields));
  same("constant fields", titles(expected.constantFields), titles(found.constantFields));
  const names = ({variableScalars}: WellSelection) => variableScalars.map(({name}) => name);
  same("scalars of each state", names(expected), names(found));
  if (expected.scalars.some((name) => !found.scalars.includes(name))) {
    same("/scalars", expected.scalars, found.scalars);
  }
}
