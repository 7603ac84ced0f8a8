/** Latent space: matrices of correlations and distances, and maps of tokens (Figure 23). */
import type {Data, Layout, ScatterData} from "plotly.js";
import {records, checkOptions, checkParts, flag, list, number, oneOf, optional, text, where} from "@lola-ts/core";
import {annotate, axis, axisName, domains, explained, frame, headings, logTicks} from "./layout";
import {
  checkFigure,
  diverging,
  ink,
  round,
  sequentialScale,
  withMinus,
  type ColourScale,
  type Figure,
  type FigureOptions,
} from "./style";

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

/** The look of colour bars. */
const BAR = {thickness: 12, outlinewidth: 0, tickfont: {size: 13}} as const;

const squareRule = where(list(list(number())), "a square matrix", (rows: number[][]) =>
  rows.every((row) => row.length === rows.length),
);

/**
 * Draw square matrices side by side, the first row at the top, all in the same colours: correlations, distances. A quantity that
 * all labels name, as in "γ = 1.2", is written once, below the columns.
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
  const labelsRule = optional(list(text, {length: size}));
  const scaleRule = optional(oneOf(["signed", "positive"]));
  const rules = {labels: labelsRule, scale: scaleRule, unit: optional(text), numbers: optional(flag)};
  checkFigure("matrixFigure", options, rules);
  const {labels: given = first.map((_, i) => `${i}`), scale = "positive", unit = "", width = 900} = options;
  const {quantity, labels} = withoutQuantity(given);
  const {numbers = size <= 8} = options;
  const widest = 9 * Math.max(...labels.map(({length}) => length));
  const left = 16 + widest;
  const spans = domains(panels.length, 0.04);
  const side = Math.min(420, ((width - left - 90) * (1 - 0.04 * (panels.length - 1))) / panels.length);
  const isWide = numbers && widest > side / size; // names as wide as a column would collide
  const isTurned = isWide && !quantity;
  const top = panels.flatMap(({values}) => values.flat()).reduce((most, value) => Math.max(most, value), 0);
  const [zmin, zmax] = scale === "signed" ? [-1, 1] : [0, top || 1];
  const bottom = (isTurned ? 26 + 0.6 * widest : 34) + (quantity ? 24 : 0);
  const margin = {l: left, r: 90, t: 34, b: bottom};
  let layout: Layout = frame({...options, width, height: Math.round(side) + 34 + bottom, margin});
  const tickvals = labels.map((_, k) => k).filter((k) => numbers || k % 4 === 0); // of many labels every fourth
  const ticksAt = (places: readonly number[]) => ({tickvals: [...places], ticktext: places.map((k) => labels[k])});
  const columns = tickvals.filter((k) => !isWide || isTurned || k === 0 || k === size - 1);
  const ticks = {...ticksAt(tickvals), showgrid: false, ticks: ""} as const;
  const data = panels.map(({title, values}, i): Data => {
    const [across, up] = [axisName("x", i), axisName("y", i)];
    const below = {...ticksAt(columns), domain: spans[i], anchor: up.trace, tickangle: isTurned ? -35 : 0};
    layout = {
      ...layout,
      [across.layout]: axis(quantity, {...ticks, ...below}),
      [up.layout]: axis("", {...ticks, autorange: "reversed", anchor: across.trace, showticklabels: i === 0}),
    };
    return {
      type: "heatmap",
      name: title,
      z: values.map((row) => row.map((value) => round(value))),
      xaxis: across.trace,
      yaxis: up.trace,
      zmin,
      zmax,
      xgap: 1,
      ygap: 1,
      zsmooth: false,
      colorscale: scale === "signed" ? diverging(1) : whiteToBlue,
      showscale: i === 0,
      colorbar: {...BAR, title: {text: unit, side: "right"}, x: 1, xpad: 10},
      ...(numbers && {
        text: values.map((row) => row.map((value) => withMinus(round(value, 2) ?? ""))) as never,
        texttemplate: "%{text}",
        textfont: {size: 13},
      }),
      hovertemplate: "%{y}, %{x}: %{z}<extra></extra>",
    };
  });
  const titles = panels.map(({title}) => title);
  return {data, layout: annotate({...layout, plot_bgcolor: ink.grid}, headings(titles, spans))};
}

/** Take the quantity that all labels name out of them, and zeros at the end that all its values have. */
function withoutQuantity(labels: readonly string[]): {quantity: string; labels: readonly string[]} {
  const parts = labels.map((label) => label.split(" = "));
  const [[quantity]] = parts;
  if (!parts.every((part) => part.length === 2 && part[0] === quantity)) return {quantity: "", labels};
  const values = parts.map(([, value]) => value);
  const decimals = values.map((value) => /^-?\d+\.(\d*?)0*$/.exec(value)?.[1].length);
  const most = Math.max(...decimals.map((count) => count ?? NaN));
  return {quantity, labels: Number.isNaN(most) ? values : values.map((value) => Number(value).toFixed(most))};
}

