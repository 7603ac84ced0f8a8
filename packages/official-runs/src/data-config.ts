/** Data sections of a run's configuration: fields, standardisation, augmentations, windows and labels. */
import {
  isPlainObject,
  having,
  checkOptions,
  choose,
  flag,
  list,
  number,
  oneOf,
  optional,
  section,
  text,
  type Transform,
} from "@lola-ts/core";
import {checkConstants, type Standardization} from "lola/data";
import {systemNames, systemOf, type System} from "@lola-ts/simulators";
import {Options, type Section} from "./options";
import {count, countFrom0, share} from "lola/nn";
import {axisNames, fieldDeviation, fieldNames, fieldNumber, folderNames} from "./official-config";

export interface RunData {
  readonly name: string;
  /** Names of the dataset folders in The Well. */
  readonly physics: readonly string[];
  /** The paper's system of these folders, if they have one. */
  readonly system?: string;
  readonly axes: readonly string[];
  readonly channels: readonly string[];
  readonly periodic: boolean;
  /** Standardisation of physical fields. */
  readonly standardization: Standardization;
  readonly augment: {readonly flip: boolean; readonly permute: boolean; readonly roll: boolean};
  /** True if labels hold logarithms, as labels of `label()` do; no difference for Euler. */
  readonly logScalars: boolean;
}

/** Training windows of an emulator. */
export interface RunTrajectory {
  /** Number of states of a window. */
  readonly length: number;
  /** Number of stored states from one state to the next. */
  readonly stride: number;
  /** Official distribution of contexts: Poisson(lambda) modulo the window, at its start with probability rho. */
  readonly context: {readonly lambda: number; readonly rho: number; readonly atLeast: number};
}

const TRANSFORMS: Readonly<Record<string, Transform>> = {
  log: "log",
  log1p: "log1p",
  log_eps: "logEps",
  arcsinh: "arcsinh",
};

const AUGMENTATIONS = {flip: "random_axis_flip", permute: "random_axis_permute", roll: "random_axis_roll"};
const LOGARITHMS = "log_scalars";

const poisson = number({min: 0, max: 500}); // as a draw of it can be

export const dataRule = (fields: number) =>
  section<RunData>({
    name: text,
    physics: folderNames,
    system: optional(text),
    axes: axisNames,
    channels: list(text, {length: fields, repeats: false}),
    periodic: flag,
    standardization: section({
      transform: list(oneOf(["identity", ...Object.values(TRANSFORMS)]), {length: fields}),
      mean: list(fieldNumber, {length: fields}),
      std: list(fieldDeviation, {length: fields}),
    }),
    augment: section({flip: flag, permute: flag, roll: flag}),
    logScalars: flag,
  });

export const anyDataRule = choose((data) =>
  dataRule(isPlainObject(data) && Array.isArray(data.channels) ? data.channels.length : 1),
);

export const trajectoryRule = section<RunTrajectory>({
  length: count,
  stride: count,
  context: section({lambda: poisson, rho: share, atLeast: countFrom0}),
});

/** Read the section `dataset`. @throws Error naming the first option that is missing, of another kind, or unknown. */
export function runData(official: unknown, where = "dataset"): RunData {
  const options = new Options(official, where);
  options.texts("include_filters", []);
  const channels = options.get("fields", fieldNames);
  const axes = options.get("dimensions", axisNames, ["x", "y"]);
  requireVectors(`${where}.fields`, channels, axes);
  const physics = options.get("physics", folderNames);
  const stats = options.section("stats");
  const augment = options.texts("augment", []);
  const known = Object.values(AUGMENTATIONS);
  const [flip, permute, roll] = known.map((name) => augment.includes(name));
  if (!augment.every((name) => name === LOGARITHMS || known.includes(name))) {
    options.fail("augment", `${known.join(", ")} or ${LOGARITHMS}`);
  }
  const data: RunData = {
    name: options.get("name", text, physics[0]),
    physics,
    ...systemOfFolders(physics),
    axes,
    channels,
    periodic: options.get("periodic", flag, false),
    standardization: {
      transform: transforms(options.section("transform"), channels.length),
      mean: stats.get("mean", list(fieldNumber, {length: channels.length})),
      std: stats.get("std", list(fieldDeviation, {length: channels.length})),
    },
    augment: {flip, permute, roll},
    logScalars: augment.includes(LOGARITHMS),
  };
  stats.done();
  options.done();
  return data;
}

