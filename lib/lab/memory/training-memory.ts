/**
 * Peak memory of a training, estimated from its configuration alone: before any data are there, and without the engine.
 *
 * Measured peaks of short trainings lay between 0.9 and 1.2 times the estimate (docs/performance.md).
 */
import {machineMemory} from "../../core/machine-memory";
import {sizeOf} from "../../core/shape";
import {Autoencoder} from "../../models/autoencoder";
import {latentStride} from "../../nn/dcae";
import type {Layout} from "../../nn/module";
import {systemOf} from "../../systems/registry";
import type {Config, TrainingConfig} from "../config";
import {autoencoderSettings, VALIDATION_STATES} from "../stages/autoencoders";
import {emulatorSettings, VALIDATION_WINDOWS} from "../stages/emulators";
import type {Job} from "../workers/trainer";
import {autoencoderActivations, autoencoderForward, emulatorActivations, emulatorForward} from "./activations";
import {optimiserValues} from "./optimiser-values";

/** Bytes of a training at its peak, by what holds them. */
export interface TrainingMemory {
  /** Node, the engine and the recorded step. */
  readonly process: number;
  /** Weights, gradient, moments and their average, old and new. */
  readonly parameters: number;
  /** What the backward pass of a batch or a micro-batch needs, or a validation, whose samples are all computed at once. */
  readonly activations: number;
  /** States that are kept in memory; The Well's files stay on the disk, and what is encoded of them is not counted. */
  readonly data: number;
  readonly total: number;
}

/** Bytes of a process that trains the smallest networks. */
const PROCESS = 0.5e9;

/** Peak of a backward pass over what it saves: gradients in flight, and freed memory that the allocator keeps. Measured. */
const BACKWARD = {autoencoder: 1.7, emulator: 1.4};

/** Vectors as long as the weights that an update computes beside the new state; a preconditioner turns gradients to and fro. */
const MOVING = {adamw: 2, soap: 6, psgd: 6};

/** Bytes of a value. */
const FLOAT = 4;

/** Estimate the memory of a training. @throws RangeError for a model that cannot be. */
export function trainingMemory(config: Config, job: Job): TrainingMemory {
  return job.stage === "autoencoder" ? ofAutoencoder(config, job) : ofEmulator(config, job);
}

function ofAutoencoder(config: Config, {latentChannels, changes}: Job & {stage: "autoencoder"}): TrainingMemory {
  const {grid, channels} = statesOf(config);
  const {model, training} = autoencoderSettings(config, channels, latentChannels, changes);
  return estimate({
    layout: new Autoencoder(model).layout,
    training,
    activations: Math.max(
      BACKWARD.autoencoder * autoencoderActivations(model, grid, rowsOf(training)),
      autoencoderForward(model, grid, VALIDATION_STATES),
    ),
    data: keptStates(config),
  });
}

function ofEmulator(config: Config, {method, changes}: Job & {stage: "emulator"}): TrainingMemory {
  const {grid, channels, space} = statesOf(config);
  const {latentChannels, kind} = method;
  const {model: coder} = config.autoencoder;
  const stride = latentStride({...coder, ...changes.autoencoder?.model});
  const cells = latentChannels === null ? grid : grid.map((side) => side / stride);
  const labelFeatures = systemOf(config.system).scalars.length + (config.label?.boundary === false ? 0 : 2 * space);
  const purpose = {channels: latentChannels ?? channels, labelFeatures, space};
  const {network, model, training} = emulatorSettings(config, method, purpose, changes);
  const {members = 4, unroll = 1} = config.objective ?? {};
  const repeats = kind === "crps" ? members : 1;
  const rows = rowsOf(training) * repeats * (kind === "diffusion" ? 1 : unroll);
  const states = [config.window, ...cells];
  const latents = latentChannels === null ? undefined : latentChannels * sizeOf(cells);
  return estimate({
    layout: model.layout,
    training,
    activations: Math.max(
      BACKWARD.emulator * emulatorActivations(network, states, rows),
      emulatorForward(network, states, VALIDATION_WINDOWS * repeats),
    ),
    data: latents === undefined ? keptStates(config) : keptLatents(config, latents),
  });
}

/** Samples whose gradient is computed at once. */
const rowsOf = ({batch, microBatches = 1}: Omit<TrainingConfig, "steps">) => batch / microBatches;

interface Parts {
  readonly layout: Layout;
  readonly training: TrainingConfig;
  /** In values. */
  readonly activations: number;
  readonly data: number;
}

function estimate({layout, training: {optimiser, ema}, activations, data}: Parts): TrainingMemory {
  const state = layout.size + optimiserValues(optimiser, layout) + (ema === undefined ? 0 : layout.size);
  const parts = {
    process: PROCESS,
    parameters: FLOAT * 2 * (state + MOVING[optimiser] * layout.size), // before and after an update
    activations: FLOAT * activations,
    data: FLOAT * data,
  };
  return {...parts, total: Object.values(parts).reduce((a, b) => a + b, 0)};
}

/** Sizes of a state. */
function statesOf({system, data}: Config): {grid: readonly number[]; channels: number; space: number} {
  const {axes, channels, well} = systemOf(system);
  const cells = "source" in data ? well!.grid : data.grid;
  const grid = typeof cells === "number" ? axes.map(() => cells) : cells;
  return {grid, channels: channels.length, space: axes.length};
}

/** Trajectories and states of the splits that a training reads. */
function lengths({data}: Config): readonly (readonly [trajectories: number, frames: number])[] {
  if ("source" in data) return [];
  const {trajectories, frames} = data;
  return [
    [trajectories.train, frames],
    [trajectories.valid, frames],
  ];
}

/** Values of the splits that are kept in memory as states. */
function keptStates(config: Config): number {
  const {grid, channels} = statesOf(config);
  const {memory = machineMemory() / 4} = config;
  return lengths(config)
    .map(([trajectories, frames]) => trajectories * frames * channels * sizeOf(grid))
    .filter((values) => FLOAT * values <= memory)
    .reduce((a, b) => a + b, 0);
}

/** Values of encoded splits, training trajectories in several copies. */
function keptLatents({copies, ...config}: Config, latent: number): number {
  return lengths({copies, ...config})
    .map(([trajectories, frames], split) => (split === 0 ? copies : 1) * trajectories * frames * latent)
    .reduce((a, b) => a + b, 0);
}
