import {records} from "../core/options/array-rules";
import {checkOptions} from "../core/options/check-options";
import {where} from "../core/options/rules";
import type {Annotation, BarData, Layout} from "plotly.js";
import {annotate, axis, colours, type Figure, type FigureOptions, frame, ink, legend, logTicks, round} from "./style";

/** Inference time of one method per state, in milliseconds; null where there is none. */
export interface TimeRow {
  /** Left of the bars, e.g. "diffusion ÷20". */
  readonly label: string;
  readonly generation: number | null;
  /** With decoding, the time that the paper reports. */
  readonly total: number | null;
  /** The paper's time. */
  readonly paper?: number | null;
}

const isTime = (time: unknown): boolean => time === null || typeof time === "number";
const rowsRule = where(
  records("rows", "label", "generation", "total"),
  "a list of rows with numbers or null",
  (rows: TimeRow[]) => rows.every(({generation, total}) => isTime(generation) && isTime(total)),
);

/**
 * Draw the times of Table 1 as bars on a logarithmic axis: with decoding (full) and without (pale), and the paper's as
 * diamonds. The paper's are of one A100 and states of 512 x 512: compare orders, not values.
 */
export function inferenceTime(rows: readonly TimeRow[], options: FigureOptions = {}): Figure {
  checkOptions("inferenceTime", rowsRule, rows, "rows");
  const labels = rows.map(({label}) => label);
  const bar = (name: string, values: (number | null)[], colour: string): Partial<BarData> => ({
    type: "bar",
    orientation: "h",
    name,
    y: labels,
    x: values.map((value) => (value === null ? null : round(value))),
    marker: {color: colour},
    hovertemplate: `%{y}, ${name}: %{x:.3g} ms<extra></extra>`,
  });
  const papers = rows.filter(({paper}) => paper !== null && paper !== undefined);
  const values = rows
    .flatMap(({generation, total, paper}) => [generation, total, paper ?? null])
    .filter((value): value is number => value !== null);
  const [low, high] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, 0]);
  const start = 10 ** Math.floor(Math.log10(low) - 0.2);
  const range: [number, number] = [Math.log10(start), Math.log10(high) + 0.45];
  const layout: Layout = {
    ...frame({...options, height: 90 + 44 * rows.length, margin: {l: 190, r: 20, t: 40, b: 58}}),
    barmode: "group",
    bargap: 0.3,
    bargroupgap: 0.06,
    xaxis: axis("Time per state (ms)", {type: "log", range, ...logTicks([start, 1e3 * start, high])}),
    yaxis: axis("", {
      type: "category",
      categoryorder: "array",
      categoryarray: [...labels].reverse(),
      ticks: "",
      showgrid: false,
    }),
    legend: legend({
      orientation: "h",
      x: 0,
      y: 1,
      xanchor: "left",
      yanchor: "bottom",
      traceorder: "reversed",
      bgcolor: "rgba(0,0,0,0)",
    }),
  };
  const texts = rows.flatMap(({label, generation, total, paper}): Annotation[] => {
    const value = total ?? generation;
    if (value === null) return [];
    const near = paper !== null && paper !== undefined && paper > value && Math.log10(paper / value) < 0.35;
    const at = near ? paper : value; // the number stands right of a diamond that it would cover
    return [
      {
        text: readable(value),
        x: Math.log10(at),
        y: label,
        xanchor: "left",
        xshift: near ? 8 : 4,
        showarrow: false,
        font: {size: 14, color: ink.text},
      },
    ];
  });
  return {
    data: [
      {
        type: "scatter",
        mode: "markers",
        name: "paper (A100, with decoding)",
        y: papers.map(({label}) => label),
        x: papers.map(({paper}) => paper ?? null),
        marker: {symbol: "diamond-open", size: 9, color: colours[3], line: {width: 2}},
        hovertemplate: "%{y}, paper: %{x} ms<extra></extra>",
      },
      bar(
        "with decoding",
        rows.map(({total}) => total),
        colours[0],
      ),
      bar(
        "generation only",
        rows.map(({generation}) => generation),
        "#b5c5e0",
      ),
    ],
    layout: annotate(layout, texts),
  };
}

function readable(milliseconds: number): string {
  if (milliseconds >= 1000) return `${Number((milliseconds / 1000).toPrecision(2))} s`;
  return `${Number(milliseconds.toPrecision(2))} ms`;
}
