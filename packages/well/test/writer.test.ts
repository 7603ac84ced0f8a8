import {existsSync, readFileSync} from "node:fs";
import ndarray from "ndarray";
import {sizeOf} from "@lola-ts/core";
import {systemOf} from "@lola-ts/simulators";
import {openWell} from "../src/well-dataset";
import {writeWell, writeWellFields, type WellContents} from "../src/writer";
import {temporaryFolder} from "../../../test/folder";
import {check} from "./checker";
import {contents, line, writeContents} from "./wells";

const folder = temporaryFolder();
const write = (name: string, what?: WellContents) => writeContents(folder(name), what);

test("views are written as what they show, and trajectories may come from a generator", async () => {
  const states = contents().states as ReturnType<typeof ndarray<Float32Array>>[];
  const grid = [4, 5];
  const what: WellContents = {
    ...contents(),
    axes: grid.map((n, axis) => ({name: "xy"[axis], coordinates: line(n, 1)})),
    states: (async function* () {
      for (const state of states) yield state.transpose(0, 2, 1, 3);
    })(),
  };
  const dataset = await openWell([await write("views.hdf5", what)]);
  expect(dataset.read(0).get(1, 3, 2, 4)).toBe(states[0].get(1, 2, 3, 4));
  dataset.close();
});

test("fields and channels give the same file, byte by byte", async () => {
  const what = contents();
  const {states: all, ...structure} = what;
  const states = all as ReturnType<typeof ndarray<Float32Array>>[];
  const fields = states.map((state) => ({
    ...Object.fromEntries(["energy", "density", "pressure"].map((name, c) => [name, state.pick(null, null, null, c)])),
    momentum: state.lo(0, 0, 0, 3),
  }));
  await writeWellFields(folder("fields.hdf5"), structure, fields);
  expect(readFileSync(folder("fields.hdf5")).equals(readFileSync(await write("channels.hdf5", what)))).toBe(true);
  const {momentum: _, ...scalars} = fields[1];
  await expect(writeWellFields(folder("fields.hdf5"), structure, [fields[0], scalars])).rejects.toThrow(
    "expected momentum of trajectory 1 of shape [4,5,4,2], found []",
  );
});

test("a NaN is refused", async () => {
  const what = contents();
  const [, state] = what.states as ReturnType<typeof ndarray<Float32Array>>[];
  state.set(2, 1, 1, 4, NaN);
  const path = folder("nan.hdf5");
  await expect(write("nan.hdf5", what)).rejects.toThrow(
    `${path}: expected finite values, found NaN in trajectory 1, state 2`,
  );
  expect(existsSync(path)).toBe(false);
});

test("contents that are not what they announce", async () => {
  const what = contents();
  const states = what.states as ReturnType<typeof ndarray<Float32Array>>[];
  const fails = (part: Partial<WellContents>) => expect(write("refused.hdf5", {...what, ...part})).rejects;
  await fails({trajectories: 4}).toThrow("expected 4 trajectories, found 3");
  await fails({trajectories: 2}).toThrow("expected 2 trajectories, found more");
  await fails({trajectories: 0}).toThrow("expected contents.trajectories to be a whole number of 1 or more, found 0");
  await fails({boundary: [[1, 1]]}).toThrow(
    "expected contents.boundary to be a list of 2 entries, each a list of 2 entries",
  );
  await fails({fields: [...systemOf("euler").fields].reverse()}).toThrow("expected scalar fields before vectors");
  await fails({states: states.map((s) => s.hi(3))}).toThrow(
    "expected trajectory 0 of shape [4,5,4,5], found [3,5,4,5]",
  );
});

describe("what a reader would refuse is refused before a file is made", () => {
  const {axes, fields, states} = contents();
  const [x, y] = axes;
  const [energy] = fields;
  const one = (states as ReturnType<typeof ndarray<Float32Array>>[])[0];
  // prettier-ignore
  const cases: [string, object, string][] = [
    ["times that decrease", {times: [0, 2, 1, 3]}, "/dimensions/time: expected times that do not decrease, found 1 after 2."],
    ["times beyond float32", {times: [0, 1, 2, 1e39]}, "/dimensions/time: expected finite times, found Infinity."],
    ["an axis twice", {axes: [x, {...y, name: x.name}]}, 'spatial_dims: expected names of objects, each once, found "x".'],
    ["an axis in the place of time", {axes: [{...x, name: "time"}, y]}, 'a text other than "time", found "time".'],
    ["a coordinate that is NaN", {axes: [{...x, coordinates: [0, NaN, 2, 3, 4]}, y]}, "expected finite coordinates, found NaN."],
    ["a field twice", {fields: [energy, ...fields]}, `field_names: expected names of objects, each once, found "${energy.name}".`],
    ["a path as a field", {fields: [{name: "a/b", order: 0}]}, 'expected names of objects, each once, found "a/b".'],
    ["a name that ends early", {fields: [{name: "a\0b", order: 0}]}, "expected names of objects, each once, found"],
    ["a field of order 3", {fields: [{name: "a", order: 3}]}, "expected contents.fields[0].order to be a whole number from 0 to 2, found 3."],
    ["no name of the dataset", {dataset: undefined}, "expected contents.dataset to be a text, found none."],
    ["a number as the dataset", {dataset: 7}, "expected contents.dataset to be a text, found 7."],
    ["a scalar in an attribute's place", {scalars: {grid_type: 1}}, "/@grid_type: expected a text, found 1."],
    ["a scalar beyond float32", {scalars: {gamma: 1e39}}, "expected finite values, found 1e+39 in gamma."],
    ["an unknown option", {frames: 4}, 'unknown option "contents.frames"; did you mean "contents.'],
    ["no axes", {axes: undefined}, "expected contents.axes to be a list of axes, found none."],
    ["no boundary", {boundary: undefined}, "expected contents.boundary to be codes of each axis, found none."],
    ["no times", {times: undefined}, "expected contents.times to be a row of numbers, found none."],
    ["no scalars", {scalars: undefined}, "expected contents.scalars to be numbers by name, found none."],
    ["no states", {states: undefined}, "expected contents.states to be a list of trajectories, found none."],
    ["one array for the list", {states: one}, "expected contents.states to be a list of trajectories, found an array [4, 5, 4, 5]; write ["],
  ];
  test.each(cases)("%s", async (_, part, sentence) => {
    const path = folder("never.hdf5");
    const written = writeWell(path, {...contents(), ...part});
    await expect(written).rejects.toThrow(sentence);
    await expect(written).rejects.toThrow(path);
    expect(existsSync(path)).toBe(false);
  });

  test("no contents, and a number for the path", async () => {
    const nothing = writeWell(folder("never.hdf5"), undefined as never);
    await expect(nothing).rejects.toThrow(
      "never.hdf5: expected contents to be options such as {dataset: ...}, found none.",
    );
    await expect(writeWell(7 as never, contents())).rejects.toThrow("writeWell: expected path to be a text, found 7.");
  });
});