/** Require that the components of a vector stand in the order of the axes. @throws Error naming two that do not. */
export function requireVectors(where: string, channels: readonly string[], axes: readonly string[]): void {
  for (const [i, channel] of channels.entries()) {
    const axis = axes.findIndex((name) => channel.endsWith(`_${name}`));
    const vector = axis < 0 ? "" : channel.slice(0, -axes[axis].length);
    const later = axes.slice(0, Math.max(axis, 0)).find((name) => channels.indexOf(vector + name) > i);
    if (later === undefined) continue;
    const found = `${vector}${later} after ${channel}`;
    throw new Error(`${where}: expected vectors in the order of the axes ${axes.join(", ")}, found ${found}.`);
  }
}

/** Read one transform per channel; the section has the indices of channels whose transform is not the identity. */
function transforms(options: Options, channels: number): Transform[] {
  const beyond = options.keys().find((key) => /^\d+$/.test(key) && Number(key) >= channels);
  if (beyond !== undefined) options.fail(beyond, `numbers of channels below ${channels}, the number of dataset.fields`);
  const list = Array.from({length: channels}, (_, channel): Transform => {
    const key = `${channel}`;
    return options.has(key) ? TRANSFORMS[options.get(key, oneOf(Object.keys(TRANSFORMS)))] : "identity";
  });
  options.done();
  return list;
}

function systemOfFolders(physics: readonly string[]): {system?: string} {
  const system = systemNames.find((name) => physics.every((folder) => systemOf(name).folders.includes(folder)));
  return system && physics.length > 0 ? {system} : {};
}

/** Describe the training data of a model of this laboratory. */
export function dataOf(
  system: System,
  standardization: Standardization,
  {physics = system.folders, periodic = false}: {physics?: readonly string[]; periodic?: boolean} = {},
): RunData {
  checkOptions("dataOf", having("a system", "name", "axes", "channels", "augment"), system, "system");
  checkConstants("dataOf", standardization);
  const {name, axes, channels, augment} = system;
  return {name, physics, system: name, axes, channels, periodic, standardization, augment, logScalars: true};
}

/** Write the section `dataset`, its transforms under numbers, not texts. */
export function officialData(data: RunData): Section {
  const {standardization: constants, augment} = data;
  const official = new Map(Object.entries(TRANSFORMS).map(([theirs, ours]) => [ours, theirs]));
  const transformed = constants.transform.map((name, channel) => [channel, official.get(name)] as const);
  return {
    name: data.name,
    physics: [...data.physics],
    include_filters: [],
    dimensions: [...data.axes],
    periodic: data.periodic,
    fields: [...data.channels],
    transform: new Map(transformed.filter(([, name]) => name !== undefined)),
    stats: {mean: [...constants.mean], std: [...constants.std]},
    augment: [
      ...(data.logScalars ? [LOGARITHMS] : []),
      ...Object.entries(AUGMENTATIONS).flatMap(([key, name]) => (augment[key as keyof typeof augment] ? [name] : [])),
    ],
  };
}

/** Read the section `trajectory`. @throws Error naming the first option that is missing, of another kind, or unknown. */
export function runTrajectory(official: unknown, where = "trajectory"): RunTrajectory {
  const options = new Options(official, where);
  const context = options.section("context");
  const trajectory: RunTrajectory = {
    length: options.get("length", count),
    stride: options.get("stride", count, 1),
    context: {
      lambda: context.get("lmbda", poisson, 1),
      rho: context.get("rho", share, 0.5),
      atLeast: context.get("atleast", countFrom0, 0),
    },
  };
  context.done();
  options.done();
  return trajectory;
}

export function officialTrajectory({length, stride, context}: RunTrajectory): Section {
  return {length, stride, context: {lmbda: context.lambda, rho: context.rho, atleast: context.atLeast}};
}

/** Metadata of a run: configuration, data and window settings. */
export interface RunMetadata {
  /** Whole configuration of the file, plain data. */
  readonly config?: Section;
  /** Fields, standardisation and labels. */
  readonly data?: RunData;
  /** Windows of an emulator's training. */
  readonly trajectory?: RunTrajectory;
}
