/** The hyperparameters of Tables 3 and 5 as a configuration has them, in the paper's words. */
import {Autoencoder} from "../../models/autoencoder";
import {Solver} from "../../models/solver";
import {latentStride} from "../../nn/dcae";
import {systemOf} from "../../systems/registry";
import {autoencoderSteps} from "../autoencoder-steps";
import type {Config, EmulatorPreset, TrainingConfig} from "../config";
import {emulatorNetwork} from "../stages/emulators";

/** Hyperparameters by the names of the paper's tables. */
export type Hyperparameters = Readonly<Record<string, string>>;

/** Write a count with two digits, as the paper does: 310000000 is 3.1e8. Small ones are written out. */
export function roundedCount(count: number): string {
  return count < 1000 ? `${count}` : count.toExponential(1).replace("e+", "e");
}

/** Write the smallest and the largest of several values, or the one that all have. */
function range(values: readonly number[], words: (value: number) => string = String): string {
  const ends = [Math.min(...values), Math.max(...values)].map(words);
  return [...new Set(ends)].join(" to ");
}

const axesNames = ["H", "W", "Z"];

/** Write a shape whose space axes are divided by a stride: "C_latent x H/32 x W/32". */
function shape(channels: string, axes: number, stride = 1): string {
  return [channels, ...axesNames.slice(0, axes).map((axis) => (stride === 1 ? axis : `${axis}/${stride}`))].join(" x ");
}

const OPTIMISERS: Readonly<Record<TrainingConfig["optimiser"], string>> = {adamw: "AdamW", soap: "SOAP", psgd: "PSGD"};

/** Describe how a model is trained. */
function trainingInWords(training: Omit<TrainingConfig, "steps">, steps: readonly number[]): Hyperparameters {
  const {optimiser, weightDecay = 0, decay = "cosine", learningRate, clip, batch, warmup} = training;
  return {
    Optimizer: optimiser === "adamw" && weightDecay === 0 ? "Adam" : OPTIMISERS[optimiser],
    "Learning rate": learningRate.toExponential().replace("e+", "e"),
    "Weight decay": weightDecay === 0 ? "0.0" : `${weightDecay}`,
    Scheduler: warmup > 0 ? `${decay}, warm-up ${warmup}` : decay,
    "Gradient norm clipping": clip.toFixed(1),
    "Batch size": `${batch}`,
    Steps: range(steps),
    "Examples seen": range(
      steps.map((count) => count * batch),
      roundedCount,
    ),
  };
}

/** Describe the autoencoders of a configuration, all rates together (Table 3). Nothing is allocated. */
export function autoencoderInWords(config: Config): Hyperparameters {
  const {model, training, loss = "vrmse"} = config.autoencoder;
  const {channels, axes} = systemOf(config.system);
  const models = config.latentChannels.map(
    (latChannels) => new Autoencoder({...model, pixChannels: channels.length, latChannels}),
  );
  const {hidChannels, hidBlocks, kernelSize = 3, dropout = 0, identityInit = true, kl} = model;
  const {saturation = "softclip2"} = model;
  return {
    Architecture: "Conv",
    Parameters: range(
      models.map(({layout}) => layout.size),
      roundedCount,
    ),
    "Pixel shape": shape("C_pixel", axes.length),
    "Latent shape": shape("C_latent", axes.length, models[0].stride),
    "Latent channels": config.latentChannels.join(", "),
    "Residual blocks per level": `(${hidBlocks.join(", ")})`,
    "Channels per level": `(${hidChannels.join(", ")})`,
    "Kernel size": axes.map(() => kernelSize).join("x"),
    Activation: "SiLU",
    Normalization: "LayerNorm",
    Saturation: kl === undefined ? saturation : `none; KL × ${kl}`,
    "Identity initialization": identityInit ? "yes" : "no",
    Dropout: `${dropout}`,
    Loss: (typeof loss === "string" ? loss : Object.keys(loss).join(" + ")).toUpperCase(),
    ...trainingInWords(
      training,
      config.latentChannels.map((latent) => autoencoderSteps(config, latent).steps),
    ),
  };
}

/** Describe the emulators of a configuration in one space (Table 5), solver and diffusion alike. Nothing is allocated. */
export function emulatorInWords(config: Config, space: "latent" | "pixel"): Hyperparameters | undefined {
  const emulator = config[space];
  if (!emulator) return undefined;
  const {channels, axes} = systemOf(config.system);
  const isLatent = space === "latent";
  const counts = (isLatent ? config.latentChannels : [channels.length]).map((count) => sizeOf(config, emulator, count));
  const stride = latentStride(config.autoencoder.model);
  const {patchSize, hidChannels, hidBlocks, attentionHeads, dropout, rope = true} = emulator;
  const token = isLatent ? stride * patchSize : patchSize;
  const tokens = ["(n+1)", ...axesNames.slice(0, axes.length).map((axis) => `${axis}/${token}`)];
  return {
    Architecture: "Transformer",
    Parameters: range(counts, roundedCount),
    "Input shape": shape(isLatent ? "C_latent x (n+1)" : "C_pixel x (n+1)", axes.length, isLatent ? stride : 1),
    "Patch size": [1, ...axes.map(() => patchSize)].join("x"),
    Tokens: tokens.join(" x "),
    "States per call (n)": `${config.window - 1}`,
    "Embedding size": `${hidChannels}`,
    Blocks: `${hidBlocks}`,
    "Attention heads": `${attentionHeads}`,
    "Positional embedding": rope ? "Absolute + RoPE" : "Absolute",
    Activation: "SiLU",
    Normalization: "LayerNorm",
    Dropout: `${dropout}`,
    ...trainingInWords(emulator.training, [emulator.training.steps]),
  };
}

/** Count the parameters of an emulator's network. */
function sizeOf(config: Config, emulator: EmulatorPreset, channels: number): number {
  const {scalars, axes} = systemOf(config.system);
  const codes = config.label?.boundary === false ? 0 : 2 * axes.length;
  const purpose = {channels, labelFeatures: scalars.length + codes, space: axes.length};
  return new Solver(emulatorNetwork(emulator, purpose)).layout.size;
}
