import {
  restartRayleighBenard,
  simulateRayleighBenard,
  type RayleighBenardRequest,
} from "../../src/rayleigh-benard/trajectory";
import {distance, distances, frameAt} from "../frames-of";

const frames = 13;
const first = 8;
const request: RayleighBenardRequest = {
  system: "rayleigh-benard",
  seed: ["restart", 1],
  rayleigh: 1e5,
  prandtl: 1,
  difference: 0.8,
  grid: [64, 32],
  resolution: [64, 24],
  frames,
  endTime: 24,
};

function restarted(change: Partial<RayleighBenardRequest> = {}) {
  const whole = {...request, ...change};
  const own = simulateRayleighBenard(whole);
  const state = frameAt(own, frames, first);
  return {own, state, errors: distances(own, restartRayleighBenard(whole, {state, first}), frames, first)};
}

const {own, state, errors} = restarted();

test("where frames hold all modes, a restart lacks the past alone: one step of first order, an error below 0.001", () => {
  expect(errors[0]).toBeLessThan(1e-3); // of the pressure, which is a difference of gradients
  for (const error of errors) expect(error).toBeLessThan(1e-3);
  expect(errors[1]).toBeGreaterThan(1e-7);
});

test("frames with fewer nodes than the simulation lose polynomials, and with them ten times as much", () => {
  const few = restarted({grid: [64, 4]});
  expect(few.errors[1]).toBeGreaterThan(10 * errors[1]);
  expect(few.errors[1]).toBeLessThan(0.1);
});

test("a divergence of the velocity and the stored pressure do not count", () => {
  const start = (change: object) =>
    frameAt(restartRayleighBenard({...request, frames: first + 1}, {state: {...state, ...change}, first}), 1, 0);
  const same = start({});
  const compressed = state.velocity.map((value, p) => {
    const x = (2 * Math.PI * Math.floor(p / 64)) / 64;
    return value + (p % 2 === 0 ? Math.cos(x) : 0);
  });
  expect(distance(same, start({pressure: state.pressure.map(() => 7)}))).toBe(0);
  const {velocity, buoyancy} = start({velocity: compressed});
  expect(distance({velocity: same.velocity, buoyancy: same.buoyancy}, {velocity, buoyancy})).toBeLessThan(1e-5);
});

test("a coarser grid is further off, in fewer steps", () => {
  const restart = (share: number) => restartRayleighBenard(request, {state, first, share});
  const [half, most] = [1 / 2, 3 / 4].map(restart);
  const last = (one: typeof half) => distances(own, one, frames, first).at(-1)!;
  expect(last(half)).toBeGreaterThan(last(most));
  expect(half.diagnostics.steps).toBeLessThan(most.diagnostics.steps);
  expect(half.diagnostics.updates).toBe(half.diagnostics.steps * 32 * 13);
});
