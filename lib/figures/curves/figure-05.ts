import {records} from "../../core/options/array-rules";
import {checkOptions} from "../../core/options/check-options";
import {number, optional} from "../../core/options/rules";
import type {Annotation, Dash, Layout, Legend, ScatterData, Shape} from "plotly.js";
import {
  annotate,
  axis,
  axisName,
  type AxisNames,
  type Figure,
  type FigureOptions,
  frame,
  heading,
  ink,
  legend,
  rateLabel,
  round,
} from "../style";
import {curveStyles, faint, type CurveSource, type CurveStyle} from "./curve-style";
import {cutInWords, metrics, rangeOf, withBands, type Curve, type Panel} from "./metric-panels";

export interface MetricsOptions extends FigureOptions {
  /** Upper ends of the panels. Default: chosen from the data. */
  top?: Partial<Record<Panel, number>>;
  /** Statistic over trajectories, named in the heading of the spectrum, e.g. "median". Default: not named. */
  statistic?: string;
}

/** Markers that a curve shows at most: more would hide its dashes. */
const MARKS = 8;

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
  return drawMetrics(curves, {...options, caption: withBands(options.caption, curves)});
}

/** Draw the panels with the given caption. */
export function drawMetrics(curves: readonly Curve[], options: MetricsOptions): Figure {
  for (const [panel, top] of Object.entries(options.top ?? {})) {
    checkOptions("figure5", optional(number({above: 0})), top, `top.${panel}`);
  }
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
      ...looks.flatMap(({curve, look}) => band(curve, metric, [x.trace, y.trace], look)),
      ...looks.map(({curve, look}) => trace(curve, metric, x.trace, y.trace, look)),
    ];
  });

  const spectrum = `Power spectrum RMSE${options.statistic ? ` (${options.statistic})` : ""}`;
  const above: Legend = {orientation: "h", x: 0, xanchor: "left", yanchor: "bottom", bgcolor: "rgba(0,0,0,0)"};
  layout = {
    ...layout,
    legend: legend({...above, y: 1}), // rates or laboratories, above the left panels
    legend2: legend({...above, y: 1.05}), // line styles, above them
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

/** The line of a calibrated spread. */
function calibrated(last: number): Shape {
  return {
    type: "line",
    xref: "x2",
    yref: "y2",
    x0: -0.05 * last,
    x1: 1.05 * last,
    y0: 1,
    y1: 1,
    line: {color: "#9a9a9a", width: 1},
    layer: "below",
  };
}

/** Names and range of a panel's axes. */
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

/** The standard errors of a curve as a band behind it; none where they are not known. */
function band(
  {lab, method, compression, rows}: Curve,
  metric: Panel,
  [xaxis, yaxis]: readonly [string, string],
  {color}: CurveStyle,
): Partial<ScatterData>[] {
  const known = rows.filter((row) => Number.isFinite(row[metric]) && Number.isFinite(row[`${metric} ±`]));
  if (known.length < 2) return [];
  const ends = (side: number) => known.map((row) => round(row[metric] + side * row[`${metric} ±`]!));
  const leads = known.map(({lead}) => lead);
  return [
    {
      type: "scatter",
      mode: "lines",
      name: "error",
      legendgroup: lab ?? (compression === undefined ? method : rateLabel(compression)),
      showlegend: false,
      x: [...leads, ...[...leads].reverse()],
      y: [...ends(1), ...ends(-1).reverse()],
      xaxis,
      yaxis,
      fill: "toself",
      fillcolor: faint(color),
      line: {width: 0},
      hoverinfo: "skip",
    },
  ];
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
  return {
    type: "scatter",
    mode: symbol ? "lines+markers" : "lines",
    name,
    legendgroup: lab ?? (compression === undefined ? method : rateLabel(compression)),
    showlegend: false,
    x: rows.map(({lead}) => lead),
    y: rows.map((row) => round(row[metric])),
    xaxis,
    yaxis,
    line: {color, width: compression === undefined ? 1.3 : 1.8, dash},
    ...(symbol && {marker: {symbol, size: 7, color, maxdisplayed: MARKS}}),
    ...(opacity !== undefined && {opacity}),
    hovertemplate: `${name}, τ = %{x}: %{y:.3f}<extra></extra>`,
  };
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

/** The first curve of each kind. */
function firstOf(curves: readonly Curve[], kind: (curve: Curve) => unknown): Curve[] {
  return curves.filter((curve, i) => curves.findIndex((other) => kind(other) === kind(curve)) === i);
}

/** One entry of a legend: "legend" for rates and laboratories, "legend2" for line styles. */
function key(name: string, look: CurveStyle, width: number, legend = "legend2"): Partial<ScatterData> {
  const {color, dash, symbol} = look;
  return {
    type: "scatter",
    mode: symbol ? "lines+markers" : "lines",
    name,
    legendgroup: name,
    legend,
    x: [null],
    y: [null],
    line: {color, width, dash},
    ...(symbol && {marker: {symbol, size: 6, color}}),
    hoverinfo: "skip",
  };
}

function cutNote(text: string, metric: Panel): Annotation {
  return {
    text,
    xref: "paper",
    yref: "paper",
    x: places[metric].x[1],
    y: places[metric].y[0], // errors leave the ground about 0 free
    xanchor: "right",
    yanchor: "bottom",
    xshift: -4,
    yshift: 2,
    showarrow: false,
    font: {size: 13, color: ink.muted},
    bgcolor: "rgba(255,255,255,0.7)",
  };
}
