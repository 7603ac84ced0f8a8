/** Figures made of field images: snapshots, rollouts (Figure 4), guidance (Figure 6), parameters (Figure 22), ensembles. */
import {
  callable,
  flat,
  records,
  checkOptions,
  checkParts,
  list,
  number,
  oneOf,
  optional,
  section,
  text,
  whole,
} from "@lola-ts/core";
import {ensembleMean, pointwiseSpread} from "lola/evaluate";
import {compose} from "./compose";
import {imageOf, limitsIn, type FieldView} from "./field-view";
import {frame} from "./layout";
import {
  checkFigure,
  diverging,
  figureRules,
  palette,
  rateLabel,
  sequentialScale,
  type ColourScale,
  type Figure,
  type FigureOptions,
} from "./style";
import {imageRule, imagesRule, imageSources, limitsOf, scaleRule, tiles} from "./tiles";
import type {FieldImage, ImageSource, Limits, TileRow} from "./tiles";

/** A channel to show: its name, left of the row, and optionally its view. */
export type SnapshotField = Pick<FieldView, "name"> & Partial<FieldView>;

export interface SnapshotOptions extends FigureOptions {
  /** Channels in the order of the trajectory, unless they say theirs; `fieldViews(system)` has each in its colours. */
  fields: readonly SnapshotField[];
  /** Indices of the frames to show. Default: six, evenly spaced (four of states that are wider than high). */
  frames?: readonly number[];
  /** Label of a frame. Default: "t = index". */
  time?: (frame: number) => string;
}

/**
 * Draw a trajectory [L, X, Y(, Z), C]: one row per field with its own limits (1 % to 99 % quantiles over the frames
 * shown), time to the right.
 */
export function snapshot(trajectory: ImageSource, choice: SnapshotOptions): Figure {
  checkOptions("snapshot", imageSources, trajectory, "trajectory");
  const [length, width, height] = trajectory.shape;
  const ownRules = {frames: optional(list(whole({min: 0, max: length - 1}))), time: optional(callable)};
  checkFigure("snapshot", choice, {fields: records("fields", "name"), ...ownRules});
  const {fields, frames, time, ...options} = choice;
  const count = Math.min(width > height ? 4 : 6, length);
  const chosen =
    frames ?? Array.from({length: count}, (_, i) => Math.round((i * (length - 1)) / Math.max(1, count - 1)));
  return tiles({
    scale: diverging(1),
    ...options,
    columns: chosen.map(time ?? ((frame) => `t = ${frame}`)),
    rows: fields.map(({name, channel, scale, signed, ...view}, i) => {
      const images = chosen.map((frame) => imageOf(trajectory, frame, {...view, channel: channel ?? i}));
      return {
        label: name.length > 13 ? name.replace(/,? (?=\S*$)/, "<br>") : name,
        fields: images,
        limits: limitsIn(images, signed),
        scale,
        bar: true,
      };
    }),
  });
}

/** One row of Figure 4. */
export interface RolloutRow {
  /** "ground truth", "autoencoder", "neural solver" or "diffusion". */
  readonly method: string;
  /** Compression rate, left out for the ground truth. */
  readonly compression?: number;
  /** Number of the member of an ensemble, named in the label. */
  readonly member?: number;
  /** One image per lead time. */
  readonly fields: readonly (FieldImage | null)[];
}

export interface RolloutOptions extends FigureOptions {
  /** Lead times of the columns. */
  leads: readonly number[];
  /** Property that rows of one group share; groups are set apart. Default: "method". */
  groups?: "method" | "compression";
  /** All compression rates of the experiment, so that a colour means the same rate in every figure. Default: the rows' rates. */
  rates?: readonly number[];
  /** Colours. Default: the paper's, from blue over white to red. */
  scale?: ColourScale;
}

/** Rows of a group from which on it has a colour bar of its own. */
const TALL = 3;

/**
 * Draw Figure 4 (and the galleries 10-21): one trajectory, lead times to the right; the truth above, then the forecast
 * of each method. All images share the limits of the ground truth, whose row has the colour bar; groups of three rows or more
 * have it, too (paper, section 4).
 *
 * @param rows the first row must be the ground truth.
 * @throws RangeError if it is not.
 */
