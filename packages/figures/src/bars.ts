/** Bars and points: reconstruction errors (Figure 3), times of inference (Table 1), distributions of fields. */
import type {Annotation, BarData, Data, Layout, LayoutAxis, ScatterData} from "plotly.js";
import {records, checkOptions, flat, where, type StridedArray} from "@lola-ts/core";
import {densityOf} from "./curves";
import {
  legend,
  annotate,
  axis,
  axisName,
  domains,
  explained,
  frame,
  heading,
  headings,
  legendAbove,
  logTicks,
} from "./layout";
import {checkFigure, colours, ink, palette, rateLabel, round, type Figure, type FigureOptions} from "./style";

/** Reconstruction error of one autoencoder on one horizon. */
export interface ReconstructionRow {
  /** Name of the panel: Euler, RB, TGC, or another name of the run. */
  readonly dataset: string;
  readonly compression: number;
  /** Lead times, as "1:20". */
  readonly horizon: string;
  readonly value: number;
  /** Standard error, drawn as a thin bar. */
  readonly error?: number;
}

/** Pixels of a figure for each panel, so that three rates stand beside each other in its legend. */
const LEGEND_WIDTH = 360;

/** Panels that stand side by side; more of them stand in rows of two. */
const SIDE_BY_SIDE = 3;

/** Pixels between two rows of panels: axis and its title, and the lower panel's heading. */
const BETWEEN = 100;

/**
 * Draw Figure 3: VRMSE of the autoencoders as bars, grouped by horizon, one bar per compression rate, one panel per
 * dataset, each with its own scale (paper, section 4). Thin bars are standard errors, which the caption says.
 */
export function figure3(rows: readonly ReconstructionRow[], options: FigureOptions = {}): Figure {
  checkFigure("figure3", options);
  checkOptions("figure3", records("rows", "dataset", "compression", "horizon", "value"), rows, "rows");
  const datasets = [...new Set(rows.map(({dataset}) => dataset))];
  const columns = datasets.length > SIDE_BY_SIDE ? 2 : Math.max(1, datasets.length);
  const count = Math.ceil(datasets.length / columns);
  const {width = columns === 1 ? 600 : Math.max(900, LEGEND_WIDTH * columns)} = options;
  const gap = 0.09;
  const margin = {l: 76, r: 16, t: 34, b: 60};
  const side = ((width - margin.l - margin.r) * (1 - gap * (columns - 1))) / columns;
  const inside = Math.round(Math.min(side, 400)) * count + BETWEEN * (count - 1); // square panels
  const height = inside + margin.t + margin.b;
  const data: Data[] = [];
  const hasErrors = rows.some(({error}) => Number.isFinite(error));
  const caption = explained(hasErrors ? "Thin bars: one standard error over trajectories." : "", options.caption);
  let layout: Layout = {...frame({...options, caption, width, height, margin}), barmode: "group", bargap: 0.2};

  const across = domains(columns, gap);
  const down = domains(count, BETWEEN / inside).reverse();
  const heads: Annotation[] = [];
  datasets.forEach((dataset, i) => {
    const [left, right] = across[i % columns];
    const [bottom, top] = down[Math.floor(i / columns)];
    heads.push(heading(dataset, (left + right) / 2, top));
    const x = axisName("x", i);
    const y = axisName("y", i);
    const own = rows.filter((row) => row.dataset === dataset);
    const colour = palette(own.map(({compression}) => compression));
    const key = i === 0 ? "legend" : `legend${i + 1}`;
    const rates = [...new Set(own.map(({compression}) => compression))].sort((a, b) => a - b);
    for (const rate of rates) {
      const bars = own.filter(({compression}) => compression === rate);
      const errors = bars.map(({error}) => round(error ?? NaN));
      data.push({
        type: "bar",
        name: rateLabel(rate),
        legend: key,
        x: bars.map(({horizon}) => horizon),
        y: bars.map(({value}) => round(value)),
        xaxis: x.trace,
        yaxis: y.trace,
        marker: {color: colour.get(rate)},
        ...(errors.some((error) => error !== null) && {
          error_y: {type: "data", array: errors, thickness: 1, width: 3, color: "#444"},
        }),
        hovertemplate: `${dataset} ${rateLabel(rate)}, %{x}: %{y:.3f}<extra></extra>`,
      });
    }
    const max = own.reduce((most, {value, error = 0}) => Math.max(most, value + (error || 0)), 0);
    const range: [number, number] = [0, 1.25 * max];
    layout = {
      ...layout,
      [x.layout]: axis("Lead time", {
        ...{type: "category", domain: [left, right], anchor: y.trace, showgrid: false, ticks: ""},
      }),
      [y.layout]: axis(i % columns === 0 ? "VRMSE" : "", {range, domain: [bottom, top], anchor: x.trace}),
      [key]: legend({
        x: left + 0.012,
        y: top - 0.015 * (top - bottom),
        xanchor: "left",
        yanchor: "top",
        orientation: "h",
      }),
    };
  });
  return {data, layout: annotate(layout, heads)};
}

