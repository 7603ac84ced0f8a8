import {records} from "../../core/options/array-rules";
import {checkOptions} from "../../core/options/check-options";
import type {Layout, ScatterData} from "plotly.js";
import {
  annotate,
  axis,
  axisName,
  domains,
  type Figure,
  type FigureOptions,
  frame,
  heading,
  ink,
  legend,
  rateLabel,
  round,
} from "../style";
import {curveStyles, type CurveSource} from "./curve-style";

/** Calibration of an ensemble over one horizon. */
export interface CalibrationCurve extends Omit<CurveSource, "compression"> {
  readonly method: string;
  readonly compression?: number | null;
  readonly horizon: string;
  /** Relative frequency of each rank 0 … K; 1 is flat. */
  readonly ranks: readonly number[];
  readonly curve: readonly {readonly level: number; readonly covered: number}[];
}

const curvesRule = records("curves", "method", "horizon", "ranks", "curve");

/**
 * Draw the calibration of ensembles: for each horizon the rank histogram (top; flat if calibrated, a valley if too narrow)
 * and the coverage of central intervals over their level (bottom; on the diagonal if calibrated, below it if too narrow).
 *
 * @throws RangeError if there is no ensemble.
 * @example await lab.show(calibration(evaluation.calibrations()), {name: "calibration"});
 */
export function calibration(curves: readonly CalibrationCurve[], options: FigureOptions = {}): Figure {
  checkOptions("calibration", curvesRule, curves, "curves");
  const horizons = [...new Set(curves.map(({horizon}) => horizon))];
  if (horizons.length === 0)
    throw new RangeError("calibration: expected an ensemble of two or more members, found none.");
  const sources = curves.map((curve) => ({...curve, compression: curve.compression ?? undefined}));
  const style = curveStyles(sources);
  const columns = domains(horizons.length, 0.06);
  const top = 1.05 * Math.max(2, ...curves.flatMap(({ranks}) => ranks.map((value) => Math.min(value, 6))));
  let layout: Layout = frame({...options, height: 520, margin: {l: 60, r: 16, t: 66, b: 46}});
  const data = sources.flatMap((source): Partial<ScatterData>[] => {
    const column = horizons.indexOf(source.horizon);
    const {color, dash, symbol} = style(source);
    const name = source.compression === undefined ? source.method : `${source.method} ${rateLabel(source.compression)}`;
    const line = (panel: number, x: number[], y: number[]): Partial<ScatterData> => ({
      type: "scatter",
      mode: symbol ? "lines+markers" : "lines",
      name,
      legendgroup: name,
      showlegend: panel === 0,
      x: x.map((value) => round(value)),
      y: y.map((value) => round(value)),
      xaxis: axisName("x", panel).trace,
      yaxis: axisName("y", panel).trace,
      line: {color, dash, width: 1.8},
      ...(symbol && {marker: {symbol, color, size: 6, maxdisplayed: 6}}),
    });
    const K = source.ranks.length - 1;
    const ranks = line(
      column,
      source.ranks.map((_, rank) => rank / K),
      [...source.ranks],
    );
    const levels = source.curve.map(({level}) => level);
    const covered = source.curve.map((point) => point.covered);
    return [{...ranks, line: {...ranks.line, shape: "hvh"}}, line(horizons.length + column, levels, covered)];
  });
  horizons.forEach((_, column) => {
    layout = withPanels(layout, {column, count: horizons.length, domain: columns[column], top});
  });
  const headings = horizons.map((horizon, i) => heading(`τ = ${horizon}`, (columns[i][0] + columns[i][1]) / 2));
  return {
    data: [...data, ...horizons.flatMap((_, column) => calibrated(column, horizons.length))],
    layout: annotate({...layout, legend: legend({orientation: "h", x: 0, y: 1.1, yanchor: "bottom"})}, headings),
  };
}

interface Panels {
  readonly column: number;
  readonly count: number;
  readonly domain: [number, number];
  /** Upper end of the rank histograms. */
  readonly top: number;
}

function withPanels(layout: Layout, {column, count, domain, top}: Panels): Layout {
  const panels: {panel: number; up: [number, number]; x: string; y: string; range: [number, number]}[] = [
    {panel: column, up: [0.58, 1], x: "Rank / K", y: "Frequency × (K + 1)", range: [0, top]},
    {panel: count + column, up: [0, 0.42], x: "Level", y: "Coverage", range: [0, 1]},
  ];
  return panels.reduce((all, {panel, up, x, y, range}) => {
    const [across, along] = [axisName("x", panel), axisName("y", panel)];
    return {
      ...all,
      [across.layout]: axis(x, {domain, anchor: along.trace, range: [0, 1], nticks: 4}),
      [along.layout]: axis(column === 0 ? y : "", {domain: up, anchor: across.trace, range, nticks: 5}),
    };
  }, layout);
}

/** What a calibrated ensemble shows: flat ranks, and the diagonal. */
function calibrated(column: number, count: number): Partial<ScatterData>[] {
  return [column, count + column].map((panel, i) => ({
    type: "scatter",
    mode: "lines",
    x: [0, 1],
    y: i === 0 ? [1, 1] : [0, 1],
    xaxis: axisName("x", panel).trace,
    yaxis: axisName("y", panel).trace,
    line: {color: ink.muted, width: 1, dash: "dot"},
    showlegend: false,
    hoverinfo: "skip",
  }));
}
