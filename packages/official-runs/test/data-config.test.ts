import {standardization} from "lola/data";
import {systemOf} from "@lola-ts/simulators";
import {dataOf, officialData, officialTrajectory, runData, runTrajectory, type RunData} from "../src/data-config";

const rayleigh = {
  name: "rayleigh_benard",
  physics: ["rayleigh_benard"],
  include_filters: [],
  dimensions: ["x", "y"],
  periodic: true,
  fields: ["buoyancy", "pressure", "velocity_x", "velocity_y"],
  transform: {},
  stats: {mean: [0.38, 0.01, 0, 0], std: [0.25, 0.15, 0.21, 0.18]},
  augment: ["log_scalars", "random_axis_flip", "random_axis_roll"],
};
const gravity = {
  name: "gravity_cooling",
  physics: ["turbulence_gravity_cooling"],
  dimensions: ["x", "y", "z"],
  periodic: false,
  fields: ["density", "pressure", "temperature", "velocity_x", "velocity_y", "velocity_z"],
  transform: {0: "log_eps", 1: "log_eps", 2: "log_eps"},
  stats: {mean: [-1.75, -4.2, 5.5, 0, 0, 0], std: [0.95, 1.75, 1.1, 0.5, 0.5, 0.5]},
  augment: ["log_scalars", "random_axis_flip", "random_axis_permute"],
};

/** A section as a reader of YAML returns it. */
const plain = (data: RunData) => {
  const {transform, ...rest} = officialData(data);
  return {...rest, transform: Object.fromEntries(transform as Map<number, string>)};
};

test.each([
  ["rayleigh-benard", rayleigh],
  ["gravity-cooling", gravity],
] as const)("the official section of %s has that system's specification", (name, official) => {
  const system = systemOf(name);
  const data = runData(official);
  expect(data).toMatchObject({
    system: name,
    axes: system.axes,
    channels: system.channels,
    augment: system.augment,
    logScalars: true,
    standardization: standardization(system),
  });
  expect(runData(plain(data))).toEqual(data);
});

test("our data are described for official readers, transforms by number", () => {
  const system = systemOf("euler");
  const data = dataOf(system, standardization(system), {physics: [system.folders[1]], periodic: true});
  expect(officialData(data).transform).toEqual(new Map([0, 1, 2].map((channel) => [channel, "log1p"])));
  expect(runData(plain(data))).toEqual(data);
});

test.each([
  [{stats: {mean: [1], std: [1]}}, "dataset.stats.mean: expected a list of 4 entries, each a finite number"],
  [
    {stats: {...rayleigh.stats, std: [1, 1, 0, 1]}},
    "dataset.stats.std: expected a list of 4 entries, each a positive number, found [ 1, 1, 0, 1 ]",
  ],
  [{transform: {0: "sqrt"}}, 'dataset.transform.0: expected "log" or "log1p" or "log_eps" or "arcsinh"'],
  [
    {transform: {4: "log"}},
    'dataset.transform.4: expected numbers of channels below 4, the number of dataset.fields, found "log".',
  ],
  [{fields: ["a"], transform: {1: "log"}}, "dataset.transform.1: expected numbers of channels below 1"],
  [
    {fields: ["buoyancy", "pressure", "velocity_y", "velocity_x"]},
    "dataset.fields: expected vectors in the order of the axes x, y, found velocity_x after velocity_y.",
  ],
  [{physics: "x"}, 'dataset.physics: expected a list of different folders\' names without slashes, found "x".'],
  [{physics: ["constructor"]}, "found [ 'constructor' ]"],
  [{physics: ["__proto__"]}, "found [ '__proto__' ]"],
  [{include_filters: 3}, "dataset.include_filters: expected a list, each a text, found 3."],
  [{name: ["a"]}, "dataset.name: expected a text, found [ 'a' ]."],
  [{augment: ["noise"]}, "dataset.augment: expected random_axis_flip"],
  [{fields: undefined}, "dataset.fields: expected a list without repetition, each a text, found none"],
  [{fields: ["a", "a", "b", "c"]}, "dataset.fields: expected a list without repetition"],
  [{physics: ["../../etc"]}, "dataset.physics: expected a list of different folders' names without slashes"],
  [{physics: [".."]}, "folders' names without slashes"],
  [{physics: "/etc"}, "folders' names without slashes"],
  [{dimensions: ["x", "x"]}, "dataset.dimensions: expected a list of 2 or 3 different names, found [ 'x', 'x' ]"],
  [{dimensions: ["x"]}, "dataset.dimensions: expected a list of 2 or 3 different names"],
  [{periodic: "false"}, 'dataset.periodic: expected true or false, found "false"'],
  [{fild: 1}, 'dataset: unknown option "fild"; did you mean "fields"?'],
])("a section is refused: %j", (change, message) => {
  expect(() => runData({...rayleigh, ...change})).toThrow(message);
});

test("windows are read, and written as they were", () => {
  const official = {length: 5, stride: 4, context: {lmbda: 1, rho: 0.66, atleast: 1}};
  const trajectory = runTrajectory(official);
  expect(trajectory).toEqual({length: 5, stride: 4, context: {lambda: 1, rho: 0.66, atLeast: 1}});
  expect(officialTrajectory(trajectory)).toEqual(official);
  expect(() => runTrajectory({...official, length: 0})).toThrow("trajectory.length: expected a whole number from 1");
});
