/** Public functions that take an array see its values, however they lie in memory. */
import {readFileSync} from "node:fs";
import ndarray, {type NdArray} from "ndarray";
import {
  animate,
  augment,
  Batches,
  decodeRollout,
  decodeStates,
  displayedView,
  encodeStates,
  evaluateRollout,
  figure4,
  fieldOf,
  fieldViews,
  firstFrame,
  fitGaussian,
  fitStandardization,
  imageOf,
  limitsIn,
  limitsOf,
  MemorySource,
  rolloutEnsemble,
  snapshot,
  spatialMean,
  standardization,
  standardize,
  systemOf,
  tiles,
  trainingMean,
  trajectoryAt,
  unstandardize,
  writeWell,
} from "./api/public";
import {flat, Rng, sizeOf} from "@lola-ts/core";
import {augmentation} from "../lib/data/augment";
import type {Emulator} from "../lib/emulate/emulators";
import {temporaryFolder} from "./folder";
import {tinyAutoencoder} from "./tiny";
import {contents} from "../packages/well/test/wells";

type Array32 = NdArray<Float32Array>;

const folder = temporaryFolder();
const system = systemOf("euler");
const constants = standardization(system);
const channels = system.channels.length;

/** Positive random values: densities and pressures must be. */
function random(...shape: number[]): Array32 {
  const generator = Rng.from("views", ...shape);
  return ndarray(
    Float32Array.from({length: sizeOf(shape)}, () => generator.uniform(0.5, 1.5)),
    shape,
  );
}

/** The same values with all axes stored in the opposite order. */
function transposed(array: Array32): Array32 {
  const axes = array.shape.map((_, axis) => axis).reverse();
  const mirrored = array.transpose(...axes);
  return ndarray(flat(mirrored).slice(), mirrored.shape).transpose(...axes);
}

/** The same values inside a larger array of NaN. */
function inside(array: Array32): Array32 {
  const shape = array.shape.map((n) => n + 2);
  const view = ndarray(new Float32Array(sizeOf(shape)).fill(NaN), shape)
    .lo(...array.shape.map(() => 1))
    .hi(...array.shape);
  const values = flat(array);
  const index = array.shape.map(() => 0);
  for (let i = 0; i < values.length; i++) {
    view.set(...([...index, values[i]] as [number, number]));
    for (let axis = index.length - 1; axis >= 0 && ++index[axis] === array.shape[axis]; axis--) index[axis] = 0;
  }
  return view;
}

const trajectory = random(4, 8, 8, channels);
const ensemble = random(3, 4, 8, 8, channels);
const trajectories = random(2, 4, 8, 8, channels);
const image = random(6, 5);
const view = displayedView(system);

const model = tinyAutoencoder({pixChannels: channels});
afterAll(() => model.dispose());

/** Adds 1 and the label to what it completes. */
const emulator: Emulator = (states, _mask, label) => states.add(1).add(label!.reshape([-1, 1, 1, 1, 1]));

const source = (array: Array32) => ({
  shape: array.shape,
  read: (n: number, {start = 0, length = array.shape[1]}: {start?: number; length?: number} = {}) =>
    array.pick(n).lo(start).hi(length),
});

type Case = [name: string, array: Array32, run: (array: Array32) => unknown];

const cases: Case[] = [
  ["standardize", trajectory, (x) => standardize(x, constants)],
  ["unstandardize", trajectory, (x) => unstandardize(x, constants)],
  [
    "augment",
    trajectory,
    (x) => augment(x, system.fields, augmentation(2, {permutation: [1, 0], flip: [true, false]})),
  ],
  ["MemorySource", trajectories, (x) => new MemorySource(x).read(1, {start: 1, stride: 2})],
  ["Batches", trajectories, (x) => new Batches(source(x), {window: 2, batch: 3, seed: 0}).next().x],
  [
    "Batches with augmentations",
    trajectories,
    (x) => {
      const codes = [0, 1].map(() => [0, 1].map(() => [2, 2] as const));
      const change = {fields: system.fields, boundaries: codes};
      return new Batches(source(x), {window: 2, batch: 3, seed: 0, augment: change}).next().x;
    },
  ],
  [
    "fitStandardization",
    trajectories,
    (x) => fitStandardization(source(x), {transform: constants.transform, fields: system.fields}),
  ],
  ["encodeStates", trajectory, (x) => encodeStates(model, x)],
  ["decodeStates", random(4, 2, 2, model.config.latChannels), (x) => decodeStates(model, x)],
  ["trajectoryAt", trajectories, (x) => trajectoryAt(x, 1)],
  [
    "decodeRollout",
    random(2, 3, 4, 2, 2, model.config.latChannels),
    (states) =>
      decodeRollout(
        {method: {kind: "diffusion", latentChannels: 4}, trajectories: [0, 1], states, key: ""},
        1,
        constants,
        model,
      ),
  ],
  [
    "rolloutEnsemble",
    trajectories,
    (x) => rolloutEnsemble(emulator, x, {steps: 5, window: 3, members: 2, label: random(2, 1)}),
  ],
  [
    "rolloutEnsemble, labels",
    random(2, 1),
    (label) => rolloutEnsemble(emulator, trajectories, {steps: 5, window: 3, label}),
  ],
  ["evaluateRollout, truth", trajectory, (x) => evaluateRollout(x, ensemble, {fields: system.channels})],
  ["evaluateRollout, ensemble", ensemble, (x) => evaluateRollout(trajectory, x, {fields: system.channels})],
  ["firstFrame", trajectory, (x) => evaluateRollout(trajectory, firstFrame(x))],
  ["spatialMean", trajectory, (x) => evaluateRollout(trajectory, spatialMean(x))],
  ["trainingMean", trajectory, (x) => evaluateRollout(trajectory, trainingMean([x, trajectory]))],
  ["fitGaussian", random(20, 3), (x) => fitGaussian(x)],
  ["fieldOf", trajectory, (x) => fieldOf(x, 2, 1)],
  ["imageOf", trajectory, (x) => imageOf(x, 2, view)],
  ["snapshot", trajectory, (x) => snapshot(x, {fields: fieldViews(system)})],
  ["animate", trajectory, (x) => animate(x, {views: [view]})],
  ["limitsOf", image, (x) => limitsOf([x])],
  ["limitsIn", image, (x) => limitsIn([x])],
  ["tiles", image, (x) => tiles({columns: ["a"], rows: [{label: "b", fields: [x], limits: [0, 1]}]})],
  ["figure4", image, (x) => figure4([{method: "ground truth", fields: [x]}], {leads: [0]})],
  [
    "writeWell",
    random(4, 5, 4, 5),
    async (states) => {
      const path = folder("one.hdf5");
      await writeWell(path, {...contents(), trajectories: 1, states: [states]});
      return readFileSync(path);
    },
  ],
];

/** Results as plain data: arrays by their shape and values. */
function plain(result: unknown): unknown {
  const array = result as Array32;
  return result && typeof result === "object" && "stride" in result ? [array.shape, [...flat(array)]] : result;
}

test.each(cases)("%s honours strides and offsets", async (_, array, run) => {
  const expected = plain(await run(array));
  expect(plain(await run(transposed(array)))).toEqual(expected);
  expect(plain(await run(inside(array)))).toEqual(expected);
});

test("the views of these tests lie otherwise in memory, with the same values", () => {
  for (const [, array] of cases) {
    for (const view of [transposed(array), inside(array)]) {
      expect(view.shape).toEqual(array.shape);
      expect([...flat(view)]).toEqual([...flat(array)]);
    }
    expect(inside(array).offset).toBeGreaterThan(0);
  }
});
