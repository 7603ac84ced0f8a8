/** Figure 1: an emulation, from a state through the latents of a few calls to a state again. */
import {records} from "../../core/options/array-rules";
import {checkOptions, checkParts} from "../../core/options/check-options";
import {list} from "../../core/options/rules";
import {imageRule, limitsOf, type FieldImage, type Limits} from "../tiles";
import type {Figure} from "../style";
import {Canvas, fills, fitted, type SchematicOptions} from "./canvas";

/** What a schematic of an emulation shows: thumbnails of one trajectory. */
export interface EmulationThumbnails {
  /** The first state. */
  readonly state: FieldImage;
  /** One channel of the first latent. */
  readonly latent: FieldImage;
  /** The same of the states that each call makes. */
  readonly calls: readonly (readonly FieldImage[])[];
  /** The last state, decoded. */
  readonly forecast: FieldImage;
}

const [TILE, SMALL, STEP, MIDDLE] = [118, 74, 11, 150];

/** Width of a call, at least. */
const CALL = 118;

/**
 * Draw the paper's Figure 1: the first state is encoded, each call of the emulator makes the next latents from the last one
 * and the parameters θ, and the decoder is needed for the states that somebody looks at.
 *
 * @throws RangeError if there is no call, or a call without a state.
 * @example await lab.show(figure1(thumbnails, {caption: lab.caption}), {name: "figure-01"});
 */
export function figure1(thumbnails: EmulationThumbnails, options: SchematicOptions = {}): Figure {
  const {state, latent, calls, forecast} = thumbnails;
  checkParts("figure1", {state: imageRule, latent: imageRule, forecast: imageRule}, thumbnails);
  checkOptions("figure1", list(list(imageRule)), calls, "calls");
  checkOptions("figure1", records("states of calls", "length"), calls, "calls");
  const pixels = limitsOf([state]);
  const latents = limitsOf([latent, ...calls.flat()]);
  const canvas = new Canvas();
  let x = 16;
  const connect = (length: number) => {
    canvas.arrow([x + 3, MIDDLE], [x + length - 3, MIDDLE]);
    x += length;
  };
  const show = (field: FieldImage, side: number, limits: Limits, name: string) => {
    const {width, height} = fitted(field, side);
    canvas.image(field, {x, y: MIDDLE - height / 2, width, height}, limits);
    canvas.write(name, x + width / 2, MIDDLE + height / 2 + 18);
    x += width;
  };
  show(state, TILE, pixels, "x<sup>i</sup>");
  connect(34);
  canvas.trapezoid({x, y: MIDDLE - 55, width: 96, height: 110}, "right", "Encoder<br>E<sub>ψ</sub>");
  x += 96;
  connect(34);
  show(latent, SMALL, latents, "z<sup>i</sup>");
  calls.forEach((made, call) => {
    connect(34);
    const [first, last] = [call * made.length + 1, (call + 1) * made.length];
    x += drawCall(canvas, made, {x, limits: latents, name: `z<sup>i+${first} … i+${last}</sup>`});
  });
  connect(34);
  canvas.trapezoid({x, y: MIDDLE - 55, width: 96, height: 110}, "left", "Decoder<br>D<sub>ψ</sub>");
  x += 96;
  connect(34);
  const end = calls.reduce((sum, {length}) => sum + length, 0);
  show(forecast, TILE, pixels, `x̂<sup>i+${end}</sup>`);
  return canvas.figure(x + 16, 2 * MIDDLE - 20, options);
}

/** Draw a call of the emulator above the stack of latents that it makes. @returns its width. */
function drawCall(
  canvas: Canvas,
  made: readonly FieldImage[],
  {x, limits, name}: {x: number; limits: Limits; name: string},
): number {
  const {width, height} = fitted(made[0], SMALL);
  const shift = STEP * (made.length - 1);
  const across = Math.max(CALL, width + shift);
  const [left, top] = [x + (across - width - shift) / 2, MIDDLE - height / 2];
  canvas.box({x, y: 26, width: across, height: 62}, "Emulator", fills.emulator).write("θ", x - 22, 40);
  canvas.arrow([x - 14, 42], [x - 1, 48]);
  made.forEach((image, i) => canvas.image(image, {x: left + STEP * i, y: top + STEP * i, width, height}, limits));
  const [down, up] = [x + 0.29 * across, x + 0.71 * across];
  canvas.arrow([down, 90], [down, top - 4]).arrow([up, top - 4], [up, 90]);
  canvas.write(name, x + across / 2, top + height + shift + 20);
  return across;
}
