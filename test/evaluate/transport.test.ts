import {sizeOf} from "@lola-ts/core";
import {directions, quantileDistance, slicedDistances, slicedWasserstein, slicesOf} from "../../lib/evaluate/transport";

const noise = (n: number, seed: number) => Float64Array.from({length: n}, (_, i) => Math.sin(seed + 12.9898 * i * i));
const positive = (n: number, seed: number) => noise(n, seed).map((value) => 1.1 + value);

describe("quantileDistance", () => {
  const d = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    quantileDistance(Float64Array.from(a).sort(), Float64Array.from(b).sort());
  const u = noise(60, 1);
  const v = noise(60, 2).map((x) => 2 * x + 1);
  const w = noise(60, 3);

  test("a metric: a case by hand, symmetry and the triangle", () => {
    expect(d([0, 1, 3], [5, 6, 8])).toBe(5);
    expect(d(u, u.slice().reverse())).toBe(0);
    expect(d(u, v)).toBeGreaterThan(0);
    expect(d(u, v)).toBeCloseTo(d(v, u), 12);
    expect(d(u, w)).toBeLessThanOrEqual(d(u, v) + d(v, w) + 1e-12);
    expect(d([1, NaN], [1, 2])).toBeNaN();
  });

  test("a shift costs itself, scales come out", () => {
    const changed = (x: Float64Array) => x.map((value) => 4 - 3 * value);
    expect(d(changed(u), changed(v))).toBeCloseTo(3 * d(u, v), 12);
    const shifted = u.map((x) => x - 2.5);
    expect(d(shifted, u)).toBeCloseTo(2.5, 12);
  });

  test("it is the area between distribution functions", () => {
    const edges = Float64Array.from([...u, ...w]).sort();
    const below = (sample: Float64Array, x: number) => sample.filter((value) => value <= x).length / sample.length;
    let area = 0;
    for (let i = 0; i + 1 < edges.length; i++) {
      area += Math.abs(below(u, edges[i]) - below(w, edges[i])) * (edges[i + 1] - edges[i]);
    }
    expect(d(u, w)).toBeCloseTo(area, 12);
  });
});

describe("directions", () => {
  test.each([
    [8, 2],
    [5, 2],
    [40, 3],
  ])("%d unit vectors in %d dimensions, no two of them opposite or equal", (count, dimension) => {
    const all = directions(count, dimension);
    expect(all).toHaveLength(count);
    all.forEach((a, i) => {
      all.forEach((b, j) => {
        const cosine = Array.from(a).reduce((sum, x, axis) => sum + x * b[axis], 0);
        if (i === j) expect(cosine).toBeCloseTo(1, 12);
        else expect(Math.abs(cosine)).toBeLessThan(0.999);
      });
    });
  });

  test("favour no axis: the mean of the squares is 1 / d", () => {
    for (const [count, dimension, digits] of [
      [8, 2, 12],
      [200, 3, 2],
    ]) {
      const all = directions(count, dimension);
      for (let axis = 0; axis < dimension; axis++) {
        const mean = all.reduce((sum, direction) => sum + direction[axis] ** 2, 0) / count;
        expect(mean).toBeCloseTo(1 / dimension, digits);
      }
    }
  });
});