export interface PointColours {
  /** Above the panel, e.g. "γ". */
  readonly title: string;
  /** One per point. */
  readonly values: readonly number[];
  /** Whether colours follow the logarithm. Default: false. */
  readonly logarithmic?: boolean;
}

/** Marks beside colours: one per value where they are few, else of the lower, middle and upper third. */
const marks = ["circle", "square", "triangle-up"] as const;

function marksOf(values: readonly number[]): (typeof marks)[number][] {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  if (distinct.length <= marks.length) return values.map((value) => marks[distinct.indexOf(value)]);
  const sorted = [...values].sort((a, b) => a - b);
  const third = (value: number) =>
    [1, 2].filter((k) => value > sorted[Math.floor((k * (sorted.length - 1)) / 3)]).length;
  return values.map((value) => marks[third(value)]);
}

function marksInWords(panels: readonly PointColours[]): string {
  const meanings = panels.map(({title, values}) => {
    const distinct = [...new Set(values)].sort((a, b) => a - b);
    if (distinct.length > marks.length) return "lower (circle), middle (square) and upper third (triangle)";
    const {ticktext} = logTicks(distinct, distinct);
    return `${title} ${ticktext.map((value, i) => `${value} (${marks[i].replace("-up", "")})`).join(", ")}`;
  });
  return `Marks: ${[...new Set(meanings)].join("; ")}.`;
}

/**
 * Draw Figure 23: the same points in every panel, coloured by another quantity in each; marks tell its values, or its
 * lower, middle and upper third where they are more than three, which the caption says (paper, appendix D).
 *
 * @param places two coordinates per point.
 * @throws RangeError unless there is one value per point in every panel.
 * @example await lab.show(figure23(places, [{title: "γ", values}]), {name: "figure-23"});
 */
export function figure23(
  places: readonly (readonly [number, number])[],
  panels: readonly PointColours[],
  options: FigureOptions = {},
): Figure {
  checkOptions("figure23", list(list(number(), {length: 2})), places, "places");
  checkOptions("figure23", records("panels", "title", "values"), panels, "panels");
  if (panels.length === 0) throw new RangeError("figure23: expected panels with values, found none.");
  panels.forEach(({values}, i) =>
    checkOptions("figure23", list(number(), {length: places.length}), values, `panels.${i}.values`),
  );
  checkFigure("figure23", options);
  const {width = 900} = options;
  const spans = domains(panels.length, 0.17).map(([from, to]): [number, number] => [0.92 * from, 0.92 * to]);
  const side = Math.min(420, (width - 60) * (spans[0][1] - spans[0][0]));
  const caption = explained(marksInWords(panels), options.caption);
  let layout: Layout = frame({
    ...options,
    caption,
    width,
    height: Math.round(side) + 80,
    margin: {l: 44, r: 16, t: 34, b: 46},
  });
  const data = panels.map(({title, values, logarithmic}, i): Partial<ScatterData> => {
    const [across, up] = [axisName("x", i), axisName("y", i)];
    const plain = {showticklabels: false, ticks: "", showgrid: false} as const;
    layout = {
      ...layout,
      [across.layout]: axis("t-SNE 1", {...plain, domain: spans[i], anchor: up.trace}),
      [up.layout]: axis(i === 0 ? "t-SNE 2" : "", {...plain, anchor: across.trace}),
    };
    const shade = values.map((value) => (logarithmic ? Math.log10(value) : value));
    return {
      type: "scatter",
      mode: "markers",
      name: title,
      showlegend: false,
      x: places.map(([x]) => round(x)),
      y: places.map(([, y]) => round(y)),
      xaxis: across.trace,
      yaxis: up.trace,
      marker: {
        size: 7,
        symbol: marksOf(values),
        color: shade.map((value) => round(value)) as number[],
        colorscale: sequentialScale("viridis"),
        line: {width: 0.5, color: "white"},
        colorbar: {...bar(values, logarithmic), x: spans[i][1], xpad: 8},
      },
      text: values.map((value) => `${round(value)}`),
      hovertemplate: `${title} = %{text}<extra></extra>`,
    };
  });
  const titles = panels.map(({title}) => title);
  return {data, layout: annotate(layout, headings(titles, spans))};
}

/** Ticks of a colour bar at most where they are the values themselves. */
const FEW = 5;

/** Colour bar, with the values themselves at its ticks where they are few. */
function bar(values: readonly number[], logarithmic = false) {
  const look = {...BAR, len: 0.9};
  const distinct = [...new Set(values)];
  if (!logarithmic && distinct.length > FEW) return look;
  const {tickvals, ticktext} = distinct.length <= FEW ? logTicks(values, distinct) : logTicks(values);
  const shown = tickvals.map((value) => round(logarithmic ? Math.log10(value) : value)) as number[]; // as colours are
  return {...look, tickvals: shown, ticktext};
}
