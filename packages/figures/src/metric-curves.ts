/** Metrics over lead time: Figure 5 of one system, Figures 8 and 9 of several below each other. */
import type {Annotation, Dash, Layout, ScatterData, Shape} from "plotly.js";
import {records, checkOptions, number, optional, section, text} from "@lola-ts/core";
import {central} from "lola/evaluate";
import {compose} from "./compose";
import {annotate, axis, axisName, explained, frame, heading, legendAbove, type AxisNames} from "./layout";
import {band, checkFigure, curveStyles, ink, line, rateLabel} from "./style";
import type {CurveSource, CurveStyle, Figure, FigureOptions} from "./style";

export const metrics = ["vrmse", "ratio", "low", "mid", "high"] as const;

export type Panel = (typeof metrics)[number];

/** Metrics of one method over lead time. */
export interface Curve extends CurveSource {
  /** "diffusion", "neural solver", another emulator's label, or a trivial forecast (grey). */
  readonly method: string;
  /** 1 in pixel space; left out for trivial forecasts. */
  readonly compression?: number;
  /** In order of lead time, errors optional; a forecast of one member has no ratio: NaN. */
  readonly rows: readonly (Readonly<Record<Panel, number>> &
    Readonly<Partial<Record<`${Panel} ±`, number>>> & {readonly lead: number})[];
}

function valuesOf(curves: readonly Curve[], metric: Panel): number[] {
  return curves.flatMap(({rows}) => rows.map((row) => row[metric])).filter(Number.isFinite);
}

const largest = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0);

/** How many times the usual value a curve's middle may be, for the curve to choose the ends of its panel. */
const FAR = 10;

/**
 * Choose the ends of a panel, high enough for the middle of every emulator's curve unless it is far above most values. Errors
 * begin at 0, the ratio a little below its smallest value: its measure is the line at 1.
 */
export function rangeOf(curves: readonly Curve[], metric: Panel, given?: number): [number, number] {
  const known = curves.filter(({compression}) => compression !== undefined);
  const shown = known.length > 0 ? known : curves;
  const median = (list: readonly Curve[]) => central(valuesOf(list, metric), "median") || 0;
  const usual = median(shown);
  const near = shown.filter((curve) => median([curve]) <= FAR * usual);
  const values = valuesOf(near, metric);
  const enough = Math.max(2.5 * usual, 1.15 * largest(near.map((curve) => median([curve]))));
  const top = given ?? Math.max(metric === "ratio" ? 1.1 : 0, 1.04 * Math.min(largest(values), enough));
  const smallest = values.reduce((a, b) => Math.min(a, b), top);
  const bottom = metric === "ratio" ? Math.max(0, Math.floor(10 * smallest - 1) / 10) : 0;
  const room = 0.06 * (top - bottom);
  return [bottom - room, top + room];
}

/** Say how far curves go that leave a panel: emulators, and trivial forecasts apart from them. */
export function cutInWords(curves: readonly Curve[], metric: Panel, top: number): string {
  const isKnown = ({compression}: Curve) => compression !== undefined;
  const trivial = curves.filter((curve) => !isKnown(curve));
  const kinds = [
    {name: "cut", max: largest(valuesOf(curves.filter(isKnown), metric))},
    {name: "grey", max: largest(valuesOf(trivial, metric))},
  ];
  const cut = kinds.filter(({max}) => max > top);
  return cut.map(({name, max}) => `${name}: up to ${Number(max.toPrecision(2))}`).join(", ");
}

/** Put the meaning of bands before a caption, if any curve has errors. */
export function withBands(caption: string | undefined, curves: readonly Curve[]): string | undefined {
  const rows = curves.flatMap((curve) => curve.rows);
  const isBanded = rows.some((row) => metrics.some((metric) => Number.isFinite(row[`${metric} ±`])));
  return isBanded ? explained("Bands: one standard error over trajectories, either way.", caption) : caption;
}

export interface MetricsOptions extends FigureOptions {
  /** Upper ends of the panels. Default: chosen from the data. */
  top?: Partial<Record<Panel, number>>;
  /** Statistic over trajectories, named in the heading of the spectrum, e.g. "median". Default: not named. */
  statistic?: string;
}

