/** A measure over one option of a sweep. */
import type {Dash, ScatterData} from "plotly.js";
import {valueCell} from "../../core/table";
import {summary} from "../../evaluate/summary";
import {scaleOf} from "../../sweep/scale";
import {byVariant, methodsOf, variedOptions, type MeasuredTrial} from "../../sweep/trial";
import {axis, colours, frame, legend, logTicks, round, type Figure, type FigureOptions} from "../style";

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
    return {
      type: "scatter",
      mode: "lines+markers",
      name,
      x: own.map(place),
      y: own.map(({value}) => round(value)),
      error_y: {
        type: "data",
        array: own.map(({error}) => (Number.isFinite(error) ? round(error) : 0)),
        thickness: 1.2,
        width: 4,
      },
      line: {color: colours[i % colours.length], width: 2, dash: lineDash(i)},
      marker: {size: 8},
      hovertemplate: `${name}, %{x}: %{y:.4f}<extra></extra>`,
    };
  });
  const values = points.map(({value}) => value).filter(Number.isFinite);
  const wide = scaleOf(values);
  return {
    data,
    layout: {
      ...frame({...options, height: 420, margin: {l: 88, r: lines.length > 1 ? 300 : 24}}),
      xaxis: axis(
        option,
        numbers && scale.log
          ? {type: "log", ...logTicks(points.map(({at}) => at as number))}
          : numbers
            ? {}
            : {type: "category"},
      ),
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
