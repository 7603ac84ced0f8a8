import ndarray from "ndarray";
import {standardize, unstandardize} from "lola/data";
import {diffusionEmulator, rolloutEnsemble} from "lola/emulate";
import {decodeStates, noiseOf, trajectoryAt} from "@lola-ts/laboratory";
import {guidedRollout, type GuidedRollout} from "../../src/studies/guided-rollout";
import {viewGuidance} from "../../src/views/guidance-view";
import {autoencoder, constants, denoiser, grid, lab, latents, N, T, theta} from "./untrained";

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
  const emulator = diffusionEmulator(denoiser, {seed: noiseOf(lab.config), steps: 4, order: 3});
  const label = ndarray(Float32Array.from(theta.flatMap((row) => [...row])), [N, theta[0].length]);
  const plain = await rolloutEnsemble(emulator, latents, {steps: 4, window: 3, label});
  emulator.dispose();
  const expected = unstandardize(decodeStates(autoencoder, plain), constants);
  expect(forecast.shape).toEqual(expected.shape);
  forecast.data.forEach((value, i) =>
    expect(Math.abs(value - expected.data[i])).toBeLessThan(1e-3 * (1 + Math.abs(value))),
  );
});

test("figures and table name every emulation, and scores are those of the rows", async () => {
  const view = await viewGuidance(lab, {points: options}, {trajectories: N});
  expect(view.table().map(({emulation}) => emulation)).toEqual(["not guided", "points"]);
  expect(view.table()[1]).toMatchObject({"observed cells": 12, VRMSE: view.score("points").value});
  const [first] = view.figure().data as {name: string}[];
  expect(first.name).toBe("ground truth");
  expect((view.leadFigure().data as {name?: string}[]).map(({name}) => name)).toEqual(["not guided", "points"]);
  expect(view.leadFigure().layout.yaxis!.title).toMatchObject({text: "VRMSE of one member"});
  expect(() => view.score("dots")).toThrow("score: expected one of not guided, points, found dots.");
});

test("refuses options that are unknown or do not fit the grid", async () => {
  await expect(guidedRollout(lab, {cells: 3} as never)).rejects.toThrow("cells");
  await expect(guidedRollout(lab, {observation: {kind: "coarse", factor: 3}})).rejects.toThrow(
    "divides the grid 8 x 8",
  );
});
