import {records} from "../core/options/array-rules";
import {checkOptions} from "../core/options/check-options";
import type {ScatterData} from "plotly.js";
import {curveStyles} from "./curves/curve-style";
import {axis, type Figure, type FigureOptions, frame, legend, logTicks, round} from "./style";

/** Validation error of one training of the autoencoder. */
export interface AblationRun {
  /** Names colour and marker, e.g. "AdamW". */
  readonly optimiser: string;
  /** Solid lines start from an identity initialisation, dashed ones do not. */
  readonly identity: boolean;
  readonly steps: readonly number[];
  readonly error: readonly number[];
  /** Wall-clock time at each of `steps`; given for all runs, a second panel shows it. */
  readonly seconds?: readonly number[];
}

export interface AblationOptions extends FigureOptions {
  /** Name of the error. */
  error?: string;
}

/** Markers that a curve shows at most. */
const MARKS = 12;

/**
 * Draw the ablation of Table 4: validation error over steps and over time, by optimiser (colour and marker, none of them that
 * of a compression rate) and initialisation (solid and filled: identity, dashed and open: without).
 */
export function ablation(runs: readonly AblationRun[], options: AblationOptions = {}): Figure {
  checkOptions("ablation", records("runs", "optimiser", "steps", "error"), runs, "runs");
  const {error = "Validation MAE"} = options;
  const timed = runs.every(({seconds}) => seconds);
  const style = curveStyles(runs.map(({optimiser}) => ({lab: optimiser})));
  const panels: {x: (run: AblationRun) => readonly number[]; axis: "" | "2"}[] = [{x: ({steps}) => steps, axis: ""}];
  if (timed) panels.push({x: ({seconds}) => seconds!, axis: "2"});
  const data = panels.flatMap(({x, axis: panel}) =>
    runs.map((run): Partial<ScatterData> => {
      const name = `${run.optimiser}, ${run.identity ? "identity" : "no identity"}`;
      const {color, symbol} = style({lab: run.optimiser});
      return {
        type: "scatter",
        mode: "lines+markers",
        name,
        legendgroup: name,
        showlegend: panel === "",
        x: x(run).map((value) => round(value, 5)),
        y: run.error.map((value) => round(value)),
        xaxis: `x${panel}`,
        yaxis: `y${panel}`,
        line: {color, width: 2, dash: run.identity ? "solid" : "dash"},
        marker: {
          symbol: run.identity ? symbol : `${symbol!}-open`,
          color,
          size: 8,
          maxdisplayed: MARKS,
        } as ScatterData["marker"],
        hovertemplate: `${name}, %{x}: %{y:.4f}<extra></extra>`,
      };
    }),
  );
  const log = {type: "log" as const, ...logTicks(runs.flatMap(({error}) => [...error]))};
  return {
    data,
    layout: {
      ...frame({...options, height: 400, margin: {l: 88}, width: options.width ?? (timed ? 900 : 600)}),
      xaxis: axis("Step", {domain: timed ? [0, 0.485] : [0, 1], rangemode: "tozero", anchor: "y"}),
      yaxis: axis(error, {...log, anchor: "x"}),
      ...(timed
        ? {
            xaxis2: axis("Time (s)", {domain: [0.515, 1], rangemode: "tozero", anchor: "y2"}),
            yaxis2: axis("", {...log, anchor: "x2", matches: "y", showticklabels: false}),
          }
        : {}),
      legend: legend({x: 0.995, y: 0.98, xanchor: "right", yanchor: "top"}),
    },
  };
}
