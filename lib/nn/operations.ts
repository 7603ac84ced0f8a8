/**
 * Floating-point operations of networks, counted from shapes: two for each product that is added up in a matrix product or
 * a convolution. Norms, activations and embeddings of single vectors are a few percent more and are not counted.
 */
import {sizeOf} from "@lola-ts/core";
import type {DCAEConfig} from "./dcae";
import type {ViTConfig} from "./vit";

/** Operations per product: it is made, and added. */
const PER_PRODUCT = 2;

/**
 * Count the operations of a transformer for one sample.
 *
 * @param grid cells along each axis, time first, e.g. [5, 4, 4].
 */
export function transformerOperations(config: ViTConfig, grid: readonly number[]): number {
  const {
    inChannels,
    outChannels,
    condChannels = 0,
    hidChannels: width,
    hidBlocks,
    ffnFactor = 4,
    patchSize = 1,
  } = config;
  const patch = typeof patchSize === "number" ? grid.map(() => patchSize) : patchSize;
  const axes = grid.map((cells, axis) => cells / patch[axis]);
  const [tokens, cells] = [sizeOf(axes), sizeOf(patch)];
  const ends = tokens * width * (cells * (inChannels + condChannels + outChannels) + grid.length * width);
  const linear = tokens * width ** 2 * (4 + 2 * ffnFactor); // queries, keys, values, output, and the feed-forward network
  const partners = (block: number) => {
    if (config.attention !== "divided") return tokens;
    return block % 2 === 0 ? tokens / axes[0] : axes[0];
  };
  const blocks = Array.from({length: hidBlocks}, (_, i) => linear + 2 * tokens * partners(i) * width);
  return PER_PRODUCT * blocks.reduce((sum, block) => sum + block, ends);
}

/**
 * Count the operations of a decoder for one state.
 *
 * @param grid cells of a state along each axis.
 */
export function decoderOperations(
  config: DCAEConfig & {readonly pixChannels: number; readonly latChannels: number},
  grid: readonly number[],
): number {
  const {hidChannels, hidBlocks, patchSize = 1, stride = 2, kernelSize = 3, ffnFactor = 1} = config;
  const {pixChannels, latChannels, pixelShuffle = true} = config;
  const at = (level: number) => sizeOf(grid.map((cells) => cells / (patchSize * stride ** level)));
  const block = stride ** grid.length;
  const perLevel = hidChannels.map((channels, level) => {
    const residual = hidBlocks[level] * 2 * channels * Math.round(ffnFactor * channels) * at(level);
    if (level === 0) return residual + channels * pixChannels * patchSize ** grid.length * at(0);
    const next = channels * hidChannels[level - 1];
    return residual + (pixelShuffle ? next * block * at(level) : next * at(level - 1));
  });
  const top = hidChannels.length - 1;
  const first = latChannels * hidChannels[top] * at(top);
  return PER_PRODUCT * kernelSize ** grid.length * perLevel.reduce((sum, level) => sum + level, first);
}
