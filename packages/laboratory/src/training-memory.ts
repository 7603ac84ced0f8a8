/**
 * Peak memory of a training, estimated from its configuration alone: before any data are there, and without the engine. A
 * training that does not fit into this machine's memory is refused, with the option that helps.
 *
 * Measured peaks of short trainings lay between 0.8 and 1.2 times the estimate.
 */
import {sizeOf, machineMemory} from "@lola-ts/core";
import {Autoencoder, transformerOf, type AutoencoderConfig, type EmulatorConfig} from "lola/models";
import {type Layout, latentStride, transformerOperations} from "lola/nn";
import {Kronecker} from "lola/train";
import type {Config, TrainingConfig} from "./config";
import {systemOf} from "@lola-ts/simulators";
import {autoencoderSettings, VALIDATION_STATES} from "./stages/autoencoders";
import {emulatorName, emulatorSettings, VALIDATION_WINDOWS} from "./stages/emulators";
import {middleRate} from "./stages/methods";
import {type Job} from "./model-changes";

/** Copies of a batch's states that a loss saves: the states, the answer, their difference and its square, and noise. */
const OF_LOSS = 6;

/** Tensors of a layer that are there at a time while nothing is saved. */
const OF_LAYER = 6;

/** Without compiled parts, attention weights of up to this number of values are saved; larger weights are computed again. */
const WEIGHTS = 2 ** 21;

/** Count what the loss of an autoencoder saves of states with `grid` cells, `batch` of which are computed at once. */
export function autoencoderActivations(config: AutoencoderConfig, grid: readonly number[], batch: number): number {
  const {hidChannels, hidBlocks, patchSize = 1, stride = 2, pixChannels, latChannels, checkpointing} = config;
  const levels = hidChannels.map((channels, level) => ({
    channels,
    blocks: 2 * hidBlocks[level], // encoder and decoder
    grid: grid.map((cells) => cells / (patchSize * stride ** level)),
  }));
  const blocks = levels.map((level) => residualBlock(config, level));
  const sum = (value: (level: (typeof levels)[number], i: number) => number) =>
    levels.reduce((all, level, i) => all + value(level, i), 0);
  const finest = pixChannels * patchSize ** grid.length;
  const between = levels.slice(1).reduce((all, {channels, grid: coarse}, i) => {
    const patches = stride ** grid.length * hidChannels[i];
    return all + (patches + channels) * sizeOf(coarse);
  }, 0);
  const ends =
    (finest + hidChannels[0]) * sizeOf(levels[0].grid) +
    (hidChannels.at(-1)! + latChannels) * sizeOf(levels.at(-1)!.grid);
  const inside = checkpointing
    ? sum((level) => level.blocks * level.channels * sizeOf(level.grid)) + Math.max(...blocks)
    : sum((level, i) => level.blocks * blocks[i]);
  return batch * (inside + between + ends + OF_LOSS * pixChannels * sizeOf(grid));
}

export function autoencoderForward(
  config: Pick<AutoencoderConfig, "hidChannels" | "patchSize" | "stride" | "pixChannels">,
  grid: readonly number[],
  states: number,
): number {
  const {hidChannels, patchSize = 1, stride = 2, pixChannels} = config;
  const layers = hidChannels.map(
    (channels, level) => channels * sizeOf(grid.map((cells) => cells / (patchSize * stride ** level))),
  );
  return OF_LAYER * states * Math.max(...layers, pixChannels * sizeOf(grid));
}

/** Values that a residual block saves: its normalised input, and its hidden values before their activation. */
function residualBlock(
  {ffnFactor = 1, dropout = 0}: AutoencoderConfig,
  {channels, grid}: {readonly channels: number; readonly grid: readonly number[]},
): number {
  const width = Math.round(ffnFactor * channels);
  return (channels + (dropout > 0 ? 4 : 1) * width) * sizeOf(grid);
}

/** Count what the loss of an emulator saves. @param states [L, ...grid]. @param batch windows, each member of a score by itself. */
export function emulatorActivations(config: EmulatorConfig, states: readonly number[], batch: number): number {
  const {hidChannels, hidBlocks, attentionHeads, ffnFactor = 4, dropout = 0, channels, patchSize = 1} = config;
  const patch = typeof patchSize === "number" ? states.map(() => patchSize) : patchSize;
  const tokens = sizeOf(states.map((side, axis) => side / patch[axis]));
  const weights = batch * attentionHeads * tokens ** 2;
  const hidden = (dropout > 0 ? 4 : 2) * ffnFactor;
  // norm, modulation, queries and keys (three times), values, attention (twice), its sum, branch and mixture
  const block = (14 + hidden) * hidChannels * tokens * batch + (weights <= WEIGHTS ? weights : 0);
  const input = hidChannels * tokens * batch;
  const inside = config.checkpointing ? hidBlocks * input + block : hidBlocks * block;
  return inside + 3 * input + (2 + OF_LOSS) * channels * sizeOf(states) * batch + Math.min(weights, WEIGHTS);
}

