/** Colours, dashes and markers of curves: by compression rate and method, or by laboratory where several are compared. */
import type {Dash} from "plotly.js";
import {colours, dash, methodDashes, palette} from "../style";

/** The source of a curve. */
export interface CurveSource {
  /** Name of its laboratory, where several are compared. */
  readonly lab?: string;
  readonly method?: string;
  readonly compression?: number;
}

/** The look of a curve. */
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
const symbols = ["circle", "square", "diamond", "triangle-up", "x", "star", "triangle-down"] as const;

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
  const labs = distinct(curves.map(({lab}) => lab));
  const methods = distinct(curves.map(({method}) => method));
  const rates = distinct(curves.map(({compression}) => compression)).sort((a, b) => a - b);
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

/** The same colour, nearly transparent: bands of uncertainty. */
export function faint(color: string, opacity = 0.16): string {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  return `rgba(${red},${green},${blue},${opacity})`;
}

function distinct<T>(values: readonly (T | undefined)[]): T[] {
  return [...new Set(values.flatMap((value) => (value === undefined ? [] : [value])))];
}
