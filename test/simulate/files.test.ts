import {cellCentres, channelLast, deal, Draft, type FilePlan} from "../../lib/simulate/files";
import type {TrajectoryRequest} from "../../lib/simulate/trajectory";

const request = (index: number) => ({seed: ["files", index]}) as unknown as TrajectoryRequest;
const plan: FilePlan = {
  ...{system: "euler", dataset: "set", split: "train", name: "a.hdf5", scalars: {gamma: 1.4}},
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
  diagnostics: run,
});

test("trajectories are dealt in turn", () => {
  expect(deal(7, 3)).toEqual([3, 2, 2]);
  expect(deal(1, 3)).toEqual([1, 0, 0]);
});

test("a draft is complete with its last trajectory, in whatever order they come", () => {
  const draft = new Draft(plan);
  expect(draft.place(1, trajectory(1))).toBe(false);
  expect(draft.place(0, trajectory(0))).toBe(true);
  const {fields, diagnostics, scalars} = draft.take();
  expect(fields.density.shape).toEqual([2, 2, 3, 4]);
  expect(fields.momentum.shape).toEqual([2, 2, 3, 4, 2]);
  expect(fields.density.get(1, 1, 2, 3)).toBe(1023);
  expect(fields.momentum.get(0, 1, 0, 2, 1)).toBe(100 + 24 + 5);
  expect([diagnostics, scalars]).toEqual([[run, run], {gamma: 1.4}]);
});

test("channelLast interleaves the fields of each trajectory in the order asked for", () => {
  const draft = new Draft(plan);
  [0, 1].forEach((b) => draft.place(b, trajectory(b)));
  const states = [...channelLast(draft.take(), ["momentum", "density"])];
  expect(states.map(({shape}) => shape)).toEqual([
    [2, 3, 4, 3],
    [2, 3, 4, 3],
  ]);
  expect([0, 1, 2].map((c) => states[1].get(1, 2, 3, c))).toEqual([1146, 1147, 1023]);
});
