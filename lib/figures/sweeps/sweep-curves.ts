/** Learning curves of all variants of a sweep. */
import type {ScatterData} from "plotly.js";
import {valueCell} from "../../core/table";
import {byVariant, methodsOf, variedOptions, type MeasuredTrial} from "../../sweep/trial";
import {axis, colours, frame, legend, logTicks, round, type Figure, type FigureOptions} from "../style";
import {faint} from "../curves/curve-style";
import {lineDash, shortName} from "./knob-figure";

/** Curve of a variant: over seeds, at the validations that all of them have. */
interface Curve {
  readonly name: string;
  readonly steps: number[];
  readonly seconds: number[];
  /** Means over seeds, and those of the lowest and of the highest. */
  readonly errors: number[];
  readonly lowest: number[];
  readonly highest: number[];
  readonly seeds: number;
}

/**
 * Draw the validation error of every variant over steps, and beside it over the time of the training: means over seeds, and
 * bands from the lowest seed to the highest.
 */
export function sweepCurves(trials: readonly MeasuredTrial[], options: FigureOptions = {}): Figure {
  const curves = curvesOf(trials);
  const panels = [
    {x: ({steps}: Curve) => steps, axis: ""},
    {x: ({seconds}: Curve) => seconds, axis: "2"},
  ] as const;
  const data = panels.flatMap(({x, axis: panel}) => {
    const traces = curves.map((curve, i) => tracesOf(curve, x(curve), panel, i));
    return [...traces.flatMap(({band}) => band), ...traces.map(({line}) => line)];
  });
  const words = curves.some(({seeds}) => seeds > 1)
    ? "Lines: means over seeds; bands: from the lowest seed to the highest."
    : "";
  const caption = [words, options.caption].filter(Boolean).join(" ");
  const errors = curves.flatMap((curve) => curve.errors).filter(Number.isFinite);
  const isWide = Math.min(...errors) > 0 && Math.max(...errors) > 2 * Math.min(...errors);
  const log = isWide ? {type: "log" as const, ...logTicks(errors)} : {};
  const below = 24 * Math.ceil(curves.length / 2);
  return {
    data,
    layout: {
      ...frame({
        ...options,
        caption,
        height: 400 + below,
        margin: {l: 88, b: 64 + below},
        width: options.width ?? 1000,
      }),
      xaxis: axis("Step", {domain: [0, 0.475], rangemode: "tozero", anchor: "y"}),
      yaxis: axis("Validation error", {...log, anchor: "x"}),
      xaxis2: axis("Time (s)", {domain: [0.525, 1], rangemode: "tozero", anchor: "y2"}),
      yaxis2: axis("", {...log, anchor: "x2", matches: "y", showticklabels: false}),
      legend: legend({orientation: "h", x: 0, y: -0.2, xanchor: "left", yanchor: "top", font: {size: 13}}),
    },
  };
}

/** The line of the i-th curve in a panel, and its band if there are several seeds. */
function tracesOf(curve: Curve, x: readonly number[], panel: "" | "2", i: number) {
  const {name, errors, lowest, highest, seeds} = curve;
  const color = colours[i % colours.length];
  const across = x.map((value) => round(value, 5));
  const place = {type: "scatter", mode: "lines", legendgroup: name, xaxis: `x${panel}`, yaxis: `y${panel}`} as const;
  const line: Partial<ScatterData> = {
    ...place,
    name,
    showlegend: panel === "",
    x: across,
    y: errors.map((value) => round(value)),
    line: {color, width: 2, dash: lineDash(i)},
    hovertemplate: `${name}, %{x}: %{y:.4f}<extra></extra>`,
  };
  const band: Partial<ScatterData> = {
    ...place,
    name: "seeds",
    showlegend: false,
    x: [...across, ...[...across].reverse()],
    y: [...highest, ...[...lowest].reverse()].map((value) => round(value)),
    fill: "toself",
    fillcolor: faint(color),
    line: {width: 0},
    hoverinfo: "skip",
  };
  return {line, band: seeds > 1 ? [band] : []};
}

function curvesOf(trials: readonly MeasuredTrial[]): Curve[] {
  const options = variedOptions(trials);
  const several = methodsOf(trials).length > 1;
  return byVariant(trials).map((group) => {
    const {method, overrides} = group[0];
    const length = Math.min(...group.map(({measured}) => measured.validation.length));
    const mean = (value: (trial: MeasuredTrial, i: number) => number) =>
      Array.from({length}, (_, i) => group.reduce((sum, trial) => sum + value(trial, i), 0) / group.length);
    const over = (choose: (errors: number[]) => number) =>
      Array.from({length}, (_, i) => choose(group.map(({measured}) => measured.validation[i][1])));
    const words = options.map((path) => `${shortName(path, options)} = ${valueCell(overrides[path])}`);
    return {
      name: [...(several || options.length === 0 ? [method] : []), ...words].join(", "),
      steps: mean(({measured}, i) => measured.validation[i][0]),
      seconds: mean(({measured}, i) => (measured.validation[i][0] * measured.seconds) / measured.steps),
      errors: mean(({measured}, i) => measured.validation[i][1]),
      lowest: over((errors) => Math.min(...errors)),
      highest: over((errors) => Math.max(...errors)),
      seeds: group.length,
    };
  });
}
