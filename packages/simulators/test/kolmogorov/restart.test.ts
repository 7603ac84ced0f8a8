import {restartKolmogorov, simulateKolmogorov, type KolmogorovRequest} from "../../src/kolmogorov/trajectory";
import {distance, distances, frameAt} from "../frames-of";

const frames = 6;
const request: KolmogorovRequest = {
  system: "kolmogorov",
  seed: ["restart", 1],
  reynolds: 40,
  grid: [32, 36],
  oversampling: 1,
  spinUp: 4,
  frames,
  endTime: 2,
};
const own = simulateKolmogorov(request);
const state = frameAt(own, frames, 2);

test("a restart from a stored state gives the stored states that follow, to rounding of single precision", () => {
  const restarted = restartKolmogorov(request, {state, first: 2});
  for (const error of distances(own, restarted, frames, 2)) expect(error).toBeLessThan(1e-6);
});

test("the spin-up of the request is not simulated", () => {
  const long = restartKolmogorov({...request, spinUp: 1e9}, {state, first: 2});
  expect(long.fields).toEqual(restartKolmogorov(request, {state, first: 2}).fields);
});

test("vorticity and velocity count alike, and neither a mean nor a divergence of the velocity counts", () => {
  const start = (change: object) =>
    frameAt(restartKolmogorov({...request, frames: 3}, {state: {...state, ...change}, first: 2}), 1, 0);
  const zero = (values: Float32Array) => values.map(() => 0);
  for (const change of [{vorticity: zero(state.vorticity)}, {velocity: zero(state.velocity)}]) {
    const half = start(change);
    expect(distance(state, half)).toBeCloseTo(0.5, 5);
  }
  const compressed = state.velocity.map((value, p) => {
    const x = (2 * Math.PI * (Math.floor(p / 72) + 0.5)) / 32;
    return value + 0.3 + (p % 2 === 0 ? Math.sin(3 * x) : 0);
  });
  expect(distance(state, start({velocity: compressed}))).toBeLessThan(1e-6);
});

test("a coarser grid holds the longest waves of the state, in fewer steps; a finer one starts with all", () => {
  const restart = (share: number) => restartKolmogorov(request, {state, first: 2, share});
  const errors = [1, 3 / 4, 1 / 2].map((share) => distances(own, restart(share), frames, 2));
  expect(errors[1][0]).toBeGreaterThan(1e-3);
  for (const k of [0, frames - 3]) expect(errors[2][k]).toBeGreaterThan(errors[1][k]);
  expect(restart(1 / 2).diagnostics.steps).toBeLessThan(restart(1).diagnostics.steps);
  expect(distances(own, restart(2), frames, 2)[0]).toBeLessThan(1e-6);
});
