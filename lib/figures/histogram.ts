import {records} from "../core/options/array-rules";
import {checkOptions} from "../core/options/check-options";
import {count} from "../core/options/rules";
import type {BarData, Layout, ScatterData} from "plotly.js";
import {
  annotate,
  axis,
  axisName,
  colours,
  domains,
  type Figure,
  type FigureOptions,
  frame,
  heading,
  ink,
  round,
} from "./style";

/** Values of one field before and after standardisation. */
export interface HistogramField {
  readonly name: string;
  readonly before: ArrayLike<number>;
  readonly after: ArrayLike<number>;
}

export interface HistogramOptions extends FigureOptions {
  /** Number of bins. Default: 60. */
  bins?: number;
}

/**
 * Draw the distribution of each field before (top) and after (bottom) standardisation, the latter beside the standard
 * normal density that it should resemble in width and place.
 */
export function histogram(fields: readonly HistogramField[], options: HistogramOptions = {}): Figure {
  const {bins = 60} = options;
  checkOptions("histogram", records("fields", "name", "before", "after"), fields, "fields");
  checkOptions("histogram", count, bins, "bins");
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
      const {centres, density, width} = distribution(field[key], bins);
      layout = {
        ...layout,
        [x.layout]: axis("", {
          domain: columns[c],
          anchor: y.trace,
          nticks: 4,
          showgrid: false,
          tickangle: 0,
          tickfont: {size: 14},
        }),
        [y.layout]: axis(c === 0 ? key : "", {
          domain: up,
          anchor: x.trace,
          showticklabels: false,
          ticks: "",
          rangemode: "tozero",
        }),
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
  const names = fields.map(({name}, c) => heading(name, (columns[c][0] + columns[c][1]) / 2));
  return {data, layout: {...annotate(layout, names), bargap: 0}};
}

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
  const width = (high - low || 1) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const value of sorted) {
    if (value >= low && value <= high) counts[Math.min(bins - 1, Math.floor((value - low) / width))]++;
  }
  return {
    centres: counts.map((_, i) => low + (i + 0.5) * width),
    density: counts.map((count) => count / (sorted.length * width)),
    width,
  };
}
