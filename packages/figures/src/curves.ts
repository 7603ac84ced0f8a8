/** Curves over steps, time and other quantities: losses, the ablation of Table 4, errors, checks of simulators. */
import type {LayoutAxis, ScatterData, Layout} from "plotly.js";
import {records, checkOptions, list, number, optional, section, text, whole} from "@lola-ts/core";
import type {ReferenceCurve} from "@lola-ts/simulators";
import {annotate, axis, axisName, domains, frame, headings, legend, legendAbove, logTicks} from "./layout";
import {band, checkFigure, colours, curveStyles, ink, line, round} from "./style";
import type {CurveSource, CurveStyle, Figure, FigureOptions, LineLook} from "./style";

/** Loss of one training run, in the colour of its compression rate and the line style of its method, or in its laboratory's. */
export interface TrainingRun extends CurveSource {
  readonly label: string;
  /** Loss at steps 1, 2, ... or at `steps`. */
  readonly loss: readonly number[];
  readonly steps?: readonly number[];
  /** Loss on the validation split, drawn as dots. */
  readonly validation?: {readonly steps: readonly number[]; readonly loss: readonly number[]};
}

export interface TrainingOptions extends FigureOptions {
  /** Steps of the moving average. Default: a fiftieth of a run. */
  window?: number;
  /** Name of the loss. Default: "loss". */
  loss?: string;
  /** Height in pixels. Default: 400. */
  height?: number;
}

/**
 * Draw losses over steps, on a logarithmic axis: each run as a faint line, its moving average in front, validation as
 * dots.
 */
export function trainingCurve(runs: readonly TrainingRun[], options: TrainingOptions = {}): Figure {
  checkOptions("trainingCurve", records("runs", "label", "loss"), runs, "runs");
  const rules = {window: optional(number({min: 1})), loss: optional(text), height: optional(number({above: 0}))};
  checkFigure("trainingCurve", options, rules);
  const {window, loss = "loss", height = 400} = options;
  const style = curveStyles(runs);
  const data = runs.flatMap((run, i): Partial<ScatterData>[] => {
    const {label} = run;
    const {dash: methodDash, symbol, opacity = 1, ...look} = style(run);
    const colour = run.lab === undefined && run.compression === undefined ? colours[i % colours.length] : look.color;
    const dash = run.lab === undefined && run.method === "autoencoder" ? "solid" : methodDash;
    const steps = run.steps ?? run.loss.map((_, step) => step + 1);
    const smooth = movingAverage(run.loss, window ?? Math.max(1, Math.round(run.loss.length / 50)));
    const keep = thin(run.loss.length, 800);
    const draw = (values: readonly number[], look: LineLook, more: Partial<ScatterData>) => {
      const thinned = [keep.map((at) => steps[at]), keep.map((at) => values[at])] as const;
      return line(label, thinned, {color: colour, ...look}, {legendgroup: `${i}`, ...more});
    };
    const validation: Partial<ScatterData>[] = [run.validation ?? []].flat().map((dots) => ({
      type: "scatter",
      mode: "markers",
      name: `${label}, validation`,
      legendgroup: `${i}`,
      showlegend: false,
      x: [...dots.steps],
      y: dots.loss.map((value) => round(value)),
      marker: {color: colour, size: 6, symbol, line: {color: "white", width: 1}},
      hovertemplate: `${label}, validation at step %{x}: %{y:.4f}<extra></extra>`,
    }));
    const hovertemplate = `${label}, step %{x}: %{y:.4f}<extra></extra>`;
    return [
      draw(run.loss, {width: 1}, {opacity: 0.22 * opacity, showlegend: false, hoverinfo: "skip"}),
      draw(smooth, {width: 2, dash}, {opacity, hovertemplate}),
      ...validation,
    ];
  });
  const isComparison = runs.some(({lab}) => lab !== undefined); // its many long names would cover the curves
  const inside = legend({x: 0.99, y: 0.98, xanchor: "right", yanchor: "top"});
  return {
    data,
    layout: {
      ...frame({...options, height, margin: {l: 88, ...(isComparison && {t: 16 + 24 * Math.ceil(runs.length / 2)})}}),
      xaxis: axis("Step", {rangemode: "tozero"}),
      yaxis: axis(loss, {type: "log", ...logTicks(runs.flatMap((run) => [...run.loss]))}),
      legend: isComparison ? legendAbove() : inside,
    },
  };
}

