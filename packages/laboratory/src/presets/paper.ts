/**
 * The paper's own experiments: every value of Tables 3 and 5 and of sections B.2 to B.5, for each system.
 *
 * They need The Well's files and many GPUs; they are the sizes that the smaller presets shrink. Where the paper is silent
 * a value comes from the official configurations, and where these differ from the paper a comment gives theirs.
 */
import {systemOf, type SystemName} from "@lola-ts/simulators";
import type {AutoencoderPreset, Config, EmulatorPreset, TrainingConfig} from "../config";

const steps = (epochs: number, perEpoch: number) => epochs * perEpoch;

/** Table 3, training. */
const autoencoderTraining: Omit<TrainingConfig, "steps"> = {
  optimiser: "psgd",
  learningRate: 1e-5, // official configuration: 1e-4; the authors' commands set 1e-5
  weightDecay: 0,
  decay: "cosine",
  warmup: 0,
  clip: 1,
  batch: 64,
};

/** Table 3, architecture: levels by number of space axes. */
const levels: Record<number, {hidChannels: number[]; hidBlocks: number[]}> = {
  2: {hidChannels: [64, 128, 256, 512, 768, 1024], hidBlocks: [3, 3, 3, 3, 3, 3]},
  3: {hidChannels: [64, 256, 512, 1024], hidBlocks: [3, 3, 3, 3]},
};

function autoencoder(axes: number, latentChannels: readonly number[]): AutoencoderPreset {
  return {
    model: {
      ...levels[axes],
      spatial: axes,
      patchSize: 1,
      kernelSize: 3,
      periodic: false, // also where the data are: so the official code
      saturation: "softclip2",
      identityInit: true,
      dropout: 0.05,
      latentNoise: 0.01,
      ffnFactor: 1,
      checkpointing: false,
    },
    loss: "vmse", // official configuration: "vrmse"
    training: autoencoderTraining,
    steps: Object.fromEntries(latentChannels.map((channels) => [channels, steps(1024, 256)])),
  };
}

/** Table 5, training. */
const emulatorTraining: TrainingConfig = {
  optimiser: "adamw", // without weight decay it is Adam
  learningRate: 1e-4,
  weightDecay: 0,
  decay: "cosine",
  warmup: 0,
  clip: 1,
  batch: 256,
  steps: steps(4096, 64),
};

/** Table 5, latent space; heads, feed-forward factor and embedding come from the official configurations. */
const latent: EmulatorPreset = {
  hidChannels: 1024,
  hidBlocks: 16,
  attentionHeads: 8,
  ffnFactor: 4,
  embFeatures: 256,
  dropout: 0.05,
  patchSize: 1,
  checkpointing: false,
  training: emulatorTraining,
};

/** Table 5, pixel space. */
const pixel: EmulatorPreset = {...latent, hidChannels: 2048, attentionHeads: 16, patchSize: 16, checkpointing: true};

/** Make the paper's configuration of a system. @param copies augmented ones in the latent cache. */
export function paper(system: SystemName, copies: number): Config {
  const {axes, paper: facts} = systemOf(system);
  if (!facts) throw new RangeError(`paper: expected a system of the paper, found ${system}.`);
  const {latentChannels, stride, horizons} = facts;
  return {
    system,
    preset: "paper",
    seed: 0,
    threads: 0,
    data: {source: "well"},
    stride: stride.paper, // official code: 4 for Rayleigh-Bénard too
    mirrors: "all", // as the official code; upside down, convection does not obey its equations
    latentChannels: [...latentChannels],
    autoencoder: autoencoder(axes.length, latentChannels),
    copies,
    window: 5, // n = 4 states from one
    contexts: {kind: "truncated", lambda: 2}, // official configuration: wrapped, 1
    schedule: {name: "log-logit"}, // the same process as the paper's rectified flow, up to a rescaling
    latent,
    ...(axes.length === 2 && {pixel}), // no pixel-space emulator was trained in 3D
    rollout: {members: 16, steps: 16, order: 3, trajectories: 64},
    horizons: horizons.map(([from, to]) => [from, to]),
    ablationSteps: steps(1000, 256), // Table 4
  };
}
