/** Tables 2, 3 and 5: data and hyperparameters of the paper, of the preset `paper` and of a run, side by side. */
import {Autoencoder, Solver} from "lola/models";
import {latentStride} from "lola/nn";
import {type System, systemOf} from "@lola-ts/simulators";
import {
  autoencoderSteps,
  type Config,
  type EmulatorPreset,
  type TrainingConfig,
  emulatorNetwork,
  gridInWords,
  preset,
  presetNames,
} from "@lola-ts/laboratory/stages";
import type {TableRow} from "@lola-ts/core";
import {readCsv} from "lola/evaluate";
import type {TableContent} from "./tables/paper-table";

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
  const {hidChannels, hidBlocks, kernelSize = 3, dropout = 0, identityInit = true} = model;
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
    Saturation: saturation,
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

/** A training of a run: its wall-clock time, and the threads that it used. */
export interface TrainingCost {
  /** Seconds of each training; the longest and the shortest are shown. */
  readonly seconds: readonly number[];
  /** Threads of a training, 0 for all cores. */
  readonly threads: number;
}

const DAY = 24 * 3600;

/** Find the preset `paper` of a configuration's system, if it is in the paper. */
function paperPreset({system}: Config): Config | undefined {
  return presetNames(system).includes("paper") ? preset(system, "paper") : undefined;
}

/** Lay out properties side by side, in the order of the first list that has them; null where one has nothing. */
function sideBySide(first: string, columns: Readonly<Record<string, Hyperparameters | undefined>>): TableRow[] {
  const shown = Object.entries(columns).filter(([, values]) => values !== undefined);
  const names = new Set(shown.flatMap(([, values]) => Object.keys(values!)));
  return [...names].map((name) => ({
    [first]: name,
    ...Object.fromEntries(shown.map(([column, values]) => [column, values![name] ?? null])),
  }));
}

const words = (text: string) => text.toLowerCase().split(/[\s-]+/);

/** Check if a name of a dataset that the paper prints names a system: all its words are in the system's title. */
const isNamed = (printed: string, {title}: System) => words(printed).every((word) => words(title).includes(word));

export interface DatasetFacts {
  /** "cartesian", as The Well's files say it. */
  readonly gridType: string;
  /** Cells along each axis. */
  readonly grid: readonly number[];
  /** Stored states of a trajectory. */
  readonly frames: number;
  /** Trajectories of all splits that are configured. */
  readonly trajectories: number;
}

/** Describe the data of a configuration in the words of Table 2. */
function dataInTable(config: Config, facts: DatasetFacts | undefined): Hyperparameters {
  const {system: name, data, stride} = config;
  const {fields, channels, scalars, well, boundaries} = systemOf(name);
  const isWell = "source" in data;
  const grid = facts?.grid ?? well?.grid;
  const frames = facts?.frames ?? well?.frames;
  const theta = [...scalars.map(({symbol, name}) => symbol ?? name), ...(boundaries.length > 1 ? ["boundaries"] : [])];
  const trajectories = facts?.trajectories;
  const values =
    trajectories && grid && frames && trajectories * frames * grid.reduce((a, b) => a * b) * channels.length;
  return {
    software: isWell ? "The Well's files" : "this project's simulator",
    ...(values && {"size, GB": ((4 * values) / 1e9).toPrecision(2)}),
    fields: fields.map((field) => field.name).join(", "),
    channels: `${channels.length}`,
    ...(grid ? {resolution: grid.join("x")} : !isWell && {resolution: gridInWords(data)}),
    ...(facts && {discretization: facts.gridType}),
    ...(trajectories && {trajectories: `${trajectories}`}),
    ...(frames && {"time steps": `${(frames - 1) * (isWell ? 1 : stride)}`}),
    stride: `${stride}`,
    "simulation parameters": theta.join(", "),
  };
}

/**
 * Lay out the dataset beside the paper's (Table 2).
 *
 * @param path the file table-02.csv.
 * @param facts what the run's files tell; without them their rows have the preset's values or none.
 * @throws Error naming the file if it cannot be read.
 */
