/** Figure 7: the autoencoder's levels. */
import {having} from "../../core/options/array-rules";
import {checkOptions} from "../../core/options/check-options";
import {count, list} from "../../core/options/rules";
import type {Autoencoder} from "../../models/autoencoder";
import type {Figure} from "../style";
import {Canvas, fills, type SchematicOptions} from "./canvas";

const [WIDTH, GAP, MIDDLE] = [92, 44, 190];

/**
 * Draw the paper's Figure 7 with the numbers of a model: each level of the encoder has residual blocks and, below the first,
 * a resampling that moves space into channels and begins near the identity; the decoder mirrors it.
 *
 * @param grid cells of a state along each axis.
 * @throws RangeError unless it is an autoencoder and a grid.
 * @example await lab.show(figure7(model, grid), {name: "figure-07"});
 */
export function figure7(
  model: Pick<Autoencoder, "config">,
  grid: readonly number[],
  options: SchematicOptions = {},
): Figure {
  checkOptions("figure7", having("an autoencoder", "config"), model, "model");
  checkOptions("figure7", list(count), grid, "grid");
  const {hidChannels, hidBlocks, patchSize = 1, pixChannels, latChannels, saturation} = model.config;
  const canvas = new Canvas();
  const cells = (level: number) => grid.map((n) => n / (patchSize * 2 ** level)).join("×");
  const tall = (level: number) => 260 - (180 * level) / Math.max(1, hidChannels.length - 1);
  const column = (i: number) => 92 + GAP + i * (WIDTH + GAP);
  const arrow = (from: number, text: string) => {
    canvas.arrow([from + 3, MIDDLE], [from + GAP - 3, MIDDLE]);
    canvas.write(text, from + GAP / 2, MIDDLE - 18, {font: {size: 13}});
  };
  const levels = hidChannels.map((channels, level) => ({channels, level, blocks: hidBlocks[level]}));
  const chain = [...levels, ...[...levels].reverse()];
  canvas.write(`state<br>${grid.join("×")}<br>${pixChannels} fields`, 46, MIDDLE);
  chain.forEach(({channels, level, blocks}, i) => {
    const isDown = i < levels.length;
    const height = tall(level);
    const [x, y] = [column(i) + (isDown ? 0 : WIDTH + GAP), MIDDLE - height / 2];
    canvas.box(
      {x, y, width: WIDTH, height},
      `${cells(level)}<br>${channels} ch.<br>${blocks} block${blocks > 1 ? "s" : ""}`,
      fills.autoencoder,
    );
    if (i === 0) arrow(x - GAP, patchSize > 1 ? `÷${patchSize}` : "");
    else if (i !== levels.length) arrow(x - GAP, isDown ? "↓2" : "↑2");
  });
  const middle = column(levels.length);
  arrow(middle - GAP, "");
  canvas.box(
    {x: middle, y: MIDDLE - 40, width: WIDTH, height: 80},
    `latent<br>${cells(levels.length - 1)}<br>${latChannels} ch.`,
    fills.emulator,
  );
  canvas.write(saturation ?? "", middle + WIDTH / 2, MIDDLE + 56, {font: {size: 13}});
  arrow(middle + WIDTH, "");
  const end = column(chain.length) + WIDTH + GAP;
  arrow(end - GAP, patchSize > 1 ? `×${patchSize}` : "");
  canvas.write(`state<br>${grid.join("×")}<br>${pixChannels} fields`, end + 46, MIDDLE);
  canvas.write(
    "↓2: space to depth, then a convolution near the identity; ↑2: the reverse",
    end / 2 + 46,
    2 * MIDDLE - 22,
    {font: {size: 14}},
  );
  return canvas.figure(end + 96, 2 * MIDDLE, options);
}
