import {Rng} from "@lola-ts/core";
import {energyOf, enstrophyOf} from "../../src/kolmogorov/diagnostics";
import {FrameGrid} from "../../src/kolmogorov/frame";
import {KolmogorovSolver} from "../../src/kolmogorov/solver";
import {
  drawVorticity,
  expectedKolmogorovCost,
  simulateKolmogorov,
  type KolmogorovRequest,
} from "../../src/kolmogorov/trajectory";

const request = (overrides: Partial<KolmogorovRequest> = {}): KolmogorovRequest => ({
  system: "kolmogorov",
  seed: ["trajectory", 1],
  reynolds: 40,
  grid: [16, 20],
  oversampling: 2,
  spinUp: 1,
  frames: 3,
  endTime: 0.5,
  ...overrides,
});

test("is the solver's run from the vorticity of its seed, frame by frame after the spin-up", () => {
  const {fields, diagnostics} = simulateKolmogorov(request());
  const solver = new KolmogorovSolver({reynolds: 40, grid: [32, 40]});
  solver.start(drawVorticity(Rng.from("trajectory", 1)));
  const grid = new FrameGrid(solver.modes, [16, 20]);
  for (const [k, time] of [1, 1.25, 1.5].entries()) {
    solver.run(time);
    const frame = grid.frame(solver.vorticity);
    for (const name of ["vorticity", "velocity"] as const) {
      const size = frame[name].length;
      expect(fields[name].subarray(k * size, (k + 1) * size)).toEqual(frame[name]);
    }
  }
  expect(diagnostics).toMatchObject({steps: solver.steps, updates: solver.steps * 32 * 40});
});

test("the same request gives the same bytes, another seed, Reynolds number or drag others", () => {
  const vorticity = (overrides: Partial<KolmogorovRequest>) => simulateKolmogorov(request(overrides)).fields.vorticity;
  const first = vorticity({});
  expect(vorticity({})).toEqual(first);
  for (const change of [{seed: ["trajectory", 2]}, {reynolds: 50}, {drag: 0}, {spinUp: 0}]) {
    expect(vorticity(change)).not.toEqual(first);
  }
});

test("a run tells whether its energy is balanced, its velocity free of divergence, its flow resolved", () => {
  const {budget, divergence, tail, resolved, energy, enstrophy} = simulateKolmogorov(request()).diagnostics;
  expect(budget).toBeLessThan(0.01);
  expect(divergence).toBeLessThan(1e-6);
  expect(tail).toBeGreaterThan(1e-3);
  expect(resolved).toBe(tail <= 0.01);
  for (const half of energy) expect(half).toBeGreaterThan(0.1);
  expect(enstrophy).toBeGreaterThan(energy[0]);
  expect(simulateKolmogorov(request({reynolds: 10})).diagnostics.resolved).toBe(true);
  expect(simulateKolmogorov(request({reynolds: 1000})).diagnostics.resolved).toBe(false);
});

test("energy and enstrophy drift at first, and no longer after the spin-up", () => {
  const flows = Array.from({length: 8}, (_, seed) => {
    const solver = new KolmogorovSolver({reynolds: 40, grid: [32, 32]});
    solver.start(drawVorticity(Rng.from("stationary", seed)));
    return solver;
  });
  const average = (from: number, to: number) => {
    let energy = 0;
    let enstrophy = 0;
    for (const solver of flows) {
      for (let time = from + 0.5; time <= to; time += 0.5) {
        solver.run(time);
        energy += energyOf(solver);
        enstrophy += enstrophyOf(solver);
      }
    }
    const samples = 2 * (to - from) * flows.length;
    return [energy / samples, enstrophy / samples];
  };
  const [, early, , late, later] = [
    [0, 1],
    [1, 4],
    [4, 20],
    [20, 30],
    [30, 40],
  ].map(([from, to]) => average(from, to));
  expect(early[1] / later[1]).toBeGreaterThan(1.25);
  for (const k of [0, 1]) expect(Math.abs(late[k] / later[k] - 1)).toBeLessThan(0.1);
});

test("the energy spectrum is steeper than −3, less so at a larger Reynolds number", () => {
  const [low, high] = [50, 200].map((reynolds) => {
    const {diagnostics} = simulateKolmogorov(
      request({reynolds, grid: [32, 32], oversampling: 2, spinUp: 10, frames: 11, endTime: 5}),
    );
    return diagnostics.slope;
  });
  expect(high).toBeLessThan(-3);
  expect(high).toBeGreaterThan(-6.5);
  expect(low).toBeLessThan(high - 0.5);
});

test("the expected cost grows as steps and cells do, and is about the work done", () => {
  const cost = expectedKolmogorovCost(request({grid: [32, 32], spinUp: 2, endTime: 2}));
  expect(expectedKolmogorovCost(request({grid: [32, 32], spinUp: 2, endTime: 6})) / cost).toBeCloseTo(2, 10);
  expect(expectedKolmogorovCost(request({grid: [64, 64], spinUp: 2, endTime: 2})) / cost).toBeCloseTo(8, 10);
  const {updates} = simulateKolmogorov(request({grid: [32, 32], spinUp: 2, endTime: 2, oversampling: 1})).diagnostics;
  const expected = expectedKolmogorovCost(request({grid: [32, 32], spinUp: 2, endTime: 2, oversampling: 1}));
  expect(updates / expected).toBeGreaterThan(0.5);
  expect(updates / expected).toBeLessThan(2);
});

test("requests that make no sense are refused in words", () => {
  const refused = (overrides: Partial<KolmogorovRequest>) => () => simulateKolmogorov(request(overrides));
  expect(refused({grid: [16, 2]})).toThrow(
    "simulateKolmogorov: expected grid to be a list of 2 entries, each a whole number of 4 or more, found",
  );
  expect(refused({oversampling: 1.5})).toThrow("expected oversampling to be a whole number of 1 or more, found 1.5");
  expect(refused({grid: [8, 16]})).toThrow("expected grid times oversampling to be 19 or more, found 16 x 32");
  expect(refused({spinUp: -1})).toThrow("expected spinUp to be a finite number of 0 or more, found -1");
  expect(refused({frames: 0})).toThrow("expected frames to be a whole number of 1 or more, found 0");
  expect(refused({endTime: 0})).toThrow("expected endTime to be a finite number above 0, found 0");
});