/** Inference time of one method per state, in milliseconds; null where there is none. */
export interface TimeRow {
  /** Left of the points, e.g. "diffusion ÷20". */
  readonly label: string;
  readonly generation: number | null;
  /** With decoding, the time that the paper reports. */
  readonly total: number | null;
  readonly paper?: number | null;
}

const isTime = (time: unknown): boolean => time === null || typeof time === "number";
const rowsRule = where(
  records("rows", "label", "generation", "total"),
  "a list of rows with numbers or null",
  (rows: TimeRow[]) => rows.every(({generation, total}) => isTime(generation) && isTime(total)),
);

const CATEGORY: LayoutAxis = {type: "category", categoryorder: "array", ticks: ""};

/**
 * Draw the times of Table 1 as points on a logarithmic axis: with decoding (full) and without (pale), and the paper's as
 * diamonds. The paper's are of one A100 and states of 512 x 512: compare orders, not values.
 */
export function inferenceTime(rows: readonly TimeRow[], options: FigureOptions = {}): Figure {
  checkFigure("inferenceTime", options);
  checkOptions("inferenceTime", rowsRule, rows, "rows");
  const labels = rows.map(({label}) => label);
  const points = (name: string, time: "total" | "generation", colour: string): Partial<ScatterData> => ({
    type: "scatter",
    mode: "markers",
    name,
    y: labels,
    x: rows.map((row) => round(row[time] ?? NaN)),
    marker: {color: colour, size: 12},
    hovertemplate: `%{y}, ${name}: %{x:.3g} ms<extra></extra>`,
  });
  const papers = rows.filter(({paper}) => paper !== null && paper !== undefined);
  const values = rows
    .flatMap(({generation, total, paper}) => [generation, total, paper ?? null])
    .filter((value): value is number => value !== null);
  const [low, high] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, 0]);
  const start = 10 ** Math.floor(Math.log10(low) - 0.2);
  const range: [number, number] = [Math.log10(start), Math.log10(high) + 0.45];
  const layout: Layout = {
    ...frame({...options, height: 90 + 44 * rows.length, margin: {l: 190, r: 20, t: 40, b: 58}}),
    xaxis: axis("Time per state (ms)", {type: "log", range, ...logTicks([start, 1e3 * start, high])}),
    yaxis: axis("", {...CATEGORY, categoryarray: [...labels].reverse()}),
    legend: legendAbove({traceorder: "reversed"}),
  };
  const texts = rows.flatMap(({label, generation, total, paper}): Annotation[] => {
    const value = total ?? generation;
    if (value === null) return [];
    const near = paper !== null && paper !== undefined && paper > value && Math.log10(paper / value) < 0.35;
    const at = near ? paper : value; // the number stands right of a diamond that it would cover
    const place = {x: Math.log10(at), y: label, xanchor: "left", xshift: 10} as const;
    return [{text: readable(value), ...place, showarrow: false, font: {size: 14, color: ink.text}}];
  });
  return {
    data: [
      {
        type: "scatter",
        mode: "markers",
        name: "paper (A100, with decoding)",
        y: papers.map(({label}) => label),
        x: papers.map(({paper}) => paper ?? null),
        marker: {symbol: "diamond-open", size: 9, color: colours[3], line: {width: 2}},
        hovertemplate: "%{y}, paper: %{x} ms<extra></extra>",
      },
      points("with decoding", "total", colours[0]),
      points("generation only", "generation", "#8fa8d3"),
    ],
    layout: annotate(layout, texts),
  };
}