/** Markers that a curve shows at most: more would hide its dashes. */
const MARKS = 8;

const most = optional(number({above: 0}));
const metricsRules = {
  top: optional(section<Record<Panel, number>>({vrmse: most, ratio: most, low: most, mid: most, high: most})),
  statistic: optional(text),
};

const titles: Record<Panel, string> = {vrmse: "VRMSE", ratio: "Spread/Skill", low: "Low", mid: "Mid", high: "High"};
type Span = [number, number];
const left: Span = [0, 0.475];
const right: Span = [0.525, 1];
const places: Record<Panel, {x: Span; y: Span}> = {
  vrmse: {x: left, y: [0.525, 1]},
  ratio: {x: left, y: [0, 0.475]},
  low: {x: right, y: [0.69, 1]},
  mid: {x: right, y: [0.345, 0.655]},
  high: {x: right, y: [0, 0.31]},
};

/**
 * Draw Figure 5: VRMSE, spread/skill and the power spectrum RMSE of three bands over lead time; colours and open
 * markers are compression rates, solid lines diffusion, dashed ones the neural solver (paper, section 4). Where curves name laboratories, colours
 * and markers are theirs. Bands are standard errors, which the caption says. Forecasts of one member have no spread. Emulators
 * choose the axes, not the grey trivial forecasts; what leaves a panel is cut, and the panel says how far it goes.
 *
 * @example await lab.show(figure5((await lab.evaluation()).curves(), {statistic: "median"}), {name: "figure-05"});
 */
export function figure5(curves: readonly Curve[], options: MetricsOptions = {}): Figure {
  checkOptions("figure5", records("curves", "method", "rows"), curves, "curves");
  checkFigure("figure5", options, metricsRules);
  return drawMetrics(curves, {...options, caption: withBands(options.caption, curves)});
}

/** Draw the panels with the given caption. */
function drawMetrics(curves: readonly Curve[], options: MetricsOptions): Figure {
  const style = styleOf(curves);
  const last = curves.reduce((end, {rows}) => rows.reduce((latest, {lead}) => Math.max(latest, lead), end), 0);
  const margin = {l: 60, r: 64, t: 62, b: 46};
  let layout: Layout = frame({...options, height: 540, margin});
  const notes: Annotation[] = [];

  const data = metrics.flatMap((metric, i) => {
    const x = axisName("x", i);
    const y = axisName("y", i);
    const shown = curves.filter((curve) => metric !== "ratio" || hasSpread(curve));
    const range = rangeOf(shown, metric, options.top?.[metric]);
    layout = withAxes(layout, metric, {x, y, last, range, first: i === 0});
    const cut = cutInWords(shown, metric, range[1]);
    if (cut) notes.push(cutNote(cut, metric));
    const looks = shown.map((curve) => ({curve, look: style(curve)}));
    return [
      ...looks.flatMap(({curve, look}) => errorBand(curve, metric, [x.trace, y.trace], look)),
      ...looks.map(({curve, look}) => trace(curve, metric, x.trace, y.trace, look)),
    ];
  });

  const spectrum = `Power spectrum RMSE${options.statistic ? ` (${options.statistic})` : ""}`;
  layout = {
    ...layout,
    legend: legendAbove(), // rates or laboratories, above the left panels
    legend2: legendAbove({y: 1.05}), // line styles, above them
    shapes: [calibrated(last)],
  };
  return {
    data: [...keys(curves, style), ...data],
    layout: annotate(layout, [heading(spectrum, (right[0] + right[1]) / 2), ...notes]),
  };
}

/** Check if a curve is of an ensemble: trivial forecasts and forecasts of one member have no spread. */
function hasSpread({compression, rows}: Curve): boolean {
  return compression !== undefined && rows.some(({ratio}) => !Number.isNaN(ratio));
}

function calibrated(last: number): Shape {
  const ends = {xref: "x2", yref: "y2", x0: -0.05 * last, x1: 1.05 * last, y0: 1, y1: 1} as const;
  return {type: "line", ...ends, line: {color: "#9a9a9a", width: 1}, layer: "below"};
}

