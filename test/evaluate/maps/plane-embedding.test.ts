import {embedInPlane} from "../../../lib/evaluate/maps/plane-embedding";
import {Rng} from "@lola-ts/core";

const random = Rng.from("embedding");
/** Three groups, far apart in eight dimensions. */
const points = Array.from({length: 60}, (_, i) =>
  Array.from({length: 8}, (_, axis) => (axis === i % 3 ? 20 : 0) + random.normal()),
);

test("neighbours stay neighbours: each point's nearest one is of its group", () => {
  const places = embedInPlane(points, {iterations: 250});
  const nearest = places.map(([x, y], i) => {
    const others = places.map(([u, v], j) => ({j, far: i === j ? Infinity : (u - x) ** 2 + (v - y) ** 2}));
    return others.reduce((best, one) => (one.far < best.far ? one : best)).j;
  });
  const right = nearest.filter((j, i) => j % 3 === i % 3).length;
  expect(right).toBeGreaterThanOrEqual(58);
});

test("the seed decides", () => {
  const [a, b, other] = [0, 0, 1].map((seed) => embedInPlane(points.slice(0, 12), {iterations: 20, seed}));
  expect(a).toEqual(b);
  expect(a).not.toEqual(other);
});

test("refuses points of different length, and too few", () => {
  expect(() => embedInPlane([[1, 2], [1], [1, 2], [3, 4]])).toThrow("embedInPlane: expected four or more points");
  expect(() => embedInPlane([[1], [2]])).toThrow("found 2 points of 1 coordinates");
});