describe("slicedWasserstein", () => {
  /** A field with its mass at a few places. */
  const points = (grid: number[], ...at: number[][]) => {
    const field = new Float64Array(sizeOf(grid));
    for (const place of at) field[place.reduce((index, i, axis) => index * grid[axis] + i, 0)] += 1;
    return field;
  };

  test("one point to another: their distance along each direction, by hand", () => {
    const grid = [8, 4];
    const slices = slicesOf(grid, [
      [1, 0],
      [0, 1],
      [0.6, -0.8],
    ]);
    const expected = [4 / 8, 2 / 4, 0.6 * 0.5 - 0.8 * 0.5].map(Math.abs);
    const found = slicedDistances(points(grid, [1, 0]), points(grid, [5, 2]), slices);
    found.forEach((distance, i) => expect(distance).toBeCloseTo(expected[i], 12));
  });

  test.each([[[12, 9]], [[5, 6, 4]]])("on %j each slice is the area between distribution functions", (grid) => {
    const size = sizeOf(grid);
    const [u, v] = [1, 2].map((seed) => positive(size, seed));
    const chosen = directions(5, grid.length);
    slicedDistances(u, v, slicesOf(grid, chosen)).forEach((distance, d) => {
      const places = Float64Array.from({length: size}, (_, i) => {
        let rest = i;
        let place = 0;
        for (let axis = grid.length - 1; axis >= 0; axis--) {
          place += (chosen[d][axis] * ((rest % grid[axis]) + 0.5)) / grid[axis];
          rest = Math.floor(rest / grid[axis]);
        }
        return place;
      });
      const total = (field: Float64Array) => field.reduce((a, b) => a + b);
      const below = (field: Float64Array, x: number) =>
        field.reduce((sum, mass, i) => sum + (places[i] <= x ? mass : 0), 0) / total(field);
      const sorted = places.slice().sort();
      let area = 0;
      for (let i = 0; i + 1 < size; i++) {
        area += Math.abs(below(u, sorted[i]) - below(v, sorted[i])) * (sorted[i + 1] - sorted[i]);
      }
      expect(distance).toBeCloseTo(area, 9);
    });
  });

  test.each([[[16, 16]], [[6, 6, 6]]])("a metric on densities of %j, whatever their total", (grid) => {
    const size = sizeOf(grid);
    const [u, v, w] = [1, 2, 3].map((seed) => positive(size, seed));
    const d = (a: Float64Array, b: Float64Array) => slicedWasserstein(a, b, grid);
    const scaled = u.map((x) => 7 * x);
    expect(d(u, u)).toBe(0);
    expect(d(u, v)).toBeGreaterThan(0);
    expect(d(u, v)).toBeCloseTo(d(v, u), 12);
    expect(d(u, w)).toBeLessThanOrEqual(d(u, v) + d(v, w));
    expect(d(scaled, v)).toBeCloseTo(d(u, v), 12);
  });

  test.each([[[10, 8]], [[4, 5, 6]]])("on %j it is the mean over eight directions", (grid) => {
    const [u, v] = [1, 2].map((seed) => positive(sizeOf(grid), seed));
    const each = slicedDistances(u, v, slicesOf(grid, directions(8, grid.length)));
    expect(slicedWasserstein(u, v, grid)).toBeCloseTo(each.reduce((a, b) => a + b) / 8, 14);
  });

  test("turning and mirroring both fields changes nothing", () => {
    const n = 10;
    const u = positive(n * n, 1);
    const v = positive(n * n, 2);
    const turned = (field: Float64Array) => field.map((_, i) => field[(i % n) * n + (n - 1 - Math.floor(i / n))]);
    const mirrored = (field: Float64Array) => field.map((_, i) => field[(n - 1 - Math.floor(i / n)) * n + (i % n)]);
    const before = slicedWasserstein(u, v, [n, n]);
    expect(slicedWasserstein(turned(u), turned(v), [n, n])).toBeCloseTo(before, 12);
    expect(slicedWasserstein(mirrored(u), mirrored(v), [n, n])).toBeCloseTo(before, 12);
  });

  test.each([8, 16])("a shift costs 2 / pi of its length, whatever its direction, with %d directions", (count) => {
    const n = 64;
    const limit = {8: 0.014, 16: 0.0035}[count]!;
    for (const [x, y] of [
      [10, 0],
      [10, 2],
      [7, 7],
      [3, -9],
    ]) {
      const u = points([n, n], [20, 20], [30, 25]);
      const v = points([n, n], [20 + x, 20 + y], [30 + x, 25 + y]);
      const each = slicedDistances(u, v, slicesOf([n, n], directions(count, 2)));
      const cost = each.reduce((a, b) => a + b) / count;
      expect(cost / ((2 / Math.PI) * (Math.hypot(x, y) / n))).toBeGreaterThan(1 - limit);
      expect(cost / ((2 / Math.PI) * (Math.hypot(x, y) / n))).toBeLessThan(1 + limit);
    }
  });

  test("in space a shift costs half of its length", () => {
    const grid = [8, 8, 8];
    const u = points(grid, [1, 1, 1]);
    const v = points(grid, [3, 6, 2]);
    const cost = slicedDistances(u, v, slicesOf(grid, directions(100, 3))).reduce((a, b) => a + b) / 100;
    expect(Math.abs(cost / (Math.hypot(2, 5, 1) / 8 / 2) - 1)).toBeLessThan(0.02);
  });

  test("what is negative is no mass; no mass, or NaN, gives NaN", () => {
    const u = positive(16, 1);
    const v = positive(16, 2);
    const cut = u.map((value, i) => (i < 3 ? 0 : value));
    const negative = u.map((value, i) => (i < 3 ? -5 : value));
    expect(slicedWasserstein(negative, v, [4, 4])).toBe(slicedWasserstein(cut, v, [4, 4]));
    expect(slicedWasserstein(new Float64Array(16), v, [4, 4])).toBeNaN();
    const broken = u.map((x, i) => (i === 5 ? NaN : x));
    expect(slicedWasserstein(broken, v, [4, 4])).toBeNaN();
  });

  test("refuses what does not fit the grid", () => {
    expect(() => slicedWasserstein([1, 2], [1, 2], [2, 2])).toThrow(
      "slicedWasserstein: expected u to be a row of 4 numbers, found [ 1, 2 ].",
    );
  });
});
