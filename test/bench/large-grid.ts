/**
 * Training on states of 256 x 256 that are read from files: peak memory, beside its estimate, and time. Nothing is asserted.
 * A part is a process of its own: `node -r ./environment/typescript.cjs test/bench/large-grid.ts autoencoder|emulator`.
 *
 * Batches are those of the tour (16 states, 32 windows), in micro-batches of one state or two windows, and blocks are computed
 * again for the gradient. The states are simulated over a short time, the emulator's latents are noise: neither changes the
 * work.
 */
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import {openLab} from "@lola-ts/laboratory";
import {trainingMemory} from "../../packages/laboratory/src/training-memory";
import {autoencoderStage} from "../../packages/laboratory/src/stages/autoencoders";
import {Dataset} from "@lola-ts/laboratory/stages";
import {Artifacts, node} from "@lola-ts/cache";
import {type Job} from "../../packages/laboratory/src/model-changes";
import {emulatorOn, inContext, randomData} from "../../packages/laboratory/test/smoke";
import {beginPeak, peak} from "./memory";

const CHANNELS = 16;

/** Steps of a training; the time of one is the difference between two trainings. */
const STEPS = [1, 4];

/** Bytes that may stay in memory: the training split has 818 million. */
const MEMORY = 256e6;

const training = {microBatches: 16, warmup: 0};

const configured = (steps: number) =>
  openLab({
    system: "euler",
    preset: "tour",
    change: {
      data: {
        ...{
          grid: 256,
          oversampling: 1,
          frames: 26,
          endTime: 0.01,
          boundaries: ["periodic"],
          gammas: [1.4],
          lines: "few",
        },
        trajectories: {train: 24, valid: 1, test: 1},
      },
      memory: MEMORY,
      autoencoder: {model: {checkpointing: true}, training, steps: {[CHANNELS]: steps}},
      latent: {checkpointing: true, training: {...training, steps}},
    },
  }).config;

const method = {kind: "diffusion", latentChannels: CHANNELS} as const;

async function main(part: string): Promise<void> {
  if (part !== "autoencoder" && part !== "emulator")
    throw new RangeError(`expected autoencoder or emulator, found ${part}.`);
  const folder = mkdtempSync(path.join(tmpdir(), "large-grid-"));
  try {
    const artifacts = new Artifacts(folder);
    const seconds: number[] = [];
    for (const steps of STEPS) {
      const config = configured(steps);
      const dataset = await Dataset.obtain(config, artifacts);
      const latents = randomData("latents", [4, 26, 32, 32, CHANNELS]);
      const labels = latents.labels.map(() => dataset.labels("train")[0]);
      const data = {...latents, labels};
      beginPeak();
      const begin = performance.now();
      const context = inContext(config, artifacts, dataset);
      if (part === "autoencoder") await node(autoencoderStage, context, {latentChannels: CHANNELS}).get();
      else await emulatorOn({train: data, valid: data}, config, artifacts, method).get();
      seconds.push((performance.now() - begin) / 1000);
    }
    const job: Job =
      part === "autoencoder"
        ? {stage: part, latentChannels: CHANNELS, changes: {}}
        : {stage: "emulator", method, changes: {}};
    const step = (seconds[1] - seconds[0]) / (STEPS[1] - STEPS[0]);
    const estimate = trainingMemory(configured(STEPS[1]), job).total / 2 ** 20;
    const record = {part, peakMiB: Math.round(peak()), estimateMiB: Math.round(estimate), secondsPerStep: step};
    process.stdout.write(`${JSON.stringify(record)}\n`);
  } finally {
    rmSync(folder, {recursive: true});
  }
}

void main(process.argv[2]);