export function emulatorForward(config: EmulatorConfig, states: readonly number[], windows: number): number {
  const one = {...config, hidBlocks: Math.min(1, config.hidBlocks), checkpointing: false};
  return emulatorActivations(one, states, windows);
}

/** Axes up to this length have a matrix, by default of both optimisers. */
const MATRICES = 4096;

/** Count the values of an optimiser's state: moments, and the factors of a preconditioner. */
export function optimiserValues(optimiser: TrainingConfig["optimiser"], layout: Layout): number {
  if (optimiser === "adamw") return 2 * layout.size;
  const {stacks, diagonals} = new Kronecker(layout, MATRICES, {diagonals: optimiser === "psgd"});
  const matrices = stacks.reduce((sum, {size, count}) => sum + 2 * count * size ** 2, 0);
  const lines = diagonals.reduce((sum, {size, count}) => sum + count * size, 0);
  return (optimiser === "soap" ? 2 : 1) * layout.size + matrices + lines;
}

export interface TrainingMemory {
  readonly process: number;
  /** Weights, gradient, moments and their average, old and new. */
  readonly parameters: number;
  /** Bytes for the backward pass of a batch or a micro-batch, or for a validation, whose samples are computed together. */
  readonly activations: number;
  /** States that are kept in memory; The Well's files stay on the disk, and what is encoded of them is not counted. */
  readonly data: number;
  readonly total: number;
}

/** Bytes of a process that trains the smallest networks. */
const PROCESS = 0.5e9;

/** Peak of a backward pass over what it saves: gradients in flight, and freed memory that the allocator keeps. Measured. */
const BACKWARD = 1.4;

/** Vectors as long as the weights that an update computes beside the new state; a preconditioner turns gradients to and fro. */
const MOVING = {adamw: 2, soap: 6, psgd: 6};

const FLOAT = 4;

/**
 * Estimate the memory of a training.
 *
 * @param files grid of The Well's own files, where data are read from them. Default: the published one of the system.
 * @throws RangeError if neither says how large states are.
 */
export function trainingMemory(config: Config, job: Job, files?: readonly number[]): TrainingMemory {
  const {layout, training, activations, data} =
    job.stage === "autoencoder" ? ofAutoencoder(config, job, files) : ofEmulator(config, job, files);
  const {optimiser, ema} = training;
  const state = layout.size + optimiserValues(optimiser, layout) + (ema === undefined ? 0 : layout.size);
  const parts = {
    process: PROCESS,
    parameters: FLOAT * 2 * (state + MOVING[optimiser] * layout.size), // before and after an update
    activations: FLOAT * activations,
    data: FLOAT * data,
  };
  return {...parts, total: Object.values(parts).reduce((a, b) => a + b, 0)};
}

function ofAutoencoder(
  config: Config,
  {latentChannels, changes}: Job & {stage: "autoencoder"},
  files?: readonly number[],
) {
  const {grid, channels} = statesOf(config, files);
  const {model, training} = autoencoderSettings(config, channels, latentChannels, changes);
  const activations = Math.max(
    BACKWARD * autoencoderActivations(model, grid, rowsOf(training)),
    autoencoderForward(model, grid, VALIDATION_STATES),
  );
  return {layout: new Autoencoder(model).layout, training, activations, data: keptStates(config)};
}

/** Find the sizes of an emulator: its network and training, and the states [L, ...grid] of a window. */
export function emulatorSizes(
  config: Config,
  {method, changes}: Omit<Job & {stage: "emulator"}, "stage">,
  files?: readonly number[],
) {
  const {grid, channels, space} = statesOf(config, files);
  const {latentChannels} = method;
  const stride = latentStride({...config.autoencoder.model, ...changes.autoencoder?.model});
  const cells = latentChannels === null ? grid : grid.map((side) => side / stride);
  const labelFeatures = systemOf(config.system).scalars.length + (config.label?.boundary === false ? 0 : 2 * space);
  const purpose = {channels: latentChannels ?? channels, labelFeatures, space};
  return {...emulatorSettings(config, method, purpose, changes), states: [config.window, ...cells]};
}

/** Operations of a training step, in forward passes. */
export const STEP_PASSES = 3;

/** Count the operations of a training step of an emulator, from the products of its transformer alone. */
export function stepOperations(config: Config, job: Omit<Job & {stage: "emulator"}, "stage">): number {
  const {network, training, states} = emulatorSizes(config, job);
  return STEP_PASSES * training.batch * transformerOperations(transformerOf(network, true), states);
}

/** Count the operations of the training of the diffusion model at the middle rate: the size by which trends are drawn. */
export function trainingOperations(config: Config): number {
  const job = {method: {kind: "diffusion", latentChannels: middleRate(config)}, changes: {}} as const;
  return emulatorSizes(config, job).training.steps * stepOperations(config, job);
}

function ofEmulator(config: Config, job: Job & {stage: "emulator"}, files?: readonly number[]) {
  const {latentChannels, kind} = job.method;
  const {network, model, training, states} = emulatorSizes(config, job, files);
  const {members = 4} = config.objective ?? {};
  const repeats = kind === "crps" ? members : 1;
  const rows = rowsOf(training) * repeats;
  const activations = Math.max(
    BACKWARD * emulatorActivations(network, states, rows),
    emulatorForward(network, states, VALIDATION_WINDOWS * repeats),
  );
  const data =
    latentChannels === null ? keptStates(config) : keptLatents(config, latentChannels * sizeOf(states.slice(1)));
  return {layout: model.layout, training, activations, data};
}

