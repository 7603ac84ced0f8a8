/** Pictures of the field and of its errors, what is drawn of an ensemble, and words for numbers. */
import type {SystemFacts} from "../engine/facts";
import type {Progress} from "../engine/forecasts";
import type {Images, Scores} from "../engine/images";
import {box, shortly} from "../page/dom";
import {limitsOf, mosaic, Picture, rangeInWords} from "../page/picture";
import {ranges} from "../page/state";
import type {Context} from "./view";

/** Say a state's time as the lead time after the first one, in stored states as the paper counts them. */
export const leadInWords =
  ({stride}: SystemFacts) =>
  (at: number): string =>
    `lead time ${at * stride}`;

export const quantityOf = ({shown}: SystemFacts): string => `${shown.name}, ${shown.unit}`;

export const rateInWords = (compression: number): string => `÷${Number(compression.toPrecision(3))}`;

/** Compare one number with another: "3 % smaller than", to be followed by the other. */
export function compared(now: number, before: number): string {
  const change = Math.round(100 * (now / before - 1));
  return change === 0 ? "as large as" : `${Math.abs(change)} % ${change < 0 ? "smaller" : "larger"} than`;
}

export const fieldPicture = ({facts, colours}: Context, title: string): Picture =>
  new Picture(title, colours.field, quantityOf(facts), facts.shown.image);

/** Make a picture of errors or spreads of the field. */
export const amountPicture = ({facts, colours}: Context, title: string): Picture =>
  new Picture(title, colours.amount, `|Δ ${facts.shown.name}|, ${facts.shown.unit}`, facts.shown.image);

/** Bound of latents: the saturations of the library keep them within about this. */
const LATENT = [-3, 3] as const;

/** Draw one of several latents [n, h, w(, d), C] as tiles of channels. */
export function drawLatent(picture: Picture, latents: Float32Array, shape: readonly number[], at: number): void {
  const count = shape.reduce((product, n) => product * n, 1);
  const {values, size} = mosaic(latents.subarray(at * count, (at + 1) * count), shape);
  picture.draw(values, LATENT, `${count} numbers ${rangeInWords(values)}`, size);
}

const limits = new WeakMap<Float32Array, readonly [number, number]>();

/** Limits of a trajectory's images, computed once. */
export function limitsOnce(images: Images, signed: boolean, make = () => limitsOf(images, signed)) {
  const known = limits.get(images) ?? make();
  limits.set(images, known);
  return known;
}

/** Limits of the errors of a forecast's images over all its states, computed once. */
export const errorLimitsOnce = (truth: Images, images: Images) =>
  limitsOnce(images, false, () => {
    const errors = images.map((value, i) => Math.abs(value - truth[i % truth.length]));
    return [0, limitsOf(errors, false)[1]];
  });

const sizeOf = ({shown: {image}}: SystemFacts) => image[0] * image[1];

export function imageAt(facts: SystemFacts, images: Images, at: number): Float32Array {
  const size = sizeOf(facts);
  return images.subarray(at * size, (at + 1) * size);
}

export const countOf = (facts: SystemFacts, images: Images): number => images.length / sizeOf(facts);

/**
 * Take one state of an ensemble's images [K, T, X, Y]: its members, their mean, and their standard deviation at each point, with
 * the factor that makes it comparable with the error of the mean.
 */
export function ensembleAt(facts: SystemFacts, images: Images, at: number, states = facts.shape[0]) {
  const count = countOf(facts, images) / states;
  const members = Array.from({length: count}, (_, k) => imageAt(facts, images, k * states + at));
  const mean = new Float32Array(sizeOf(facts));
  const spread = new Float32Array(mean.length);
  const factor = count > 1 ? (count + 1) / (count * (count - 1)) : 0;
  for (let i = 0; i < mean.length; i++) {
    let sum = 0;
    for (const member of members) sum += member[i];
    mean[i] = sum / count;
    let square = 0;
    for (const member of members) square += (member[i] - mean[i]) ** 2;
    spread[i] = Math.sqrt(factor * square);
  }
  return {members, mean, spread};
}

/** The last state of the newest window of an ensemble that is computed, and its number; undefined before the first. */
export function newestOf(facts: SystemFacts, progress: Partial<Progress> | undefined, count: number) {
  const {members, from = 0} = progress ?? {};
  if (!members) return undefined;
  const states = countOf(facts, members) / count;
  return {...ensembleAt(facts, members, states - 1, states), at: from + states - 1};
}

/** Draw a state of the simulation; returns it with the limits of its colours. */
export function drawTruth(
  picture: Picture,
  facts: SystemFacts,
  images: Images,
  at: number,
): {readonly real: Float32Array; readonly limits: readonly [number, number]} {
  const limits = limitsOnce(images, facts.shown.signed);
  const real = imageAt(facts, images, at);
  picture.draw(real, limits, `${facts.shown.name} ${rangeInWords(real)}`);
  return {real, limits};
}

/** Make the strip of an ensemble's members. */
export function memberStrip(context: Context) {
  const all = Array.from({length: ranges.members.max}, (_, k) => fieldPicture(context, `Member ${k + 1}`));
  const draw = (members: readonly Float32Array[], limits: readonly [number, number]) =>
    all.forEach((picture, k) => {
      picture.element.hidden = k >= members.length;
      if (k < members.length) picture.draw(members[k], limits);
    });
  return {element: box("strip", all), draw};
}

export const forecastPictures = (context: Context) => ({
  truth: fieldPicture(context, "Simulation"),
  mean: fieldPicture(context, "Mean of the members"),
  solver: fieldPicture(context, "Neural solver"),
  spread: amountPicture(context, "Spread"),
  error: amountPicture(context, "Error of the mean"),
  solverError: amountPicture(context, "Error of the solver"),
});

/** A forecast: images [T, X, Y] of the simulation and of the solver, [K, T, X, Y] of the members. */
interface ShownForecast {
  readonly truth: Images;
  readonly solver: Images;
  readonly members: Images;
  readonly scores: Pick<Scores, "vrmse" | "ratio">;
}

/** Draw a state of a forecast; returns the ensemble's. */
export function drawForecast(
  pictures: ReturnType<typeof forecastPictures>,
  facts: SystemFacts,
  {truth, solver, members, scores: {vrmse, ratio}}: ShownForecast,
  at: number,
) {
  const limits = limitsOnce(truth, facts.shown.signed);
  const amount = errorLimitsOnce(truth, solver);
  const {real} = drawTruth(pictures.truth, facts, truth, at);
  const answer = imageAt(facts, solver, at);
  const ensemble = ensembleAt(facts, members, at);
  const withError = (image: Float32Array, error: number) => `${rangeInWords(image)}, VRMSE ${shortly(error)}`;
  pictures.solver.draw(answer, limits, withError(answer, vrmse.solver[at]));
  pictures.solverError.draw(differenceOf(real, answer), amount);
  pictures.mean.draw(ensemble.mean, limits, withError(ensemble.mean, vrmse.diffusion[at]));
  pictures.error.draw(differenceOf(real, ensemble.mean), amount);
  const {spread} = ensemble;
  pictures.spread.draw(spread, amount, `${rangeInWords(spread)}, over the error ${shortly(ratio[at])}`);
  return ensemble;
}

export const differenceOf = (a: Float32Array, b: Float32Array): Float32Array =>
  a.map((value, i) => Math.abs(value - b[i]));
