import ndarray from "ndarray";
import {observer, type ObservationSpec} from "../../lib/diffusion/observations";
import {tf} from "@lola-ts/engine";
import {normal} from "../../packages/engine/test/gradients";

const grid = [8, 4];
const x = normal([2, 3, ...grid, 2], 1);
const see = (spec: ObservationSpec) => {
  const {observe, ...rest} = observer(spec, grid);
  const y = tf.tidy(() => observe(x.reshape([2, 3, ...grid, 2])));
  return {...rest, y, first: ndarray(y.dataSync<"float32">().slice(0, y.size / 2), y.shape.slice(1))};
};
const values = x.dataSync<"float32">();
const at = (l: number, i: number, j: number, c: number) => values[((l * 8 + i) * 4 + j) * 2 + c];

test("coarse observations are means of blocks, drawn as blocks", () => {
  const {y, count, layOut, first} = see({kind: "coarse", factor: 2});
  expect([y.shape, count]).toEqual([[2, 3, 4, 2, 2], 8]);
  const drawn = layOut(first);
  expect(drawn.shape).toEqual([3, 8, 4, 2]);
  const mean = (at(1, 2, 0, 1) + at(1, 3, 0, 1) + at(1, 2, 1, 1) + at(1, 3, 1, 1)) / 4;
  for (const [i, j] of [
    [2, 0],
    [3, 1],
  ]) {
    expect(drawn.get(1, i, j, 1)).toBeCloseTo(mean, 5);
  }
});

test("a stripe is what is near an edge; the rest is 0 in the observation and NaN in the drawing", () => {
  const {y, count, layOut, first} = see({kind: "stripe", width: 1});
  expect([y.shape, count]).toEqual([[2, 3, 8, 4, 2], 8 * 4 - 6 * 2]);
  expect([first.get(2, 0, 1, 1), first.get(2, 3, 3, 1)]).toEqual([at(2, 0, 1, 1), at(2, 3, 3, 1)]);
  expect(first.get(2, 3, 1, 1)).toBeCloseTo(0, 9);
  const drawn = layOut(first);
  expect([drawn.get(2, 0, 1, 1), drawn.get(2, 3, 1, 1)]).toEqual([at(2, 0, 1, 1), NaN]);
});

test("points are as many as asked for, the same in all states and fields, others for another seed", () => {
  const {y, count, layOut, first} = see({kind: "sparse", cells: 5});
  expect(count).toBe(5);
  const seen = Array.from(layOut(first).data, Number.isFinite);
  expect(seen.filter(Boolean)).toHaveLength(5 * 3 * 2);
  expect(seen.slice(0, 64)).toEqual(seen.slice(64, 128));
  expect(Array.from(y.dataSync(), (value) => value !== 0).filter(Boolean)).toHaveLength(5 * 3 * 2 * 2);
  const other = see({kind: "sparse", cells: 5, seed: 1});
  expect(Array.from(other.layOut(other.first).data, Number.isFinite)).not.toEqual(seen);
});

test("observing is linear, and three dimensions are a matter of the grid", () => {
  const {observe, count} = observer({kind: "stripe", width: 1}, [4, 4, 4]);
  expect(count).toBe(64 - 8);
  const [a, b] = [normal([1, 1, 4, 4, 4, 2], 2), normal([1, 1, 4, 4, 4, 2], 3)];
  const gap = tf.tidy(() => observe(a.add(b)).sub(observe(a)).sub(observe(b)).abs().max().dataSync()[0]);
  expect(gap).toBeLessThan(1e-6);
});

test("refuses what a grid cannot have", () => {
  expect(() => observer({kind: "coarse", factor: 3}, grid)).toThrow("divides the grid 8 x 4, found 3");
  expect(() => observer({kind: "sparse", cells: 33}, grid)).toThrow("cells up to 32, found 33");
  expect(() => observer({kind: "round"} as never, grid)).toThrow("kind");
});
