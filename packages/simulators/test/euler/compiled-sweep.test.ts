/** The compiled time step beside the one in JavaScript: the same bits, whatever the flow. */
import {Rng} from "@lola-ts/core";
import {drawQuadrants, piecewiseConstant} from "../../src/euler/initial";
import {eulerModule, scriptLoops, type EulerLoops} from "../../src/euler/sweep";
import {EulerSolver, type Primitive} from "../../src/euler/solver";
import type {Boundary} from "../../src/gas";
import {bothWays} from "../../../../test/both-ways";
import {bitsOf} from "../../../../test/bits";
import {makeCells, sweepOf} from "./swept-cells";

const module_ = eulerModule.wanted!;

const GRIDS: [number, number][] = [
  [5, 7],
  [16, 16],
  [33, 64],
  [64, 33],
  [1, 40],
  [40, 1],
];

type Draw = (random: Rng) => readonly [density: number, u: number, v: number, pressure: number];

/** What sweeps leave behind. */
function sweepAll(draw: Draw, grid: [number, number], gamma: number, steps: readonly number[]) {
  return [module_, scriptLoops].map((loops) => {
    const cells = makeCells(grid, draw, {gamma});
    const sweep = sweepOf(loops, cells);
    const speeds = steps.map((step) => sweep(step, 0.7 * step));
    return {u: bitsOf(cells.u), w: bitsOf(cells.w), speeds: bitsOf(Float64Array.from(speeds)), counts: cells.counts};
  });
}

describe("a solver's run has the same bits both ways", () => {
  const boundaries: (Boundary | readonly [Boundary, Boundary])[] = ["periodic", "open", ["open", "periodic"]];
  const bump = (x: number, y: number): Primitive => [1 + 0.4 * Math.sin(5 * x + y), Math.sin(9 * y), -0, 1 + x * y];
  const field = piecewiseConstant(drawQuadrants(Rng.from("both ways"), "few"));
  const cases = GRIDS.flatMap((cells) => boundaries.map((boundary) => ({cells, boundary})));

  test.each(cases)("$cells cells, $boundary", ({cells, boundary}) => {
    const gamma = 1.13 + cells[0] / 100;
    for (const state of [field, bump]) {
      const [compiled, script] = bothWays(() => {
        const solver = new EulerSolver({cells, gamma, boundary, size: [1, 2]});
        solver.set(state);
        for (let i = 0; i < 60; i++) solver.step(solver.timeStep());
        const grid = Array.from({length: cells[0] * cells[1]}, (_, c) =>
          solver.cell(Math.floor(c / cells[1]), c % cells[1]),
        );
        const {time, fallbacks, floors} = solver;
        return {bits: bitsOf(Float64Array.from(grid.flat())), time, fallbacks, floors, totals: solver.totals()};
      });
      expect(compiled).toEqual(script);
    }
  });
});

describe("a sweep has the same bits both ways", () => {
  const flows: [string, number[], Draw][] = [
    ["noise", [0.02, 0.02, 0.02], (r) => [0.5 + r.uniform(), r.normal(), r.normal(), 0.5 + r.uniform()]],
    ["strong shocks", [1e-3, 1e-3, 0.1], (r) => [0.1 + r.uniform(), r.normal(), r.normal(), 10 ** (3 * r.normal())]],
    ["near-vacuum", [0.1, 0.3, 0.3], (r) => [10 ** -r.integer(9), 5 * r.normal(), 5 * r.normal(), 10 ** -r.integer(9)]],
    ["supersonic flow", [0.01, 0.01], (r) => [1, 20 * r.normal(), 20, 0.1]],
    ["rest", [0.3, 0.3], () => [1, 0, -0, 1]],
  ];

  test.each(flows)("%s", (name, steps, draw) => {
    for (const grid of GRIDS) {
      for (const gamma of [1.001, 1.13, 1.4, 5 / 3, 1.76]) {
        const [compiled, script] = sweepAll(draw, grid, gamma, steps);
        expect(compiled).toEqual(script);
      }
    }
    const [lifted, constant] = sweepAll(draw, [33, 64], 1.4, steps)[0].counts;
    if (name === "near-vacuum") expect(Math.min(lifted, constant)).toBeGreaterThan(100);
  });

  test("numbers without sense: infinite, NaN, negative, tiny, huge", () => {
    const values = [NaN, Infinity, -Infinity, 0, -0, -1, 5e-324, -1e-310, 1e-160, 1e160, 1.7e308, 1, 2];
    const any = (random: Rng): number => values[random.integer(values.length)];
    const rare = (random: Rng): number => (random.uniform() < 0.02 ? any(random) : 1 + random.uniform());
    for (const value of [any, rare]) {
      for (const grid of GRIDS) {
        const draw: Draw = (random) => [value(random), value(random), value(random), value(random)];
        const [compiled, script] = sweepAll(draw, grid, 1.4, [0.1, 0.2]);
        expect(compiled).toEqual(script);
      }
    }
  });
});

test("is compared before it is used: one that rounds otherwise does not agree", () => {
  expect(eulerModule.agrees(module_)).toBe(true);
  expect(eulerModule.agrees({sweep: (...args) => module_.sweep(...args) * (1 + Number.EPSILON)})).toBe(false);
  const wrong: EulerLoops = {
    sweep: (u, ...args) => {
      const speed = module_.sweep(u, ...args);
      u[300] *= 1 + Number.EPSILON;
      return speed;
    },
  };
  expect(eulerModule.agrees(wrong)).toBe(false);
});

test("refuses arrays that do not fit its grid", () => {
  const {u, w, counts} = makeCells([4, 4], () => [1, 0, 0, 1]);
  const call = (...args: unknown[]) => (module_.sweep as (...args: unknown[]) => number)(...args);
  const rest = [4, 4, 0.1, 0.1, 1.4];
  expect(call(u, w, counts, ...rest)).toBeGreaterThan(1);
  for (const args of [
    [],
    [u, w, counts],
    [u, w, counts, 5, ...rest.slice(1)],
    [u, w, counts, -4, ...rest.slice(1)],
    [u, w, counts, NaN, ...rest.slice(1)],
    [u, u.buffer, counts, ...rest],
    [u, w, new Float64Array(2), ...rest],
    [u, new BigInt64Array(u.length), counts, ...rest],
    [u, w, counts, "4", ...rest.slice(1)],
  ]) {
    expect(() => call(...args)).toThrow("sweep: expected u, w, counts, nx, ny, ax, ay, gamma of a grid.");
  }
});
