/** Layouts of all figures: size, title and caption, axes, legends, headings. */
import type {Annotation, Layout, LayoutAxis, Legend, XAxisName, YAxisName} from "plotly.js";
import {checkOptions, number} from "@lola-ts/core";
import {ink, withMinus, type FigureOptions} from "./style";

const font = {family: "Open Sans, Helvetica, Arial, sans-serif", size: 16, color: ink.text};

/** Size and margins of a figure before title and caption. */
export interface Decoration extends FigureOptions {
  height: number;
  margin?: {l?: number; r?: number; t?: number; b?: number};
}

/**
 * Lay out a figure: white, one font of 16 pixels, title above and caption below the plotting area. Heights of title and
 * caption come on top of `height`.
 */
export function frame({title, caption, width = 900, height, margin = {}}: Decoration): Layout {
  checkOptions("figure", number({above: 0}), width, "width");
  const {l = 80, r = 24, t = 16, b = 60} = margin;
  const lines = caption ? wrap(caption, Math.floor((width - 24) / 7.8)) : [];
  const above = title ? 42 : 0;
  const below = lines.length > 0 ? 14 + 19 * lines.length : 0;
  const annotations = lines.length === 0 ? [] : [captionBelow(lines, l, b)];
  return {
    width,
    height: height + above + below,
    autosize: false,
    margin: {l, r, t: t + above, b: b + below, autoexpand: false},
    font,
    paper_bgcolor: "white",
    plot_bgcolor: "white",
    ...(title && {title: {text: title, font: {size: 19}, ...corner, pad: {l: 12, t: 12}}}),
    annotations,
    hoverlabel: {font: {size: 15}},
    legend: legend(),
  };
}

/** The place of a title in the upper left corner of a figure. */
export const corner = {x: 0, xref: "container", xanchor: "left", y: 1, yref: "container", yanchor: "top"} as const;

/** The caption hangs below the axis labels, at the left edge of the figure. */
function captionBelow(lines: string[], left: number, bottom: number): Annotation {
  const place = {xref: "paper", yref: "paper", x: 0, y: 0, xanchor: "left", yanchor: "top"} as const;
  const shift = {xshift: 12 - left, yshift: -bottom - 4, align: "left", showarrow: false} as const;
  return {name: "caption", text: lines.join("<br>"), ...place, ...shift, font: {...font, size: 14, color: ink.muted}};
}

/** Break text into lines of at most `columns` characters, at spaces that are not non-breaking. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/[ \n]+/)) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** An axis with inward ticks, a light grid and a frame; `more` overrides. */
export function axis(title: string, more: LayoutAxis = {}): LayoutAxis {
  return {
    title: {text: title, standoff: 8, font: {size: 16}},
    ticks: "inside",
    ticklen: 4,
    tickcolor: ink.line,
    showline: true,
    mirror: true,
    linecolor: ink.line,
    gridcolor: ink.grid,
    zeroline: false,
    automargin: false,
    ...more,
  };
}

/**
 * Choose the labels of a logarithmic axis: 1-2-5 steps over few decades, powers of ten over many, written out.
 *
 * @param values values along the axis; those that are not positive and finite are ignored.
 * @param at values to label. Default: chosen to fit.
 */
export function logTicks(values: Iterable<number>, at?: readonly number[]): {tickvals: number[]; ticktext: string[]} {
  const tickvals = at ? [...at] : evenInLogarithm(values);
  const write = (value: number) =>
    value === 0 || (value >= 0.001 && value < 1e5)
      ? `${Number(value.toPrecision(4))}`
      : Number(value.toPrecision(3))
          .toExponential()
          .replace("e", "·10e")
          .replace(/^1·/, "")
          .replace(/e\+?(-?\d+)/, "<sup>$1</sup>");
  return {tickvals, ticktext: tickvals.map((value) => withMinus(write(value)))};
}

/** Steps of 1, 2, 5 over few decades, finer ones within a decade, powers of ten over many. */
function evenInLogarithm(values: Iterable<number>): number[] {
  const positive = [...values].filter((value) => value > 0 && value < Infinity);
  const low = positive.reduce((a, b) => Math.min(a, b), positive.length > 0 ? Infinity : 0.1);
  const high = positive.reduce((a, b) => Math.max(a, b), positive.length > 0 ? 0 : 1);
  const decades = Math.log10(high / low);
  const fine = decades > 0.4 ? [1, 1.5, 2, 3, 4, 5, 7] : [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9];
  const factors = decades > 3 ? [1] : decades > 1.2 ? [1, 2, 5] : fine;
  const step = Math.max(1, Math.ceil(decades / 9));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += step) {
    for (const factor of factors) ticks.push(Number(`${factor}e${power}`));
  }
  return ticks;
}

/** A legend without frame on a translucent ground; `more` overrides. */
export function legend(more: Legend = {}): Legend {
  return {font: {size: 16}, bgcolor: "rgba(255,255,255,0.8)", borderwidth: 0, tracegroupgap: 0, ...more};
}

/** A legend on one line above the plotting area; `more` overrides. */
export function legendAbove(more: Legend = {}): Legend {
  return legend({orientation: "h", x: 0, y: 1, xanchor: "left", yanchor: "bottom", bgcolor: "rgba(0,0,0,0)", ...more});
}

/** A heading above a panel, centred at `x` of the plotting area, just above its height `y`. */
export function heading(text: string, x: number, y = 1): Annotation {
  return {
    text,
    xref: "paper",
    yref: "paper",
    x,
    y,
    xanchor: "center",
    yanchor: "bottom",
    yshift: 2,
    showarrow: false,
    font: {...font, size: 16},
  };
}

/** Headings above panels side by side, none where a text is missing. @param tops upper ends of the panels. Default: the figure's. */
export function headings(
  texts: readonly (string | undefined)[],
  spans: readonly (readonly [number, number])[],
  tops?: readonly number[],
) {
  return texts.flatMap((text, i) => (text ? [heading(text, (spans[i][0] + spans[i][1]) / 2, tops?.[i])] : []));
}

/** Put words that explain a figure before its caption. */
export function explained(words: string, caption?: string): string {
  return [words, caption].filter(Boolean).join(" ");
}

/** Add annotations to a layout that may have some (its caption). */
export function annotate(layout: Layout, more: readonly Annotation[]): Layout {
  return {...layout, annotations: [...(layout.annotations ?? []), ...more]};
}

/** Plotly's names of an axis: x, x2, x3 in traces, xaxis, xaxis2 in layouts. */
export interface AxisNames<Name = XAxisName | YAxisName> {
  readonly trace: Name;
  readonly layout: "xaxis" | "yaxis" | `${"x" | "y"}axis${number}`;
}

/** Name the i-th axis, from 0. */
export function axisName(letter: "x", i: number): AxisNames<XAxisName>;
export function axisName(letter: "y", i: number): AxisNames<YAxisName>;
export function axisName(letter: "x" | "y", i: number): AxisNames {
  const trace = (i === 0 ? letter : `${letter}${i + 1}`) as XAxisName | YAxisName;
  return {trace, layout: i === 0 ? `${letter}axis` : `${letter}axis${i + 1}`};
}

/** Domains of `count` panels side by side in [0, 1] with a gap between them. */
export function domains(count: number, gap: number): [number, number][] {
  const width = (1 - gap * (count - 1)) / count;
  return Array.from({length: count}, (_, i) => [i * (width + gap), i * (width + gap) + width]);
}
