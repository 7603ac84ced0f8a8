import {Rng} from "@lola-ts/core";
import {EulerSolver} from "../../src/euler/solver";
import type {Boundary} from "../../src/gas";
import {HydroSolver, type HydroOptions, type Primitive, type Triple} from "../../src/gravity-cooling/hydro";
import {laxLiu, piecewiseConstant} from "../../src/euler/initial";
import {riemann, type GasState} from "../../src/euler/riemann";

const gas = (density: number, velocity: number, pressure: number): GasState => ({density, velocity, pressure});

/** A tube along an axis with a jump at 0.5: states of its cells, as (density, velocity along the tube, pressure). */
function tube(left: GasState, right: GasState, n: number, until: number, axis: number) {
  const cells = [0, 1, 2].map((a) => (a === axis ? n : 1)) as unknown as Triple<number>;
  const solver = new HydroSolver({cells, spacing: 1 / n, gamma: 1.4, boundary: "open", courant: 0.4});
  solver.set((...position) => {
    const {density, velocity, pressure} = position[axis] < 0.5 ? left : right;
    const [u, v, w] = [0, 1, 2].map((a) => (a === axis ? velocity : 0));
    return [density, u, v, w, pressure];
  });
  solver.run(until);
  const states = Array.from({length: n}, (_, i) => {
    const [ci, cj, ck] = [0, 1, 2].map((a) => (a === axis ? i : 0));
    const state = solver.cell(ci, cj, ck);
    return [state[0], state[1 + axis], state[4]];
  });
  return {states, solver};
}

const extremes = (states: number[][], k: number): [number, number] => [
  Math.min(...states.map((state) => state[k])),
  Math.max(...states.map((state) => state[k])),
];

describe("tubes along x, y and z are the same, and right", () => {
  const SOD = [gas(1, 0, 1), gas(0.125, 0, 0.1), 100, 0.2] as const;

  test.each<[string, GasState, GasState, number, number]>([
    ["Sod's", ...SOD],
    ["near vacuum", gas(1, -2, 0.4), gas(1, 2, 0.4), 200, 0.15],
    ["blast", gas(1, 0, 1000), gas(1, 0, 0.01), 200, 0.012],
    ["collision", gas(5.99924, 19.5975, 460.894), gas(5.99242, -6.19633, 46.095), 200, 0.035],
  ])("%s", (name, left, right, n, until) => {
    const [x, y, z] = [0, 1, 2].map((axis) => tube(left, right, n, until, axis));
    for (const other of [y, z]) {
      other.states.forEach((state, i) => {
        state.forEach((value, k) =>
          expect(Math.abs(value - x.states[i][k])).toBeLessThan(1e-11 * (1 + Math.abs(value))),
        );
      });
      expect(other.solver.floors).toBe(0);
    }
    const [low, high] = extremes(x.states, 0);
    if (name === "near vacuum") expect([low > 0.02, extremes(x.states, 2)[0] > 1.9e-3]).toEqual([true, true]);
    if (name === "blast") expect(Math.abs(high - 5.98)).toBeLessThan(0.05);
    if (name === "collision") expect(Math.abs(high - 30.8)).toBeLessThan(0.5);
  });

  test("Sod's has a small error", () => {
    const exact = riemann(SOD[0], SOD[1], 1.4);
    const {states} = tube(...SOD, 2);
    const errors = states.map(([density], i) => Math.abs(density - exact(((i + 0.5) / 100 - 0.5) / 0.2).density));
    const error = errors.reduce((sum, value) => sum + value, 0) / 100;
    expect(error).toBeLessThan(5.5e-3);
    expect(error).toBeGreaterThan(2e-3);
  });
});

