/** Figures of a sweep's trials: a measure over an option, learning curves, all trials at once, importances. */
import type {Annotation, Dash, Layout, LayoutAxis, ScatterData} from "plotly.js";
import {valueCell} from "@lola-ts/core";
import {central, summary} from "lola/evaluate";
import {badness} from "./badness";
import type {Importance} from "./importance";
import {scaleOf} from "./scale";
import {byVariant, methodsOf, variedOptions, type MeasuredTrial} from "./trial";
import {
  annotate,
  axis,
  explained,
  frame,
  legend,
  logTicks,
  band,
  colours,
  ink,
  line,
  round,
  type Figure,
  type FigureOptions,
} from "@lola-ts/figures";

export interface KnobOptions extends FigureOptions {
  /** Path of the option along the axis, or "method". */
  readonly option: string;
  readonly measure: string;
}

/** One point: the mean over seeds of a variant. */
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
export function knobFigure(trials: readonly MeasuredTrial[], {option, measure, ...options}: KnobOptions): Figure {
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

/** The line of the i-th curve in a panel, and its band if there are several seeds. */
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

export interface ParallelOptions extends FigureOptions {
  readonly measure: string;
  /** Share of the trials that is shown in front, the best. Default: 0.1. */
  readonly share?: number;
}

/** One vertical axis: the height of each trial, and of labelled values, from 0 to 1. */
interface Column {
  readonly label: string;
  readonly heights: readonly number[];
  readonly ticks: readonly {readonly at: number; readonly text: string}[];
}

/**
 * Draw trials as lines, an axis for each option and the measure last: the best share in front, the others pale, and buttons
 * that show the best alone or all alike. Axes are logarithmic where numbers are positive and far apart.
 */
export function parallelCoordinates(trials: readonly MeasuredTrial[], options: ParallelOptions): Figure {
  const {measure, share = 0.1, ...more} = options;
  const finite = trials.filter(({measured}) => Number.isFinite(measured.values[measure]));
  const scores = finite.map(({measured}) => badness(measure, measured.values[measure]));
  const limit = [...scores].sort((a, b) => a - b)[Math.max(1, Math.ceil(share * scores.length)) - 1];
  const columns = [...optionColumns(finite), columnOf(measure, scores)];
  const isBest = scores.map((score) => score <= limit);
  const order = finite.map((_, i) => i).sort((a, b) => scores[b] - scores[a]); // the best are drawn last, in front
  const data = order.map((i): Partial<ScatterData> => {
    const x = columns.map((_, column) => column);
    const y = columns.map(({heights}) => Number(heights[i].toFixed(4)));
    const [color, width, opacity] = isBest[i] ? [colours[1], 2.5, 1] : [ink.line, 1, 0.5];
    const line = {color, width};
    return {type: "scatter", mode: "lines", x, y, line, opacity, hoverinfo: "skip", showlegend: false};
  });
  const layout = frame({...more, height: 420, margin: {l: 60, r: 60, t: 90, b: 30}, width: more.width ?? 1000});
  const shown = order.map((i) => isBest[i]);
  return {
    data,
    layout: {
      ...annotate(layout, columns.flatMap(labels)),
      xaxis: {...bare, range: [-0.15, columns.length - 0.75]},
      yaxis: {...bare, range: [-0.04, 1.04]},
      shapes: columns.map((_, x) => ({type: "line", x0: x, x1: x, y0: 0, y1: 1, line: {color: ink.text, width: 1.5}})),
      updatemenus: [buttons(`best ${Math.round(100 * share)} %`, shown)],
    } as Layout,
  };
}

const bare = {showgrid: false, zeroline: false, showticklabels: false, fixedrange: true} as const;

function optionColumns(trials: readonly MeasuredTrial[]): Column[] {
  const paths = variedOptions(trials);
  const valuesOf = (path: string) => trials.map(({overrides}) => overrides[path]);
  const own = paths.map((path) => columnOf(shortName(path, paths), valuesOf(path)));
  const methods = trials.map(({method}) => method);
  return methodsOf(trials).length > 1 ? [columnOf("method", methods), ...own] : own;
}

/** Place values on an axis: numbers by their size or its logarithm, words evenly. */
function columnOf(label: string, values: readonly unknown[]): Column {
  const scale = scaleOf(values);
  if (scale.kind === "words") {
    const words = [...new Set(values.map((value) => String(valueCell(value))))];
    const at = (value: unknown) =>
      words.length > 1 ? words.indexOf(String(valueCell(value))) / (words.length - 1) : 0.5;
    return {label, heights: values.map(at), ticks: words.map((text) => ({at: at(text), text}))};
  }
  const {from, to, log} = scale;
  const place = log ? Math.log : (value: number) => value;
  const at = (value: number) => (place(value) - place(from)) / (place(to) - place(from));
  const {tickvals, ticktext} = log ? logTicks(values as number[]) : evenTicks(from, to);
  const ticks = tickvals.map((value, i) => ({at: at(value), text: ticktext[i]}));
  return {label, heights: (values as number[]).map(at), ticks: ticks.filter(({at}) => at > -0.001 && at < 1.001)};
}

function evenTicks(from: number, to: number): {tickvals: number[]; ticktext: string[]} {
  const tickvals = [0, 0.25, 0.5, 0.75, 1].map((share) => from + share * (to - from));
  return {tickvals, ticktext: tickvals.map((value) => `${Number(value.toPrecision(3))}`)};
}

/** Name of a column above it, its values beside it. */
function labels({label, ticks}: Column, x: number): Annotation[] {
  const shared = {xref: "x", yref: "y", showarrow: false} as const;
  return [
    {...shared, x, y: 1.04, text: label, xanchor: "center", yanchor: "bottom", font: {size: 14, color: ink.text}},
    ...ticks.map(({at, text}): Annotation => {
      const place = {x, y: at, xanchor: "right", yanchor: "middle", xshift: -5} as const;
      return {...shared, ...place, text, font: {size: 12, color: ink.muted}};
    }),
  ];
}

/** Buttons that choose which lines are seen. */
function buttons(best: string, isBest: readonly boolean[]): object {
  const all = {method: "restyle", label: "all", args: ["visible", true]};
  const alone = {method: "restyle", label: best, args: ["visible", isBest]};
  const place = {direction: "right", x: 1, xanchor: "right", y: 1.28, yanchor: "top"};
  return {type: "buttons", ...place, showactive: true, buttons: [all, alone]};
}

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
