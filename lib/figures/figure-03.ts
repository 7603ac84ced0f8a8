import {records} from "../core/options/array-rules";
import {checkOptions} from "../core/options/check-options";
import type {Data, Layout} from "plotly.js";
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
  palette,
  rateLabel,
  round,
} from "./style";

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

/**
 * Draw Figure 3: VRMSE of the autoencoders as bars, grouped by horizon, one bar per compression rate, one panel per
 * dataset, each with its own scale (paper, section 4).
 */
export function figure3(rows: readonly ReconstructionRow[], options: FigureOptions = {}): Figure {
  checkOptions("figure3", records("rows", "dataset", "compression", "horizon", "value"), rows, "rows");
  const datasets = [...new Set(rows.map(({dataset}) => dataset))];
  const {width = datasets.length === 1 ? 600 : Math.max(900, LEGEND_WIDTH * datasets.length)} = options;
  const gap = 0.09;
  const margin = {l: 76, r: 16, t: 34, b: 60};
  const side = ((width - margin.l - margin.r) * (1 - gap * (datasets.length - 1))) / datasets.length;
  const height = Math.round(Math.min(side, 400)) + margin.t + margin.b; // square panels
  const data: Data[] = [];
  let layout: Layout = {...frame({...options, width, height, margin}), barmode: "group", bargap: 0.2};

  domains(datasets.length, gap).forEach((domain, i) => {
    const x = axisName("x", i);
    const y = axisName("y", i);
    const own = rows.filter(({dataset}) => dataset === datasets[i]);
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
        ...(errors.some((error) => error !== null)
          ? {error_y: {type: "data", array: errors, thickness: 1, width: 3, color: "#444"}}
          : {}),
        hovertemplate: `${datasets[i]} ${rateLabel(rate)}, %{x}: %{y:.3f}<extra></extra>`,
      });
    }
    const max = own.reduce((top, {value, error = 0}) => Math.max(top, value + (error || 0)), 0);
    layout = {
      ...layout,
      [x.layout]: axis("Lead time", {type: "category", domain, anchor: y.trace, showgrid: false, ticks: ""}),
      [y.layout]: axis(i === 0 ? "VRMSE" : "", {range: [0, 1.25 * max], anchor: x.trace}),
      [key]: legend({x: domain[0] + 0.012, y: 0.985, xanchor: "left", yanchor: "top", orientation: "h"}),
    };
  });
  return {
    data,
    layout: annotate(
      layout,
      domains(datasets.length, gap).map(([from, to], i) => heading(datasets[i], (from + to) / 2)),
    ),
  };
}
