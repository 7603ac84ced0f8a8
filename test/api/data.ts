/** Calls of standardisation, augmentation and batches. */
import * as lola from "./public";
import type {Calls} from "./judge";
import {field} from "./samples";

const constants = () => ({transform: ["identity", "log1p"], mean: [0.5, 1], std: [1, 2]});
const fields = () => [
  {name: "density", order: 0},
  {name: "velocity", order: 1},
];
const boundary = () => [
  [2, 2],
  [0, 1],
];
const source = () => new lola.MemorySource(field([3, 5, 4, 4, 3]));
const batches = () => ({
  window: 2,
  stride: 1,
  batch: 2,
  seed: 0,
  augment: {
    fields: fields(),
    boundaries: [boundary(), boundary(), boundary()],
    flip: true,
    permute: true,
    roll: [2, true],
  },
  labels: [Float32Array.of(1), Float32Array.of(2), Float32Array.of(3)],
});

/** What may be another number or name in options of batches. */
const ofBatches = ["*.seed: -1", "*.name: another text", "*.boundaries.0.0: -1", "*.labels.0: *"];

export const dataCalls: Calls = {
  standardize: {
    call: lola.standardize,
    args: () => [field([3, 4, 4, 2]), constants()],
    fine: ["0: fewer axes", "1.mean: -1"],
  },
  unstandardize: {
    call: lola.unstandardize,
    args: () => [field([3, 4, 4, 2]), constants()],
    fine: ["0: fewer axes", "1.mean: -1"],
  },
  standardization: {call: lola.standardization, args: () => [lola.systemOf("euler")]},
  augment: {
    call: lola.augment,
    args: () => [field([2, 4, 3, 3]), fields(), {flip: [true, false], permutation: [1, 0], shift: [1, 0]}],
    fine: ["1.0.name: another text", "2.shift: -1"],
  },
  randomAugmentation: {
    call: lola.randomAugmentation,
    args: () => [lola.Rng.from("moves"), {grid: [4, 4], boundary: boundary(), gridType: "cartesian", roll: [2, 4]}],
    fine: ["1.gridType: another text", "1.boundary.0: -1"],
  },
  MemorySource: {
    call: (states: never) => new lola.MemorySource(states).read(1, {start: 1, length: 2}),
    args: () => [field([3, 5, 4, 4, 2])],
    fine: ["0: another length"],
  },
  Batches: {
    call: (...args: [never, never]) => new lola.Batches(...args).next(),
    args: () => [source(), batches()],
    fine: ofBatches,
  },
  openBatches: {
    call: (...args: [never, never]) => lola.openBatches(...args).next(),
    args: () => [source(), batches()],
    fine: ofBatches,
    says: ["Batches"],
  },
  countWindows: {call: lola.countWindows, args: () => [5, 2, 1]},
  evaluationWindow: {call: lola.evaluationWindow, args: () => [9, {start: 1, stride: 2, context: 1}]},
  fitStandardization: {
    call: lola.fitStandardization,
    args: () => [
      source(),
      {transform: ["identity", "log1p", "identity"], fields: fields(), vector: "component", workers: 0},
    ],
    fine: ["1.fields.0.name: another text"],
  },
};