test("a flow that does not depend on the third axis is that of the two-dimensional solver", () => {
  const n = 24;
  const field = piecewiseConstant({x: [0.5], y: [0.5], states: laxLiu(3)});
  const flat = new EulerSolver({cells: [n, n], gamma: 1.4, boundary: "open", courant: 0.3});
  flat.set(field);
  flat.run(0.3);
  for (const thin of [0, 1, 2]) {
    const cells = [0, 1, 2].map((a) => (a === thin ? 2 : n)) as unknown as Triple<number>;
    const solver = new HydroSolver({cells, spacing: 1 / n, gamma: 1.4, boundary: "open", courant: 0.3});
    solver.set((...position) => {
      const [x, y] = [0, 1, 2].filter((a) => a !== thin).map((a) => position[a]);
      const [r, u, v, p] = field(x, y);
      const velocity = [u, v];
      velocity.splice(thin, 0, 0);
      return [r, velocity[0], velocity[1], velocity[2], p];
    });
    solver.run(0.3);
    expect(solver.steps).toBe(flat.steps);
    let difference = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const at = [i, j];
        at.splice(thin, 0, 1);
        const [r, u, v, w, p] = solver.cell(at[0], at[1], at[2]);
        const velocity = [u, v, w].filter((_, a) => a !== thin);
        const expected = flat.cell(i, j);
        [r, ...velocity, p].forEach((value, k) => (difference = Math.max(difference, Math.abs(value - expected[k]))));
      }
    }
    expect(difference).toBeLessThan(1e-11);
  }
});

/** A random gas of 12 x 8 x 10 cells with jumps. */
function randomGas(boundary: Boundary, options: Partial<HydroOptions> = {}): HydroSolver {
  const solver = new HydroSolver({cells: [12, 8, 10], spacing: 0.1, gamma: 5 / 3, boundary, ...options});
  const generator = Rng.from("gas");
  const draw = (low: number, high: number): number => generator.uniform(low, high);
  solver.set(() => [draw(0.3, 2), draw(-1, 1), draw(-1, 1), draw(-1, 1), draw(0.1, 2)]);
  return solver;
}

test("mass, momentum and energy are conserved to round-off in a periodic box", () => {
  const solver = randomGas("periodic");
  const before = solver.totals();
  solver.run(1);
  const after = solver.totals();
  expect(solver.steps).toBeGreaterThan(50);
  expect(solver.floors).toBe(0);
  expect(Math.abs(after.mass / before.mass - 1)).toBeLessThan(1e-12);
  expect(Math.abs(after.energy / before.energy - 1)).toBeLessThan(1e-12);
  for (const axis of [0, 1, 2]) expect(Math.abs(after.momentum[axis] - before.momentum[axis])).toBeLessThan(1e-12);
});

test("a turn of the axes turns the result, a periodic shift shifts it", () => {
  const n = 8;
  const field = (x: number, y: number, z: number): Primitive => [
    1 + 0.5 * Math.sin(7 * x + Math.cos(5 * y)),
    Math.sin(9 * y) + z,
    Math.cos(8 * z * x),
    x * y,
    0.5 + 0.4 * Math.sin(11 * z + 3 * x),
  ];
  const solve = (state: (x: number, y: number, z: number) => Primitive): HydroSolver => {
    const solver = new HydroSolver({cells: [n, n, n], spacing: 1 / n, gamma: 5 / 3, boundary: "periodic"});
    solver.set(state);
    solver.run(0.3);
    return solver;
  };
  const original = solve(field);
  const turned = solve((x, y, z) => {
    const [r, u, v, w, p] = field(z, x, y);
    return [r, v, w, u, p];
  });
  const shifted = solve((x, y, z) => field((x + 3 / n) % 1, y, (z + 5 / n) % 1));
  for (let cell = 0; cell < n ** 3; cell++) {
    const i = Math.floor(cell / n ** 2);
    const j = Math.floor(cell / n) % n;
    const k = cell % n;
    const [r, u, v, w, p] = original.cell(k, i, j);
    [r, v, w, u, p].forEach((value, c) => expect(Math.abs(turned.cell(i, j, k)[c] - value)).toBeLessThan(1e-11));
    const expected = original.cell((i + 3) % n, j, (k + 5) % n);
    expected.forEach((value, c) => expect(Math.abs(shifted.cell(i, j, k)[c] - value)).toBeLessThan(1e-11));
  }
});

