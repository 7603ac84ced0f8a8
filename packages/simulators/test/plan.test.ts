import {cellCentres, distribute, FileBuilder, type FilePlan} from "../src/plan";
import type {TrajectoryRequest} from "../src/registry";

const request = (index: number) => ({seed: ["files", index]}) as unknown as TrajectoryRequest;
const plan: FilePlan = {
  system: "euler",
  dataset: "set",
  split: "train",
  name: "a.hdf5",
  scalars: {gamma: 1.4},
  times: Float32Array.of(0, 1),
  axes: [3, 4].map((count, i) => ({name: "xy"[i], coordinates: cellCentres(count), boundary: "periodic"})),
  requests: [request(0), request(1)],
};
const run = {steps: 1, updates: 12, seconds: 0.1};

/** A scalar and a vector that say where a value belongs. */
const trajectory = (b: number) => ({
  fields: {
    density: Float32Array.from({length: 24}, (_, i) => 1000 * b + i),
    momentum: Float32Array.from({length: 48}, (_, i) => 1000 * b + 100 + i),
  },
});

test("trajectories are distributed in turn", () => {
  expect(distribute(7, 3)).toEqual([3, 2, 2]);
  expect(distribute(1, 3)).toEqual([1, 0, 0]);
});

/** A draft that is full. */
function full(order: readonly number[]): FileBuilder {
  const draft = new FileBuilder(plan);
  const complete = order.map((b) => draft.place(b, {...run, steps: b}, () => trajectory(b).fields));
  expect(complete).toEqual([false, true]);
  return draft;
}

test("a draft is complete with its last trajectory, in whatever order they come", () => {
  const {fields, diagnostics, scalars} = full([1, 0]).take();
  const first = fields(0);
  const second = fields(1);
  expect(second.density.shape).toEqual([2, 3, 4]);
  expect(second.momentum.shape).toEqual([2, 3, 4, 2]);
  expect(second.density.get(1, 2, 3)).toBe(1023);
  expect(first.momentum.get(1, 0, 2, 1)).toBe(100 + 24 + 5);
  expect([diagnostics.map(({steps}) => steps), scalars]).toEqual([[0, 1], {gamma: 1.4}]);
});

test("frames that a file skips are left out", () => {
  const draft = new FileBuilder({...plan, requests: [request(0)], times: Float32Array.of(1), skipped: 1});
  draft.place(0, run, () => trajectory(0).fields);
  const {density, momentum} = draft.take().fields(0);
  expect([density.shape, momentum.shape]).toEqual([
    [1, 3, 4],
    [1, 3, 4, 2],
  ]);
  expect([density.get(0, 0, 0), momentum.get(0, 0, 0, 1)]).toEqual([12, 125]);
});
