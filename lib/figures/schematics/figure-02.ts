/** Figure 2: what goes into a denoiser, and what comes out. */
import {checkOptions, checkParts} from "../../core/options/check-options";
import {list} from "../../core/options/rules";
import {imageRule, limitsOf, type FieldImage} from "../tiles";
import type {Figure} from "../style";
import {Canvas, fills, fitted, type SchematicOptions} from "./canvas";

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
  const {width: across, height: down} = fitted(context, TILE);
  const place = (i: number, y: number) => ({x: LEFT + i * (across + GAP), y, width: across, height: down});
  const width = LEFT + (noisy.length + 1) * (across + GAP) - GAP;
  const box = {x: LEFT, y: 104 + down, width: width - LEFT, height: 62};
  const below = box.y + box.height + 40;
  [context, ...noisy].forEach((image, i) => {
    const {x, y} = place(i, 52);
    const name = i === 0 ? "z<sup>i</sup>" : `z<sub>t</sub><sup>i+${i}</sup>`;
    canvas.image(image, place(i, 52), limits).write(name, x + across / 2, y - 14);
    canvas.write(`b = ${i === 0 ? 1 : 0}`, x + across / 2, y + down + 15, {font: {size: 14}});
    canvas.arrow([x + across / 2, y + down + 28], [x + across / 2, y + down + 50]);
  });
  canvas.box(box, "Denoiser d<sub>φ</sub>", fills.emulator);
  const middle = box.y + box.height / 2;
  canvas.write("t, θ", LEFT - 58, middle).arrow([LEFT - 36, middle], [LEFT - 2, middle]);
  canvas.write("known: clean<br>others: noise", LEFT / 2, 52 + down / 2, {font: {size: 14}});
  canvas.write("estimates of<br>all states", LEFT / 2, below + down / 2, {font: {size: 14}});
  estimates.forEach((image, i) => {
    const {x, y} = place(i, below);
    canvas.arrow([x + across / 2, below - 38], [x + across / 2, y - 3]);
    canvas.image(image, place(i, below), limits);
    canvas.write(`ẑ<sup>i${i === 0 ? "" : `+${i}`}</sup>`, x + across / 2, y + down + 16);
  });
  return canvas.figure(width + 24, below + down + 36, options);
}