export function figure4(rows: readonly RolloutRow[], choice: RolloutOptions): Figure {
  checkOptions("figure4", records("rows", "method", "fields"), rows, "rows");
  const groupsRule = optional(oneOf(["method", "compression"]));
  const ratesRule = optional(list(number(), {empty: true}));
  checkFigure("figure4", choice, {
    ...{leads: list(number()), groups: groupsRule, rates: ratesRule, scale: optional(scaleRule)},
  });
  const {leads, groups = "method", rates = [], ...options} = choice;
  const [truth] = rows;
  if (truth?.method !== "ground truth") {
    throw new RangeError(`figure4: expected the first row to be the ground truth, found ${truth?.method ?? "no row"}.`);
  }
  const colour = palette([...rates, ...rows.flatMap(({compression = []}) => compression)]);
  const limits = limitsOf(truth.fields);
  const isFirst = (i: number) => i < 2 || rows[i][groups] !== rows[i - 1][groups];
  const sizeAt = (i: number) => {
    const next = rows.findIndex((_, j) => j > i && isFirst(j));
    return (next < 0 ? rows.length : next) - i;
  };
  return tiles({
    ...options,
    columns: leads.map((lead) => `τ = ${lead}`),
    rows: rows.map(({method, compression, member, fields}, i) => ({
      label: [method, compression && rateLabel(compression), member !== undefined && `#${member}`]
        .filter(Boolean)
        .join(" ")
        .replace(/ (÷|#)/, "<br>$1"),
      colour: compression === undefined ? undefined : colour.get(compression),
      fields,
      limits,
      apart: i > 0 && isFirst(i),
      bar: i === 0 || (isFirst(i) && sizeAt(i) >= TALL ? sizeAt(i) : false),
    })),
  });
}

/** One trajectory of a system by every method. */
export interface SystemRollouts {
  /** Above its images. */
  readonly title: string;
  /** Lead times of the columns. */
  readonly leads: readonly number[];
  /** The first row is the ground truth. */
  readonly rows: readonly RolloutRow[];
}

/** Width in pixels of one system with labels and colour bars. */
const [SQUARE, LONG] = [480, 760];

/** Room of a system's title, in two lines. */
const TITLE = 54;

/**
 * Draw Figure 4 for several systems in two columns, each with its own lead times, limits and colour bars, and in the shape of its
 * domain (paper, section 4).
 *
 * @throws RangeError if there is no system, or the first row of one is not the ground truth.
 * @example await lab.show(figure4All(await everyForecast(lab), {caption: lab.caption}), {name: "figure-04-all"});
 */
export function figure4All(systems: readonly SystemRollouts[], options: Pick<FigureOptions, "caption"> = {}): Figure {
  checkOptions("figure4All", section({caption: figureRules.caption}), options);
  checkOptions("figure4All", records("systems", "title", "leads", "rows"), systems, "systems");
  if (systems.length === 0) throw new RangeError("figure4All: expected forecasts of a system, found none.");
  const parts = systems.map(({title, leads, rows}) => {
    const [nx, ny] = rows.flatMap(({fields}) => fields).find((field) => field)?.shape ?? [1, 1];
    return {title, figure: figure4(rows, {leads, width: nx > ny ? LONG : SQUARE})};
  });
  return inColumns(parts, options.caption);
}

/** Pixels between two systems of a column, beside the title of the lower one. */
const BETWEEN = 24;

/** Put grids of images into two columns, the next one always under the shorter column, with one caption. */
function inColumns(grids: readonly {title: string; figure: Figure}[], caption?: string): Figure {
  const ends = [0, 0].slice(0, grids.length); // of the columns so far, in pixels below the first plotting area
  const places = grids.map(({figure: {layout}}, i) => {
    const {t = 0, b = 0, l = 0, r = 0} = layout.margin ?? {};
    const {width = 0, height = 0} = layout;
    const [across, down] = [width - l - r, height - t - b];
    const column = i < ends.length ? i : ends.indexOf(Math.min(...ends));
    const top = i < ends.length ? 0 : ends[column] + BETWEEN + TITLE + t;
    ends[column] = top + down;
    return {t, b, l, r, width, across, down, column, top};
  });
  const widths = ends.map((_, at) => Math.max(...places.map(({column, width}) => (column === at ? width : 0))));
  const left = (column: number) => widths.slice(0, column).reduce((sum, width) => sum + width, 0);
  const width = left(widths.length);
  const l = Math.min(...places.map((place) => left(place.column) + place.l));
  const r = Math.min(...places.map((place) => width - left(place.column) - place.l - place.across));
  const t = TITLE + Math.max(...places.map((place) => place.t));
  const b = Math.max(...places.map((place) => place.b));
  const down = Math.max(...ends);
  const parts = grids.map(({title, figure: {data, layout}}, i) => {
    const place = places[i];
    const start = (left(place.column) + place.l - l) / (width - l - r);
    const axes = {xaxis: {...layout.xaxis, anchor: "y"}, yaxis: {...layout.yaxis, anchor: "x"}} as const;
    const shapes = layout.shapes?.map((shape) => ({xref: "x", yref: "y", ...shape}) as const);
    return {
      figure: {data: data.map((trace) => ({xaxis: "x", yaxis: "y", ...trace})), layout: {...axes, shapes}},
      title: title.replace(": ", ":<br>"),
      above: 34,
      x: (x: number) => start + (place.across / (width - l - r)) * x,
      y: (y: number) => 1 - (place.top + place.down * (1 - y)) / down,
    };
  });
  return compose(frame({caption, width, height: down + t + b, margin: {l, r, t, b}}), parts, {axes: 1, legends: 1});
}

/** One way to observe, and the emulation that follows it. */
export interface GuidedImages {
  /** Left of its rows; may contain <br>. */
  readonly name: string;
  /** One per lead time: NaN where nothing is observed, null for a state that is not. */
  readonly observed: readonly (FieldImage | null)[];
  readonly guided: readonly FieldImage[];
}

/** A true trajectory, its emulation without guidance, and those with it. */
export interface GuidanceImages {
  readonly truth: readonly FieldImage[];
  readonly unguided: readonly FieldImage[];
  readonly cases: readonly GuidedImages[];
}

export interface GuidanceFigureOptions extends FigureOptions {
  /** Lead times of the columns. */
  leads: readonly number[];
}

/** Largest share of observed cells that are drawn larger than they are. */
const FEW = 0.05;

/** Draw single cells as blocks of three by three: one cell of many cannot be seen. */
function visible(image: FieldImage | null): FieldImage | null {
  if (!image) return null;
  const {shape} = image;
  const [nx, ny] = shape;
  const values = Float32Array.from(flat(image));
  const seen = [...values.keys()].filter((at) => Number.isFinite(values[at]));
  if (seen.length > FEW * values.length) return image;
  const data = values.slice();
  for (const at of seen) {
    const [x, y] = [Math.floor(at / ny), at % ny];
    for (let i = Math.max(0, x - 1); i <= Math.min(nx - 1, x + 1); i++) {
      for (let j = Math.max(0, y - 1); j <= Math.min(ny - 1, y + 1); j++) {
        if (Number.isNaN(values[i * ny + j])) data[i * ny + j] = values[at];
      }
    }
  }
  return {data, shape};
}

/**
 * Draw Figure 6: the true states and the unguided emulation, then for each way to observe what was seen (whitesmoke: nothing;
 * single points are drawn three cells wide) and the guided emulation. All images share the limits of the truth (paper, section 4).
 *
 * @example await lab.show(figure6({truth, unguided, cases}, {leads: [0, 20, 100]}), {name: "figure-06"});
 */
export function figure6(images: GuidanceImages, choice: GuidanceFigureOptions): Figure {
  checkParts("figure6", {truth: list(imageRule), unguided: list(imageRule)}, images);
  const {truth, unguided, cases} = images;
  checkOptions("figure6", records("cases", "name", "observed", "guided"), cases, "cases");
  cases.forEach((one, i) => {
    const rules = {name: text, observed: imagesRule, guided: list(imageRule)};
    for (const [part, rule] of Object.entries(rules)) {
      checkOptions("figure6", rule, one[part as keyof GuidedImages], `cases.${i}.${part}`);
    }
  });
  checkFigure("figure6", choice, {leads: list(number())});
  const {leads, ...options} = choice;
  const limits = limitsOf(truth);
  const pair = ({name, observed, guided}: GuidedImages): TileRow[] => [
    {label: `${name},<br>observed`, fields: observed.map(visible), limits, apart: true},
    {label: "guided", fields: guided, limits},
  ];
  return tiles({
    width: 760,
    ...options,
    columns: leads.map((lead) => `τ = ${lead}`),
    rows: [
      {label: "ground truth", fields: truth, limits, bar: true},
      {label: "not guided", fields: unguided, limits},
      ...cases.flatMap(pair),
    ],
  });
}

/** A trajectory and the value of its parameter. */
export interface LabelledImages {
  /** "γ = 1.2". */
  readonly label: string;
  /** One per lead time. */
  readonly fields: readonly FieldImage[];
}

/**
 * Draw Figure 22: trajectories that differ in one parameter, a row each, all in the limits of all (paper, appendix D).
 *
 * @example await lab.show(figure22([{label: "γ = 1.2", fields}], {leads: [0, 20, 100]}), {name: "figure-22"});
 */
export function figure22(rows: readonly LabelledImages[], choice: FigureOptions & {leads: readonly number[]}): Figure {
  checkOptions("figure22", records("rows", "label", "fields"), rows, "rows");
  checkFigure("figure22", choice, {leads: list(number())});
  const {leads, ...options} = choice;
  const limits = limitsOf(rows.flatMap(({fields}) => [...fields]));
  return tiles({
    width: 800,
    ...options,
    columns: leads.map((lead) => `τ = ${lead}`),
    rows: rows.map(({label, fields}, i) => ({label, fields, limits, ...(i === 0 && {bar: rows.length})})),
  });
}

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
  compression: number;
  answerCompression: number;
  /** All compression rates of the experiment, so that a colour means the same rate in every figure. */
  rates: readonly number[];
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
  const numbers = {compression: number(), answerCompression: number(), count: optional(whole({min: 0}))};
  checkFigure("ensembleFigure", options, {leads: list(number()), rates: list(number()), ...numbers});
  const {leads, compression, answerCompression, rates, count = 2, ...look} = options;
  const {truth, members, answer} = images;
  const at = (state: number) => members.map((member) => flat(member[state]));
  const {shape} = truth[0];
  const mean = truth.map((_, state): FieldImage => ({data: ensembleMean(at(state)), shape}));
  const spread = truth.map((_, state): FieldImage => ({data: pointwiseSpread(at(state)), shape}));
  const error = truth.map((image, state): FieldImage => {
    const estimate = flat(mean[state]);
    return {data: Float64Array.from(flat(image), (value, i) => Math.abs(value - estimate[i])), shape};
  });
  const limits = limitsOf(truth);
  const faults: Limits = [0, limitsOf([...spread, ...error], TAIL, 0)[1]];
  const label = (name: string, rate: number) => `${name}<br>${rateLabel(rate)}`;
  const colours = palette([...rates, compression, answerCompression]);
  const own = {limits, colour: colours.get(compression)};
  const heat = {limits: faults, scale: sequentialScale("inferno"), colour: own.colour};
  const one = {
    label: label("neural solver", answerCompression),
    colour: colours.get(answerCompression),
    apart: true,
  };
  const shown: TileRow[] = [
    {label: "ground truth", fields: truth, limits, bar: true},
    ...members
      .slice(0, count)
      .map((fields, k) => ({label: `${label("diffusion", compression)} #${k + 1}`, fields, apart: k === 0, ...own})),
    {label: `mean of ${members.length}`, fields: mean, apart: true, ...own},
    {label: "spread", fields: spread, bar: 2, ...heat},
    {label: "error of<br>the mean", fields: error, ...heat},
    ...(answer ? [{...one, fields: answer, limits}] : []),
  ];
  return tiles({width: WIDTH, ...look, columns: leads.map((lead) => `τ = ${lead}`), rows: shown});
}