/**
 * Average each value with those around it, `window` in all, fewer at the ends; values that are not finite are left out.
 */
export function movingAverage(values: readonly number[], window: number): number[] {
  const before = Math.floor((window - 1) / 2);
  const after = Math.ceil((window - 1) / 2);
  const sums = [0];
  const counts = [0];
  for (const value of values) {
    const finite = Number.isFinite(value);
    sums.push(sums[sums.length - 1] + (finite ? value : 0));
    counts.push(counts[counts.length - 1] + (finite ? 1 : 0));
  }
  return values.map((_, i) => {
    const from = Math.max(0, i - before);
    const to = Math.min(values.length, i + after + 1);
    return (sums[to] - sums[from]) / (counts[to] - counts[from]);
  });
}

/** List about `max` evenly spaced indices of `length`, the last one included. */
function thin(length: number, max: number): number[] {
  const step = Math.ceil(length / max);
  const indices = Array.from({length: Math.ceil(length / step)}, (_, i) => i * step);
  if (indices[indices.length - 1] !== length - 1 && length > 0) indices.push(length - 1);
  return indices;
}

/** Validation error of one training of the autoencoder. */
export interface AblationRun {
  /** Names colour and marker, e.g. "AdamW". */
  readonly optimiser: string;
  /** Solid lines start from an identity initialisation, dashed ones do not. */
  readonly identity: boolean;
  readonly steps: readonly number[];
  readonly error: readonly number[];
  /** Wall-clock time at each of `steps`. */
  readonly seconds: readonly number[];
}

/** Markers that a curve shows at most. */
const MARKS = 12;

/**
 * Draw the ablation of Table 4: validation error over steps and over time, by optimiser (colour and marker, none of them that
 * of a compression rate) and initialisation (solid and filled: identity, dashed and open: without).
 */
export function ablation(runs: readonly AblationRun[], options: FigureOptions = {}): Figure {
  checkFigure("ablation", options);
  checkOptions("ablation", records("runs", "optimiser", "steps", "error", "seconds"), runs, "runs");
  const style = curveStyles(runs.map(({optimiser}) => ({lab: optimiser})));
  const panels = [
    {x: "steps", panel: ""},
    {x: "seconds", panel: "2"},
  ] as const;
  const data = panels.flatMap(({x, panel}) =>
    runs.map((run): Partial<ScatterData> => {
      const name = `${run.optimiser}, ${run.identity ? "identity" : "no identity"}`;
      const {color, symbol} = style({lab: run.optimiser});
      const mark = (run.identity ? symbol : `${symbol!}-open`) as CurveStyle["symbol"];
      const look = {
        color,
        dash: run.identity ? "solid" : "dash",
        symbol: mark,
        width: 2,
        size: 8,
        marks: MARKS,
      } as const;
      return line(name, [run[x].map((value) => round(value, 5)), run.error], look, {
        legendgroup: name,
        showlegend: panel === "",
        xaxis: `x${panel}`,
        yaxis: `y${panel}`,
        hovertemplate: `${name}, %{x}: %{y:.4f}<extra></extra>`,
      });
    }),
  );
  const log = {type: "log" as const, ...logTicks(runs.flatMap(({error}) => [...error]))};
  return {
    data,
    layout: {
      ...frame({...options, height: 400, margin: {l: 88}}),
      xaxis: axis("Step", {domain: [0, 0.485], rangemode: "tozero", anchor: "y"}),
      yaxis: axis("Validation MAE", {...log, anchor: "x"}),
      xaxis2: axis("Time (s)", {domain: [0.515, 1], rangemode: "tozero", anchor: "y2"}),
      yaxis2: axis("", {...log, anchor: "x2", matches: "y", showticklabels: false}),
      legend: legend({x: 0.995, y: 0.98, xanchor: "right", yanchor: "top"}),
    },
  };
}

