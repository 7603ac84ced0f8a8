/**
 * All trials of a sweep as lines through their options and their measure.
 *
 * They are drawn as lines of a plain plot: plotly's own parallel coordinates need WebGL, which the browser that draws pictures
 * does not have.
 */
import type {Annotation, Layout, ScatterData} from "plotly.js";
import {valueCell} from "../../core/table";
import {badness} from "../../sweep/badness";
import {scaleOf} from "../../sweep/scale";
import {methodsOf, variedOptions, type MeasuredTrial} from "../../sweep/trial";
import {annotate, colours, frame, ink, logTicks, type Figure, type FigureOptions} from "../style";
import {shortName} from "./knob-figure";

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
    const line = {color: isBest[i] ? colours[1] : ink.line, width: isBest[i] ? 2.5 : 1};
    return {
      type: "scatter",
      mode: "lines",
      x,
      y,
      line,
      opacity: isBest[i] ? 1 : 0.5,
      hoverinfo: "skip",
      showlegend: false,
    };
  });
  const layout = frame({...more, height: 420, margin: {l: 60, r: 60, t: 90, b: 30}, width: more.width ?? 1000});
  const best = `best ${Math.round(100 * share)} %`;
  return {
    data,
    layout: {
      ...annotate(layout, columns.flatMap(labels)),
      xaxis: {
        range: [-0.15, columns.length - 0.75],
        showgrid: false,
        zeroline: false,
        showticklabels: false,
        fixedrange: true,
      },
      yaxis: {range: [-0.04, 1.04], showgrid: false, zeroline: false, showticklabels: false, fixedrange: true},
      shapes: columns.map((_, x) => ({type: "line", x0: x, x1: x, y0: 0, y1: 1, line: {color: ink.text, width: 1.5}})),
      updatemenus: [
        buttons(
          best,
          order.map((i) => isBest[i]),
        ),
      ],
    } as Layout,
  };
}

function optionColumns(trials: readonly MeasuredTrial[]): Column[] {
  const paths = variedOptions(trials);
  const own = paths.map((path) =>
    columnOf(
      shortName(path, paths),
      trials.map(({overrides}) => overrides[path]),
    ),
  );
  return methodsOf(trials).length > 1
    ? [
        columnOf(
          "method",
          trials.map(({method}) => method),
        ),
        ...own,
      ]
    : own;
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
      return {
        ...shared,
        x,
        y: at,
        text,
        xanchor: "right",
        yanchor: "middle",
        xshift: -5,
        font: {size: 12, color: ink.muted},
      };
    }),
  ];
}

/** Buttons that choose which lines are seen. */
function buttons(best: string, isBest: readonly boolean[]): object {
  const all = {method: "restyle", label: "all", args: ["visible", true]};
  const alone = {method: "restyle", label: best, args: ["visible", isBest]};
  return {
    type: "buttons",
    direction: "right",
    x: 1,
    xanchor: "right",
    y: 1.28,
    yanchor: "top",
    showactive: true,
    buttons: [all, alone],
  };
}
