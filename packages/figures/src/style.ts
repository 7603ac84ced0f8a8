/**
 * The house style of all figures: the same meaning of a colour, a dash and a blue or red pixel everywhere.
 *
 * A figure is a pure function from data to a plotly specification; nothing here draws. Colours follow the rank of a
 * compression rate (pixel space, lowest, middle, highest), lines the method, and field images the reversed RdBu map
 * with raised contrast.
 */
import type {Dash, Data, Frame, Layout, ScatterData} from "plotly.js";
import {checkOptions, number, optional, section, text, type Rules, type RulesOf} from "@lola-ts/core";

/** A plotly specification. */
export interface Figure {
  readonly data: Data[];
  readonly layout: Layout;
  /** States of an animation. */
  readonly frames?: Frame[];
}

/** Max size of a figure in a notebook: the cell and the window of JupyterLab on a screen of 1440 x 900 pixels. */
export const NOTEBOOK = {width: 1000, height: 600} as const;

export interface FigureOptions {
  /** Above the figure. */
  title?: string;
  /** Below it: preset, seed, steps, data. Wrapped to the width. */
  caption?: string;
  /** Width in pixels. */
  width?: number;
}

export const figureRules: RulesOf<FigureOptions> = {
  title: optional(text),
  caption: optional(text),
  width: optional(number({above: 0})),
};

/** Check the options of a figure: its own, and the options that every figure has. @throws RangeError naming the first wrong one. */
export function checkFigure(where: string, options: object, own: Rules = {}): void {
  checkOptions(where, section({...own, ...figureRules}), options);
}

/** The first colours of the paper's cycle (seaborn "deep"): ÷1, then the lowest, the middle and the highest rate. */
export const colours = [
  "#4C72B0",
  "#DD8452",
  "#55A868",
  "#C44E52",
  "#8172B3",
  "#937860",
  "#DA8BC3",
  "#8C8C8C",
] as const;

/** Ink of text, lines that carry no colour, and grids. */
export const ink = {text: "#2b2b2b", muted: "#6b6b6b", line: "#b8b8b8", grid: "#ececec"} as const;

/**
 * Give each compression rate its colour: ÷1 is blue, present or not, and latent rates follow in order, so that a colour
 * means the same rank in every figure.
 */
export function palette(rates: Iterable<number>): Map<number, string> {
  const latent = [...new Set(rates)].filter((rate) => rate > 1).sort((a, b) => a - b);
  return new Map([1, ...latent].map((rate, rank) => [rate, colours[rank % colours.length]]));
}

/** Line styles of methods without a label of their own. */
export const methodDashes: Readonly<Record<string, Dash>> = {
  diffusion: "solid",
  "neural solver": "dash",
  "stochastic solver": "longdash",
  autoencoder: "dot",
};

/** Line style of a method, see {@link methodDashes}. */
export function dash(method: string): Dash {
  return methodDashes[method] ?? "dashdot";
}

/** Write a compression rate as the paper does. */
export function rateLabel(rate: number): string {
  return `÷${rate}`;
}

/** The eleven steps of ColorBrewer's RdBu, reversed: from blue (low) over white to red (high). */
const blueToRed = [
  [5, 48, 97],
  [33, 102, 172],
  [67, 147, 195],
  [146, 197, 222],
  [209, 229, 240],
  [247, 247, 247],
  [253, 219, 199],
  [244, 165, 130],
  [214, 96, 77],
  [178, 24, 43],
  [103, 0, 31],
];

/** A plotly colour scale: positions from 0 to 1 with their colours. */
export type ColourScale = [number, string][];

/**
 * Make the diverging scale of field images. Contrast is raised by mapping a value $v$, scaled to $[-1, 1]$, through
 * $\operatorname{sign}(v) |v|^{1/\gamma}$: done here, in the scale and not in the data, so that values under the mouse
 * and on colour bars stay true.
 *
 * @param contrast the exponent $\gamma$, 1 for none.
 */
export function diverging(contrast = 1.5): ColourScale {
  const steps = 64;
  return Array.from({length: steps + 1}, (_, i) => {
    const v = (2 * i) / steps - 1;
    const raised = (Math.sign(v) * Math.abs(v) ** (1 / contrast) + 1) / 2;
    return [i / steps, mix(raised)];
  });
}

