import ndarray from "ndarray";
import {Autoencoder} from "lola/models";
import {Dataset} from "../../src/stages/dataset";
import {decodeStates, encodeStates, trajectoryAt} from "../../src/stages/latents";
import type {Split} from "@lola-ts/core";
import {tf} from "@lola-ts/engine";
import {relativeError} from "../../../../test/reference/reference";
import {randomData, smoke, smokeLabs, inContext, latentsBy} from "../smoke";

const {open} = smokeLabs();

test("latents are cached in as many copies as told", async () => {
  const experiment = open((config) => ({...config, copies: 2}));
  const model = await experiment.autoencoder(16);
  const {states, labels} = await experiment.latents(16, "train");
  expect(states.shape).toEqual([4, 11, 2, 2, 16]);
  expect(labels).toHaveLength(4);
  const [, second] = [0, 1].map((row) =>
    states.data.subarray(row * states.shape[1] * 64, (row + 1) * states.shape[1] * 64),
  );
  const dataset = await experiment.dataset();
  const first = tf.tidy(() =>
    model.model.encode(tf.tensor(dataset.states("train").data.slice(0, 16 * 16 * 5), [1, 16, 16, 5])).dataSync(),
  );
  expect(Math.max(...first.map((value, i) => Math.abs(value - states.data[i])))).toBeLessThan(1e-4);
  expect(Array.from(second.slice(0, 64))).not.toEqual(Array.from(states.data.subarray(0, 64)));
});

test("copies of a trajectory follow each other, with its label; splits to judge by have one copy", async () => {
  const experiment = open((config) => ({...config, copies: 2}));
  const dataset = await experiment.dataset();
  const {model} = await experiment.autoencoder(16);
  const encoded = (split: Split, n: number) => encodeStates(model, trajectoryAt(dataset.states(split), n)).data;
  const [a, b] = dataset.labels("train");
  const train = await experiment.latents(16, "train");
  expect(train.labels).toEqual([a, a, b, b]);
  for (const n of [0, 1]) {
    const [plain, changed] = [2 * n, 2 * n + 1].map((row) => trajectoryAt(train.states, row).data);
    expect(relativeError(plain, encoded("train", n))).toBeLessThan(1e-5);
    expect(relativeError(changed, plain)).toBeGreaterThan(0.01);
  }
  const {states} = await experiment.latents(16, "test");
  expect(states.shape[0]).toBe(1);
  expect(relativeError(states.data, encoded("test", 0))).toBeLessThan(1e-5);
});

test("latents of other data than the autoencoder's have keys of their own", async () => {
  const lab = open();
  const own = await lab.latents(16, "test");
  const others = {...lab.config, data: {...lab.config.data, seed: 7}} as typeof lab.config;
  const data = await Dataset.beside(others, lab.config, lab.artifacts);
  const trained = await lab.autoencoder(16);
  const latents = await latentsBy(trained, inContext(lab.config, lab.artifacts, data), "test").get();
  expect(latents.key).not.toBe(own.key);
  expect(latents.states.data).toEqual(encodeStates(trained.model, data.states("test")).data);
  expect((await lab.latents(16, "test")).states.data).toEqual(own.states.data);
});

test("states are encoded and decoded one by one, however many axes are in front", () => {
  const model = Autoencoder.create({...smoke.autoencoder.model, pixChannels: 5, latChannels: 4}, 1);
  const shape = [2, 3, 16, 16, 5];
  const states = ndarray(randomData("states", shape).states.data, shape);
  const latents = encodeStates(model, states);
  expect(latents.shape).toEqual([2, 3, 2, 2, 4]);
  const decoded = decodeStates(model, latents);
  expect(decoded.shape).toEqual(states.shape);
  for (const n of [0, 1]) {
    const own = encodeStates(model, trajectoryAt(states, n));
    expect(relativeError(trajectoryAt(latents, n).data, own.data)).toBeLessThan(1e-5);
    expect(relativeError(trajectoryAt(decoded, n).data, decodeStates(model, own).data)).toBeLessThan(1e-5);
  }
  model.dispose();
});
