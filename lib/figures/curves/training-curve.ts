import {records} from "../../core/options/array-rules";
import {checkOptions} from "../../core/options/check-options";
import {number, optional} from "../../core/options/rules";
import type {ScatterData} from "plotly.js";
import {axis, colours, type Figure, type FigureOptions, frame, legend, logTicks, round} from "../style";
import {curveStyles, type CurveSource} from "./curve-style";

/** Loss of one training run. */
export interface TrainingRun extends CurveSource {
  readonly label: string;
  /** Loss at steps 1, 2, ... or at `steps`. */
  readonly loss: readonly number[];
  readonly steps?: readonly number[];
  /** Loss on the validation split, drawn as dots. */
  readonly validation?: {readonly steps: readonly number[]; readonly loss: readonly number[]};
  /** Gives the run the colour of its compression rate, as in all figures. */
  readonly compression?: number;
  /** Gives the run the line style of its method. */
  readonly method?: string;
  /** Gives the run the colour and marker of its laboratory, where several are compared. */
  readonly lab?: string;
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
  const {window, loss = "loss", height = 400} = options;
  checkOptions("trainingCurve", records("runs", "label", "loss"), runs, "runs");
  checkOptions("trainingCurve", optional(number({min: 1})), window, "window");
  checkOptions("trainingCurve", number({above: 0}), height, "height");
  const style = curveStyles(runs);
  const data = runs.flatMap((run, i): Partial<ScatterData>[] => {
    const {label} = run;
    const {dash: methodDash, symbol, opacity = 1, ...look} = style(run);
    const colour = run.lab === undefined && run.compression === undefined ? colours[i % colours.length] : look.color;
    const dash = run.lab === undefined && run.method === "autoencoder" ? "solid" : methodDash;
    const steps = run.steps ?? run.loss.map((_, step) => step + 1);
    const smooth = movingAverage(run.loss, window ?? Math.max(1, Math.round(run.loss.length / 50)));
    const keep = thin(run.loss.length, 800);
    const line = (values: readonly number[], more: Partial<ScatterData>): Partial<ScatterData> => ({
      type: "scatter",
      mode: "lines",
      legendgroup: `${i}`,
      x: keep.map((at) => steps[at]),
      y: keep.map((at) => round(values[at])),
      ...more,
    });
    const validation: Partial<ScatterData>[] = run.validation
      ? [
          {
            type: "scatter",
            mode: "markers",
            name: `${label}, validation`,
            legendgroup: `${i}`,
            showlegend: false,
            x: [...run.validation.steps],
            y: run.validation.loss.map((value) => round(value)),
            marker: {color: colour, size: 6, symbol, line: {color: "white", width: 1}},
            hovertemplate: `${label}, validation at step %{x}: %{y:.4f}<extra></extra>`,
          },
        ]
      : [];
    return [
      line(run.loss, {
        name: label,
        line: {color: colour, width: 1},
        opacity: 0.22 * opacity,
        showlegend: false,
        hoverinfo: "skip",
      }),
      line(smooth, {
        name: label,
        line: {color: colour, width: 2, dash},
        opacity,
        hovertemplate: `${label}, step %{x}: %{y:.4f}<extra></extra>`,
      }),
      ...validation,
    ];
  });
  return {
    data,
    layout: {
      ...frame({...options, height, margin: {l: 88}}),
      xaxis: axis("Step", {rangemode: "tozero"}),
      yaxis: axis(loss, {type: "log", ...logTicks(runs.flatMap((run) => [...run.loss]))}),
      legend: legend({x: 0.99, y: 0.98, xanchor: "right", yanchor: "top"}),
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
