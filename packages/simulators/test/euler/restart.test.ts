import {restartEuler, simulateEulerTrajectory, type EulerRequest} from "../../src/euler/trajectory";
import {distance, distances, frameAt} from "../frames-of";

const frames = 6;
const request: EulerRequest = {
  system: "euler",
  seed: ["restart", 1],
  gamma: 1.4,
  boundary: "periodic",
  lines: "few",
  grid: [32, 32],
  oversampling: 1,
  frames,
  endTime: 0.5,
};
const own = simulateEulerTrajectory(request);
const state = frameAt(own, frames, 2);

test("a restart from a stored state gives the stored states that follow, to rounding of single precision", () => {
  const restarted = restartEuler(request, {state, first: 2});
  for (const error of distances(own, restarted, frames, 2)) expect(error).toBeLessThan(1e-6);
});

test("pressure and energy count alike: opposite errors cancel, and densities below the floor are lifted", () => {
  const {pressure, energy, density} = state;
  const start = (change: object) =>
    frameAt(restartEuler({...request, frames: 3}, {state: {...state, ...change}, first: 2}), 1, 0);
  const cancelled = start({
    pressure: pressure.map((value) => value + 0.01),
    energy: energy.map((value) => value - 0.01 / (request.gamma - 1)),
  });
  expect(distance(state, cancelled)).toBeLessThan(1e-6);
  expect(start({pressure: pressure.map((value) => value + 0.01)}).pressure[5]).toBeCloseTo(pressure[5] + 0.005, 5);
  expect(start({density: density.map((value, i) => (i === 5 ? -1 : value))}).density[5]).toBeCloseTo(1e-3, 9);
});

test("a coarser grid starts with the same mass, momentum and energy, in fewer and longer steps", () => {
  const restart = (share: number) => restartEuler(request, {state, first: 2, share});
  const total = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0);
  const [fine, coarse] = [restart(1), restart(1 / 4)];
  for (const name of ["density", "energy", "momentum"]) {
    const first = (fields: typeof fine.fields) => total(fields[name].subarray(0, fields[name].length / 4));
    expect(first(coarse.fields)).toBeCloseTo(first(fine.fields), 4);
  }
  expect(coarse.diagnostics.steps).toBeLessThan(0.4 * fine.diagnostics.steps);
  expect(coarse.diagnostics.updates).toBe(coarse.diagnostics.steps * 64);
  const last = (share: number) => distances(own, restart(share), frames, 2).at(-1)!;
  expect(last(1 / 2)).toBeGreaterThan(0.01);
  expect(last(1 / 4)).toBeGreaterThan(last(1 / 2));
  expect(last(2)).toBeLessThan(last(1 / 4)); // a finer one resolves shocks that the data's grid does not
  expect(() => restart(3 / 8)).toThrow("one divides the other, found 32 and 12");
});
