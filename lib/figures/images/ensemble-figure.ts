import {flat} from "../../core/array";
import {checkOptions, checkParts} from "../../core/options/check-options";
import {list, number, optional} from "../../core/options/rules";
import {ensembleMean, pointwiseSpread} from "../../evaluate/ensemble";
import {palette, rateLabel, sequentialScale, type Figure, type FigureOptions} from "../style";
import {imageRule, limitsOf, tiles, type FieldImage, type Limits, type TileRow} from "../tiles";

/** Images of one trajectory: one per lead time. */
export interface EnsembleImages {
  readonly truth: readonly FieldImage[];
  /** Of all members. */
  readonly members: readonly (readonly FieldImage[])[];
  /** Of a forecast that gives one answer. Default: none. */
  readonly answer?: readonly FieldImage[];
}

export interface EnsembleFigureOptions extends FigureOptions {
  /** Lead times of the columns. */
  leads: readonly number[];
  /** Compression rates of the ensemble and of the one answer, named in the labels. */
  compression?: number;
  answerCompression?: number;
  /** All compression rates of the experiment, so that a colour means the same rate in every figure. */
  rates?: readonly number[];
  /** Members to show. Default: 2. */
  count?: number;
}

/** Pixels across, so that it is no higher than a README's reader sees at once. */
const WIDTH = 820;

/** Share of the values that end the colours of spread and error. */
const TAIL = 0.01;

/**
 * Draw an ensemble: the truth, some members, their mean, and below it their spread beside the error of the mean, in the same
 * colours: where the spread is honest both are bright at the same places. Truth, members, mean and the one answer share the
 * limits of the truth; the spread holds the factor of Eq. 13.
 *
 * @throws RangeError if images are missing or differ in size.
 */
export function ensembleFigure(images: EnsembleImages, options: EnsembleFigureOptions): Figure {
  const rows = list(imageRule);
  checkParts("ensembleFigure", {truth: rows, members: list(list(imageRule)), answer: optional(rows)}, images);
  const {leads, compression, answerCompression, rates = [], count = 2, ...look} = options;
  checkOptions("ensembleFigure", list(number()), leads, "leads");
  const {truth, members, answer} = images;
  const at = (state: number) => members.map((member) => flat(member[state]));
  const {shape} = truth[0];
  const mean = truth.map((_, state): FieldImage => ({data: ensembleMean(at(state)), shape}));
  const spread = truth.map((_, state): FieldImage => ({data: pointwiseSpread(at(state)), shape}));
  const error = truth.map((image, state): FieldImage => ({data: distance(flat(image), flat(mean[state])), shape}));
  const limits = limitsOf(truth);
  const faults: Limits = [0, limitsOf([...spread, ...error], TAIL, 0)[1]];
  const label = (name: string, rate = compression) => (rate === undefined ? name : `${name}<br>${rateLabel(rate)}`);
  const colours = palette([...rates, compression ?? 1, answerCompression ?? 1]);
  const colourOf = (rate?: number) => (rate === undefined ? undefined : colours.get(rate));
  const own = {limits, colour: colourOf(compression)};
  const heat = {limits: faults, scale: sequentialScale("inferno"), colour: own.colour};
  const one = {label: label("neural solver", answerCompression), colour: colourOf(answerCompression), apart: true};
  const shown: TileRow[] = [
    {label: "ground truth", fields: truth, limits, bar: true},
    ...members.slice(0, count).map((fields, k) => ({
      ...{label: `${label("diffusion")} #${k + 1}`, fields, apart: k === 0},
      ...own,
    })),
    {label: `mean of ${members.length}`, fields: mean, apart: true, ...own},
    {label: "spread", fields: spread, bar: 2, ...heat},
    {label: "error of<br>the mean", fields: error, ...heat},
    ...(answer ? [{...one, fields: answer, limits}] : []),
  ];
  return tiles({width: WIDTH, ...look, columns: leads.map((lead) => `τ = ${lead}`), rows: shown});
}

/** Absolute differences, point by point. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  return Float64Array.from(a, (value, i) => Math.abs(value - b[i]));
}