/** Colour at a position in [0, 1] between the steps of a map. */
function mix(position: number, steps: readonly (readonly number[])[] = blueToRed): string {
  const at = position * (steps.length - 1);
  const low = Math.min(Math.floor(at), steps.length - 2);
  const channels = steps[low].map((from, c) => Math.round(from + (at - low) * (steps[low + 1][c] - from)));
  return `rgb(${channels.join(",")})`;
}

/** Maps of fields without a sign, dark where there is little; even steps of matplotlib's maps of these names. */
// prettier-ignore
const sequential = {viridis: [[68, 1, 84], [71, 45, 123], [59, 82, 139], [44, 114, 142], [33, 145, 140], [40, 174, 128], [94, 201, 98], [173, 220, 48], [253, 231, 37]],
  inferno: [[0, 0, 4], [31, 12, 72], [85, 15, 109], [136, 34, 106], [186, 54, 85], [227, 89, 51], [249, 140, 10], [249, 201, 50], [252, 255, 164]],
  plasma: [[13, 8, 135], [75, 3, 161], [125, 3, 168], [168, 34, 150], [203, 70, 121], [229, 107, 93], [248, 148, 65], [253, 195, 40], [240, 249, 33]],
  cividis: [[0, 34, 78], [18, 53, 112], [59, 73, 108], [87, 93, 109], [112, 113, 115], [138, 134, 120], [166, 157, 117], [200, 184, 102], [254, 232, 56]],
} as const;

/** Make the colour scale of a map for fields without a sign. */
export function sequentialScale(name: keyof typeof sequential): ColourScale {
  const steps = sequential[name];
  return steps.map((_, i) => [i / (steps.length - 1), mix(i / (steps.length - 1), steps)]);
}

/** Sample a colour scale at `count` equal distances, as [red, green, blue]. */
export function sampleScale(scale: ColourScale, count: number): number[][] {
  const channels = (colour: string) => colour.match(/\d+/g)!.map(Number);
  return Array.from({length: count}, (_, i) => {
    const at = i / (count - 1);
    const stop = scale.findIndex(([position]) => position >= at);
    const [from, low] = scale[Math.max(1, stop) - 1];
    const [to, high] = scale[Math.max(1, stop)];
    const upper = channels(high);
    return channels(low).map((value, c) => Math.round(value + ((at - from) / (to - from)) * (upper[c] - value)));
  });
}

export interface CurveSource {
  /** Name of its laboratory, where several are compared. */
  readonly lab?: string;
  readonly method?: string;
  readonly compression?: number;
}

export interface CurveStyle {
  readonly color: string;
  readonly dash: Dash;
  /** Marker at its points. Default: none. */
  readonly symbol?: (typeof symbols)[number] | (typeof rateSymbols)[number];
  /** Default: 1. */
  readonly opacity?: number;
}

/** Colours that remain distinct to colour-blind readers (Okabe and Ito, 2008), in an order of strong contrast. */
const labColours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"] as const;
const labDashes: readonly Dash[] = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"];
/** Methods in the order of their hues in figures where lightness is the compression rate. */
const huedMethods = ["autoencoder", "neural solver", "diffusion"];

/** The hue of a method where lightness is the compression rate, and one of its own kinds of ensemble. */
export const methodHue = (method: string): string => labColours[huedMethods.indexOf(method)] ?? ink.muted;

const symbols = [
  "circle",
  "square",
  "diamond",
  "triangle-up",
  "x",
  "star",
  "triangle-down",
  "cross",
  "pentagon",
] as const;

/** Markers of compression rates in the order of their colours, which not every reader tells apart: ÷1 first. */
const rateSymbols = ["x-thin-open", "circle-open", "square-open", "triangle-up-open", "diamond-open"] as const;

/** Styles of methods with a label of their own, in the order of their appearance. */
const labelledDashes: readonly Dash[] = ["dashdot", "longdash", "longdashdot", "dot"];

/** Opacity of the lowest compression rate; the highest has 1. */
const FAINTEST = 0.4;

