import ndarray from "ndarray";
import {MemorySource} from "lola/data";
import {Rng} from "@lola-ts/core";
import {drawContexts, type Solver} from "lola/models";
import {type EmulatorSpec} from "../../src/model-changes";
import {emulatorName, spreadOver} from "../../src/stages/emulators";
import {tf} from "@lola-ts/engine";
import type {Config} from "../../src/config";
import {emulatorOn, randomData, smoke, smokeLabs} from "../smoke";

const {artifacts} = smokeLabs();
const latent: EmulatorSpec = {kind: "solver", latentChannels: 16};

test("names say kind and space", () => {
  expect(emulatorName({kind: "diffusion", latentChannels: 16})).toBe("diffusion-c16");
  expect(emulatorName({kind: "solver", latentChannels: null})).toBe("solver-pixel");
});

test("the network fits the data: cells of latents or patches of pixels as tokens", async () => {
  const latents = {
    train: randomData("train", [2, 6, 2, 2, 3]),
    valid: randomData("valid", [1, 6, 2, 2, 3]),
  };
  const pixels = {
    train: randomData("pixels", [2, 6, 16, 16, 5]),
    valid: randomData("valid pixels", [1, 6, 16, 16, 5]),
  };
  const solver = await emulatorOn(latents, smoke, artifacts(), latent).get();
  const diffusion = await emulatorOn(latents, smoke, artifacts(), {...latent, kind: "diffusion"}).get();
  const pixel = await emulatorOn(pixels, smoke, artifacts(), {kind: "solver", latentChannels: null}).get();
  const wanted = {channels: 3, labelFeatures: 5, patchSize: [1, 1, 1], hidChannels: smoke.latent.hidChannels};
  expect(solver.model.config).toMatchObject(wanted);
  expect(diffusion.model.config).toMatchObject({network: wanted, schedule: smoke.schedule});
  expect(pixel.model.config).toMatchObject({channels: 5, patchSize: [1, 8, 8]});
  expect(new Set([solver.key, diffusion.key, pixel.key]).size).toBe(3);
});

test("few trajectories are spread evenly with all their copies, and are among more of them", () => {
  const data = randomData("copies", [16, 6, 2, 2, 3]); // 8 trajectories in 2 copies
  const rows = (count: number) => {
    const {states, labels} = spreadOver(data, count, 2);
    expect(states.shape).toEqual([2 * count, 6, 2, 2, 3]);
    return labels.map((label, i) => {
      const row = data.labels.indexOf(label);
      expect(states.read(i, {start: 1, length: 2}).data).toEqual(data.states.read(row, {start: 1, length: 2}).data);
      return row;
    });
  };
  expect(rows(2)).toEqual([0, 1, 8, 9]);
  expect(rows(4)).toEqual([0, 1, 4, 5, 8, 9, 12, 13]);
  expect(rows(8)).toEqual(Array.from({length: 16}, (_, i) => i));
});

test("an emulator of all trajectories is the same whether they are counted or not, under another key", async () => {
  const data = {
    train: randomData("train", [2, 6, 2, 2, 3]),
    valid: randomData("valid", [1, 6, 2, 2, 3]),
  };
  const config = {...smoke, copies: 1};
  const [all, counted, fewer]: Config[] = [{}, {learned: 2}, {learned: 1}].map((change) => ({...config, ...change}));
  const weights = async (one: Config) =>
    (await emulatorOn(data, one, artifacts(), latent).get()).model.weights.dataSync();
  expect(await weights(counted)).toEqual(await weights(all));
  expect(await weights(fewer)).not.toEqual(await weights(all));
  const key = (one: Config) => emulatorOn(data, one, artifacts(), latent).key;
  expect(key(all)).toBe(key(config));
  expect(key(counted)).not.toBe(key(all));
});

test("the validation curve ends with the trained solver's loss under contexts drawn as in training", async () => {
  // As long as a window, so that all validation windows are this one.
  const valid = randomData("window", [1, smoke.window, 2, 2, 3]);
  const data = {train: randomData("train", [2, 6, 2, 2, 3]), valid};
  const {model, history} = await emulatorOn(data, smoke, artifacts(), latent).get();
  const [loss] = tf.tidy(() => {
    const {states, labels} = valid;
    const masks = drawContexts(smoke.contexts, [64, smoke.window], Rng.from("validation context", smoke.seed));
    return (model as Solver)
      .loss(model.layout.bind(model.weights), [
        tf.tensor(states.data, [...states.shape]).tile([64, 1, 1, 1, 1]),
        tf.tensor2d(masks.data, [64, smoke.window]),
        tf.tensor2d(labels[0], [1, 5]),
      ])
      .dataSync();
  });
  const [step, error] = history.validation[history.validation.length - 1];
  expect(step).toBe(smoke.latent.training.steps);
  expect(Math.abs(error / loss - 1)).toBeLessThan(1e-5);
});

test("a solver learns states that never change", async () => {
  const still = (key: string) => {
    const {labels} = randomData(key, [1, 1]);
    const values = Float32Array.from({length: 72}, (_, i) => Math.sin(i % 12));
    return {states: new MemorySource(ndarray(values, [1, 6, 2, 2, 3])), labels, key};
  };
  const changes = {training: {steps: 60}};
  const {history} = await emulatorOn({train: still("a"), valid: still("a")}, smoke, artifacts(), latent, changes).get();
  const errors = history.validation.map(([, error]) => error);
  expect(errors[errors.length - 1]).toBeLessThan(0.2 * errors[0]);
});
