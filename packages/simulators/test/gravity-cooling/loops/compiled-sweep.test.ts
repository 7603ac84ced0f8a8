/** The compiled time step of the gas beside the one in JavaScript: the same bits, whatever the flow. */
import {Rng} from "@lola-ts/core";
import type {Boundary} from "../../../src/gas";
import {HydroSolver, type Triple} from "../../../src/gravity-cooling/hydro";
import {COUNT} from "../../../src/gravity-cooling/kernels";
import {scriptLoops, sweepModule, type SweepLoops} from "../../../src/gravity-cooling/sweep";
import {bothWays} from "../../../../../test/both-ways";
import {bitsOf} from "../../../../../test/bits";
import {innerStates, makeGas, type Draw} from "./swept-gas";

const module_ = sweepModule.wanted!;

const GRIDS: Triple<number>[] = [
  [3, 5, 7],
  [8, 8, 8],
  [2, 3, 33],
  [1, 1, 20],
  [1, 20, 1],
  [20, 1, 1],
];

/** What sweeps leave behind, both ways. */
function sweepBoth(
  draw: Draw,
  cells: Triple<number>,
  steps: readonly number[],
  options: {gamma?: number; dual?: number},
) {
  return [module_, scriptLoops].map(({sweep}) => {
    const gas = makeGas(cells, draw, options);
    const {u, w, counts, gamma, dual} = gas;
    const constant = steps.map((step) => sweep(u, w, counts, ...cells, step, gamma, dual));
    return {u: bitsOf(innerStates(gas)), w: bitsOf(gas.w), constant, counts: [...gas.counts]};
  });
}

describe("a sweep has the same bits both ways", () => {
  const velocity = (random: Rng, size: number) =>
    [size * random.normal(), size * random.normal(), size * random.normal()] as const;
  const flows: [string, number[], Draw][] = [
    ["noise", [0.02, 0.02, 0.02], (r) => [0.5 + r.uniform(), ...velocity(r, 1), 0.5 + r.uniform()]],
    ["strong shocks", [1e-3, 1e-3, 0.1], (r) => [0.1 + r.uniform(), ...velocity(r, 1), 10 ** (3 * r.normal())]],
    ["near-vacuum", [0.1, 0.3, 0.3], (r) => [10 ** -r.integer(12), ...velocity(r, 5), 10 ** -r.integer(16)]],
    ["cold gas that moves fast", [0.01, 0.01], (r) => [1, ...velocity(r, 20), 1e-6 * r.uniform()]],
    ["rest", [0.3, 0.3], () => [1, 0, -0, 0, 1]],
  ];

  test.each(flows)("%s", (name, steps, draw) => {
    const sums = {floors: 0, dual: 0, constant: 0};
    for (const cells of GRIDS) {
      for (const options of [{}, {gamma: 1.001}, {gamma: 1.4, dual: 0}, {gamma: 2, dual: 0.5}]) {
        const [found, expected] = sweepBoth(draw, cells, steps, options);
        expect(found).toEqual(expected);
        sums.floors += found.counts[COUNT.floors];
        sums.dual += found.counts[COUNT.dual];
        sums.constant += found.constant.reduce((sum, n) => sum + n, 0);
      }
    }
    if (name === "near-vacuum") expect(Math.min(sums.floors, sums.dual, sums.constant)).toBeGreaterThan(100);
  });

  test("numbers without sense: infinite, NaN, negative, tiny, huge", () => {
    const values = [NaN, Infinity, -Infinity, 0, -0, -1, 5e-324, -1e-310, 1e-160, 1e160, 1.7e308, 1, 2];
    const any = (random: Rng): number => values[random.integer(values.length)];
    const rare = (random: Rng): number => (random.uniform() < 0.02 ? any(random) : 1 + random.uniform());
    for (const value of [any, rare]) {
      for (const cells of GRIDS) {
        const draw: Draw = (random) => [value(random), value(random), value(random), value(random), value(random)];
        const [found, expected] = sweepBoth(draw, cells, [0.1, 0.2], {});
        expect(found).toEqual(expected);
      }
    }
  });
});

describe("a solver's run has the same bits both ways", () => {
  const boundaries: (Boundary | Triple<Boundary>)[] = ["periodic", "open", ["open", "periodic", "open"]];
  const cases = GRIDS.flatMap((cells) => boundaries.map((boundary) => ({cells, boundary})));

  test.each(cases)("$cells cells, $boundary", ({cells, boundary}) => {
    const [found, expected] = bothWays(() => {
      const solver = new HydroSolver({cells, boundary, spacing: 0.1, gamma: 1.3 + cells[0] / 100});
      const random = Rng.from("both ways", ...cells);
      solver.set(() => [0.3 + random.uniform(), random.normal(), 5 * random.normal(), -0, 10 ** random.normal()]);
      for (let i = 0; i < 40; i++) solver.step(solver.timeStep());
      const {time, steps, fallbacks, floors, dualChoices} = solver;
      return {w: bitsOf(solver.w), totals: solver.totals(), counts: [time, steps, fallbacks, floors, dualChoices]};
    });
    expect(found).toEqual(expected);
  });
});

test("is compared before it is used: one that rounds otherwise does not agree", () => {
  expect(sweepModule.agrees(module_)).toBe(true);
  expect(sweepModule.agrees({sweep: (...args) => module_.sweep(...args) + 1})).toBe(false);
  for (const changed of [0, 1]) {
    const sweep: SweepLoops["sweep"] = (u, w, ...rest) => {
      const constant = module_.sweep(u, w, ...rest);
      const states = [u, w][changed];
      for (let k = 0; k < states.length; k++) states[k] *= 1 + Number.EPSILON;
      return constant;
    };
    expect(sweepModule.agrees({sweep})).toBe(false);
  }
});

test("refuses arrays that do not fit its grid", () => {
  const {u, w, counts} = makeGas([4, 5, 6], () => [1, 0, 0, 0, 1]);
  const call = (...args: unknown[]) => (module_.sweep as (...args: unknown[]) => number)(...args);
  const rest = [0.1, 5 / 3, 1e-3];
  expect(call(u, w, counts, 4, 5, 6, ...rest)).toBe(0);
  for (const args of [
    [],
    [u, w, counts],
    [u, w, counts, 4, 5, 7, ...rest],
    [u, w, counts, 4, 5, -6, ...rest],
    [u, w, counts, 4, 5, 0, ...rest],
    [u, w, counts, NaN, 5, 6, ...rest],
    [u, w, counts, 999999999, 999999999, 999999999, ...rest],
    [w, u, counts, 4, 5, 6, ...rest],
    [u, w.buffer, counts, 4, 5, 6, ...rest],
    [u, new BigInt64Array(w.length), counts, 4, 5, 6, ...rest],
    [u, w, new Int32Array(1), 4, 5, 6, ...rest],
    [u, w, new Float64Array(2), 4, 5, 6, ...rest],
    [u, w, counts, "4", 5, 6, ...rest],
  ]) {
    expect(() => call(...args)).toThrow("sweep: expected u, w, counts, nx, ny, nz, a, gamma, dual of a grid.");
  }
});
