/** Which options of a sweep matter. */
import type {Importance} from "../../sweep/importance";
import {axis, colours, frame, round, type Figure, type FigureOptions} from "../style";

export interface ImportanceOptions extends FigureOptions {
  readonly measure: string;
  /** Share of the trials that counts as the best. Default: 0.1. */
  readonly share?: number;
}

/** Draw importances as bars, the largest on top. */
export function importanceFigure(
  all: readonly Importance[],
  {measure, share = 0.1, ...options}: ImportanceOptions,
): Figure {
  const upward = [...all].reverse();
  return {
    data: [
      {
        type: "bar",
        orientation: "h",
        y: upward.map(({option}) => option),
        x: upward.map(({importance}) => round(importance, 3)),
        marker: {color: colours[0]},
        text: upward.map(({importance}) => `${Math.round(100 * importance)} %`),
        textposition: "auto",
        hovertemplate: "%{y}: %{x}<extra></extra>",
      },
    ],
    layout: {
      ...frame({
        ...options,
        height: 120 + 40 * all.length,
        margin: {l: 40 + 9 * Math.max(...all.map(({option}) => option.length), 4)},
      }),
      xaxis: axis(`Importance for the best ${Math.round(100 * share)} % in ${measure}`, {range: [0, 1]}),
      yaxis: axis("", {type: "category", showgrid: false}),
    },
  };
}