/** A mean with its uncertainty over a quantity. */
export interface ErrorCurve {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Standard errors of y: a band about a curve of many points, bars on one of few. Default: none. */
  readonly error?: readonly number[];
  /** Both ends of an interval about each y, which need not be its middle; drawn in place of errors. Default: none. */
  readonly ends?: readonly (readonly [number, number])[];
  /** Whether it is drawn in grey, in the dash and marker of its name and without an entry in the legend. Default: false. */
  readonly muted?: boolean;
  /** Whether its points are not joined. Default: false. */
  readonly points?: boolean;
  /** Compression rate, of which a lower one is paler. Default: none. */
  readonly compression?: number;
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
  /** Whether y begins and ends with the values, with or without 0. Default: false. */
  readonly zoomed?: boolean;
  readonly curves: readonly ErrorCurve[];
}

export interface ErrorCurvesOptions extends FigureOptions {
  /** Height of a panel in pixels. Default: 330. */
  height?: number;
}

/** Find both ends of each point's uncertainty; an end that is not finite is the point itself. */
function endsOf({y, error, ends}: ErrorCurve): [number, number][] | undefined {
  const all = ends ?? error?.map((value, i) => [y[i] - value, y[i] + value] as const);
  return all?.map((both, i) => both.map((end) => (Number.isFinite(end) ? end : y[i])) as [number, number]);
}

/** Points above which an uncertainty is drawn as a band, and those above which only some have a marker. */
const [MANY, DENSE] = [8, 30];

/**
 * Draw panels of curves with their uncertainty side by side, more than four in rows. A name has one colour, marker and dash in all
 * panels, and one entry in the legend. y = 0 is shown unless y is logarithmic or zoomed.
 *
 * @example await lab.show(lines([{x: "Noise", y: "VRMSE", curves: [{name: "guided", x: [0.01, 0.1], y: [0.4, 0.5]}]}]));
 */
export function lines(panels: readonly ErrorPanel[], options: ErrorCurvesOptions = {}): Figure {
  checkOptions("lines", records("panels", "x", "y", "curves"), panels, "panels");
  panels.forEach(({curves}, i) =>
    checkOptions("lines", records("curves", "name", "x", "y"), curves, `panels.${i}.curves`),
  );
  panels.forEach(({curves}, i) =>
    curves.forEach(({x}, j) => checkOptions("lines", list(number(), {empty: true}), x, `panels.${i}.curves.${j}.x`)),
  );
  checkFigure("lines", options, {height: optional(number({above: 0}))});
  const {height = 330} = options;
  const names = [...new Set(panels.flatMap(({curves}) => curves.map(({name}) => name)))];
  const sourceOf = ({name: lab, compression}: ErrorCurve) => ({lab, compression});
  const style = curveStyles(panels.flatMap(({curves}) => curves.map(sourceOf)));
  const titled = panels.some(({title}) => title !== undefined);
  const places = grid(panels.length, height - BELOW, BELOW + (titled ? 40 : 14));
  const rows = Math.ceil(names.join("").length / 70 + names.length / 12);
  const above = 10 + 24 * rows + (titled ? 26 : 0);
  const margin = {l: 72, r: 20, t: above, b: BELOW};
  let layout: Layout = frame({...options, height: places.height + BELOW + above, margin});
  const shown = new Set<string>();
  const data = panels.flatMap(({curves, ...panel}, i) => {
    layout = withPanel(layout, {...panel, curves}, i, places);
    return curves.flatMap((curve) => {
      const {name, muted = false} = curve;
      const first = !muted && !shown.has(name);
      if (first) shown.add(name);
      const look = style(sourceOf(curve));
      return traces(curve, muted ? {...look, color: ink.line} : look, i, first);
    });
  });
  const titles = headings(
    panels.map(({title}) => title),
    places.x,
    places.y.map(([, top]) => top),
  );
  const y = 1 + (titled ? 28 : 4) / places.height;
  return {data, layout: annotate({...layout, legend: legend({orientation: "h", x: 0, y, yanchor: "bottom"})}, titles)};
}

