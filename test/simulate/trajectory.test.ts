import {Generator} from "../../lib/random";
import {EulerSolver} from "../../lib/simulate/euler";
import {drawQuadrants, paint} from "../../lib/simulate/quadrants";
import {
  expectedCost,
  frameTimes,
  simulateTrajectory,
  type SimulatedTrajectory,
  type TrajectoryRequest,
} from "../../lib/simulate/trajectory";

const request = (overrides: Partial<TrajectoryRequest> = {}): TrajectoryRequest => ({
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

test("frames are at equal distances from 0 to the end", () => {
  expect(frameTimes({frames: 4, endTime: 1.5})).toEqual([0, 0.5, 1, 1.5]);
  expect(frameTimes({frames: 1, endTime: 1.5})).toEqual([0]);
});

test("frames are at exact times: a trajectory with more frames passes through the same states", () => {
  // The step that ends at a frame is shortened, so the runs differ by the scheme's error, not by interpolation.
  const few = simulateTrajectory(request({frames: 2, endTime: 0.05}));
  const many = simulateTrajectory(request({frames: 6, endTime: 0.05}));
  const size = 32 * 32;
  expect(many.fields.density.slice(0, size)).toEqual(few.fields.density.slice(0, size));
  const [a, b] = [few.fields.density.slice(size), many.fields.density.slice(5 * size)];
  const difference = a.reduce((sum, value, k) => sum + Math.abs(value - b[k]), 0) / size;
  expect(difference).toBeLessThan(2e-3);
  expect(many.diagnostics.steps).toBeGreaterThan(few.diagnostics.steps);
});

test("is the solver's run from the quadrants of its seed, frame by frame", () => {
  const wanted = request({grid: [8, 12], oversampling: 2, boundary: "open", gamma: 1.3});
  const {fields, diagnostics} = simulateTrajectory(wanted);
  const solver = new EulerSolver({cells: [16, 24], gamma: 1.3, boundary: "open"});
  solver.set(paint(drawQuadrants(Generator.from("trajectory", 5), "few")));
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
  const density = (overrides: Partial<TrajectoryRequest>) => simulateTrajectory(request(overrides)).fields.density;
  const first = density({});
  expect(density({})).toEqual(first);
  expect(density({seed: ["trajectory", 6]})).not.toEqual(first);
  expect(density({gamma: 1.6})).not.toEqual(first);
});

test("what should be conserved is, on a periodic domain; on an open one nothing is claimed", () => {
  const drift = ({diagnostics}: SimulatedTrajectory) => diagnostics.drift;
  const {mass, momentum, energy} = drift(simulateTrajectory(request({endTime: 0.5})))!;
  expect(Math.max(mass, momentum, energy)).toBeLessThan(1e-12);
  expect(drift(simulateTrajectory(request({boundary: "open"})))).toBeUndefined();
});

test("the expected cost grows as steps and cells do, and is about the work done", () => {
  const cost = expectedCost(request({endTime: 1}));
  expect(expectedCost(request({endTime: 3})) / cost).toBeCloseTo(3, 10);
  expect(expectedCost(request({endTime: 1, oversampling: 2})) / cost).toBeCloseTo(8, 10);
  expect(expectedCost(request({endTime: 1, grid: [64, 64]})) / cost).toBeCloseTo(8, 10);
  // Known up to the Courant number, 0.4, and the change of the fastest signal on the way.
  const {updates} = simulateTrajectory(request({endTime: 1})).diagnostics;
  expect((0.4 * updates) / cost).toBeGreaterThan(0.5);
  expect((0.4 * updates) / cost).toBeLessThan(2);
});

test("a trajectory that fails names its seed", () => {
  expect(() => simulateTrajectory(request({gamma: 0.5, seed: ["a", 7]}))).toThrow(
    "The trajectory with seed (a, 7) failed: EulerSolver: expected gamma > 1, found 0.5",
  );
});
