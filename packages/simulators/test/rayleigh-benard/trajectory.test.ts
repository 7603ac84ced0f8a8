import {
  expectedRayleighBenardCost,
  gridFor,
  initialBuoyancy,
  simulateRayleighBenard,
  type RayleighBenardRequest,
} from "../../src/rayleigh-benard/trajectory";
import {RayleighBenardSolver} from "../../src/rayleigh-benard/solver";

const request: RayleighBenardRequest = {
  system: "rayleigh-benard",
  seed: ["rayleigh-benard", 3],
  rayleigh: 1e5,
  prandtl: 1,
  difference: 0.6,
  grid: [32, 16],
  resolution: [64, 32],
  frames: 11,
  endTime: 20,
};

describe("a trajectory", () => {
  const {fields, diagnostics} = simulateRayleighBenard(request);
  const frame = (field: Float32Array, k: number) => field.slice((k * field.length) / 11, ((k + 1) * field.length) / 11);

  test("has all frames of all fields, in single precision", () => {
    expect(Object.keys(fields)).toEqual(["buoyancy", "pressure", "velocity"]);
    expect(Object.values(fields).map(({length}) => length)).toEqual([11 * 512, 11 * 512, 11 * 1024]);
  });

  test("begins at rest and without pressure, with noise about conduction's profile", () => {
    for (const still of [fields.velocity, fields.pressure]) expect(frame(still, 0).every((v) => v === 0)).toBe(true);
    const solver = new RayleighBenardSolver({rayleigh: 1e5, prandtl: 1, grid: [64, 32]});
    solver.set(initialBuoyancy(request));
    expect(frame(fields.buoyancy, 0)).toEqual(solver.frame([32, 16]).buoyancy);
    solver.set((_, z) => 0.6 * (1 - z));
    const calm = solver.frame([32, 16]).buoyancy;
    const noise = frame(fields.buoyancy, 0).map((b, c) => b - calm[c]);
    expect(Math.max(...noise.map(Math.abs))).toBeGreaterThan(1e-5);
    expect(Math.max(...noise.map(Math.abs))).toBeLessThan(2e-3);
  });

  test("then heats up and convects", () => {
    const later = frame(fields.buoyancy, 1); // the wall heats its neighbourhood
    expect(later[0]).toBeGreaterThan(0.9);
    expect(Math.max(...frame(fields.velocity, 10).map(Math.abs))).toBeGreaterThan(0.1);
    expect(frame(fields.pressure, 10).some((p) => Math.abs(p) > 0.01)).toBe(true);
  });

  test("reports its cost and how well it is resolved", () => {
    expect(diagnostics.updates).toBe(diagnostics.steps * 64 * 33);
    expect(diagnostics.steps).toBeGreaterThanOrEqual(20 / diagnostics.timeStep / 4);
    expect(diagnostics.seconds).toBeGreaterThan(0);
    expect(diagnostics.resolved).toBe(true);
    expect(diagnostics.tail.x).toBeGreaterThan(1e-6);
    expect(diagnostics.nusselt).toBeGreaterThan(1);
    expect(diagnostics.overshoot).toBeLessThan(0.01);
  });

  test("is the same for the same request, and another for another seed", () => {
    const short = {...request, frames: 3, endTime: 2};
    const [one, two, other] = [short, short, {...short, seed: ["else"]}].map((r) => simulateRayleighBenard(r).fields);
    expect(two).toEqual(one);
    expect(other.buoyancy).not.toEqual(one.buoyancy);
  });
});

test("long-time convection at Ra 1e5 carries the known heat: Nu 4.98", () => {
  // Settles to steady rolls; the number of rolls depends on the start, whose noise is therefore helped to two pairs.
  const solver = new RayleighBenardSolver({rayleigh: 1e5, prandtl: 1, grid: [64, 32]});
  solver.set((x, z) => 1 - z + 0.1 * z * (1 - z) * Math.cos(Math.PI * x));
  solver.run(60);
  expect(Math.abs(solver.nusselt().bottom - 4.98)).toBeLessThan(0.1);
});

describe("resolution", () => {
  test("is said to suffice where measured spectra end in time", () => {
    const resolves = (rayleigh: number, prandtl: number, resolution: number[]): boolean =>
      gridFor(rayleigh, prandtl).every((needed, axis) => resolution[axis] >= needed);
    expect(resolves(1e5, 1, [64, 32])).toBe(true);
    expect(resolves(1e6, 1, [128, 48])).toBe(true);
    expect(resolves(1e6, 1, [64, 48])).toBe(false);
    expect(resolves(1e7, 1, [256, 64])).toBe(true);
    expect(resolves(1e8, 1, [128, 48])).toBe(false);
    expect(resolves(1e10, 1, [768, 128])).toBe(false); // The Well's own modes
  });

  test("grows with the Rayleigh number, and away from Pr 1", () => {
    const grids = [1e4, 1e6, 1e8, 1e10].map((rayleigh) => gridFor(rayleigh, 1));
    grids.slice(1).forEach(([points, degree], i) => {
      expect(points).toBeGreaterThan(grids[i][0]);
      expect(degree).toBeGreaterThan(grids[i][1]);
    });
    expect(gridFor(1e7, 10)).toEqual(gridFor(1e7, 0.1));
    expect(gridFor(1e7, 10)[1]).toBeGreaterThan(gridFor(1e7, 1)[1]);
  });

  test("too coarse is reported", () => {
    const {diagnostics} = simulateRayleighBenard({...request, rayleigh: 3e6, resolution: [64, 32], difference: 1});
    expect(diagnostics.resolved).toBe(false);
  });
});

test("costs grow with time, grid and speed", () => {
  const cost = expectedRayleighBenardCost(request);
  expect(expectedRayleighBenardCost({...request, endTime: 40})).toBeCloseTo(2 * cost, 3);
  expect(expectedRayleighBenardCost({...request, resolution: [128, 64]})).toBeGreaterThan(8 * cost);
  expect(expectedRayleighBenardCost({...request, prandtl: 0.1})).toBeGreaterThan(cost);
});

test.each([
  [{frames: 0}, "expected frames to be a whole number of 1 or more, found 0"],
  [{endTime: -1}, "expected endTime to be a finite number above 0, found -1"],
  [{grid: [32, 1.5]}, "expected grid to be a list of 2 entries, each a whole number of 1 or more, found"],
  [{difference: NaN}, "expected difference to be a finite number, found NaN"],
])("requests with %p are refused", (options, message) => {
  expect(() => simulateRayleighBenard({...request, ...options} as RayleighBenardRequest)).toThrow(message);
});