/** Pixels below a panel, for the numbers and the title of its axis. */
const BELOW = 52;

/** Panels in a row at most. */
const ROW = 4;

interface Grid {
  /** Domain of each panel. */
  readonly x: readonly [number, number][];
  readonly y: readonly [number, number][];
  /** Pixels of all rows and the gaps between them. */
  readonly height: number;
}

/** Arrange panels in rows of nearly equal length, of a height and with a gap in pixels. */
function grid(count: number, panel: number, gap: number): Grid {
  const rows = Math.max(1, Math.ceil(count / ROW));
  const columns = Math.ceil(count / rows);
  const height = rows * panel + (rows - 1) * gap;
  const [x, y] = [domains(columns, 0.11), domains(rows, gap / height).reverse()];
  const of = Array.from({length: count}, (_, i) => i);
  return {x: of.map((i) => x[i % columns]), y: of.map((i) => y[Math.floor(i / columns)]), height};
}

function withPanel(layout: Layout, panel: ErrorPanel, i: number, places: Grid): Layout {
  const [domain, rows] = [places.x[i], places.y[i]];
  const [across, up] = [axisName("x", i), axisName("y", i)];
  const xs = panel.curves.flatMap(({x}) => [...x]);
  const ends = panel.curves.flatMap((curve) => [...curve.y, ...(endsOf(curve)?.flat() ?? [])]);
  const scale: LayoutAxis = panel.logarithmic ? {type: "log", ...flatTicks(xs, domain[1] - domain[0])} : {};
  return {
    ...layout,
    [across.layout]: axis(panel.x, {domain, anchor: up.trace, ...scale}),
    [up.layout]: axis(panel.y, {
      domain: rows,
      anchor: across.trace,
      ...(panel.logarithmicY ? decades(ends) : linear(ends, !panel.zoomed)),
    }),
  };
}

/** Points of a logarithmic axis up to which each is labelled, as compression rates are. */
const FEW = 4;

/** Characters that fit side by side under a figure. */
const CHARACTERS = 100;

/** Choose so few labels of a logarithmic axis that they lie flat in a panel of a share of the figure's width. */
function flatTicks(values: readonly number[], share: number): ReturnType<typeof logTicks> {
  const points = [...new Set(values.filter((value) => Number.isFinite(value) && value > 0))].sort((a, b) => a - b);
  if (
    points.length > 0 &&
    points.length <= FEW &&
    points.every((point, i) => i === 0 || point >= 1.5 * points[i - 1])
  ) {
    return logTicks(values, points);
  }
  const [low, top] = [Math.min(...values), Math.max(...values)];
  const inside = logTicks(values).tickvals.filter((value) => value >= low && value <= top);
  const longest = Math.max(...inside.map((value) => `${value}`.length));
  const every = Math.ceil((inside.length * (longest + 2)) / (CHARACTERS * share));
  return logTicks(values, every > 1 ? inside.filter((_, i) => i % every === 0) : undefined);
}

