import {records} from "../../core/options/array-rules";
import {checkOptions, checkParts} from "../../core/options/check-options";
import {list, number, oneOf, optional, text, where} from "../../core/options/rules";
import type {Data, Layout} from "plotly.js";
import {
  annotate,
  axis,
  axisName,
  diverging,
  domains,
  type Figure,
  type FigureOptions,
  frame,
  heading,
  ink,
  round,
  type ColourScale,
} from "../style";

/** A square table of numbers. */
export interface MatrixPanel {
  readonly title: string;
  readonly values: readonly (readonly number[])[];
}

export interface MatrixOptions extends FigureOptions {
  /** Names of rows and columns. Default: their indices. */
  labels?: readonly string[];
  /** "signed": blue below 0, red above it, from −1 to 1; "positive": white for 0. Default: "positive". */
  scale?: "signed" | "positive";
  /** Title of the colour bar. Default: none. */
  unit?: string;
  /** Whether cells show their numbers. Default: up to 8 rows. */
  numbers?: boolean;
}

/** Pale enough for dark numbers in most cells. */
const whiteToBlue: ColourScale = [
  [0, "rgb(255,255,255)"],
  [1, "rgb(8,81,156)"],
];

const squareRule = where(list(list(number())), "a square matrix", (rows: number[][]) =>
  rows.every((row) => row.length === rows.length),
);

/**
 * Draw square matrices side by side, the first row at the top, all in the same colours: correlations, distances.
 *
 * @throws RangeError unless matrices are square and of one size.
 * @example await lab.show(matrixFigure([{title: "τ = 20", values: sweep.distances(5)}], {labels: sweep.labels}));
 */
export function matrixFigure(panels: readonly MatrixPanel[], options: MatrixOptions = {}): Figure {
  checkOptions("matrixFigure", records("panels", "title", "values"), panels, "panels");
  panels.forEach((panel) => checkParts("matrixFigure", {title: text, values: squareRule}, panel));
  const first = panels[0]?.values ?? [];
  const size = first.length;
  if (size === 0) throw new RangeError("matrixFigure: expected panels with a matrix, found none.");
  const odd = panels.find(({values}) => values.length !== size);
  if (odd) throw new RangeError(`matrixFigure: expected ${size} rows, found ${odd.values.length} in "${odd.title}".`);
  const {labels = first.map((_, i) => `${i}`), scale = "positive", unit = "", width = 900} = options;
  checkOptions("matrixFigure", list(text, {length: size}), labels, "labels");
  checkOptions("matrixFigure", optional(oneOf(["signed", "positive"])), scale, "scale");
  const {numbers = size <= 8} = options;
  const left = 16 + 9 * Math.max(...labels.map(({length}) => length));
  const spans = domains(panels.length, 0.04);
  const side = Math.min(420, ((width - left - 90) * (1 - 0.04 * (panels.length - 1))) / panels.length);
  const top = panels.flatMap(({values}) => values.flat()).reduce((most, value) => Math.max(most, value), 0);
  const [zmin, zmax] = scale === "signed" ? [-1, 1] : [0, top || 1];
  const bottom = numbers ? 26 + 5 * Math.max(...labels.map(({length}) => length)) : 34;
  let layout: Layout = frame({
    ...options,
    width,
    height: Math.round(side) + 34 + bottom,
    margin: {l: left, r: 90, t: 34, b: bottom},
  });
  const data = panels.map(({title, values}, i): Data => {
    const [across, up] = [axisName("x", i), axisName("y", i)];
    const ticks = {tickvals: labels.map((_, k) => k), ticktext: [...labels], showgrid: false, ticks: "" as const};
    layout = {
      ...layout,
      [across.layout]: axis("", {
        ...thin(ticks, numbers),
        domain: spans[i],
        anchor: up.trace,
        tickangle: numbers ? -35 : 0,
      }),
      [up.layout]: axis("", {
        ...thin(ticks, numbers),
        autorange: "reversed",
        anchor: across.trace,
        showticklabels: i === 0,
      }),
    };
    return {
      type: "heatmap",
      name: title,
      z: values.map((row) => row.map((value) => round(value))),
      xaxis: across.trace,
      yaxis: up.trace,
      ...{zmin, zmax, xgap: 1, ygap: 1, zsmooth: false},
      colorscale: scale === "signed" ? diverging(1) : whiteToBlue,
      showscale: i === 0,
      colorbar: {
        thickness: 12,
        outlinewidth: 0,
        tickfont: {size: 13},
        title: {text: unit, side: "right"},
        x: 1,
        xpad: 10,
      },
      ...(numbers && {
        text: values.map((row) => row.map((value) => `${round(value, 2)}`)) as never,
        texttemplate: "%{text}",
        textfont: {size: 13},
      }),
      hovertemplate: "%{y}, %{x}: %{z}<extra></extra>",
    } as Data;
  });
  const titles = panels.map(({title}, i) => heading(title, (spans[i][0] + spans[i][1]) / 2));
  return {data, layout: annotate({...layout, plot_bgcolor: ink.grid}, titles)};
}

/** Of many labels every fourth. */
function thin<T extends {tickvals: number[]; ticktext: string[]}>(ticks: T, all: boolean): T {
  if (all) return ticks;
  const kept = ticks.tickvals.filter((k) => k % 4 === 0);
  return {...ticks, tickvals: kept, ticktext: kept.map((k) => ticks.ticktext[k])};
}
