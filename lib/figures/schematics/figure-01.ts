/** Figure 1: an emulation, from a state through the latents of a few calls to a state again. */
import {records} from "../../core/options/array-rules";
import {checkOptions, checkParts} from "../../core/options/check-options";
import {list} from "../../core/options/rules";
import {imageRule, limitsOf, type FieldImage} from "../tiles";
import type {Figure} from "../style";
import {Canvas, fills, type SchematicOptions} from "./canvas";

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
  const tile = (size: number) => ({x, y: MIDDLE - size / 2, width: size, height: size});
  const connect = (length: number) => {
    canvas.arrow([x + 3, MIDDLE], [x + length - 3, MIDDLE]);
    x += length;
  };
  canvas.image(state, tile(TILE), pixels).write("x<sup>i</sup>", x + TILE / 2, MIDDLE + TILE / 2 + 18);
  x += TILE;
  connect(34);
  canvas.trapezoid({x, y: MIDDLE - 55, width: 96, height: 110}, "right", "Encoder<br>E<sub>ψ</sub>");
  x += 96;
  connect(34);
  canvas.image(latent, tile(SMALL), latents).write("z<sup>i</sup>", x + SMALL / 2, MIDDLE + SMALL / 2 + 18);
  x += SMALL;
  calls.forEach((made, call) => {
    connect(34);
    canvas.box({x, y: 26, width: 118, height: 62}, "Emulator", fills.emulator).write("θ", x - 22, 40);
    canvas.arrow([x - 14, 42], [x - 1, 48]);
    const stack = SMALL + STEP * (made.length - 1);
    const [left, top] = [x + (118 - stack) / 2, MIDDLE - SMALL / 2];
    made.forEach((image, i) => {
      canvas.image(image, {x: left + STEP * i, y: top + STEP * i, width: SMALL, height: SMALL}, latents);
    });
    canvas.arrow([x + 34, 90], [x + 34, top - 4]).arrow([x + 84, top - 4], [x + 84, 90]);
    const [first, last] = [call * made.length + 1, (call + 1) * made.length];
    canvas.write(`z<sup>i+${first} … i+${last}</sup>`, x + 59, top + stack + 20);
    x += 118;
  });
  connect(34);
  canvas.trapezoid({x, y: MIDDLE - 55, width: 96, height: 110}, "left", "Decoder<br>D<sub>ψ</sub>");
  x += 96;
  connect(34);
  const end = calls.reduce((sum, {length}) => sum + length, 0);
  canvas.image(forecast, tile(TILE), pixels).write(`x̂<sup>i+${end}</sup>`, x + TILE / 2, MIDDLE + TILE / 2 + 18);
  return canvas.figure(x + TILE + 16, 2 * MIDDLE - 20, options);
}
