import {Rng} from "@lola-ts/core";
import {EulerSolver, type Primitive} from "../../src/euler/solver";
import type {Boundary} from "../../src/gas";
import {drawQuadrants, laxLiu, piecewiseConstant, type Quadrants} from "../../src/euler/initial";
import {riemann, type GasState} from "../../src/euler/riemann";

type Field = (x: number, y: number) => Primitive;

const gas = (density: number, velocity: number, pressure: number): GasState => ({density, velocity, pressure});

/** Solve to a time and return the solver. */
function solve(
  state: Field,
  {
    cells = [64, 64],
    gamma = 1.4,
    boundary = "periodic",
    size = [1, 1],
    until,
    courant = 0.4,
  }: {
    cells?: [number, number];
    gamma?: number;
    boundary?: Boundary;
    size?: [number, number];
    until: number;
    courant?: number;
  },
): EulerSolver {
  const solver = new EulerSolver({cells, gamma, boundary, size, courant});
  solver.set(state);
  solver.run(until);
  return solver;
}

/** A tube along either axis with a jump at 0.5: primitive states of its N cells, velocity along the tube second. */
function tube(left: GasState, right: GasState, n: number, until: number, {axis = "x", gamma = 1.4} = {}) {
  const side = (s: number): Primitive => {
    const {density, velocity, pressure} = s < 0.5 ? left : right;
    return axis === "x" ? [density, velocity, 0, pressure] : [density, 0, velocity, pressure];
  };
  const solver = solve((x, y) => side(axis === "x" ? x : y), {
    cells: axis === "x" ? [n, 1] : [1, n],
    gamma,
    boundary: "open",
    until,
  });
  const cells = Array.from({length: n}, (_, i): Primitive => {
    const [r, u, v, p] = axis === "x" ? solver.cell(i, 0) : solver.cell(0, i);
    return axis === "x" ? [r, u, v, p] : [r, v, u, p];
  });
  return {cells, solver};
}

const SOD: [GasState, GasState] = [gas(1, 0, 1), gas(0.125, 0, 0.1)];

describe("Sod's tube", () => {
  test.each([
    [100, 5.5e-3],
    [200, 2.9e-3],
  ])("with %d cells has an L1 error in density below %d, along x as along y", (n, limit) => {
    const along = (axis: string) => tube(...SOD, n, 0.2, {axis}).cells;
    const x = along("x");
    const y = along("y");
    const exact = riemann(...SOD, 1.4);
    const errors = x.map(([density], i) => Math.abs(density - exact(((i + 0.5) / n - 0.5) / 0.2).density));
    const error = errors.reduce((sum, value) => sum + value, 0) / n;
    expect(error).toBeLessThan(limit);
    expect(error).toBeGreaterThan(limit / 2); // an error that small would mean that the test compares nothing
    x.forEach((state, i) => state.forEach((value, k) => expect(Math.abs(value - y[i][k])).toBeLessThan(1e-13)));
  });

  test.each([
    [1.13, 0.316918, 1.046043, 0.361709, 0.338334],
    [1.76, 0.291401, 0.816013, 0.496288, 0.221188],
  ])("has the right plateaus at gamma %d", (gamma, pressure, velocity, left, right) => {
    const {cells} = tube(...SOD, 400, 0.2, {gamma});
    const contact = 0.5 + 0.2 * velocity;
    const at = (x: number): Primitive => cells[Math.floor(400 * x)];
    for (const [[density, u, , p], expected] of [
      [at(contact - 0.03), left],
      [at(contact + 0.03), right],
    ] as [Primitive, number][]) {
      expect(Math.abs(p / pressure - 1)).toBeLessThan(0.01);
      expect(Math.abs(u / velocity - 1)).toBeLessThan(0.01);
      expect(Math.abs(density / expected - 1)).toBeLessThan(0.01);
    }
  });
});

describe("strong waves need no floor", () => {
  const extremes = (cells: Primitive[], k: number): [number, number] => [
    Math.min(...cells.map((state) => state[k])),
    Math.max(...cells.map((state) => state[k])),
  ];

  test("two rarefactions that nearly open a vacuum", () => {
    const {cells, solver} = tube(gas(1, -2, 0.4), gas(1, 2, 0.4), 200, 0.15);
    expect(solver.floors).toBe(0);
    expect(extremes(cells, 0)[0]).toBeGreaterThan(0.02);
    expect(extremes(cells, 3)[0]).toBeGreaterThan(1.9e-3);
  });

  test("a blast of pressure 1000 against 0.01", () => {
    const {cells, solver} = tube(gas(1, 0, 1000), gas(1, 0, 0.01), 200, 0.012);
    expect(solver.floors).toBe(0);
    expect(Math.abs(extremes(cells, 0)[1] - 5.98)).toBeLessThan(0.05);
  });

  test("two colliding shocks", () => {
    const {cells, solver} = tube(gas(5.99924, 19.5975, 460.894), gas(5.99242, -6.19633, 46.095), 200, 0.035);
    expect(solver.floors).toBe(0);
    expect(extremes(cells, 0)[1]).toBeGreaterThan(30);
    expect(extremes(cells, 0)[1]).toBeLessThan(31.3);
  });
});

