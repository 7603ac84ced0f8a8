import {cellCentres, finishedFile, layOut, type FilePlan} from "../src/plan";
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

test("trajectories of a split are distributed over the files of each folder in turn", () => {
  const files = ["a", "b"].flatMap((dataset) => {
    return [0, 1, 2].map((n) => ({dataset, name: `${n}`, scalars: {}, axes: [], request: () => ({grid: [4]})}));
  });
  const config = {trajectories: {train: 7, valid: 1, test: 0}, grid: 4, frames: 2, endTime: 1, seed: 0};
  const counts = layOut("still", config, files).map(({requests}) => requests.length);
  expect(counts).toEqual([3, 2, 2, 3, 2, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test("fields of a file have its shapes, trajectory by trajectory", () => {
  const fields = [0, 1].map((b) => () => trajectory(b).fields);
  const file = finishedFile(plan, [run, {...run, steps: 2}], fields);
  const [first, second] = [file.fields(0), file.fields(1)];
  expect(second.density.shape).toEqual([2, 3, 4]);
  expect(second.momentum.shape).toEqual([2, 3, 4, 2]);
  expect(second.density.get(1, 2, 3)).toBe(1023);
  expect(first.momentum.get(1, 0, 2, 1)).toBe(100 + 24 + 5);
  expect([file.diagnostics.map(({steps}) => steps), file.scalars]).toEqual([[1, 2], {gamma: 1.4}]);
});

test("frames that a file skips are left out", () => {
  const later = {...plan, times: Float32Array.of(1), skipped: 1};
  const {density, momentum} = finishedFile(later, [run], [() => trajectory(0).fields]).fields(0);
  expect([density.shape, momentum.shape]).toEqual([
    [1, 3, 4],
    [1, 3, 4, 2],
  ]);
  expect([density.get(0, 0, 0), momentum.get(0, 0, 0, 1)]).toEqual([12, 125]);
});