export function datasetTable(path: string, config: Config, facts?: DatasetFacts): TableContent {
  const system = systemOf(config.system);
  const printed = readCsv(path).filter(({dataset}) => isNamed(dataset, system));
  const paper = printed.map(({property, value, unit}) => [unit === "GB" ? `${property}, GB` : property, value]);
  const own = paperPreset(config);
  return {
    rows: sideBySide("property", {
      ...(paper.length > 0 && {paper: Object.fromEntries(paper) as Hyperparameters}),
      "preset paper": own && dataInTable(own, undefined),
      "this run": dataInTable(config, facts),
    }),
  };
}

/** Read one column of Table 3 or 5, with its steps, examples and days of training. */
function printedColumn(path: string, group: string, days?: number): Hyperparameters | undefined {
  const rows = readCsv(path).filter((row) => (row.dataset_group ?? row.emulator_space) === group);
  if (rows.length === 0 || days === undefined) return undefined;
  const {GPUs, ...found} = Object.fromEntries(rows.map(({hyperparameter, value}) => [hyperparameter, value]));
  const steps = Number(found.Epochs) * Number(found["Steps per epoch"]);
  return {
    ...found,
    Steps: `${steps}`,
    "Examples seen": roundedCount(steps * Number(found["Batch size"])),
    "Trained on": `${GPUs} H100`,
    "Time of a training": `${days} day${days === 1 ? "" : "s"}`,
    "Hours × devices": `${24 * days * Number(GPUs)}`,
  };
}

/** Write the time of trainings: days, hours, minutes or seconds. */
function duration(seconds: number): string {
  const [unit, name] = [
    [DAY, "day"],
    [3600, "hour"],
    [60, "minute"],
    [1, "second"],
  ].find(([size]) => seconds >= (size as number)) ?? [1, "second"];
  const value = (seconds / (unit as number)).toPrecision(2);
  return `${Number(value)} ${name}${Number(value) === 1 ? "" : "s"}`;
}

function costInWords(cost: TrainingCost | undefined): Hyperparameters {
  if (!cost || cost.seconds.length === 0) return {};
  const {seconds, threads} = cost;
  const ends = [...new Set([Math.min(...seconds), Math.max(...seconds)].map(duration))];
  const longest = (Math.max(...seconds) / 3600) * Math.max(1, threads);
  return {
    "Trained on": threads === 0 ? "all cores" : `${threads} CPU thread${threads === 1 ? "" : "s"}`,
    "Time of a training": ends.join(" to "),
    "Hours × devices": `${Number(longest.toPrecision(2))}`,
  };
}

/**
 * Lay out the autoencoders' hyperparameters, parameters and cost of training beside the paper's (Table 3).
 *
 * @param path the file table-03.csv.
 * @param cost of the run's trainings. Default: not known, its rows stay empty.
 * @throws Error naming the file if it cannot be read.
 */
export function autoencoderTable(path: string, config: Config, cost?: TrainingCost): TableContent {
  const {short, paper: facts} = systemOf(config.system);
  const group = readCsv(path).find(({dataset_group: names}) => names.split(" & ").includes(short))?.dataset_group ?? "";
  const own = paperPreset(config);
  return {
    rows: sideBySide("hyperparameter", {
      paper: printedColumn(path, group, facts?.trainingDays.autoencoder),
      "preset paper": own && autoencoderInWords(own),
      "this run": {...autoencoderInWords(config), ...costInWords(cost)},
    }),
  };
}

/**
 * Lay out the emulators' hyperparameters, parameters and cost of training beside the paper's (Table 5), in latent and in
 * pixel space where there is one.
 *
 * @param path the file table-05.csv.
 * @param costs of the run's trainings in each space. Default: not known, their rows stay empty.
 * @throws Error naming the file if it cannot be read.
 */
export function emulatorTable(
  path: string,
  config: Config,
  costs: Readonly<Partial<Record<"latent" | "pixel", TrainingCost>>> = {},
): TableContent {
  const {paper: facts} = systemOf(config.system);
  const own = paperPreset(config);
  const columns = (["latent", "pixel"] as const).flatMap((space): [string, Hyperparameters | undefined][] => {
    const run = emulatorInWords(config, space);
    return [
      [`${space}: paper`, printedColumn(path, space, facts?.trainingDays[space])],
      [`${space}: preset paper`, own && emulatorInWords(own, space)],
      [`${space}: this run`, run && {...run, ...costInWords(costs[space])}],
    ];
  });
  return {rows: sideBySide("hyperparameter", Object.fromEntries(columns))};
}
