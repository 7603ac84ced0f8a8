import {flat} from "../../../lib/core/array";
import {SymmetricViews} from "../../../lib/lab/parts/symmetric-views";
import {decodeStates, trajectoryAt} from "../../../lib/lab/stages/latents";
import {relativeError} from "../../reference/reference";
import {smokeLabs} from "../smoke";

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