/**
 * Choose the style of each curve of a figure. Curves of one laboratory: colour and open marker are the compression rate, the
 * dash the method, a filled marker sets methods with labels of their own apart. Curves of several: colour and marker are the laboratory,
 * paler for lower compression rates; the dash is the method, and the laboratory's own where there is one method only.
 */
export function curveStyles(curves: readonly CurveSource[]): (curve: CurveSource) => CurveStyle {
  const rates = distinct(curves.map(({compression}) => compression)).sort((a, b) => a - b);
  const own = distinct(curves.map(({lab}) => lab));
  const labs = inPlaces(own, rates.length > 0 && huedMethods.includes(own[0]) ? huedMethods : own);
  const methods = distinct(curves.map(({method}) => method));
  const colour = palette(rates);
  const labelled = methods.filter((method) => !Object.hasOwn(methodDashes, method));
  const dashOf = (method = "diffusion") => {
    const place = labelled.indexOf(method);
    return place < 0 ? dash(method) : labelledDashes[place % labelledDashes.length];
  };
  return ({lab, method, compression}) => {
    if (lab === undefined) {
      const place = method === undefined ? -1 : labelled.indexOf(method);
      const color = colour.get(compression ?? NaN) ?? colours[0];
      const rank = [...colour.keys()].indexOf(compression ?? NaN);
      const symbol = place >= 0 ? symbols[place % symbols.length] : rateSymbols[rank % rateSymbols.length];
      return {color, dash: dashOf(method), ...(symbol && {symbol})};
    }
    const place = labs.indexOf(lab);
    const rank = compression === undefined || rates.length < 2 ? 1 : rates.indexOf(compression) / (rates.length - 1);
    return {
      color: labColours[place % labColours.length],
      dash: methods.length > 1 ? dashOf(method) : labDashes[place % labDashes.length],
      symbol: symbols[place % symbols.length],
      opacity: FAINTEST + (1 - FAINTEST) * rank,
    };
  };
}

/** Put names in the places of their styles: methods where their hues are, and others in the next free places. */
function inPlaces(names: readonly string[], reserved: readonly string[]): readonly (string | undefined)[] {
  const others = names.filter((name) => !huedMethods.includes(name));
  const first = huedMethods.map((method) => (reserved.includes(method) ? method : others.shift()));
  return [...first, ...others];
}

/** The look of a line: its width, and size and number of its markers at most where its style has some. */
export type LineLook = Partial<CurveStyle> & {readonly width?: number; readonly size?: number; readonly marks?: number};

/** A line through points. */
export function line(
  name: string,
  [x, y]: readonly [readonly (number | null)[], readonly number[]],
  {color, dash, symbol, width = 1.8, size = 7, marks}: LineLook,
  more: Partial<ScatterData>,
): Partial<ScatterData> {
  return {
    type: "scatter",
    mode: symbol ? "lines+markers" : "lines",
    name,
    x: [...x],
    y: y.map((value) => round(value)),
    line: {color, dash, width},
    ...(symbol && {marker: {symbol, color, size, ...(marks && {maxdisplayed: marks})}}),
    ...more,
  };
}

/** A band of uncertainty between two curves, in the colour of its line. */
export function band(
  x: readonly number[],
  [low, high]: readonly [readonly number[], readonly number[]],
  color: string,
  more: Partial<ScatterData>,
): Partial<ScatterData> {
  return {
    type: "scatter",
    mode: "lines",
    showlegend: false,
    x: [...x, ...[...x].reverse()],
    y: [...high, ...[...low].reverse()].map((value) => round(value)),
    fill: "toself",
    fillcolor: faint(color),
    line: {width: 0},
    hoverinfo: "skip",
    ...more,
  };
}

/** The same colour, nearly transparent. */
export function faint(color: string, opacity = 0.16): string {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  return `rgba(${red},${green},${blue},${opacity})`;
}

function distinct<T>(values: readonly (T | undefined)[]): T[] {
  return [...new Set(values.flatMap((value) => (value === undefined ? [] : [value])))];
}

/** Write a number with a minus sign in place of the hyphen. */
export const withMinus = (number: string | number): string => `${number}`.replace("-", "−");

/** Keep `digits` significant digits: figures are stored with notebooks, and nobody sees the others. */
export function round(value: number, digits = 4): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : null;
}