describe("internal energy", () => {
  test("smooth compression makes no heat: p / rho^gamma stays to 1e-3", () => {
    const n = 32;
    const solver = new HydroSolver({cells: [n, 1, 1], spacing: 1 / n, gamma: 5 / 3, boundary: "periodic"});
    solver.set((x) => [1, -0.3 * Math.sin(2 * Math.PI * x), 0, 0, 0.6]);
    solver.run(0.2);
    const states = Array.from({length: n}, (_, i) => solver.cell(i, 0, 0));
    expect(Math.max(...states.map(([r]) => r))).toBeGreaterThan(1.2);
    for (const [r, , , , p] of states) expect(Math.abs(p / 0.6 / r ** (5 / 3) - 1)).toBeLessThan(1e-3);
  });

  test("gas at Mach 8000 keeps its temperature, by the energy that is carried along", () => {
    const n = 32;
    const run = (dual: number): HydroSolver => {
      const options = {cells: [n, 1, 2], spacing: 1 / n, gamma: 5 / 3, boundary: "periodic", dual} as const;
      const solver = new HydroSolver(options);
      solver.set((x) => [1 + 0.3 * Math.sin(2 * Math.PI * x), 1, 0, 0.5 * Math.cos(2 * Math.PI * x), 1e-8]);
      solver.run(0.5);
      return solver;
    };
    const pressures = (solver: HydroSolver): number[] =>
      Array.from({length: n}, (_, i) => solver.cell(i, 0, 0)[4] * 1e8);
    const carried = run(1e-3);
    const difference = run(0);
    expect(carried.dualChoices).toBeGreaterThanOrEqual(carried.steps * n);
    expect(carried.floors).toBe(0);
    pressures(carried).forEach((p) => expect(Math.abs(p - 1)).toBeLessThan(1e-10));
    expect(Math.max(...pressures(difference).map((p) => Math.abs(p - 1)))).toBeGreaterThan(0.1);
  });
});

test("waves leave an open box", () => {
  const energy = (boundary: Boundary): number => {
    const solver = new HydroSolver({cells: [10, 10, 10], spacing: 0.1, gamma: 1.4, boundary});
    solver.set((x, y, z) => [1, 0, 0, 0, 1 + Math.exp(-60 * ((x - 0.5) ** 2 + (y - 0.5) ** 2 + (z - 0.5) ** 2))]);
    solver.run(1.5);
    return solver.totals().energy;
  };
  expect(energy("periodic")).toBeCloseTo(2.5 * (1 + (Math.PI / 60) ** 1.5), 6);
  expect(energy("open")).toBeLessThan(2.505);
});

test("steps end exactly where they should", () => {
  const solver = randomGas("open");
  solver.run(0.123);
  expect(solver.time).toBe(0.123);
  const {steps} = solver;
  solver.run(0.123);
  expect(solver.steps).toBe(steps);
});

test("bad input is refused by name", () => {
  const good = {cells: [4, 4, 4], spacing: 0.25, gamma: 1.4, boundary: "open"} as const;
  expect(() => new HydroSolver({...good, gamma: 1})).toThrow("expected gamma to be a finite number above 1, found 1");
  expect(() => new HydroSolver({...good, courant: 0.9})).toThrow(
    "expected courant to be a finite number above 0 and up to 0.5, found 0.9",
  );
  expect(() => new HydroSolver({...good, cells: [0, 4, 4]})).toThrow(
    "expected cells to be a list of 3 entries, each a whole number of 1 or more, found",
  );
  expect(() => new HydroSolver({...good, spacing: 0})).toThrow(
    "expected spacing to be a finite number above 0, found 0",
  );
  expect(() => new HydroSolver(good).set(() => [1, 0, 0, 0, -1])).toThrow("cell (0, 0, 0), found density 1");
  expect(() => new HydroSolver(good).run(1)).toThrow("expected a finite state");
});
