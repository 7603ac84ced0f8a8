import type {LayoutAxis} from "plotly.js";
import {axis, colours, type Figure, type FigureOptions, frame, ink, legend, logTicks, round} from "./style";

/** A known curve and computed points. */
export interface ValidationOptions extends FigureOptions {
  /** Titles of the axes. */
  axes: readonly [string, string];
  exact: {readonly x: readonly number[]; readonly y: readonly number[]};
  ours: {readonly x: readonly number[]; readonly y: readonly number[]};
  /** Names of the curve and the points. Default: "exact" and "simulation". */
  names?: readonly [string, string];
  /** Logarithmic axes. Default: none. */
  logarithmic?: {readonly x?: boolean; readonly y?: boolean};
}

/** Draw values that a simulator computes (points) over a known curve (line). */
export function validationFigure(options: ValidationOptions): Figure {
  const {axes, exact, ours, names = ["exact", "simulation"], logarithmic = {}, width = 720} = options;
  const rounded = (values: readonly number[]) => values.map((value) => round(value, 5));
  const scale = (key: "x" | "y"): LayoutAxis =>
    logarithmic[key] ? {type: "log", ...logTicks([...exact[key], ...ours[key]])} : {zeroline: key === "y"};
  return {
    data: [
      {
        type: "scatter",
        mode: "lines",
        name: names[0],
        x: rounded(exact.x),
        y: rounded(exact.y),
        line: {color: ink.text, width: 1.2},
      },
      {
        type: "scatter",
        mode: "markers",
        name: names[1],
        x: rounded(ours.x),
        y: rounded(ours.y),
        marker: {size: ours.x.length > 60 ? 4 : 8, color: colours[3]},
      },
    ],
    layout: {
      ...frame({...options, width, height: 330, margin: {l: 76, t: 32}}),
      xaxis: axis(axes[0], scale("x")),
      yaxis: axis(axes[1], {...scale("y"), zerolinecolor: ink.line}),
      legend: legend({orientation: "h", x: 0, y: 1, xanchor: "left", yanchor: "bottom", bgcolor: "rgba(0,0,0,0)"}),
    },
  };
}