test("an isentropic vortex that drifts through the box converges with second order", () => {
  const vortex: Field = (x, y) => {
    const dx = x - 5;
    const dy = y - 5;
    const bell = Math.exp(1 - dx * dx - dy * dy);
    const temperature = 1 - (0.4 * 25 * bell) / (8 * 1.4 * Math.PI ** 2);
    const spin = (5 / (2 * Math.PI)) * Math.sqrt(bell);
    const density = temperature ** 2.5;
    return [density, -spin * dy, 1 + spin * dx, density * temperature];
  };
  const error = (n: number): number => {
    const solver = solve(vortex, {cells: [n, n], size: [10, 10], until: 10});
    let sum = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        sum += Math.abs(solver.cell(i, j)[0] - vortex(((i + 0.5) * 10) / n, ((j + 0.5) * 10) / n)[0]);
      }
    }
    return sum / n ** 2;
  };
  const coarse = error(64);
  const fine = error(128);
  expect(coarse).toBeLessThan(1.5e-3);
  expect(fine).toBeLessThan(3e-4);
  expect(Math.log2(coarse / fine)).toBeGreaterThan(1.8);
});

test("configuration 3 of Lax and Liu keeps its symmetry and its known values", () => {
  const states = laxLiu(3);
  const n = 128;
  const solver = solve(piecewiseConstant({x: [0.5], y: [0.5], states}), {cells: [n, n], boundary: "open", until: 0.3});
  let min = Infinity;
  let max = 0;
  let sum = 0;
  let asymmetry = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const density = solver.cell(i, j)[0];
      min = Math.min(min, density);
      max = Math.max(max, density);
      sum += density;
      asymmetry = Math.max(asymmetry, Math.abs(density - solver.cell(j, i)[0]));
    }
  }
  expect(asymmetry).toBeLessThan(1e-11);
  expect(min).toBeCloseTo(0.138, 3);
  expect(Math.abs(max / 1.73 - 1)).toBeLessThan(0.03);
  // Gas flows in where a low density meets the left edge and the lower one; the shock between both densities moves along it.
  const [low, mid, high] = [states[0][0], states[1][0], states[1][1]];
  const shock = (low[0] * low[2]) / (low[0] - mid[0]);
  const inflow = low[1] * (0.3 * mid[0] + (low[0] - mid[0]) * (0.3 * 0.5 + (shock * 0.3 ** 2) / 2));
  expect(sum / n ** 2).toBeCloseTo((low[0] + 2 * mid[0] + high[0]) / 4 + 2 * inflow, 4);
  const diagonal = (x: number): number => solver.cell(Math.floor(x * n), Math.floor(x * n))[0];
  [0.2, 0.5, 0.6, 0.7].forEach((x, k) => {
    expect(Math.abs(diagonal(x) - [0.138, 1.485, 1.483, 1.489][k])).toBeLessThan(0.01);
  });
  expect([solver.floors, solver.time]).toEqual([0, 0.3]);
});

test("mass, momentum and energy are conserved to round-off on a periodic domain", () => {
  const quadrants = drawQuadrants(Rng.from("conservation"));
  const solver = new EulerSolver({cells: [48, 48], gamma: 1.4, boundary: "periodic"});
  solver.set(piecewiseConstant(quadrants));
  const before = solver.totals();
  solver.run(1.5);
  const after = solver.totals();
  expect(solver.steps).toBeGreaterThan(200);
  expect(Math.abs(after.mass / before.mass - 1)).toBeLessThan(1e-12);
  expect(Math.abs(after.energy / before.energy - 1)).toBeLessThan(1e-12);
  for (const k of [0, 1]) expect(Math.abs(after.momentum[k] - before.momentum[k])).toBeLessThan(1e-12);
});

