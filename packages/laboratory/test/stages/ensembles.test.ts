import ndarray from "ndarray";
import {flat} from "@lola-ts/core";
import {joinedSource} from "../../src/stages/ensembles";
import {decodeStates, trajectoryAt} from "../../src/stages/latents";
import type {Rollout, RolloutSource} from "../../src/stages/rollouts";
import {SymmetricViews, type Restore} from "../../src/stages/symmetries";
import {relativeError} from "../../../../test/reference/reference";
import {smokeLabs} from "../smoke";

const method = {kind: "solver", latentChannels: null} as const;

/** A rollout of two trajectories whose values are those from `first` on. */
function source(key: string, members: number, first: number, extra: Partial<Rollout> = {}): RolloutSource {
  const shape = [2, members, 2, 1, 1];
  const states = ndarray(
    Float32Array.from({length: 4 * members}, (_, i) => first + i),
    shape,
  );
  return {method, key, open: () => Promise.resolve({method, key, trajectories: [3, 5], states, ...extra})};
}

test("members of all rollouts stand side by side, trajectory by trajectory", async () => {
  const joined = await joinedSource([source("a", 1, 0), source("b", 2, 100)]).open();
  expect(joined.states.shape).toEqual([2, 3, 2, 1, 1]);
  expect([...trajectoryAt(joined.states, 0).data]).toEqual([0, 1, 100, 101, 102, 103]);
  expect([...trajectoryAt(joined.states, 1).data]).toEqual([2, 3, 104, 105, 106, 107]);
  expect(joined.restore).toBeUndefined();
});

test("each rollout's symmetries are undone in its own members alone", async () => {
  const negated: Restore = (trajectory, {data, offset, size, shape}) =>
    ndarray(
      Float32Array.from({length: size}, (_, i) => -trajectory * data[offset + i]),
      [...shape],
    );
  const joined = await joinedSource([source("a", 1, 0), source("b", 2, 100, {restore: negated})]).open();
  const forecast = trajectoryAt(joined.states, 0);
  expect([...joined.restore!(3, forecast).data]).toEqual([0, 1, -300, -303, -306, -309]);
  expect([...forecast.data]).toEqual([0, 1, 100, 101, 102, 103]); // as it was
  const some = (count: number) => [...joined.restore!(3, forecast.hi(count)).data];
  expect(some(1)).toEqual([0, 1]); // of the first members alone
  expect(some(2)).toEqual([0, 1, -300, -303]);
});

test("rollouts of other trajectories or states are refused, and the order of the parts makes another key", async () => {
  const [a, b] = [source("a", 1, 0), source("b", 1, 0)];
  const other = joinedSource([a, source("c", 1, 0, {trajectories: [3, 4]})]);
  await expect(other.open()).rejects.toThrow("expected rollouts of the same trajectories and states");
  expect(joinedSource([a, b]).key).not.toBe(joinedSource([b, a]).key);
});

const {open} = smokeLabs();
const [seed, members] = [0, 12];
const window = {start: 3, length: 2};

test("members see the states mirrored, turned and rolled, the first as they are; undone, all are the same again", async () => {
  const dataset = await open().dataset();
  const views = new SymmetricViews(dataset, {seed, members});
  const seen = views.contexts(0, window);
  const states = dataset.source("test").read(0, window);
  expect(seen.shape).toEqual([members, ...states.shape]);
  const own = (k: number) => [...trajectoryAt(seen, k).data];
  expect(own(0)).toEqual([...flat(states)]);
  expect(new Set(Array.from({length: members}, (_, k) => own(k).join())).size).toBe(members);
  const restored = views.restore(0, seen);
  for (let k = 0; k < members; k++) expect([...trajectoryAt(restored, k).data]).toEqual(own(0));
  const some = seen.hi(3);
  expect([...flat(views.restore(0, some))]).toEqual([...flat(restored.hi(3))]); // of the first ones alone
});

test("members are drawn by seed and trajectory, and do not depend on how many there are", async () => {
  const dataset = await open().dataset();
  const seenBy = (options: {seed: number; members: number}) => new SymmetricViews(dataset, options).contexts(0, window);
  const twelve = seenBy({seed, members});
  expect(seenBy({seed, members}).data).toEqual(twelve.data);
  const three = seenBy({seed, members: 3});
  expect(three.data).toEqual(twelve.data.subarray(0, three.size));
  expect(seenBy({seed: 1, members}).data).not.toEqual(twelve.data);
});

test("axes of different lengths keep their places, though the symmetries exchange axes", async () => {
  const dataset = await open().dataset();
  const [WALL, PERIODIC] = [[0, 0] as const, [2, 2] as const];
  const symmetries = () => ({grid: [16, 8], boundary: [PERIODIC, WALL], flip: [false, true], permute: true});
  const source = () => ({shape: [], read: () => trajectoryAt(dataset.states("test"), 0).hi(1, 16, 8)});
  const views = new SymmetricViews({wells: dataset.wells, symmetries, source}, {seed, members});
  const seen = views.contexts(0, window);
  expect(seen.shape.slice(0, 4)).toEqual([members, 1, 16, 8]);
  const restored = views.restore(0, seen);
  for (let k = 0; k < members; k++) expect(trajectoryAt(restored, k).data).toEqual(trajectoryAt(seen, 0).data);
});

test("a periodic autoencoder shows states that were rolled by its stride as it shows them unrolled", async () => {
  const lab = open();
  const dataset = await lab.dataset();
  const {model} = await lab.autoencoder(16);
  const {wells} = dataset;
  const parts = wells.test.grid.map((cells) => cells / model.stride);
  const symmetries = () => ({...dataset.symmetries("test", 0), flip: false, permute: false, roll: parts});
  const source = () => dataset.source("test");
  const views = new SymmetricViews({wells, symmetries, source}, {seed, members}, model);
  const restored = views.restore(0, decodeStates(model, views.contexts(0, window)));
  for (let k = 1; k < members; k++) {
    expect(relativeError(trajectoryAt(restored, k).data, trajectoryAt(restored, 0).data)).toBeLessThan(1e-5);
  }
});
