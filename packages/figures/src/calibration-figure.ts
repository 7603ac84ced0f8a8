/** Calibration of ensembles: rank histograms and coverage. */
import type {Layout, ScatterData} from "plotly.js";
import {records, checkOptions} from "@lola-ts/core";
import {annotate, axis, axisName, domains, explained, frame, headings, legend} from "./layout";
import {band, checkFigure, curveStyles, faint, ink, line, rateLabel, round} from "./style";
import type {CurveSource, CurveStyle, Figure, FigureOptions} from "./style";

/** Calibration of an ensemble over one horizon. */
export interface CalibrationCurve extends Omit<CurveSource, "compression"> {
  readonly method: string;
  readonly compression?: number | null;
  readonly horizon: string;
  /** Relative frequency of each rank 0 … K; 1 is flat. */
  readonly ranks: readonly number[];
  readonly curve: readonly {readonly level: number; readonly covered: number}[];
  /** Standard errors over trajectories, drawn as bands. Default: none. */
  readonly errors?: {readonly ranks: readonly number[]; readonly covered: readonly number[]};
}

const curvesRule = records("curves", "method", "horizon", "ranks", "curve");

/**
 * Draw the calibration of ensembles: for each horizon the rank histogram (top; flat if calibrated, a valley if too narrow)
 * and the coverage of central intervals over their level (bottom; on the diagonal if calibrated, below it if too narrow), with
 * bands of one standard error over trajectories either way.
 *
 * @throws RangeError if there is no ensemble.
 * @example await lab.show(calibration(evaluation.calibrations()), {name: "calibration"});
 */
export function calibration(curves: readonly CalibrationCurve[], options: FigureOptions = {}): Figure {
  checkFigure("calibration", options);
  checkOptions("calibration", curvesRule, curves, "curves");
  const horizons = [...new Set(curves.map(({horizon}) => horizon))];
  if (horizons.length === 0)
    throw new RangeError("calibration: expected an ensemble of two or more members, found none.");
  const sources = curves.map((curve) => ({...curve, compression: curve.compression ?? undefined}));
  const style = curveStyles(sources);
  const columns = domains(horizons.length, 0.06);
  const top = 1.05 * Math.max(2, ...curves.flatMap(({ranks}) => ranks.map((value) => Math.min(value, 6))));
  const data = sources.flatMap((source) => {
    const name = source.compression === undefined ? source.method : `${source.method} ${rateLabel(source.compression)}`;
    const column = horizons.indexOf(source.horizon);
    const {ranks, curve, errors} = source;
    const [above, below] = [column, horizons.length + column];
    const places = ranks.map((_, rank) => rank / (ranks.length - 1));
    const [levels, covered] = [curve.map(({level}) => level), curve.map((point) => point.covered)];
    return [
      ...lines({name, panel: above, x: places, y: ranks, errors: errors?.ranks, shape: "hvh"}, style(source)),
      ...lines({name, panel: below, x: levels, y: covered, errors: errors?.covered, shape: "linear"}, style(source)),
    ];
  });
  const words = data.some(({fill}) => fill) ? "Bands: one standard error over trajectories, either way." : "";
  const caption = explained(words, options.caption);
  let layout: Layout = frame({...options, caption, height: 520, margin: {l: 60, r: 16, t: 66, b: 46}});
  horizons.forEach((_, column) => {
    layout = withPanels(layout, {column, count: horizons.length, domain: columns[column], top});
  });
  const names = horizons.map((horizon) => `τ = ${horizon}`);
  return {
    data: [...data, ...horizons.flatMap((_, column) => calibrated(column, horizons.length))],
    layout: annotate(
      {...layout, legend: legend({orientation: "h", x: 0, y: 1.1, yanchor: "bottom"})},
      headings(names, columns),
    ),
  };
}

interface Line {
  readonly name: string;
  readonly panel: number;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly errors?: readonly number[];
  readonly shape: "hvh" | "linear";
}

const axesOf = (panel: number) => ({xaxis: axisName("x", panel).trace, yaxis: axisName("y", panel).trace});

/** A line on its band of errors, if they are known. */
function lines({name, panel, x, y, errors, shape}: Line, {color, dash, symbol}: CurveStyle): Partial<ScatterData>[] {
  const place = {legendgroup: name, ...axesOf(panel)};
  const curve: Partial<ScatterData> = {
    ...line(name, [rounded(x), y], {color, dash, symbol, size: 6, marks: 6}, {...place, showlegend: panel === 0}),
    line: {color, dash, width: 1.8, shape},
  };
  if (!errors?.every(Number.isFinite)) return [curve];
  const end = (sign: number) => y.map((value, i) => value + sign * errors[i]);
  const look = {...place, name: "standard error", fillcolor: faint(color, 0.25), line: {width: 0, shape}};
  return [band(rounded(x), [end(-1), end(1)], color, look), curve];
}

const rounded = (values: readonly number[]) => values.map((value) => round(value)!);

/** Room around the lines, in which the markers at their ends fit. */
const ROOM = 0.04;

interface Panels {
  readonly column: number;
  readonly count: number;
  readonly domain: [number, number];
  /** Upper end of the rank histograms. */
  readonly top: number;
}

function withPanels(layout: Layout, {column, count, domain, top}: Panels): Layout {
  const panels: {panel: number; up: [number, number]; x: string; y: string; range: [number, number]}[] = [
    {panel: column, up: [0.58, 1], x: "Rank / K", y: "Frequency × (K + 1)", range: [-ROOM * top, top]},
    {panel: count + column, up: [0, 0.42], x: "Level", y: "Coverage", range: [-ROOM, 1 + ROOM]},
  ];
  return panels.reduce((all, {panel, up, x, y, range}) => {
    const [across, along] = [axisName("x", panel), axisName("y", panel)];
    return {
      ...all,
      [across.layout]: axis(x, {domain, anchor: along.trace, range: [-ROOM, 1 + ROOM], nticks: 4}),
      [along.layout]: axis(column === 0 ? y : "", {domain: up, anchor: across.trace, range, nticks: 5}),
    };
  }, layout);
}

/** Curves of a calibrated ensemble: flat ranks, and the diagonal. The first names it in the legend. */
function calibrated(column: number, count: number): Partial<ScatterData>[] {
  const look = {color: ink.muted, width: 1, dash: "dot"} as const;
  return [column, count + column].map((panel, i) => {
    const place = {legendgroup: "calibrated", ...axesOf(panel), showlegend: panel === 0, hoverinfo: "skip"} as const;
    return line("calibrated", [[0, 1], i === 0 ? [1, 1] : [0, 1]], look, place);
  });
}
