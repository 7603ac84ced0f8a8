import {Rng} from "@lola-ts/core";
import {EulerSolver} from "../../src/euler/solver";
import {drawQuadrants, piecewiseConstant} from "../../src/euler/initial";
import {expectedEulerCost, simulateEulerTrajectory, type EulerRequest} from "../../src/euler/trajectory";

const request = (overrides: Partial<EulerRequest> = {}): EulerRequest => ({
  system: "euler",
  seed: ["trajectory", 5],
  gamma: 1.4,
  boundary: "periodic",
  lines: "few",
  grid: [32, 32],
  oversampling: 1,
  frames: 3,
  endTime: 0.05,
  ...overrides,
});

test("frames are at exact times: a trajectory with more frames passes through the same states", () => {
  // The step that ends at a frame is shortened, so the runs differ by the scheme's error, not by interpolation.
  const few = simulateEulerTrajectory(request({frames: 2, endTime: 0.05}));
  const many = simulateEulerTrajectory(request({frames: 6, endTime: 0.05}));
  const size = 32 * 32;
  expect(many.fields.density.slice(0, size)).toEqual(few.fields.density.slice(0, size));
  const a = few.fields.density.slice(size);
  const b = many.fields.density.slice(5 * size);
  const difference = a.reduce((sum, value, k) => sum + Math.abs(value - b[k]), 0) / size;
  expect(difference).toBeLessThan(2e-3);
  expect(many.diagnostics.steps).toBeGreaterThan(few.diagnostics.steps);
});

test("is the solver's run from the quadrants of its seed, frame by frame", () => {
  const wanted = request({grid: [8, 12], oversampling: 2, boundary: "open", gamma: 1.3});
  const {fields, diagnostics} = simulateEulerTrajectory(wanted);
  const solver = new EulerSolver({cells: [16, 24], gamma: 1.3, boundary: "open"});
  solver.set(piecewiseConstant(drawQuadrants(Rng.from("trajectory", 5), "few")));
  for (const [k, time] of [0, 0.025, 0.05].entries()) {
    solver.run(time);
    const frame = solver.frame(2);
    for (const name of ["energy", "density", "pressure", "momentum"] as const) {
      const size = frame[name].length;
      expect(fields[name].subarray(k * size, (k + 1) * size)).toEqual(frame[name]);
    }
  }
  expect(diagnostics).toMatchObject({steps: solver.steps, updates: solver.steps * 16 * 24, floors: 0});
});

test("the same request gives the same bytes, another seed or gamma others", () => {
  const density = (overrides: Partial<EulerRequest>) => simulateEulerTrajectory(request(overrides)).fields.density;
  const first = density({});
  expect(density({})).toEqual(first);
  expect(density({seed: ["trajectory", 6]})).not.toEqual(first);
  expect(density({gamma: 1.6})).not.toEqual(first);
});

test("what should be conserved is, on a periodic domain; on an open one nothing is claimed", () => {
  const drift = ({diagnostics}: ReturnType<typeof simulateEulerTrajectory>) => diagnostics.drift;
  const {mass, momentum, energy} = drift(simulateEulerTrajectory(request({endTime: 0.5})))!;
  expect(Math.max(mass, momentum, energy)).toBeLessThan(1e-12);
  expect(drift(simulateEulerTrajectory(request({boundary: "open"})))).toBeUndefined();
});

test("the expected cost grows as steps and cells do, and is about the work done", () => {
  const cost = expectedEulerCost(request({endTime: 1}));
  expect(expectedEulerCost(request({endTime: 3})) / cost).toBeCloseTo(3, 10);
  expect(expectedEulerCost(request({endTime: 1, oversampling: 2})) / cost).toBeCloseTo(8, 10);
  expect(expectedEulerCost(request({endTime: 1, grid: [64, 64]})) / cost).toBeCloseTo(8, 10);
  // Known up to the Courant number, 0.4, and the change of the fastest signal on the way.
  const {updates} = simulateEulerTrajectory(request({endTime: 1})).diagnostics;
  expect((0.4 * updates) / cost).toBeGreaterThan(0.5);
  expect((0.4 * updates) / cost).toBeLessThan(2);
});
