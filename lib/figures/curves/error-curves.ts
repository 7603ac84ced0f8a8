import {records} from "../../core/options/array-rules";
import {checkOptions} from "../../core/options/check-options";
import {number} from "../../core/options/rules";
import type {Layout, LayoutAxis, ScatterData} from "plotly.js";
import {
  annotate,
  axis,
  axisName,
  domains,
  type Figure,
  type FigureOptions,
  frame,
  heading,
  legend,
  logTicks,
  round,
} from "../style";
import {curveStyles, faint, type CurveStyle} from "./curve-style";

/** A mean with its uncertainty over a quantity. */
export interface ErrorCurve {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Standard errors of y: a band about a curve of many points, bars on one of few. Default: none. */
  readonly error?: readonly number[];
}

/** Curves with a common axis. */
export interface ErrorPanel {
  /** Title of the axis, with its unit. */
  readonly x: string;
  readonly y: string;
  /** Above the panel. Default: nothing. */
  readonly title?: string;
  /** Whether x is logarithmic. Default: false. */
  readonly logarithmic?: boolean;
  /** Whether y is logarithmic, for values above 0 over many decades. Default: false. */
  readonly logarithmicY?: boolean;
  readonly curves: readonly ErrorCurve[];
}

export interface ErrorCurvesOptions extends FigureOptions {
  /** Height of a panel in pixels. Default: 330. */
  height?: number;
}

/** Points above which an uncertainty is drawn as a band. */
const MANY = 8;

/**
 * Draw panels of curves with their uncertainty side by side. A name has one colour, marker and dash in all
 * panels, and one entry in the legend. y = 0 is shown unless y is logarithmic.
 *
 * @example await lab.show(errorCurves([{x: "Noise", y: "VRMSE", curves: [{name: "guided", x: [0.01, 0.1], y: [0.4, 0.5]}]}]));
 */
export function errorCurves(panels: readonly ErrorPanel[], options: ErrorCurvesOptions = {}): Figure {
  checkOptions("errorCurves", records("panels", "x", "y", "curves"), panels, "panels");
  panels.forEach(({curves}, i) =>
    checkOptions("errorCurves", records("curves", "name", "x", "y"), curves, `panels.${i}.curves`),
  );
  const {height = 330} = options;
  checkOptions("errorCurves", number({above: 0}), height, "height");
  const names = [...new Set(panels.flatMap(({curves}) => curves.map(({name}) => name)))];
  const style = curveStyles(names.map((lab) => ({lab})));
  const spans = domains(panels.length, 0.11);
  const titled = panels.some(({title}) => title !== undefined);
  const rows = Math.ceil(names.join("").length / 70 + names.length / 12);
  const above = 10 + 24 * rows + (titled ? 26 : 0);
  let layout: Layout = frame({...options, height: height + above, margin: {l: 72, r: 20, t: above, b: 52}});
  const shown = new Set<string>();
  const data = panels.flatMap(({curves, ...panel}, i) => {
    layout = withPanel(layout, {...panel, curves}, i, spans[i]);
    return curves.flatMap((curve) => {
      const first = !shown.has(curve.name);
      shown.add(curve.name);
      return traces(curve, style({lab: curve.name}), i, first);
    });
  });
  const titles = panels.flatMap(({title}, i) => (title ? [heading(title, (spans[i][0] + spans[i][1]) / 2)] : []));
  const y = 1 + (titled ? 28 : 4) / (height - 52);
  return {
    data,
    layout: annotate({...layout, legend: legend({orientation: "h", x: 0, y, yanchor: "bottom"})}, titles),
  };
}

function withPanel(layout: Layout, panel: ErrorPanel, i: number, domain: [number, number]): Layout {
  const [across, up] = [axisName("x", i), axisName("y", i)];
  const xs = panel.curves.flatMap(({x}) => [...x]);
  const ends = panel.curves.flatMap(({y, error}) =>
    y.flatMap((value, at) => [-1, 1].map((side) => value + side * (error?.[at] || 0))),
  );
  const scale: LayoutAxis = panel.logarithmic ? {type: "log", ...logTicks(xs)} : {};
  return {
    ...layout,
    [across.layout]: axis(panel.x, {domain, anchor: up.trace, ...scale}),
    [up.layout]: axis(panel.y, {anchor: across.trace, ...(panel.logarithmicY ? decades(ends) : fromZero(ends))}),
  };
}

/** A linear axis with 0 and all values. */
function fromZero(values: readonly number[]): LayoutAxis {
  const finite = values.filter(Number.isFinite);
  const [low, top] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  return {range: [1.08 * low, 1.08 * (top || 1)]};
}

/** A logarithmic axis with all values above 0. */
function decades(values: readonly number[]): LayoutAxis {
  const logs = values.filter((value) => value > 0 && value < Infinity).map(Math.log10);
  const [low, top] = logs.length > 0 ? [Math.min(...logs), Math.max(...logs)] : [-1, 0];
  const margin = 0.06 * (top - low || 1);
  return {type: "log", range: [low - margin, top + margin], ...logTicks(values)};
}

function traces(
  {name, x, y, error}: ErrorCurve,
  style: CurveStyle,
  panel: number,
  first: boolean,
): Partial<ScatterData>[] {
  const {color, dash, symbol} = style;
  const axes = {xaxis: axisName("x", panel).trace, yaxis: axisName("y", panel).trace, legendgroup: name};
  const errors = error?.map((value) => (Number.isFinite(value) ? value : 0));
  const isBand = x.length > MANY;
  const curve: Partial<ScatterData> = {
    ...axes,
    type: "scatter",
    mode: "lines+markers",
    name,
    showlegend: first,
    x: [...x],
    y: y.map((value) => round(value)),
    line: {color, dash, width: 2},
    marker: {color, symbol, size: isBand ? 5 : 8},
    ...(errors && !isBand && {error_y: {type: "data", array: errors, thickness: 1.3, width: 4, color}}),
    hovertemplate: `${name}, %{x}: %{y:.3f}<extra></extra>`,
  };
  if (!errors || !isBand) return [curve];
  const around = [...y.map((value, i) => value + errors[i]), ...y.map((value, i) => value - errors[i]).reverse()];
  const band: Partial<ScatterData> = {
    ...axes,
    type: "scatter",
    mode: "lines",
    x: [...x, ...[...x].reverse()],
    y: around.map((value) => round(value)),
    fill: "toself",
    fillcolor: faint(color),
    line: {width: 0},
    showlegend: false,
    hoverinfo: "skip",
  };
  return [band, curve];
}
