import {existsSync} from "node:fs";
import {changedConfig, type Change} from "../../src/changes";
import {describeConfig} from "../../src/description";
import {requireTrainingMemory, trainingMemory} from "../../src/training-memory";
import {preset} from "../../src/presets/presets";
import {type Job} from "../../src/model-changes";
import {smokeLabs} from "../smoke";

const autoencoder: Job = {stage: "autoencoder", latentChannels: 16, changes: {}};
const diffusion: Job = {stage: "emulator", method: {kind: "diffusion", latentChannels: 16}, changes: {}};
const config = (change: Change) => changedConfig("test", preset("euler", "mini"), {memory: 0, ...change});

/** Limits just above and below what a training needs. */
const around = (change: Change, job: Job): [number, number] => {
  const {total} = trainingMemory(config(change), job);
  return [total * 1.01, total * 0.99];
};

test("a training that fits is not refused, one that does not is, with the smallest number of micro-batches that helps", () => {
  const change: Change = {autoencoder: {training: {batch: 256}}};
  const [enough, little] = around(change, autoencoder);
  expect(() => requireTrainingMemory(config(change), autoencoder, {limit: enough})).not.toThrow();
  expect(() => requireTrainingMemory(config(change), autoencoder, {limit: little})).toThrow(
    /^autoencoder, 16 latent channels: expected a training that fits into [\d.]+ GB of memory, found one that needs about [\d.]+ GB \(activations [\d.]+ GB, .*\); autoencoder\.training\.microBatches = 2 needs about [\d.]+ GB\.$/,
  );
  const advised = changedConfig("test", config(change), {autoencoder: {training: {microBatches: 2}}});
  expect(() => requireTrainingMemory(advised, autoencoder, {limit: little})).not.toThrow();
});

test("where a single sample is too large, checkpointing is advised, and where nothing of a batch helps that is said", () => {
  const deep: Change = {latent: {hidChannels: 1024, hidBlocks: 16, training: {batch: 1}}};
  const wide: Change = {window: 26, latent: {hidBlocks: 200, training: {batch: 1, optimiser: "adamw"}}};
  const limit = around(wide, diffusion)[1];
  expect(() => requireTrainingMemory(config(wide), diffusion, {limit})).toThrow(
    /; latent\.checkpointing = true needs about/,
  );
  expect(() => requireTrainingMemory(config(deep), diffusion, {limit: 1e9})).toThrow(
    /^diffusion-c16: .*; no smaller batch helps: choose a smaller network, or a machine with more memory\.$/,
  );
});

test("where the data are too large to be kept, the option memory is advised", () => {
  const kept = config({memory: 1e12});
  const limit = trainingMemory(config({}), autoencoder).total * 1.1;
  expect(() => requireTrainingMemory(kept, autoencoder, {limit})).toThrow(
    /; memory = 0 \(data stay on the disk\) needs about/,
  );
});

describe("a laboratory on a machine with little memory", () => {
  const {folder, open, artifacts} = smokeLabs();
  afterEach(() => void jest.restoreAllMocks());
  const grant = (bytes: number) => jest.spyOn(process, "constrainedMemory").mockReturnValue(bytes);

  test("refuses a training before any work, and loads what is trained", async () => {
    grant(3e8);
    const lab = open();
    await expect(lab.autoencoder(4)).rejects.toThrow(
      "autoencoder, 4 latent channels: expected a training that fits into 0.3 GB",
    );
    await expect(lab.emulator({kind: "diffusion", latentChannels: 4})).rejects.toThrow(
      "diffusion-c4: expected a training that fits into 0.3 GB of memory",
    );
    expect(existsSync(folder("dataset"))).toBe(false);
    jest.restoreAllMocks();
    const {key} = await open().autoencoder(4);
    grant(3e8);
    expect((await open((one) => one, artifacts()).autoencoder(4)).key).toBe(key);
    await expect(open().autoencoder(16)).rejects.toThrow("expected a training that fits into 0.3 GB");
  });

  test("does not take another error for a training that is too large", async () => {
    grant(3e8);
    const store = artifacts();
    jest.spyOn(store, "has").mockRejectedValue(new Error("the disk does not answer"));
    await expect(open((one) => one, store).autoencoder(4)).rejects.toThrow("the disk does not answer");
  });
});

test("The Well's own files of a system that it does not publish are sized by their grid", () => {
  const kolmogorov = preset("kolmogorov", "smoke");
  const files = {...kolmogorov, data: {source: "well"}} as typeof kolmogorov;
  const job = {stage: "autoencoder", latentChannels: kolmogorov.latentChannels[0], changes: {}} as const;
  const [small, large] = [
    [16, 16],
    [32, 32],
  ].map((grid) => trainingMemory(files, job, grid).activations);
  expect(large).toBeCloseTo(4 * small, -3);
  expect(() => trainingMemory(files, job)).toThrow("kolmogorov: expected a grid to size a training by");
  expect(
    describeConfig(files)
      .map((row) => Object.values(row).join(" "))
      .join(),
  ).toContain("by the grid of the files");
});
