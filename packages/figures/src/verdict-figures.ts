/** Comparisons and verdicts of several systems at one look: a sorted dot plot with intervals, a matrix of words. */
import type {Annotation, Data, Layout, ScatterData} from "plotly.js";
import {checkOptions, list, records, text} from "@lola-ts/core";
import {annotate, axis, axisName, domains, frame, headings} from "./layout";
import {checkFigure, faint, ink, methodHue, round, type Figure, type FigureOptions} from "./style";

/** A change with its interval. */
export interface Dot {
  /** Name of its row. */
  readonly name: string;
  readonly value: number;
  readonly interval: readonly [number, number];
  /** Whether it is decided: a filled dot. */
  readonly isDecided: boolean;
  /** Method whose hue it has. */
  readonly method: string;
}

/**
 * Draw changes as dots with intervals: a panel for each system, a row for each name, the same from top to bottom in all panels.
 * The vertical line is no change.
 *
 * @param x title of the axis, the same in all panels.
 * @example await lab.show(dotPlot([{title: "Euler", dots}], "Change of CRPS (%)"));
 */
export function dotPlot(
  panels: readonly {readonly title: string; readonly dots: readonly Dot[]}[],
  x: string,
  options: FigureOptions = {},
): Figure {
  checkOptions("dotPlot", records("panels", "title", "dots"), panels, "panels");
  checkOptions("dotPlot", text, x, "x");
  checkFigure("dotPlot", options);
  const names = [...new Set(panels.flatMap(({dots}) => dots.map(({name}) => name)))];
  const ends = panels.flatMap(({dots}) => dots.flatMap(({interval}) => [...interval]));
  const range: [number, number] = [Math.min(0, ...ends) - 3, Math.max(0, ...ends) + 3];
  const {width = 1000} = options;
  const spans = domains(panels.length, 0.02);
  const margin = {l: 24 + 8 * Math.max(...names.map(({length}) => length)), t: 34, b: 56};
  let layout: Layout = frame({...options, width, height: 90 + 24 * names.length, margin});
  const data = panels.flatMap(({title, dots}, i): Partial<ScatterData>[] => {
    const [across, up] = [axisName("x", i), axisName("y", i)];
    layout = {
      ...layout,
      [across.layout]: axis(i === 0 ? x : "", {
        ...{domain: spans[i], anchor: up.trace, range, zeroline: true, zerolinecolor: ink.text, nticks: 5},
        title: {text: x, font: {size: 14}, standoff: 6},
      }),
      [up.layout]: axis("", {
        ...{anchor: across.trace, type: "category", categoryorder: "array", categoryarray: names},
        ...{range: [names.length - 0.5, -0.5], showticklabels: i === 0, ticks: "", tickfont: {size: 15}},
      }),
    };
    return dots.map(({name, value, interval, isDecided, method}): Partial<ScatterData> => {
      const color = methodHue(method);
      const array = [interval[1] - value];
      return {
        ...{type: "scatter", mode: "markers", name, showlegend: false, x: [round(value)!], y: [name]},
        ...{xaxis: across.trace, yaxis: up.trace},
        marker: {size: 8, color: isDecided ? color : "white", line: {color, width: 2}},
        error_x: {
          type: "data",
          symmetric: false,
          array,
          arrayminus: [value - interval[0]],
          color,
          thickness: 2,
          width: 4,
        },
        hovertemplate: `${title}, ${name}: %{x:.3g}<extra></extra>`,
      };
    });
  });
  const titles = panels.map(({title}) => title);
  return {data, layout: annotate(layout, headings(titles, spans))};
}

/** A row of a matrix of verdicts. */
export interface VerdictRow {
  readonly name: string;
  /** A word for each column. */
  readonly words: readonly string[];
}

/** Colours of words, from blue (for) to orange (against); all others are white. */
const WORDS: Readonly<Record<string, string>> = {
  holds: faint(methodHue("autoencoder"), 0.55),
  undecided: ink.grid,
  fails: faint(methodHue("neural solver"), 0.6),
};

/** Draw verdicts as a matrix: a row for each claim, a column for each system, the judge's word in each cell. */
export function verdictMatrix(
  rows: readonly VerdictRow[],
  columns: readonly string[],
  options: FigureOptions = {},
): Figure {
  checkOptions("verdictMatrix", records("rows", "name", "words"), rows, "rows");
  checkOptions("verdictMatrix", list(text), columns, "columns");
  checkFigure("verdictMatrix", options);
  const {width = 1000} = options;
  const known = Object.keys(WORDS);
  const colours = ["white", ...Object.values(WORDS)];
  const share = 1 / colours.length;
  const cells = {
    ...{
      type: "heatmap",
      x: columns.map((name) => name.replace(" ", "<br>")),
      y: rows.map((_, i) => i),
      xgap: 2,
      ygap: 2,
      zmin: 0,
      zmax: known.length,
    },
    z: rows.map(({words}) => words.map((word) => known.indexOf(word) + 1)),
    ...{text: rows.map(({words}) => [...words]), texttemplate: "%{text}", textfont: {size: 12, color: ink.text}},
    colorscale: colours.flatMap((colour, i) => [
      [i * share, colour],
      [(i + 1) * share, colour],
    ]),
    ...{showscale: false, hovertemplate: "%{x}: %{text}<extra></extra>"},
  } as unknown as Data;
  const left = 20 + 6.4 * Math.max(...rows.map(({name}) => name.length));
  const layout = frame({...options, width, height: 62 + 20 * rows.length, margin: {l: left, r: 12, t: 54, b: 8}});
  const plain = {ticks: "", showgrid: false, showline: false, title: {text: ""}} as const;
  const names = rows.map(({name}, y): Annotation => ({
    ...{text: name, x: 0, y, xref: "paper", yref: "y", xanchor: "right", xshift: -8, showarrow: false},
    font: {size: 13, color: ink.text},
  }));
  return {
    data: [cells],
    layout: {
      ...annotate(layout, names),
      xaxis: axis("", {...plain, side: "top", tickangle: 0, tickfont: {size: 15}}),
      yaxis: axis("", {...plain, autorange: "reversed", showticklabels: false}),
    },
  };
}
