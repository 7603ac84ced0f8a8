/** Figure 2: what goes into a denoiser, and what comes out. */
import {checkOptions, checkParts} from "../../core/options/check-options";
import {list} from "../../core/options/rules";
import {imageRule, limitsOf, type FieldImage} from "../tiles";
import type {Figure} from "../style";
import {Canvas, fills, type SchematicOptions} from "./canvas";

/** What a schematic of a denoiser shows: one channel of a window of latents. */
export interface DenoiserThumbnails {
  /** The state that is known. */
  readonly context: FieldImage;
  /** The others, with noise. */
  readonly noisy: readonly FieldImage[];
  /** What the denoiser makes of all of them. */
  readonly estimates: readonly FieldImage[];
}

const [TILE, GAP, LEFT] = [84, 26, 150];

/**
 * Draw the paper's Figure 2: known states enter without noise and a mask tells which they are; time and parameters enter
 * through the modulation; the denoiser answers with an estimate of every state of the window.
 *
 * @throws RangeError unless there are as many estimates as states.
 * @example await lab.show(figure2({context, noisy, estimates}), {name: "figure-02"});
 */
export function figure2(thumbnails: DenoiserThumbnails, options: SchematicOptions = {}): Figure {
  const {context, noisy, estimates} = thumbnails;
  checkParts("figure2", {context: imageRule, noisy: list(imageRule)}, thumbnails);
  checkOptions("figure2", list(imageRule, {length: noisy.length + 1}), estimates, "estimates");
  const limits = limitsOf([context, ...estimates]);
  const canvas = new Canvas();
  const place = (i: number, y: number) => ({x: LEFT + i * (TILE + GAP), y, width: TILE, height: TILE});
  const width = LEFT + (noisy.length + 1) * (TILE + GAP) - GAP;
  [context, ...noisy].forEach((image, i) => {
    const {x, y} = place(i, 52);
    const name = i === 0 ? "z<sup>i</sup>" : `z<sub>t</sub><sup>i+${i}</sup>`;
    canvas.image(image, place(i, 52), limits).write(name, x + TILE / 2, y - 14);
    canvas.write(`b = ${i === 0 ? 1 : 0}`, x + TILE / 2, y + TILE + 15, {font: {size: 14}});
    canvas.arrow([x + TILE / 2, y + TILE + 28], [x + TILE / 2, y + TILE + 50]);
  });
  const box = {x: LEFT, y: 188, width: width - LEFT, height: 62};
  canvas.box(box, "Denoiser d<sub>φ</sub>", fills.emulator);
  canvas.write("t, θ", LEFT - 58, 219).arrow([LEFT - 36, 219], [LEFT - 2, 219]);
  canvas.write("known: clean<br>others: noise", LEFT / 2, 52 + TILE / 2, {font: {size: 14}});
  canvas.write("estimates of<br>all states", LEFT / 2, 290 + TILE / 2, {font: {size: 14}});
  estimates.forEach((image, i) => {
    const {x, y} = place(i, 290);
    canvas.arrow([x + TILE / 2, 252], [x + TILE / 2, y - 3]);
    canvas.image(image, place(i, 290), limits);
    canvas.write(`ẑ<sup>i${i === 0 ? "" : `+${i}`}</sup>`, x + TILE / 2, y + TILE + 16);
  });
  return canvas.figure(width + 24, 290 + TILE + 36, options);
}
