import type {Annotation, Dash, Layout, Legend, ScatterData, Shape} from "plotly.js";
import {
  annotate,
  axis,
  axisName,
  dash,
  type Figure,
  type FigureOptions,
  frame,
  heading,
  ink,
  legend,
  palette,
  rateLabel,
  round,
} from "./style";

const metrics = ["vrmse", "ratio", "low", "mid", "high"] as const;
type Panel = (typeof metrics)[number];

/** Metrics of one method over lead time. */
export interface Curve {
  /** "diffusion", "neural solver", "autoencoder", or a trivial forecast (grey). */
  readonly method: string;
  /** 1 in pixel space; left out for trivial forecasts. */
  readonly compression?: number;
  /** In order of lead time. */
  readonly rows: readonly (Readonly<Record<Panel, number>> & {readonly lead: number})[];
}

export interface MetricsOptions extends FigureOptions {
  /** Upper ends of the panels. Default: chosen from the data. */
  top?: Partial<Record<Panel, number>>;
  /** Statistic over trajectories, named in the heading of the spectrum, e.g. "median". Default: not named. */
  statistic?: string;
}

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
 * Draw Figure 5: VRMSE, spread/skill and the power spectrum RMSE of three bands over lead time; colours are compression
 * rates, solid lines diffusion, dashed ones the neural solver (paper, section 4). Curves that leave a panel are cut,
 * and the panel says how far they go.
 */
export function figure5(curves: readonly Curve[], options: MetricsOptions = {}): Figure {
  const colour = palette(curves.flatMap(({compression}) => (compression === undefined ? [] : [compression])));
  const last = curves.reduce((end, {rows}) => rows.reduce((latest, {lead}) => Math.max(latest, lead), end), 0);
  const margin = {l: 60, r: 64, t: 62, b: 46};
  let layout: Layout = frame({...options, height: 540, margin});
  const notes: Annotation[] = [];

  const data = metrics.flatMap((metric, i) => {
    const x = axisName("x", i);
    const y = axisName("y", i);
    const {x: across, y: up} = places[metric];
    const shown = curves.filter(({compression}) => metric !== "ratio" || compression !== undefined);
    const values = shown.flatMap(({rows}) => rows.map((row) => row[metric])).filter(Number.isFinite);
    const max = values.reduce((a, b) => Math.max(a, b), 0);
    // high enough for every curve's middle, unless it is far above all others
    const middles = shown.map(({rows}) => 1.15 * median(rows.map((row) => row[metric]).filter(Number.isFinite)));
    const enough = Math.max(2.5 * median(values), Math.min(4 * median(values), Math.max(0, ...middles)));
    const top = options.top?.[metric] ?? Math.max(metric === "ratio" ? 1.1 : 0, Math.min(max, enough));
    const bottom = up[0] === 0;
    layout = {
      ...layout,
      [x.layout]: axis(bottom ? "Lead time" : "", {
        domain: across,
        anchor: y.trace,
        range: [-0.05 * last, 1.05 * last],
        showticklabels: bottom,
        ...(i > 0 ? {matches: "x" as const} : {}),
      }),
      [y.layout]: axis(titles[metric], {
        domain: up,
        anchor: x.trace,
        range: [-0.08 * top, 1.08 * top],
        side: across === right ? "right" : "left",
        nticks: across === right ? 5 : 7,
      }),
    };
    if (max > 1.08 * top) notes.push(cutNote(max, across, up));
    return shown.map((curve) => trace(curve, metric, x.trace, y.trace, colour));
  });

  const spectrum = `Power spectrum RMSE${options.statistic ? ` (${options.statistic})` : ""}`;
  const above: Legend = {orientation: "h", x: 0, xanchor: "left", yanchor: "bottom", bgcolor: "rgba(0,0,0,0)"};
  const one: Shape = {
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
  layout = {
    ...layout,
    legend: legend({...above, y: 1}), // rates, above the left panels
    legend2: legend({...above, y: 1.05}), // line styles, above the rates
    shapes: [one],
  };
  return {
    data: [...keys(curves, colour), ...data],
    layout: annotate(layout, [heading(spectrum, (right[0] + right[1]) / 2), ...notes]),
  };
}

function trace(
  curve: Curve,
  metric: Panel,
  xaxis: string,
  yaxis: string,
  colour: Map<number, string>,
): Partial<ScatterData> {
  const {method, compression, rows} = curve;
  const name = compression === undefined ? method : `${method} ${rateLabel(compression)}`;
  return {
    type: "scatter",
    mode: "lines",
    name,
    legendgroup: compression === undefined ? method : rateLabel(compression),
    showlegend: false,
    x: rows.map(({lead}) => lead),
    y: rows.map((row) => round(row[metric])),
    xaxis,
    yaxis,
    line: lineOf(curve, colour),
    hovertemplate: `${name}, τ = %{x}: %{y:.3f}<extra></extra>`,
  };
}

const greys: Record<string, Dash> = {"first frame": "dot", "training mean": "dashdot", "spatial mean": "solid"};

function lineOf({method, compression}: Curve, colour: Map<number, string>): ScatterData["line"] {
  if (compression === undefined) return {color: "#9a9a9a", width: 1.3, dash: greys[method] ?? "dot"};
  return {color: colour.get(compression), width: 1.8, dash: dash(method)};
}

/** Entries of the legend: a patch of each rate's colour, then each method's line style, then trivial forecasts. */
function keys(curves: readonly Curve[], colour: Map<number, string>): Partial<ScatterData>[] {
  const entry = (
    name: string,
    legendgroup: string,
    line: ScatterData["line"],
    legend = "legend2",
  ): Partial<ScatterData> => ({
    type: "scatter",
    mode: "lines",
    name,
    legendgroup,
    legend,
    x: [null],
    y: [null],
    line,
    hoverinfo: "skip",
  });
  const known = curves.filter(({compression}) => compression !== undefined);
  const rates = [...colour.keys()].filter((rate) => known.some(({compression}) => compression === rate));
  const methods = [...new Set(known.map(({method}) => method))];
  const trivial = curves.filter(({compression}) => compression === undefined);
  return [
    ...rates.map((rate) => entry(rateLabel(rate), rateLabel(rate), {color: colour.get(rate), width: 5}, "legend")),
    ...methods.map((method) => entry(method, method, {color: ink.muted, width: 1.8, dash: dash(method)})),
    ...trivial.map((curve) => entry(curve.method, curve.method, lineOf(curve, colour))),
  ];
}

function cutNote(max: number, across: Span, up: Span): Annotation {
  return {
    text: `cut, up to ${Number(max.toPrecision(2))}`,
    xref: "paper",
    yref: "paper",
    x: across[1],
    y: up[1],
    xanchor: "right",
    yanchor: "top",
    xshift: -4,
    yshift: -2,
    showarrow: false,
    font: {size: 13, color: ink.muted},
    bgcolor: "rgba(255,255,255,0.7)",
  };
}

function median(values: readonly number[]): number {
  return Float64Array.from(values).sort()[values.length >> 1] ?? 0;
}
