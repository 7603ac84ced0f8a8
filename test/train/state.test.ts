import {sizeOf} from "@lola-ts/core";
import {Layout} from "../../lib/nn/module";
import {tf} from "@lola-ts/engine";
import {adamW} from "../../lib/train/optimisers/adamw";
import type {Checkpoint} from "../../lib/train/checkpoint";
import {beginState, disposeState, restoreState, stateTensors} from "../../lib/train/state";

const ramp = (_: unknown, shape: readonly number[]) => Float32Array.from({length: sizeOf(shape)}, (_, i) => i);
const layout = new Layout({w: {shape: [2, 3], init: ramp}, b: {shape: [2], init: ramp}});
const model = {layout, weights: tf.tensor1d(layout.initialise(0))};
const options = {optimiser: adamW(), steps: 10};

const checkpoint = (changes: Partial<Checkpoint> = {}): Checkpoint => ({
  config: null,
  step: 4,
  weights: layout.toOfficial(Float32Array.from({length: 8}, (_, i) => 10 + i)),
  optimiser: {
    name: adamW().name,
    updates: 3,
    state: adamW()
      .initial(layout)
      .map(({shape, size}) => ({shape, data: new Float32Array(size).fill(7)})),
  },
  history: {loss: new Float32Array(4), norm: new Float32Array(4), validation: []},
  ...changes,
});

test("begins with copies that can be freed without the model's weights", () => {
  const before = tf.memory().numTensors;
  const state = beginState(model, {...options, ema: 0.9});
  expect(stateTensors(state)).toHaveLength(3 + state.optimiser.length);
  disposeState(state);
  expect(tf.memory().numTensors).toBe(before);
  expect(Array.from(model.weights.dataSync())).toEqual([0, 1, 2, 3, 4, 5, 0, 1]);
});

test("restores what a checkpoint holds", () => {
  const {weights, updates, optimiser} = restoreState(layout, options, checkpoint());
  expect(Array.from(weights.dataSync())).toEqual([10, 11, 12, 13, 14, 15, 16, 17]);
  expect(updates.dataSync()[0]).toBe(3);
  expect(optimiser.every((tensor) => tensor.dataSync().every((value) => value === 7))).toBe(true);
});

test.each([
  ["too many steps", checkpoint({step: 11}), options, "at most 10 steps, found one of 11"],
  ["another optimiser", checkpoint({optimiser: {name: "soap", updates: 0, state: []}}), options, "found soap"],
  ["no average where one is expected", checkpoint(), {...options, ema: 0.9}, "a moving average, found none"],
])("refuses a checkpoint with %s", (_, saved, wanted, message) => {
  expect(() => restoreState(layout, wanted, saved)).toThrow(message);
});