test("waves leave an open domain and do not leave a periodic one", () => {
  const pulse: Field = (x, y) => [1, 0, 0, 1 + Math.exp(-100 * ((x - 0.5) ** 2 + (y - 0.5) ** 2))];
  const energy = (boundary: Boundary): number => {
    const solver = solve(pulse, {cells: [32, 32], boundary, until: 2});
    return solver.totals().energy;
  };
  expect(energy("periodic")).toBeCloseTo(2.5 * (1 + Math.PI / 100), 10);
  expect(energy("open")).toBeLessThan(2.52);
});

describe("invariances", () => {
  const n = 32;
  const quadrants: Quadrants = drawQuadrants(Rng.from("invariances", 1), "few");
  const field = piecewiseConstant(quadrants);
  const options = {cells: [n, n] as [number, number], gamma: 1.3, until: 0.5};
  const original = solve(field, options);

  test.each<[string, Field, (i: number, j: number) => Primitive]>([
    [
      "mirror",
      (x, y) => {
        const [r, u, v, p] = field(1 - x, y);
        return [r, -u, v, p];
      },
      (i, j) => {
        const [r, u, v, p] = original.cell(n - 1 - i, j);
        return [r, -u, v, p];
      },
    ],
    [
      "transpose",
      (x, y) => {
        const [r, u, v, p] = field(y, x);
        return [r, v, u, p];
      },
      (i, j) => {
        const [r, u, v, p] = original.cell(j, i);
        return [r, v, u, p];
      },
    ],
    [
      "periodic shift",
      (x, y) => field((x + 5 / n) % 1, (y + 29 / n) % 1),
      (i, j) => original.cell((i + 5) % n, (j + 29) % n),
    ],
  ])("a %s of the initial state is one of the result", (_, initial, expected) => {
    const solver = solve(initial, options);
    let difference = 0;
    let size = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        solver.cell(i, j).forEach((value, k) => {
          difference = Math.max(difference, Math.abs(value - expected(i, j)[k]));
          size = Math.max(size, Math.abs(value - original.cell(i, j)[k]));
        });
      }
    }
    expect(difference).toBeLessThan(1e-11);
    expect(size).toBeGreaterThan(0.1); // the transformed state differs from the original
  });
});

describe("frame", () => {
  test("averages what is conserved, and derives the pressure from it", () => {
    const solver = new EulerSolver({cells: [4, 6], gamma: 1.5, boundary: "open"});
    solver.set((x, y) => [1 + x, y, x - y, 2 + x * y]);
    const fine = solver.frame(1);
    const coarse = solver.frame(2);
    expect(coarse.density).toHaveLength(6);
    const block = (field: Float32Array, i: number, j: number, of = 1, c = 0): number =>
      [0, 1, 6, 7].reduce((sum, k) => sum + field[(2 * i * 6 + 2 * j + k) * of + c], 0) / 4;
    for (const [i, j] of [
      [0, 0],
      [0, 2],
      [1, 1],
    ]) {
      const c = i * 3 + j;
      const momentum = [0, 1].map((k) => block(fine.momentum, i, j, 2, k));
      expect(coarse.density[c]).toBeCloseTo(block(fine.density, i, j), 6);
      expect(coarse.energy[c]).toBeCloseTo(block(fine.energy, i, j), 5);
      momentum.forEach((value, k) => expect(coarse.momentum[2 * c + k]).toBeCloseTo(value, 6));
      const kinetic = (momentum[0] ** 2 + momentum[1] ** 2) / (2 * block(fine.density, i, j));
      expect(coarse.pressure[c]).toBeCloseTo(0.5 * (block(fine.energy, i, j) - kinetic), 5);
    }
  });

  test("refuses a factor that does not divide the grid", () => {
    const solver = new EulerSolver({cells: [4, 6], gamma: 1.5, boundary: "open"});
    expect(() => solver.frame(4)).toThrow("expected a factor that divides 4 x 6 cells, found 4");
  });
});

describe("bad input", () => {
  const good = {cells: [4, 4] as [number, number], gamma: 1.4, boundary: "open" as const};

  test("is refused by name", () => {
    expect(() => new EulerSolver({...good, gamma: 1})).toThrow("expected gamma to be a finite number above 1, found 1");
    expect(() => new EulerSolver({...good, courant: 0.9})).toThrow(
      "expected courant to be a finite number above 0 and up to 0.5, found 0.9",
    );
    expect(() => new EulerSolver({...good, cells: [0, 4]})).toThrow(
      "expected cells to be a list of 2 entries, each a whole number of 1 or more, found",
    );
    expect(() => new EulerSolver(good).set(() => [1, 0, 0, -1])).toThrow("cell (0, 0), found density 1");
  });

  test("a state that was never set does not hang", () => {
    expect(() => new EulerSolver(good).run(1)).toThrow("expected a finite state");
  });
});
