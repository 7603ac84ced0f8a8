import {
  restartGravityCooling,
  simulateGravityCooling,
  type GravityCoolingRequest,
} from "../../src/gravity-cooling/trajectory";
import {distance, distances, frameAt} from "../frames-of";

const frames = 5;
const first = 2;
const request: GravityCoolingRequest = {
  system: "gravity-cooling",
  seed: ["restart", 1],
  rho0: 44.5,
  Z: 1,
  T0: 100,
  grid: [8, 8, 8],
  oversampling: 1,
  side: 2,
  frames,
  endTime: 0.4,
};
const own = simulateGravityCooling(request);
const state = frameAt(own, frames, first);

test("among the gas of its request, a restart from a stored state gives the states that follow, to single precision", () => {
  const restarted = restartGravityCooling(request, {state, first});
  for (const error of distances(own, restarted, frames, first)) expect(error).toBeLessThan(1e-6);
});

test("alone, a restart sees nothing of its request except the state: another seed's surroundings change nothing", () => {
  const restart = {state, first, alone: true};
  const one = restartGravityCooling(request, restart);
  const two = restartGravityCooling({...request, seed: ["restart", 2]}, restart);
  expect(two.fields).toEqual(one.fields);
  const [start, next] = distances(own, one, frames, first);
  expect(start).toBeLessThan(1e-6);
  expect(next).toBeGreaterThan(1e-2); // what flows in is guessed
  expect(next).toBeLessThan(1);
});

test("stored means of several cells lose what was in them: the error is the grid's, from the first frame after on", () => {
  const fine = {...request, grid: [4, 4, 4], oversampling: 2} as const;
  const whole = simulateGravityCooling(fine);
  const restarted = restartGravityCooling(fine, {state: frameAt(whole, frames, first), first});
  const [start, next] = distances(whole, restarted, frames, first);
  expect(start).toBeLessThan(1e-6);
  expect(next).toBeGreaterThan(1e-3);
  expect(next).toBeLessThan(0.5);
});

test("pressure and temperature count alike", () => {
  const start = (change: object) =>
    frameAt(restartGravityCooling({...request, frames: 3}, {state: {...state, ...change}, first}), 1, 0);
  const {pressure, temperature} = state;
  const cancelled = start({
    pressure: pressure.map((value) => 1.1 * value),
    temperature: temperature.map((value) => 0.9 * value),
  });
  expect(distance(state, cancelled)).toBeLessThan(1e-6);
  expect(start({temperature: temperature.map((value) => 2 * value)}).pressure[3]).toBeCloseTo(1.5 * pressure[3], 6);
});

test("a coarser grid starts with the same mass, and its frames are as large", () => {
  const coarse = restartGravityCooling(request, {state, first, share: 1 / 2});
  expect(coarse.fields.velocity).toHaveLength((frames - first) * 3 * 512);
  const mass = (values: Float32Array) => values.subarray(0, 512).reduce((sum, value) => sum + value, 0);
  expect(mass(coarse.fields.density) / mass(state.density)).toBeCloseTo(1, 1);
  expect(coarse.diagnostics.updates).toBe(coarse.diagnostics.steps * 8 ** 3);
});
