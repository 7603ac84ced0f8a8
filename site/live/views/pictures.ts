/** Pictures of the field and of its errors, and words for numbers. */
import type {SystemFacts} from "../engine/facts";
import {limitsOf, mosaic, Picture, rangeInWords} from "../page/picture";
import type {Context} from "./view";

/** Say a state's time as the lead time after the first one, in stored states as the paper counts them. */
export const leadInWords =
  ({stride}: SystemFacts) =>
  (at: number): string =>
    `lead time ${at * stride}`;

/** Say the quantity that pictures of the field show. */
export const quantityOf = ({shown}: SystemFacts): string => `${shown.name}, ${shown.unit}`;

/** Make a picture of the field. */
export const fieldPicture = ({facts, colours}: Context, title: string): Picture =>
  new Picture(title, colours.field, quantityOf(facts));

/** Make a picture of errors or spreads of the field. */
export const amountPicture = ({facts, colours}: Context, title: string): Picture =>
  new Picture(title, colours.amount, `|Δ ${facts.shown.name}|, ${facts.shown.unit}`);

/** Bound of latents: the saturations of the library keep them within about this. */
const LATENT = [-3, 3] as const;

/** Draw one of several latents [n, h, w(, d), C] as tiles of channels. */
export function drawLatent(picture: Picture, latents: Float32Array, shape: readonly number[], at: number): void {
  const count = shape.reduce((product, n) => product * n, 1);
  const {values, size} = mosaic(latents.subarray(at * count, (at + 1) * count), shape);
  picture.draw(values, size, LATENT);
  picture.describe(`${count} numbers ${rangeInWords(values)}`);
}

/** Compare one number with another: "3 % smaller than", to be followed by the other. */
export function compared(now: number, before: number): string {
  const change = Math.round(100 * (now / before - 1));
  return change === 0 ? "as large as" : `${Math.abs(change)} % ${change < 0 ? "smaller" : "larger"} than`;
}

const limits = new WeakMap<Float32Array, readonly [number, number]>();

/** Limits of a trajectory's images, computed once. */
export function limitsOnce(images: Float32Array, signed: boolean, make = () => limitsOf(images, signed)) {
  const known = limits.get(images) ?? make();
  limits.set(images, known);
  return known;
}

/** Limits of the errors of a forecast's images over all its states, computed once. */
export const errorLimitsOnce = (truth: Float32Array, images: Float32Array) =>
  limitsOnce(images, false, () => {
    const errors = images.map((value, i) => Math.abs(value - truth[i % truth.length]));
    return [0, limitsOf(errors, false)[1]];
  });

/** Say a compression rate. */
export const rateInWords = (compression: number): string => `÷${Number(compression.toPrecision(3))}`;
