/** Learning curves of all variants of a sweep. */
import type {ScatterData} from "plotly.js";
import {valueCell} from "../../core/table";
import {byVariant, methodsOf, variedOptions, type MeasuredTrial} from "../../sweep/trial";
import {axis, colours, frame, legend, logTicks, round, type Figure, type FigureOptions} from "../style";
import {lineDash, shortName} from "./knob-figure";

/** Curve of a variant: means over seeds at the validations that all of them have. */
interface Curve {
  readonly name: string;
  readonly steps: number[];
  readonly seconds: number[];
  readonly errors: number[];
}

/** Draw the validation error of every variant over steps, and beside it over the time of the training; means over seeds. */
export function sweepCurves(trials: readonly MeasuredTrial[], options: FigureOptions = {}): Figure {
  const curves = curvesOf(trials);
  const panels = [
    {x: ({steps}: Curve) => steps, axis: ""},
    {x: ({seconds}: Curve) => seconds, axis: "2"},
  ] as const;
  const data = panels.flatMap(({x, axis: panel}) =>
    curves.map((curve, i): Partial<ScatterData> => ({
      type: "scatter",
      mode: "lines",
      name: curve.name,
      legendgroup: curve.name,
      showlegend: panel === "",
      x: x(curve).map((value) => round(value, 5)),
      y: curve.errors.map((value) => round(value)),
      xaxis: `x${panel}`,
      yaxis: `y${panel}`,
      line: {
        color: colours[i % colours.length],
        width: 2,
        dash: lineDash(i),
      },
      hovertemplate: `${curve.name}, %{x}: %{y:.4f}<extra></extra>`,
    })),
  );
  const errors = curves.flatMap((curve) => curve.errors).filter(Number.isFinite);
  const isWide = Math.min(...errors) > 0 && Math.max(...errors) > 2 * Math.min(...errors);
  const log = isWide ? {type: "log" as const, ...logTicks(errors)} : {};
  const below = 24 * Math.ceil(curves.length / 2);
  return {
    data,
    layout: {
      ...frame({...options, height: 400 + below, margin: {l: 88, b: 64 + below}, width: options.width ?? 1000}),
      xaxis: axis("Step", {domain: [0, 0.485], rangemode: "tozero", anchor: "y"}),
      yaxis: axis("Validation error", {...log, anchor: "x"}),
      xaxis2: axis("Time (s)", {domain: [0.515, 1], rangemode: "tozero", anchor: "y2"}),
      yaxis2: axis("", {...log, anchor: "x2", matches: "y", showticklabels: false}),
      legend: legend({orientation: "h", x: 0, y: -0.2, xanchor: "left", yanchor: "top", font: {size: 13}}),
    },
  };
}

function curvesOf(trials: readonly MeasuredTrial[]): Curve[] {
  const options = variedOptions(trials);
  const several = methodsOf(trials).length > 1;
  return byVariant(trials).map((group) => {
    const {method, overrides} = group[0];
    const length = Math.min(...group.map(({measured}) => measured.validation.length));
    const mean = (value: (trial: MeasuredTrial, i: number) => number) =>
      Array.from({length}, (_, i) => group.reduce((sum, trial) => sum + value(trial, i), 0) / group.length);
    const words = options.map((path) => `${shortName(path, options)} = ${valueCell(overrides[path])}`);
    return {
      name: [...(several || options.length === 0 ? [method] : []), ...words].join(", "),
      steps: mean(({measured}, i) => measured.validation[i][0]),
      seconds: mean(({measured}, i) => (measured.validation[i][0] * measured.seconds) / measured.steps),
      errors: mean(({measured}, i) => measured.validation[i][1]),
    };
  });
}
