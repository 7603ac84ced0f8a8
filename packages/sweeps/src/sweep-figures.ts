/** Figures of a sweep's trials: a measure over an option, and learning curves. */
import type {Dash, LayoutAxis, ScatterData} from "plotly.js";
import {checkOptions, having, valueCell} from "@lola-ts/core";
import {central, summary} from "lola/evaluate";
import {byVariant, methodsOf, trialsRule, variedOptions, type MeasuredTrial} from "./trial";
import {
  axis,
  explained,
  frame,
  legend,
  logTicks,
  band,
  colours,
  line,
  round,
  type Figure,
  type FigureOptions,
} from "@lola-ts/figures";

type Scale =
  | {readonly kind: "numbers"; readonly from: number; readonly to: number; readonly log: boolean}
  | {readonly kind: "words"; readonly words: readonly string[]};

/** Ratio of the largest to the smallest value from which on a logarithmic axis is clearer. */
const WIDE = 8;

/** Choose the axis of values: numbers that differ have one of numbers, logarithmic if they are positive and far apart. */
export function scaleOf(values: readonly unknown[]): Scale {
  const numbers = values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  const from = numbers.reduce((a, b) => Math.min(a, b), Infinity);
  const to = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  if (numbers.length === values.length && from < to)
    return {kind: "numbers", from, to, log: from > 0 && to / from >= WIDE};
  return {kind: "words", words: [...new Set(values.map((value) => JSON.stringify(value) ?? "default"))]};
}

export interface KnobOptions extends FigureOptions {
  /** Path of the option along the axis, or "method". */
  readonly option: string;
  readonly measure: string;
}

interface Point {
  readonly at: unknown;
  readonly value: number;
  readonly error: number;
  readonly line: string;
}

/**
 * Draw a measure over an option: a line for each combination of the others, the mean over seeds with its standard error; axes
 * are logarithmic where values are positive and far apart.
 */
export function knobFigure(trials: readonly MeasuredTrial[], knob: KnobOptions): Figure {
  checkOptions("knobFigure", trialsRule, trials, "trials");
  checkOptions("knobFigure", having("an option and a measure", "option", "measure"), knob, "options");
  const {option, measure, ...options} = knob;
  const points = pointsOf(trials, option, measure);
  const scale = scaleOf(points.map(({at}) => at));
  const lines = [...new Set(points.map(({line}) => line))];
  const numbers = scale.kind === "numbers";
  const place = ({at}: Point) => (numbers ? (at as number) : String(valueCell(at)));
  const data = lines.map((name, i): Partial<ScatterData> => {
    const own = points.filter(({line}) => line === name);
    if (numbers) own.sort((a, b) => (a.at as number) - (b.at as number));
    const array = own.map(({error}) => (Number.isFinite(error) ? round(error) : 0));
    const look = {color: colours[i % colours.length], width: 2, dash: lineDash(i)};
    return line(name, [[], own.map(({value}) => value)], look, {
      mode: "lines+markers",
      x: own.map(place),
      error_y: {type: "data", array, thickness: 1.2, width: 4},
      marker: {size: 8},
      hovertemplate: `${name}, %{x}: %{y:.4f}<extra></extra>`,
    });
  });
  const values = points.map(({value}) => value).filter(Number.isFinite);
  const wide = scaleOf(values);
  const log = {type: "log", ...logTicks(points.map(({at}) => at as number))} as const;
  const across: LayoutAxis = numbers ? (scale.log ? log : {}) : {type: "category"};
  return {
    data,
    layout: {
      ...frame({...options, height: 420, margin: {l: 88, r: lines.length > 1 ? 300 : 24}}),
      xaxis: axis(option, across),
      yaxis: axis(measure, wide.kind === "numbers" && wide.log ? {type: "log", ...logTicks(values)} : {}),
      legend: legend({x: 1.01, y: 1, xanchor: "left", yanchor: "top", font: {size: 13}}),
      showlegend: lines.length > 1,
    },
  };
}

/** Means over seeds, each on the line of the other options. */
function pointsOf(trials: readonly MeasuredTrial[], option: string, measure: string): Point[] {
  const several = methodsOf(trials).length > 1 && option !== "method";
  const others = variedOptions(trials).filter((path) => path !== option);
  return byVariant(trials).map((group) => {
    const {method, overrides} = group[0];
    const {value, error} = summary(group.map(({measured}) => measured.values[measure] ?? NaN));
    const words = others.map((path) => `${shortName(path, others)} = ${valueCell(overrides[path])}`);
    const line = [...(several ? [method] : []), ...words].join(", ");
    return {at: option === "method" ? method : overrides[option], value, error, line};
  });
}

/** Dash of the i-th line, beside its colour: no two lines have both alike. */
export function lineDash(i: number): Dash {
  return dashes[((i % colours.length) + Math.floor(i / colours.length)) % dashes.length];
}

const dashes: readonly Dash[] = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"];

/** The last part of an option's path, if no other option ends in it. */
export function shortName(path: string, all: readonly string[]): string {
  const last = (one: string) => one.slice(one.lastIndexOf(".") + 1);
  return all.filter((other) => last(other) === last(path)).length > 1 ? path : last(path);
}

/** Curve of a variant: over seeds, at the validations that all of them have. */
interface Curve {
  readonly name: string;
  readonly steps: number[];
  readonly seconds: number[];
  /** Means over seeds, and values of the lowest and the highest seed. */
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
    return [...traces.flatMap(({bands}) => bands), ...traces.map(({curve}) => curve)];
  });
  const words = curves.some(({seeds}) => seeds > 1)
    ? "Lines: means over seeds; bands: from the lowest seed to the highest."
    : "";
  const caption = explained(words, options.caption);
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

function tracesOf({name, errors, lowest, highest, seeds}: Curve, x: readonly number[], panel: "" | "2", i: number) {
  const color = colours[i % colours.length];
  const across = x.map((value) => round(value, 5)!);
  const place = {legendgroup: name, xaxis: `x${panel}`, yaxis: `y${panel}`};
  const look = {color, width: 2, dash: lineDash(i)};
  const curve = line(name, [across, errors], look, {
    ...place,
    showlegend: panel === "",
    hovertemplate: `${name}, %{x}: %{y:.4f}<extra></extra>`,
  });
  return {curve, bands: seeds > 1 ? [band(across, [lowest, highest], color, {...place, name: "seeds"})] : []};
}

type Measured = MeasuredTrial["measured"];

function curvesOf(trials: readonly MeasuredTrial[]): Curve[] {
  const options = variedOptions(trials);
  const several = methodsOf(trials).length > 1;
  return byVariant(trials).map((group) => {
    const {method, overrides} = group[0];
    const length = Math.min(...group.map(({measured}) => measured.validation.length));
    const over = (choose: (values: number[]) => number, value: (measured: Measured, i: number) => number) =>
      Array.from({length}, (_, i) => choose(group.map(({measured}) => value(measured, i))));
    const mean = (values: number[]) => central(values, "mean");
    const step = ({validation}: Measured, i: number) => validation[i][0];
    const error = ({validation}: Measured, i: number) => validation[i][1];
    const words = options.map((path) => `${shortName(path, options)} = ${valueCell(overrides[path])}`);
    return {
      name: [...(several || options.length === 0 ? [method] : []), ...words].join(", "),
      steps: over(mean, step),
      seconds: over(mean, (measured, i) => (step(measured, i) * measured.seconds) / measured.steps),
      errors: over(mean, error),
      lowest: over((errors) => Math.min(...errors), error),
      highest: over((errors) => Math.max(...errors), error),
      seeds: group.length,
    };
  });
}