const rowsOf = ({batch, microBatches = 1}: Omit<TrainingConfig, "steps">) => batch / microBatches;

function statesOf({system, data}: Config, files?: readonly number[]) {
  const {axes, channels, well} = systemOf(system);
  const cells = "source" in data ? (files ?? well?.grid) : data.grid;
  if (cells === undefined) {
    throw new RangeError(
      `${system}: expected a grid to size a training by; The Well has none of this system, so open the files first.`,
    );
  }
  const grid = typeof cells === "number" ? axes.map(() => cells) : cells;
  return {grid, channels: channels.length, space: axes.length};
}

function keptStates(config: Config): number {
  const {data, memory = machineMemory() / 4} = config;
  if ("source" in data) return 0;
  const {grid, channels} = statesOf(config);
  const {train, valid} = data.trajectories;
  const values = [train, valid].map((count) => count * data.frames * channels * sizeOf(grid));
  return values.filter((count) => FLOAT * count <= memory).reduce((a, b) => a + b, 0);
}

/** Values of both splits encoded, training trajectories in several copies. @param latent values of a state. */
function keptLatents({copies, data}: Config, latent: number): number {
  if ("source" in data) return 0;
  const {train, valid} = data.trajectories;
  return (copies * train + valid) * data.frames * latent;
}

interface Remedy {
  /** "latent.training.microBatches = 4". */
  readonly words: string;
  readonly config: Config;
  readonly job: Job;
}

/** Refuse a training that does not fit into memory, unless it is there. @param files grid of The Well's own files. */
export async function requireMemory(
  config: Config,
  job: Job,
  isThere: () => Promise<boolean>,
  files?: readonly number[],
): Promise<void> {
  try {
    requireTrainingMemory(config, job, {files});
  } catch (error) {
    if (!(await isThere())) throw error;
  }
}

/** @throws RangeError for a training that does not fit into memory, naming the bytes it needs, those there are, and what helps. */
export function requireTrainingMemory(
  config: Config,
  job: Job,
  {limit = machineMemory(), files}: {readonly limit?: number; readonly files?: readonly number[]} = {},
): void {
  const need = trainingMemory(config, job, files);
  if (need.total <= limit) return;
  const {activations, parameters, data} = need;
  const what =
    job.stage === "autoencoder" ? `autoencoder, ${job.latentChannels} latent channels` : emulatorName(job.method);
  const remedy = remedies(config, job).find((one) => trainingMemory(one.config, one.job, files).total <= limit);
  const advice = remedy
    ? `${remedy.words} needs about ${inGigabytes(trainingMemory(remedy.config, remedy.job, files).total)}`
    : "no smaller batch helps: choose a smaller network, or a machine with more memory";
  throw new RangeError(
    `${what}: expected a training that fits into ${inGigabytes(limit)} of memory, found one that needs about ` +
      `${inGigabytes(need.total)} (activations ${inGigabytes(activations)}, parameters and moments ` +
      `${inGigabytes(parameters)}, data ${inGigabytes(data)}); ${advice}.`,
  );
}

export const inGigabytes = (bytes: number): string => `${Number((bytes / 1e9).toPrecision(2))} GB`;

/** List what makes a training smaller and leaves its result as it is: data on the disk, micro-batches, checkpointing, both. */
function remedies(config: Config, job: Job): Remedy[] {
  const isAutoencoder = job.stage === "autoencoder";
  const section = isAutoencoder ? "autoencoder" : job.method.latentChannels === null ? "pixel" : "latent";
  const {batch, microBatches = 1} = {...config[section]!.training, ...job.changes.training};
  const divisors = Array.from({length: batch}, (_, i) => i + 1).filter((n) => n > microBatches && batch % n === 0);
  const change = (words: string, changes: object): Remedy => ({
    words,
    config,
    job: {...job, changes: {...job.changes, ...changes}},
  });
  const inParts = (parts: number) => ({training: {...job.changes.training, microBatches: parts}});
  const again = isAutoencoder
    ? {model: {...job.changes.model, checkpointing: true}}
    : {network: {...job.changes.network, checkpointing: true}};
  const once = `${isAutoencoder ? "autoencoder.model" : section}.checkpointing = true`;
  const split = divisors.map((parts) => [parts, `${section}.training.microBatches = ${parts}`] as const);
  const all = [
    ...split.map(([parts, words]) => change(words, inParts(parts))),
    change(once, again),
    ...split.map(([parts, words]) => change(`${once} with ${words}`, {...inParts(parts), ...again})),
  ];
  const onDisk = {...config, memory: 0};
  const unread = {words: "memory = 0 (data stay on the disk)", config: onDisk, job};
  return [...all, unread, ...all.map((one) => ({...one, config: onDisk, words: `memory = 0 with ${one.words}`}))];
}
