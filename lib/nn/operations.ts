/**
 * Sizes of networks: floating-point operations, counted from shapes, and parameters, without allocating them. Operations are two
 * for each product that is added up in a matrix product or a convolution. Norms, activations and embeddings of single vectors are
 * a few percent more and are not counted.
 */
import {sizeOf, having, checkOptions, list, optional, text} from "@lola-ts/core";
import type {DCAEConfig} from "./dcae";
import type {ViTConfig} from "./vit";
import type {Model} from "./module";

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
  return PER_PRODUCT * (ends + hidBlocks * (linear + 2 * tokens ** 2 * width));
}

/** Count the operations of a decoder for one state. @param grid cells of a state along each axis. */
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

/**
 * Count the trained parameters of a model's modules.
 *
 * @param modules official names of modules, e.g. "backbone.blocks"; by default the top-level ones, which together are the model.
 * @throws RangeError unless it is a model and modules are names.
 * @returns number of parameters by module; 0 for a module that does not exist.
 */
export function parameterCounts(model: Pick<Model, "layout">, modules?: readonly string[]) {
  checkOptions("parameterCounts", having("a model", "layout"), model, "model");
  checkOptions("parameterCounts", optional(list(text, {empty: true})), modules, "modules");
  const {entries} = model.layout;
  const names = modules ?? [...new Set(entries.map(({name}) => name.split(".")[0]))];
  const count = (module: string) =>
    entries
      .filter(({name}) => name === module || name.startsWith(`${module}.`))
      .reduce((total, {size}) => total + size, 0);
  return Object.fromEntries(names.map((name): [string, number] => [name, count(name)]));
}
