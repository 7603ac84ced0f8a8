/**
 * Values that a training holds at a time, counted from shapes: the tensors that the layers of lib/nn save for their gradients
 * in a step, and those of one layer in a validation.
 */
import {sizeOf} from "../../core/shape";
import type {AutoencoderConfig} from "../../models/autoencoder";
import type {EmulatorConfig} from "../../models/emulator-network";

/** Copies of a batch's states that a loss saves: the states, the answer, their difference and its square, and noise. */
const OF_LOSS = 6;

/** Tensors of a layer that are there at a time while nothing is saved. */
const OF_LAYER = 6;

/** Attention weights of up to this number of values are saved; larger ones are computed again. */
const WEIGHTS = 2 ** 21;

/**
 * Count what the loss of an autoencoder saves.
 *
 * @param grid cells of a state along each axis.
 * @param batch number of states whose gradient is computed at once.
 */
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
    return all + convolved(config, coarse, patches) + convolved(config, coarse, channels);
  }, 0);
  const ends =
    convolved(config, levels[0].grid, finest + hidChannels[0]) +
    convolved(config, levels.at(-1)!.grid, hidChannels.at(-1)! + latChannels);
  const inside = checkpointing
    ? sum((level) => level.blocks * level.channels * sizeOf(level.grid)) + Math.max(...blocks)
    : sum((level, i) => level.blocks * blocks[i]);
  return batch * (inside + between + ends + OF_LOSS * pixChannels * sizeOf(grid));
}

/** Count what an autoencoder holds at a time while it is validated on a number of states. */
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

/** Values that a convolution saves of its input; a periodic one extends it beyond its border. */
function convolved(
  {periodic, kernelSize = 3, precision}: AutoencoderConfig,
  grid: readonly number[],
  channels: number,
): number {
  const cells = sizeOf(periodic ? grid.map((side) => side + kernelSize - 1) : grid);
  return channels * cells * (precision === "bfloat16" ? 0.5 : 1);
}

/** Values that a residual block saves: its normalised input, its hidden values, and both as its convolutions read them. */
function residualBlock(
  config: AutoencoderConfig,
  {channels, grid}: {readonly channels: number; readonly grid: readonly number[]},
): number {
  const {ffnFactor = 1, dropout = 0} = config;
  const width = Math.round(ffnFactor * channels);
  const cells = sizeOf(grid);
  const dropped = dropout > 0 ? 2 * width * cells : 0;
  return (channels + width) * cells + convolved(config, grid, channels + width) + dropped;
}

/**
 * Count what the loss of an emulator saves.
 *
 * @param states states of a window and cells of one along each axis, [L, ...grid].
 * @param batch number of windows that are computed at once, each member of a score by itself.
 */
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

/** Count what an emulator holds at a time while it is validated on a number of windows. */
export function emulatorForward(config: EmulatorConfig, states: readonly number[], windows: number): number {
  const one = {...config, hidBlocks: Math.min(1, config.hidBlocks), checkpointing: false};
  return emulatorActivations(one, states, windows);
}