interface PanelAxes {
  readonly x: AxisNames;
  readonly y: AxisNames;
  readonly last: number;
  readonly range: [number, number];
  /** Whether it is the panel that the others' lead times follow. */
  readonly first: boolean;
}

function withAxes(layout: Layout, metric: Panel, {x, y, last, range, first}: PanelAxes): Layout {
  const {x: across, y: up} = places[metric];
  const bottom = up[0] === 0;
  return {
    ...layout,
    [x.layout]: axis(bottom ? "Lead time" : "", {
      domain: across,
      anchor: y.trace,
      range: [-0.05 * last, 1.05 * last],
      showticklabels: bottom,
      ...(first ? {} : {matches: "x" as const}),
    }),
    [y.layout]: axis(titles[metric], {
      domain: up,
      anchor: x.trace,
      range,
      side: across === right ? "right" : "left",
      nticks: across === right ? 5 : 7,
    }),
  };
}

const greys: Record<string, Dash> = {"first frame": "dot", "training mean": "dashdot", "spatial mean": "solid"};

/** Choose the style of each curve; trivial forecasts are grey. */
function styleOf(curves: readonly Curve[]): (curve: CurveSource) => CurveStyle {
  const style = curveStyles(curves.filter(({compression}) => compression !== undefined));
  return (curve) => {
    if (curve.compression !== undefined) return style(curve);
    return {color: "#9a9a9a", dash: greys[curve.method ?? ""] ?? "dot"};
  };
}

/** The legend's entry that a curve follows. */
const groupOf = ({lab, method, compression}: Curve) =>
  lab ?? (compression === undefined ? method : rateLabel(compression));

/** The standard errors of a curve as a band behind it; none where they are not known. */
function errorBand(
  curve: Curve,
  metric: Panel,
  [xaxis, yaxis]: readonly [string, string],
  {color}: CurveStyle,
): Partial<ScatterData>[] {
  const banded = curve.rows.filter((row) => Number.isFinite(row[metric]) && Number.isFinite(row[`${metric} ±`]));
  if (banded.length < 2) return [];
  const end = (side: number) => banded.map((row) => row[metric] + side * row[`${metric} ±`]!);
  const leads = banded.map(({lead}) => lead);
  return [band(leads, [end(-1), end(1)], color, {name: "error", legendgroup: groupOf(curve), xaxis, yaxis})];
}

function trace(
  curve: Curve,
  metric: Panel,
  xaxis: string,
  yaxis: string,
  {color, dash, symbol, opacity}: CurveStyle,
): Partial<ScatterData> {
  const {lab, method, compression, rows} = curve;
  const own = compression === undefined ? method : `${method} ${rateLabel(compression)}`;
  const name = lab === undefined ? own : `${lab}: ${own}`;
  const values = [rows.map(({lead}) => lead), rows.map((row) => row[metric])] as const;
  const look = {color, dash, symbol, width: compression === undefined ? 1.3 : 1.8, marks: MARKS};
  return line(name, values, look, {
    legendgroup: groupOf(curve),
    showlegend: false,
    xaxis,
    yaxis,
    ...(opacity !== undefined && {opacity}),
    hovertemplate: `${name}, τ = %{x}: %{y:.3f}<extra></extra>`,
  });
}

/**
 * Entries of the legend: each rate's colour and marker, or each laboratory's style; then each method's line style, then
 * trivial forecasts.
 */
