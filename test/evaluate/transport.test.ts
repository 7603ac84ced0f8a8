import {sizeOf} from "@lola-ts/core";
import {directions, quantileDistance, Slices, slicedWasserstein, wasserstein} from "../../lib/evaluate/transport";

const noise = (n: number, seed: number) => Float64Array.from({length: n}, (_, i) => Math.sin(seed + 12.9898 * i * i));
const positive = (n: number, seed: number) => noise(n, seed).map((value) => 1.1 + value);

describe("wasserstein", () => {
  test("cases by hand", () => {
    expect(wasserstein([0, 1, 3], [5, 6, 8])).toBe(5);
    expect(wasserstein([0, 2], [1, 5], {order: 2})).toBeCloseTo(Math.sqrt((1 + 9) / 2), 14);
    // half of the mass at 0 stays, the other half goes to 3: quantiles 0 0 | 3 against 0 | 3 3 in sixths
    expect(wasserstein([0, 0, 3], [0, 3])).toBeCloseTo(3 / 6, 14);
    expect(wasserstein([0, 0, 3], [0, 3], {order: 2})).toBeCloseTo(Math.sqrt(9 / 6), 14);
    expect(wasserstein([7], [1, 2, 3])).toBeCloseTo((6 + 5 + 4) / 3, 14);
  });

  test("weights: a heavy value is many light ones, in any order and unit", () => {
    const plain = wasserstein([1, 1, 1, 4], [2, 6]);
    expect(wasserstein([4, 1], [6, 2], {uWeights: [1, 3], vWeights: [5, 5]})).toBeCloseTo(plain, 14);
    expect(wasserstein([4, 1], [2, 6], {uWeights: [1, 3]})).toBeCloseTo(plain, 14);
    expect(wasserstein([1, 9, 4], [1], {uWeights: [2, 0, 1]})).toBeCloseTo(1, 14); // no weight, no cost
  });

  const u = noise(60, 1);
  const v = noise(60, 2).map((x) => 2 * x + 1);
  const w = noise(40, 3);

  test.each([1, 2, 3])("a metric, of order %d", (order) => {
    const d = (a: Float64Array, b: Float64Array) => wasserstein(a, b, {order});
    expect(d(u, u.slice().reverse())).toBe(0);
    for (const [a, b] of [
      [u, v],
      [u, w],
    ]) {
      expect(d(a, b)).toBeGreaterThan(0);
      expect(d(a, b)).toBeCloseTo(d(b, a), 12);
    }
    expect(d(u, w)).toBeLessThanOrEqual(d(u, v) + d(v, w) + 1e-12);
    expect(d(u, v)).toBeLessThanOrEqual(d(u, w) + d(w, v) + 1e-12);
    expect(d(v, w)).toBeLessThanOrEqual(d(v, u) + d(u, w) + 1e-12);
  });

  test.each([1, 2])("a shift costs itself, scales come out, of order %d", (order) => {
    const d = (a: Float64Array, b: Float64Array) => wasserstein(a, b, {order});
    for (const other of [v, w]) {
      expect(
        d(
          u.map((x) => 4 - 3 * x),
          other.map((x) => 4 - 3 * x),
        ),
      ).toBeCloseTo(3 * d(u, other), 12);
    }
    expect(
      d(
        u.map((x) => x - 2.5),
        u,
      ),
    ).toBeCloseTo(2.5, 12);
  });

  test("equal sizes, unequal sizes and weights are three ways to one value", () => {
    const twice = Float64Array.from([...v, ...v]);
    for (const order of [1, 2.5]) {
      const value = wasserstein(u, v, {order});
      expect(wasserstein(u, twice, {order})).toBeCloseTo(value, 12);
      expect(wasserstein(u, v, {order, uWeights: u.map(() => 3)})).toBeCloseTo(value, 12);
      expect(quantileDistance(u.slice().sort(), twice.slice().sort(), order)).toBeCloseTo(value, 12);
    }
  });

  test("the first order is the area between distribution functions", () => {
    const edges = Float64Array.from([...u, ...w]).sort();
    const below = (sample: Float64Array, x: number) => sample.filter((value) => value <= x).length / sample.length;
    let area = 0;
    for (let i = 0; i + 1 < edges.length; i++) {
      area += Math.abs(below(u, edges[i]) - below(w, edges[i])) * (edges[i + 1] - edges[i]);
    }
    expect(wasserstein(u, w)).toBeCloseTo(area, 12);
  });

  test("what cannot be compared is refused, NaN passes through", () => {
    expect(wasserstein([1, NaN], [1, 2])).toBeNaN();
    expect(wasserstein([1, NaN], [1, 2, 3])).toBeNaN();
    expect(() => wasserstein([], [1])).toThrow("expected u to be a row of numbers, found []");
    expect(() => wasserstein([1], [1], {order: 0.5})).toThrow(
      "wasserstein: expected order to be a finite number of 1 or more, found 0.5",
    );
    expect(() => wasserstein([1], [1], {uWeights: [1, 2]})).toThrow(
      "expected uWeights to be a row of 1 number, found [ 1, 2 ]",
    );
    expect(() => wasserstein([1, 2], [1], {uWeights: [2, -1]})).toThrow("uWeights of at least 0");
    expect(() => wasserstein([1], [1], {vWeights: [0]})).toThrow("found a sum of 0");
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

  test("refuses numbers and dimensions that make no sense", () => {
    expect(directions(7, 1)).toEqual([[1]]);
    expect(() => directions(0, 2)).toThrow("found 0 in 2");
    expect(() => directions(4, 4)).toThrow("found 4 in 4");
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
    const slices = new Slices(grid, [
      [1, 0],
      [0, 1],
      [0.6, -0.8],
    ]);
    const u = points(grid, [1, 0]);
    const v = points(grid, [5, 2]);
    const expected = [4 / 8, 2 / 4, 0.6 * 0.5 - 0.8 * 0.5].map(Math.abs);
    for (const order of [1, 2]) {
      slices.distances(u, v, order).forEach((distance, i) => expect(distance).toBeCloseTo(expected[i], 12));
      const mean = expected.reduce((sum, value) => sum + value ** order, 0) / 3;
      expect(slices.distance(u, v, order)).toBeCloseTo(mean ** (1 / order), 12);
    }
    const wide = new Slices(grid, [[1, 0]], [4, 1]);
    expect(wide.distance(u, v)).toBeCloseTo(2, 12);
  });

  test.each([[[12, 9]], [[5, 6, 4]], [[7]]])("on %j each slice is a weighted distance on a line", (grid) => {
    const size = sizeOf(grid);
    const u = positive(size, 1);
    const v = positive(size, 2);
    const chosen = directions(5, grid.length);
    const slices = new Slices(grid, chosen);
    for (const order of [1, 2]) {
      slices.distances(u, v, order).forEach((distance, d) => {
        const places = Float64Array.from({length: size}, (_, i) => {
          let rest = i;
          let place = 0;
          for (let axis = grid.length - 1; axis >= 0; axis--) {
            place += (chosen[d][axis] * ((rest % grid[axis]) + 0.5)) / grid[axis];
            rest = Math.floor(rest / grid[axis]);
          }
          return place;
        });
        expect(distance).toBeCloseTo(wasserstein(places, places, {order, uWeights: u, vWeights: v}), 9);
      });
    }
  });

  test.each([[[16, 16]], [[6, 6, 6]]])("a metric on densities of %j, whatever their total", (grid) => {
    const size = sizeOf(grid);
    const [u, v, w] = [1, 2, 3].map((seed) => positive(size, seed));
    for (const order of [1, 2]) {
      const d = (a: Float64Array, b: Float64Array) => slicedWasserstein(a, b, grid, {order});
      expect(d(u, u)).toBe(0);
      expect(d(u, v)).toBeGreaterThan(0);
      expect(d(u, v)).toBeCloseTo(d(v, u), 12);
      expect(d(u, w)).toBeLessThanOrEqual(d(u, v) + d(v, w));
      expect(
        d(
          u.map((x) => 7 * x),
          v,
        ),
      ).toBeCloseTo(d(u, v), 12);
    }
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
      const cost = slicedWasserstein(u, v, [n, n], {directions: count});
      expect(cost / ((2 / Math.PI) * (Math.hypot(x, y) / n))).toBeGreaterThan(1 - limit);
      expect(cost / ((2 / Math.PI) * (Math.hypot(x, y) / n))).toBeLessThan(1 + limit);
    }
  });

  test("in space a shift costs half of its length", () => {
    const grid = [8, 8, 8];
    const u = points(grid, [1, 1, 1]);
    const v = points(grid, [3, 6, 2]);
    const cost = slicedWasserstein(u, v, grid, {directions: 100});
    expect(Math.abs(cost / (Math.hypot(2, 5, 1) / 8 / 2) - 1)).toBeLessThan(0.02);
  });

  test("what is negative is no mass; no mass, or NaN, gives NaN", () => {
    const u = positive(16, 1);
    const v = positive(16, 2);
    const cut = u.map((value, i) => (i < 3 ? 0 : value));
    const negative = u.map((value, i) => (i < 3 ? -5 : value));
    expect(slicedWasserstein(negative, v, [4, 4])).toBe(slicedWasserstein(cut, v, [4, 4]));
    for (const order of [1, 2]) {
      expect(slicedWasserstein(new Float64Array(16), v, [4, 4], {order})).toBeNaN();
      expect(
        slicedWasserstein(
          u.map((x, i) => (i === 5 ? NaN : x)),
          v,
          [4, 4],
          {order},
        ),
      ).toBeNaN();
    }
  });

  test("refuses what does not fit the grid", () => {
    expect(() => slicedWasserstein([1, 2], [1, 2], [2, 2])).toThrow(
      "slicedWasserstein: expected u to be a row of 4 numbers, found [ 1, 2 ].",
    );
    expect(() => new Slices([2, 2], [[1, 0, 0]])).toThrow("directions of 2 components, found 3");
    expect(() => new Slices([2, 2], [])).toThrow("found no direction");
    expect(() => new Slices([2, 2], [[1, 0]], [1])).toThrow("of 2 components, found 1");
    expect(() => slicedWasserstein([1], [1], [1], {order: NaN})).toThrow(
      "slicedWasserstein: expected order to be a finite number of 1 or more",
    );
  });
});