function linear(values: readonly number[], fromZero: boolean): LayoutAxis {
  const finite = values.filter(Number.isFinite);
  if (!fromZero && finite.length > 0) {
    const [low, top] = [Math.min(...finite), Math.max(...finite)];
    const margin = 0.08 * (top - low || Math.abs(top) || 1);
    return {range: [low - margin, top + margin]};
  }
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

function traces(curve: ErrorCurve, style: CurveStyle, panel: number, first: boolean): Partial<ScatterData>[] {
  const {name, x, y, points = false} = curve;
  const {color, opacity} = style;
  const axes = {
    ...{xaxis: axisName("x", panel).trace, yaxis: axisName("y", panel).trace, legendgroup: name},
    ...(opacity !== undefined && opacity < 1 && {opacity}),
  };
  const ends = endsOf(curve);
  const reach = (side: 0 | 1) => ends?.map((both, i) => round(Math.abs(both[side] - y[i])) ?? 0);
  const isBand = x.length > MANY;
  const look = {...style, width: 2, size: isBand ? 5 : 8, ...(x.length > DENSE && {marks: MARKS})};
  const drawn = line(name, [x, y], look, {
    ...axes,
    showlegend: first,
    ...(points && {mode: "markers"}),
    ...(ends &&
      !isBand && {
        error_y: {
          type: "data",
          symmetric: false,
          array: reach(1),
          arrayminus: reach(0),
          thickness: 1.3,
          width: 4,
          color,
        },
      }),
    hovertemplate: `${name}, %{x}: %{y:.3f}<extra></extra>`,
  });
  if (!ends || !isBand) return [drawn];
  const edges = ([0, 1] as const).map((side) => ends.map((both) => both[side])) as [number[], number[]];
  return [band(x, edges, color, axes), drawn];
}

/** Options of {@link densityOf}. */
export interface DensityOptions {
  /** Range of the values that are counted. Default: theirs. */
  readonly range?: readonly [number, number];
  /** Number of bins. Default: 50. */
  readonly bins?: number;
}

/**
 * Estimate a probability density as a histogram: the share of values in each bin, divided by its width.
 *
 * @returns centres of the bins and densities, as {@link lines} takes them. Values out of the range count as values.
 * @throws RangeError if there is no value.
 * @example await lab.show(lines([{x: "x", y: "Density", curves: [{name: "samples", ...densityOf(samples)}]}]));
 */
export function densityOf(values: ArrayLike<number>, options: DensityOptions = {}): {x: number[]; y: number[]} {
  const rules = {range: optional(list(number(), {length: 2})), bins: optional(whole({min: 1}))};
  checkOptions("densityOf", section(rules), options);
  const all = Array.from(values);
  if (all.length === 0) throw new RangeError("densityOf: expected values, found none.");
  const {range: [low, high] = [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))], bins = 50} =
    options;
  const width = (high - low || 1) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const value of all) {
    const bin = Math.floor((value - low) / width);
    if (bin >= 0 && bin < bins) counts[bin]++;
    else if (value === high) counts[bins - 1]++;
  }
  return {x: counts.map((_, i) => low + (i + 0.5) * width), y: counts.map((count) => count / all.length / width)};
}

/** Draw points that a simulator computed over a known curve. */
export function validationFigure(options: ReferenceCurve & FigureOptions): Figure {
  const {axes, exact, ours, names = ["exact", "simulation"], logarithmic = {}, width = 720} = options;
  const rounded = (values: readonly number[]) => values.map((value) => round(value, 5));
  const scale = (key: "x" | "y"): LayoutAxis =>
    logarithmic[key] ? {type: "log", ...logTicks([...exact[key], ...ours[key]])} : {zeroline: key === "y"};
  const data = [exact, ours].map(({x, y}, i): Partial<ScatterData> => {
    const points = {type: "scatter", name: names[i], x: rounded(x), y: rounded(y)} as const;
    return i === 0
      ? {...points, mode: "lines", line: {color: ink.text, width: 1.2}}
      : {...points, mode: "markers", marker: {size: x.length > 60 ? 4 : 8, color: colours[3]}};
  });
  return {
    data,
    layout: {
      ...frame({...options, width, height: 360, margin: {l: 92, t: 38}}),
      xaxis: axis(axes[0], scale("x")),
      yaxis: axis(axes[1], {...scale("y"), zerolinecolor: ink.line}),
      legend: legendAbove(),
    },
  };
}
