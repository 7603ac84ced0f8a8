/**
 * What works on files and stores, for as much data as is asked: its memory must not follow their amount.
 */
import {mkdtempSync, rmSync} from "node:fs";
import {copyFile, open} from "node:fs/promises";
import {tmpdir} from "node:os";
import path from "node:path";
import ndarray from "ndarray";
import {sizeOf} from "@lola-ts/core";
import {Autoencoder} from "../../lib/models/autoencoder";
import {keepTrajectories, simulateDataset, type EulerDataConfig} from "@lola-ts/simulators";
import {writeSimulated} from "@lola-ts/well";
import {Artifacts, Memo, type Recipe} from "@lola-ts/cache";
import {Dataset, type Config, preset} from "@lola-ts/laboratory/stages";
import {evaluate} from "../../packages/laboratory/src/stages/evaluation";
import type {Rollout} from "../../packages/laboratory/src/stages/rollouts";
import type {Running} from "./suite";

const MEMBERS = 8;

const scratch = () => {
  const folder = mkdtempSync(path.join(tmpdir(), "growth-"));
  return {folder, close: () => rmSync(folder, {recursive: true})};
};

/** States of the Euler system with 26 frames, simulated over a short time. */
function data(grid: number, trajectories: EulerDataConfig["trajectories"]): EulerDataConfig {
  const shape = {grid, oversampling: 1, frames: 26, endTime: 0.05};
  return {...shape, boundaries: ["periodic"], gammas: [1.4], lines: "few", seed: 0, trajectories};
}

/** The laboratory's evaluation of an autoencoder, ensembles in its latent space and the trivial forecasts. */
export async function evaluation(trajectories: number): Promise<Running> {
  const {folder, close} = scratch();
  const tour = preset("euler", "tour");
  const rollout = {...tour.rollout, members: MEMBERS, trajectories};
  const config: Config = {...tour, data: data(32, {train: 2, valid: 1, test: trajectories}), rollout};
  const dataset = await Dataset.obtain(config, new Artifacts(folder));
  const model = Autoencoder.create({...config.autoencoder.model, pixChannels: 5, latChannels: 16}, 0);
  const shape = [1, MEMBERS, 26, ...[32, 32].map((cells) => cells / model.stride), 16];
  /** Read the ensemble of one trajectory, as from the disk. */
  const ensemble = (trajectory: number): Rollout => ({
    method: {kind: "diffusion", latentChannels: 16},
    trajectories: [trajectory],
    states: ndarray(
      new Float32Array(sizeOf(shape)).map((_, i) => Math.sin(i + trajectory)),
      shape,
    ),
    autoencoder: model,
    key: "growth",
  });
  const {compression} = model;
  const autoencoder = {compression, latentChannels: 16, key: "growth", get: () => Promise.resolve(model)};
  const contestants = {
    autoencoders: [autoencoder],
    rollouts: [
      {
        ...ensemble(0),
        autoencoder,
        open: (trajectory = 0) => Promise.resolve(ensemble(trajectory)),
      },
    ],
    trivial: true,
  };
  let run = 0;
  return {
    async run() {
      const store = new Artifacts(path.join(folder, `${run++}`)); // an empty one: nothing is scored yet
      await evaluate({config, dataset, artifacts: store, memo: new Memo()}, contestants);
    },
    close: () => (model.dispose(), close()),
  };
}

/** A whole dataset in one file of The Well, as the laboratory makes it: finished trajectories are kept on the way. */
export function simulation(trajectories: number): Running {
  const config = data(64, {train: trajectories, valid: 0, test: 0});
  return {
    async run() {
      const {folder, close} = scratch();
      const store = keepTrajectories(path.join(folder, "kept"));
      await simulateDataset(config, async (file) => void (await writeSimulated(folder, file)), {store});
      close();
    },
  };
}

const MEBIBYTE = new Uint8Array(2 ** 20);

const recipe = (config: unknown): Recipe => ({stage: "latents", name: "growth", version: 1, config, extension: ".f32"});

/** Write the given number of mebibytes in chunks. */
const fill = (mebibytes: number) => async (file: string) => {
  const handle = await open(file, "w");
  for (let i = 0; i < mebibytes; i++) await handle.write(MEBIBYTE);
  await handle.close();
};

/** Write an artefact, with its checksum, and check it as another process would. */
export function checking(mebibytes: number): Running {
  const {folder, close} = scratch();
  return {
    async run() {
      await new Artifacts(folder).write(recipe(mebibytes), fill(mebibytes));
      await new Artifacts(folder).has(recipe(mebibytes));
    },
    close,
  };
}

/** Open an artefact that is an array. */
export async function opening(mebibytes: number): Promise<Running> {
  const {folder, close} = scratch();
  await new Artifacts(folder).write(recipe(mebibytes), fill(mebibytes));
  const fail = () => Promise.reject(new Error("growth: expected an artefact, found none."));
  return {run: async () => void (await new Artifacts(folder).obtainFloats(recipe(mebibytes), fail)), close};
}

/** Write and find a small artefact among others of its stage. */
export async function listing(artefacts: number): Promise<Running> {
  const {folder, close} = scratch();
  const store = new Artifacts(folder);
  const first = store.path(recipe(0));
  await store.write(recipe(0), fill(1));
  for (let i = 1; i < artefacts; i++) {
    const other = store.path(recipe(i));
    await copyFile(`${first}.manifest.json`, `${other}.manifest.json`);
    await copyFile(first, other);
  }
  return {
    async run() {
      await store.write(recipe(0), fill(1));
      await new Artifacts(folder).has(recipe(0));
    },
    close,
  };
}
