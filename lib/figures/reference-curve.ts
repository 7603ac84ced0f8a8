import type {LayoutAxis} from "plotly.js";
import type {ReferenceCurve} from "../systems/reference";
import {axis, colours, type Figure, type FigureOptions, frame, ink, legend, logTicks, round} from "./style";

/** Draw points that a simulator computed over a known curve. */
export function validationFigure(options: ReferenceCurve & FigureOptions): Figure {
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
      ...frame({...options, width, height: 360, margin: {l: 92, t: 38}}),
      xaxis: axis(axes[0], scale("x")),
      yaxis: axis(axes[1], {...scale("y"), zerolinecolor: ink.line}),
      legend: legend({orientation: "h", x: 0, y: 1, xanchor: "left", yanchor: "bottom", bgcolor: "rgba(0,0,0,0)"}),
    },
  };
}
