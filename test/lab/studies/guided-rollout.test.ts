import ndarray from "ndarray";
import {sizeOf} from "../../../lib/core/shape";
import {Rng} from "../../../lib/core/rng";
import {standardize, standardization, unstandardize} from "../../../lib/data/standardize";
import {diffusionEmulator} from "../../../lib/emulate/diffusion-emulator";
import {rolloutEnsemble} from "../../../lib/emulate/rollout";
import type {Lab} from "../../../lib/lab/lab";
import {decodeStates, encodeStates, trajectoryAt} from "../../../lib/lab/stages/latents";
import {guidedRollout, type GuidedRollout} from "../../../lib/lab/studies/guided-rollout";
import {viewGuidance} from "../../../lib/lab/views/guidance-view";
import {systemOf} from "../../../lib/systems/registry";
import {labels, LATENT, tinyAutoencoder, tinyDenoiser} from "../../tiny";

const system = systemOf("euler");
const constants = standardization(system);
const [N, T] = [2, 5];
const grid = [8, 8];
const random = Rng.from("guided");
const shape = [N, T, ...grid, system.channels.length];
const normal = ndarray(
  Float32Array.from({length: sizeOf(shape)}, () => random.normal()),
  shape,
);
const physical = unstandardize(normal, constants);
const standard = standardize(physical, constants);
const autoencoder = tinyAutoencoder({pixChannels: system.channels.length});
const denoiser = tinyDenoiser();
const theta = labels(N).arraySync().map((row) => Float32Array.from(row));
afterAll(() => [autoencoder, denoiser].forEach((model) => model.dispose()));

const window = ({start = 0, length = T}) => [start, length] as const;
const cut = (states: typeof normal, n: number, options: {start?: number; length?: number}) => {
  const [start, length] = window(options);
  return trajectoryAt(states, n).lo(start).hi(length);
};
const latents = encodeStates(autoencoder, standard);
/** A laboratory of models without training that keeps nothing. */
const lab = {
  config: {system: "euler", preset: "smoke", seed: 0, latentChannels: [LATENT], window: 3, stride: 4, rollout: {steps: 4, order: 3}},
  caption: "caption",
  artifacts: {obtainFloats: (_: unknown, make: () => Promise<Float32Array>) => make()},
  dataset: () =>
    Promise.resolve({
      system,
      standardization: constants,
      testTrajectories: [0, 1],
      testWindow: {start: 0, length: T},
      wells: {test: {grid, channels: system.channels, trajectories: [{scalars: {gamma: 1.3}}, {scalars: {gamma: 1.4}}]}},
      read: (_: string, n: number, options: object) => cut(physical, n, options),
      source: () => ({read: (n: number, options: object) => cut(standard, n, options)}),
    }),
  autoencoder: () => Promise.resolve({model: autoencoder}),
  emulator: () => Promise.resolve({model: denoiser, key: "k"}),
  latents: () => Promise.resolve({states: latents, labels: theta, key: "l"}),
} as unknown as Lab;

/** Root mean square difference of truth and forecast where something was observed. */
function misfit({observed}: GuidedRollout, {truth, forecast}: GuidedRollout): number {
  const [, members] = forecast.shape;
  const [u, v] = [truth, forecast].map((states) => standardize(states, constants).data);
  const size = truth.size / N;
  let [sum, count] = [0, 0];
  for (let n = 0; n < N; n++) {
    for (let i = 0; i < size; i++) {
      if (Number.isNaN(observed!.data[n * size + i])) continue;
      sum += (u[n * size + i] - v[n * members * size + i]) ** 2;
      count++;
    }
  }
  return Math.sqrt(sum / count);
}

const options = {trajectories: N, observation: {kind: "sparse", cells: 12} as const};

test("observations pull the emulation towards the truth where there are any", async () => {
  const guided = await guidedRollout(lab, {...options, members: 2, iterations: 2});
  const free = await guidedRollout(lab, {trajectories: N, members: 2});
  expect(guided.forecast.shape).toEqual([N, 2, T, ...grid, 5]);
  expect(misfit(guided, guided)).toBeLessThan(0.95 * misfit(guided, free));
  expect([guided.count, free.count, free.observed]).toEqual([12, 0, undefined]);
  expect(guided.varY).toBeCloseTo(1e-4, 12);
});

test("what is drawn as observed is the truth with noise, from the second state on", async () => {
  const {observed, truth} = await guidedRollout(lab, {...options, noise: 0, varY: 1});
  const first = trajectoryAt(observed!, 0);
  const size = first.size / T;
  expect(first.data.subarray(0, size).every(Number.isNaN)).toBe(true);
  const seen = [...first.data.keys()].filter((i) => Number.isFinite(first.data[i]));
  expect(seen).toHaveLength(12 * 5 * (T - 1));
  for (const i of seen) expect(first.data[i]).toBeCloseTo(truth.data[i], 2);
});

test("without observations it is the diffusion emulator's rollout, and fewer states may be asked for", async () => {
  const {forecast} = await guidedRollout(lab, {trajectories: N, states: 4});
  const emulator = diffusionEmulator(denoiser, {seed: 0, steps: 4, order: 3});
  const label = ndarray(Float32Array.from(theta.flatMap((row) => [...row])), [N, theta[0].length]);
  const plain = await rolloutEnsemble(emulator, latents, {steps: 4, window: 3, label});
  emulator.dispose();
  const expected = unstandardize(decodeStates(autoencoder, plain), constants);
  expect(forecast.shape).toEqual(expected.shape);
  forecast.data.forEach((value, i) => expect(Math.abs(value - expected.data[i])).toBeLessThan(1e-3 * (1 + Math.abs(value))));
});

test("figures and table name every emulation, and scores are those of the rows", async () => {
  const view = await viewGuidance(lab, {points: options}, {trajectories: N});
  expect(view.table().map(({emulation}) => emulation)).toEqual(["not guided", "points"]);
  expect(view.table()[1]).toMatchObject({"observed cells": 12, VRMSE: view.score("points").value});
  const [first] = view.figure().data as {name: string}[];
  expect(first.name).toBe("ground truth");
  expect((view.leadFigure().data as {name?: string}[]).map(({name}) => name)).toEqual(["not guided", "points"]);
  expect(() => view.score("dots")).toThrow("score: expected one of not guided, points, found dots.");
});

test("refuses options that are unknown or do not fit the grid", async () => {
  await expect(guidedRollout(lab, {cells: 3} as never)).rejects.toThrow("cells");
  await expect(guidedRollout(lab, {observation: {kind: "coarse", factor: 3}})).rejects.toThrow("divides the grid 8 x 8");
});
