import ndarray from "ndarray";
import {augment, augmentation, Gather, inverseAugmentation, randomAugmentation} from "../../lib/data/augment";
import {Rng} from "@lola-ts/core";

describe("by hand: a scalar s and a vector (u, v) on 3 x 2 cells", () => {
  const fields = [{order: 0}, {order: 1}];
  // s = 10 x + y, u = s + 100, v = s + 200
  const cell = (s: number) => [s, s + 100, s + 200];
  const x = ndarray(Float32Array.from([0, 1, 10, 11, 20, 21].flatMap(cell)), [1, 3, 2, 3]);
  const rows = (change: Parameters<typeof augmentation>[1]) => [...augment(x, fields, augmentation(2, change)).data];

  test("a flip of x mirrors cells and the first component", () => {
    const mirrored = (s: number) => [s, -(s + 100), s + 200];
    expect(rows({flip: [true, false]})).toEqual([20, 21, 10, 11, 0, 1].flatMap(mirrored));
  });

  test("a permutation exchanges axes and components", () => {
    const swapped = (s: number) => [s, s + 200, s + 100];
    expect(rows({permutation: [1, 0]})).toEqual([0, 10, 20, 1, 11, 21].flatMap(swapped));
  });

  test("a roll moves cells around the end", () => {
    expect(rows({shift: [1, 0]})).toEqual([20, 21, 0, 1, 10, 11].flatMap(cell));
    expect(rows({shift: [-2, 4]})).toEqual(rows({shift: [1, 0]}));
  });

  test("a flip of x, then a permutation: the second component changes its sign", () => {
    const both = (s: number) => [s, s + 200, -(s + 100)];
    expect(rows({flip: [true, false], permutation: [1, 0]})).toEqual([20, 10, 0, 21, 11, 1].flatMap(both));
  });
});

test("a tensor of order 2 changes its sign once per mirrored index", () => {
  const x = ndarray(Float32Array.of(1, 2, 3, 4), [1, 1, 1, 4]); // xx, xy, yx, yy
  const of = (part: Parameters<typeof augmentation>[1]) => [...augment(x, [{order: 2}], augmentation(2, part)).data];
  expect(of({flip: [true, false]})).toEqual([1, -2, -3, 4]);
  expect(of({permutation: [1, 0]})).toEqual([4, 3, 2, 1]);
});

test.each([
  [2, [5, 5]],
  [3, [4, 4, 4]],
])("an augmentation of %i axes and its inverse, in either order, change nothing", (axes, grid) => {
  const fields = [{order: 0}, {order: 1}, {order: 2}];
  const boundary = grid.map(() => [2, 2] as const);
  const values = Float32Array.from({length: 2 * grid.reduce((a, b) => a * b) * (1 + axes + axes ** 2)}, (_, i) => i);
  const x = ndarray(values, [2, ...grid, 1 + axes + axes ** 2]);
  const generator = Rng.from("inverse");
  for (let i = 0; i < 20; i++) {
    const change = randomAugmentation(generator, {grid, boundary});
    const inverse = inverseAugmentation(change);
    expect(augment(augment(x, fields, change), fields, inverse).data).toEqual(values);
    expect(augment(augment(x, fields, inverse), fields, change).data).toEqual(values);
  }
});

describe("randomAugmentation", () => {
  const PERIODIC = [2, 2] as const;
  const WALL = [0, 0] as const;

  test("draws every flip, permutation and roll, flips one in two, and rolls only periodic axes", () => {
    const generator = Rng.from("augment");
    const seen = {flip: new Set<string>(), permutation: new Set<string>(), shift: new Set<string>()};
    const flips: (readonly boolean[])[] = [];
    for (let i = 0; i < 500; i++) {
      const draw = randomAugmentation(generator, {grid: [4, 4], boundary: [PERIODIC, WALL]});
      expect(draw.shift[draw.permutation.indexOf(1)]).toBe(0);
      flips.push(draw.flip);
      for (const key of ["flip", "permutation", "shift"] as const) seen[key].add(draw[key].join());
    }
    const likely = (count: number) => expect(Math.abs(count - 250)).toBeLessThan(5 * Math.sqrt(125)); // standard errors
    for (const axis of [0, 1]) likely(flips.filter((flip) => flip[axis]).length);
    expect(seen.flip.size).toBe(4);
    expect(seen.permutation.size).toBe(2);
    expect(seen.shift.size).toBe(7); // (0..3, 0) and (0, 0..3)
  });

  test("what is switched off is not drawn", () => {
    const options = {grid: [4, 4], boundary: [PERIODIC, PERIODIC], flip: false, permute: false, roll: false};
    expect(randomAugmentation(Rng.from(0), options)).toEqual(augmentation(2));
  });

  test("nothing is a symmetry of a grid that is not cartesian", () => {
    const options = {grid: [8, 4], boundary: [PERIODIC, PERIODIC], gridType: "spherical"};
    for (let i = 0; i < 20; i++) expect(randomAugmentation(Rng.from(i), options)).toEqual(augmentation(2));
  });

  test("flips may be limited to some axes, so that convection keeps its upside", () => {
    const generator = Rng.from("mirrors");
    const drawn = (flip: boolean | readonly boolean[]) =>
      new Set(
        Array.from({length: 100}, () =>
          randomAugmentation(generator, {grid: [8, 4], boundary: [PERIODIC, WALL], permute: false, flip}).flip.join(),
        ),
      );
    expect(drawn([true, false])).toEqual(new Set(["true,false", "false,false"]));
    expect(drawn(true).size).toBe(4); // as the official code does
    expect(() => drawn([true])).toThrow("expected flips of 2 axes, found [true]");
  });

  test("rolls may be limited to parts of an axis, so that a force keeps its place", () => {
    const generator = Rng.from("rolls");
    const options = {grid: [8, 8], boundary: [PERIODIC, PERIODIC], flip: false, permute: false};
    const drawn = (roll: readonly (boolean | number)[], axis: number) =>
      new Set(Array.from({length: 200}, () => randomAugmentation(generator, {...options, roll}).shift[axis]));
    expect(drawn([true, 4], 0)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
    expect(drawn([true, 4], 1)).toEqual(new Set([0, 2, 4, 6]));
    expect(drawn([true, false], 1)).toEqual(new Set([0]));
    expect(() => drawn([3, 3], 0)).toThrow("expected an axis of a multiple of 3 cells for its rolls, found 8");
    expect(() => drawn([true], 0)).toThrow("expected rolls of 2 axes, found [true]");
  });
});

test("a wrong number of axes or channels is refused", () => {
  const x = ndarray(new Float32Array(24), [1, 3, 2, 4]);
  expect(() => augment(x, [{order: 0}, {order: 1}], augmentation(2))).toThrow("expected 18 values per state");
  expect(() => new Gather([2, 2], [{order: 0}], augmentation(3))).toThrow("expected an augmentation of 2 axes");
  expect(() => new Gather([2, 2], [{order: 0}], augmentation(2, {permutation: [0, 0]}))).toThrow("permutation [0,0]");
});