describe("constant fields, fields that an axis does not need, and scalars of each trajectory and state", () => {
  const grid = [5, 4];
  const frames = 4;
  const trajectories = 3;
  const count = (shape: number[]) =>
    ndarray(
      Float32Array.from({length: sizeOf(shape)}, (_, i) => i),
      shape,
    );
  const base = contents();
  const what: WellContents = {
    ...base,
    scalars: {
      gamma: 1.5,
      seed: {sampleVarying: true, values: [7, 8, 9]},
      drive: {timeVarying: true, values: [1, 2, 3, 4]},
      both: {sampleVarying: true, timeVarying: true, values: Array.from({length: 12}, (_, i) => i)},
    },
    fields: [
      {name: "profile", order: 0, along: [false, true]},
      {name: "velocity", order: 1},
      {name: "shear", order: 1, along: [true, false]},
    ],
    constantFields: [
      {name: "speed", order: 0, values: count(grid)},
      {name: "height", order: 0, values: count([trajectories, 5]), sampleVarying: true, along: [true, false]},
      {name: "metric", order: 2, values: count([...grid, 2, 2])},
    ],
    states: Array.from({length: trajectories}, (_, trajectory) => {
      const state = count([frames, ...grid, 5]);
      for (let t = 0; t < frames; t++) {
        for (let x = 0; x < grid[0]; x++) {
          for (let y = 0; y < grid[1]; y++) {
            state.set(t, x, y, 0, 100 * trajectory + 10 * t + y);
            for (const c of [3, 4]) state.set(t, x, y, c, 100 * trajectory + 10 * x + t + c);
          }
        }
      }
      return state;
    }),
  };

  test("what is written breaks no rule of the checker, and is read again", async () => {
    const path = await write("constants.hdf5", what);
    expect(await check(path)).toEqual([]);
    const dataset = await openWell([path]);
    expect(dataset.channels).toEqual(["profile", "velocity_x", "velocity_y", "shear_x", "shear_y"]);
    expect(dataset.constantChannels).toEqual(["speed", "height", "metric_xx", "metric_xy", "metric_yx", "metric_yy"]);
    const states = what.states as ReturnType<typeof count>[];
    states.forEach((state, i) => expect(dataset.read(i).data).toEqual(state.data));
    const constants = dataset.readConstants(2);
    expect(constants.shape).toEqual([...grid, 6]);
    expect([0, 1, 2, 5].map((c) => constants.get(3, 1, c))).toEqual([13, 13, 4 * 13, 4 * 13 + 3]);
    expect(dataset.scalars).toEqual(["gamma", "seed"]);
    expect([...dataset.label(1)].slice(0, 2)).toEqual([1.5, 8]);
    expect(dataset.variableScalars).toEqual(["drive", "both"]);
    const scalars = dataset.readScalars(2, {start: 1, stride: 2});
    expect(scalars.shape).toEqual([2, 2]);
    expect([...scalars.data]).toEqual([2, 9, 4, 11]);
    dataset.close();
  });

  test("what does not fit is refused", async () => {
    const fails = (part: Partial<WellContents>) => expect(write("unfit.hdf5", {...what, ...part})).rejects;
    await fails({fields: [{name: "profile", order: 0, along: [true]}]}).toThrow(
      "expected contents.fields[0].along to be a list of 2 entries, each true or false, found [ true ]",
    );
    const steady = what.fields.map((field) => ({...field, along: [true, false]}));
    await fails({fields: steady}).toThrow("expected profile constant along axis 1, found 0 and 1");
    await fails({constantFields: [{name: "speed", order: 1, values: count(grid)}]}).toThrow(
      "expected speed of shape [5,4,2], found [5,4]",
    );
    await fails({scalars: {drive: {timeVarying: true, values: [1]}}}).toThrow("expected 4 values of drive, found 1");
    await fails({scalars: {gamma: NaN}}).toThrow("expected finite values, found NaN in gamma");
  });
});