function readable(milliseconds: number): string {
  if (milliseconds >= 1000) return `${Number((milliseconds / 1000).toPrecision(2))} s`;
  return `${Number(milliseconds.toPrecision(2))} ms`;
}

/** Values of one field before and after standardisation: numbers, or an array of any strides. */
export interface HistogramField {
  readonly name: string;
  readonly before: ArrayLike<number> | StridedArray;
  readonly after: ArrayLike<number> | StridedArray;
}

const BINS = 60;

const FEW_TICKS: LayoutAxis = {nticks: 4, showgrid: false, tickangle: 0, tickfont: {size: 14}};
const NO_TICKS: LayoutAxis = {showticklabels: false, ticks: ""};

/**
 * Draw the distribution of each field before (top) and after (bottom) standardisation, the latter beside the standard
 * normal density that it should resemble in width and place.
 */
export function histogram(fields: readonly HistogramField[], options: FigureOptions = {}): Figure {
  checkFigure("histogram", options);
  checkOptions("histogram", records("fields", "name", "before", "after"), fields, "fields");
  const gap = 0.022;
  const columns = domains(fields.length, gap);
  const rows: {key: "before" | "after"; y: [number, number]; colour: string}[] = [
    {key: "before", y: [0.57, 1], colour: colours[0]},
    {key: "after", y: [0, 0.43], colour: colours[1]},
  ];
  let layout: Layout = frame({...options, height: 430, margin: {l: 44, r: 16, t: 32, b: 40}});
  const data = rows.flatMap(({key, y: up, colour}, r) =>
    fields.flatMap((field, c) => {
      const panel = r * fields.length + c;
      const x = axisName("x", panel);
      const y = axisName("y", panel);
      const {centres, density, width} = distribution(valuesOf(field[key]), BINS);
      layout = {
        ...layout,
        [x.layout]: axis("", {...FEW_TICKS, domain: columns[c], anchor: y.trace}),
        [y.layout]: axis(c === 0 ? key : "", {...NO_TICKS, domain: up, anchor: x.trace, rangemode: "tozero"}),
      };
      const axes = {xaxis: x.trace, yaxis: y.trace, showlegend: false};
      const bars: Partial<BarData> = {
        ...axes,
        type: "bar",
        name: `${field.name}, ${key}`,
        x: centres.map((value) => round(value)),
        y: density.map((value) => round(value)),
        width,
        marker: {color: colour, line: {width: 0}},
        hovertemplate: `${field.name}, ${key}: %{x:.3g}<extra></extra>`,
      };
      const normal: Partial<ScatterData> = {
        ...axes,
        type: "scatter",
        mode: "lines",
        name: "standard normal",
        x: centres.map((value) => round(value)),
        y: centres.map((value) => round(Math.exp((-value * value) / 2) / Math.sqrt(2 * Math.PI))),
        line: {color: ink.text, width: 1.2, dash: "dot"},
        hoverinfo: "skip",
      };
      return key === "after" ? [bars, normal] : [bars];
    }),
  );
  const names = fields.map(({name}) => name);
  return {data, layout: {...annotate(layout, headings(names, columns)), bargap: 0}};
}

const valuesOf = (values: ArrayLike<number> | StridedArray): ArrayLike<number> =>
  "shape" in values ? flat(values) : values;

/**
 * Bin values between their 0.1 % and 99.9 % quantiles; densities are relative to all values, so that those outside
 * are not hidden in the outermost bins.
 */
export function distribution(
  values: ArrayLike<number>,
  bins: number,
): {centres: number[]; density: number[]; width: number} {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  if (sorted.length === 0) throw new RangeError("histogram: expected finite values, found none.");
  const low = sorted[Math.floor(0.001 * (sorted.length - 1))];
  const high = sorted[Math.ceil(0.999 * (sorted.length - 1))];
  const {x: centres, y: density} = densityOf(sorted, {range: [low, high], bins});
  return {centres, density, width: (high - low || 1) / bins};
}