function keys(curves: readonly Curve[], style: (curve: CurveSource) => CurveStyle): Partial<ScatterData>[] {
  const known = curves.filter(({compression}) => compression !== undefined);
  const methods = firstOf(known, ({method}) => method);
  const labs = firstOf(
    known.filter(({lab}) => lab !== undefined),
    ({lab}) => lab,
  );
  const rates = firstOf(known, ({compression}) => compression).sort((a, b) => a.compression! - b.compression!);
  const trivial = curves
    .filter(({compression}) => compression === undefined)
    .map((curve) => key(curve.method, style(curve), 1.3));
  const ofMethod = ({symbol, ...look}: CurveStyle): CurveStyle => ({
    ...look,
    color: ink.muted,
    symbol: symbol?.endsWith("open") ? undefined : symbol, // an open marker is the rate's
  });
  const muted = methods.map((curve) => key(curve.method, ofMethod(style(curve)), 1.8));
  if (labs.length === 0) {
    const patch = ({color, symbol}: CurveStyle): CurveStyle => ({color, dash: "solid", symbol});
    const patches = rates.map((curve) => key(rateLabel(curve.compression!), patch(style(curve)), 2.5, "legend"));
    return [...patches, ...muted, ...trivial];
  }
  const several = methods.length > 1;
  const own = labs.map((curve) => {
    const {color, dash, symbol} = style(curve);
    return key(curve.lab!, {color, dash: several ? "solid" : dash, symbol}, 1.8, "legend");
  });
  const lines = muted.map((entry): Partial<ScatterData> => ({...entry, mode: "lines"}));
  return [...own, ...(several ? lines : []), ...trivial];
}

function firstOf(curves: readonly Curve[], kind: (curve: Curve) => unknown): Curve[] {
  return curves.filter((curve, i) => curves.findIndex((other) => kind(other) === kind(curve)) === i);
}

/** One entry of a legend: "legend" for rates and laboratories, "legend2" for line styles. */
function key(name: string, look: CurveStyle, width: number, legend = "legend2"): Partial<ScatterData> {
  return line(name, [[null], [NaN]], {...look, width, size: 6}, {legendgroup: name, legend, hoverinfo: "skip"});
}

function cutNote(text: string, metric: Panel): Annotation {
  const {x, y} = places[metric];
  return {
    ...heading(text, x[1], y[0]), // errors leave the ground about 0 free
    xanchor: "right",
    xshift: -4,
    font: {size: 13, color: ink.muted},
    bgcolor: "rgba(255,255,255,0.7)",
  };
}

export interface SystemCurves {
  /** Above its panels. */
  readonly title: string;
  readonly curves: readonly Curve[];
}

/** Pixels of a system's title. */
const TITLE = 30;

/**
 * Draw Figure 8, and Figure 9 from curves relative to auto-encoded states: the panels of Figure 5 for several systems, one
 * below the other (paper, appendix C).
 *
 * @throws RangeError if there is no system.
 * @example await lab.show(figure8([{title: lab.system.title, curves: (await lab.evaluation()).curves()}]), {name: "figure-08"});
 */
export function figure8(systems: readonly SystemCurves[], choice: MetricsOptions = {}): Figure {
  checkOptions("figure8", records("systems", "title", "curves"), systems, "systems");
  checkFigure("figure8", choice, metricsRules);
  const {caption, width, ...options} = choice;
  if (systems.length === 0) throw new RangeError("figure8: expected curves of a system, found none.");
  const all = systems.flatMap(({curves}) => curves);
  const figures = systems.map(({title, curves}) => ({
    title,
    figure: drawMetrics(curves, {...options, title: undefined, width}),
  }));
  return stack(figures, {caption: withBands(caption, all), width});
}

/** Put figures of five axes and two legends each below each other, with one caption. */
function stack(figures: readonly {title: string; figure: Figure}[], options: FigureOptions): Figure {
  const sizes = figures.map(({figure: {layout}}) => {
    const {t = 0, b = 0, l = 0, r = 0} = layout.margin ?? {};
    return {t: t + TITLE, b, l, r, inner: (layout.height ?? 0) - t - b};
  });
  const [{t, l, r}, {b}] = [sizes[0], sizes[sizes.length - 1]];
  const height = sizes.reduce((sum, size) => sum + size.t + size.inner + size.b, 0);
  const whole = height - t - b;
  let below = whole;
  const parts = figures.map((part, i) => {
    const {inner} = sizes[i];
    const start = below - inner;
    below = start - sizes[i].b - (sizes[i + 1]?.t ?? 0);
    return {...part, above: 58, x: (x: number) => x, y: (y: number) => (start + y * inner) / whole};
  });
  return compose(frame({...options, height, margin: {t, b, l, r}}), parts, {axes: 5, legends: 2});
}
