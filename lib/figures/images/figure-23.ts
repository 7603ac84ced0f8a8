import {records} from "../../core/options/array-rules";
import {checkOptions} from "../../core/options/check-options";
import {list, number} from "../../core/options/rules";
import type {Layout, ScatterData} from "plotly.js";
import {
  annotate,
  axis,
  axisName,
  domains,
  type Figure,
  type FigureOptions,
  frame,
  heading,
  logTicks,
  round,
  sequentialScale,
} from "../style";

/** A quantity that colours points. */
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

const MARK_NAMES = ["circle", "square", "triangle"] as const;

/** Find the mark of each value. */
function marksOf(values: readonly number[]): (typeof marks)[number][] {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  if (distinct.length <= marks.length) return values.map((value) => marks[distinct.indexOf(value)]);
  const sorted = [...values].sort((a, b) => a - b);
  const third = (value: number) =>
    [1, 2].filter((k) => value > sorted[Math.floor((k * (sorted.length - 1)) / 3)]).length;
  return values.map((value) => marks[third(value)]);
}

/** Say what marks mean in each panel. */
function marksInWords(panels: readonly PointColours[]): string {
  const meanings = panels.map(({title, values}) => {
    const distinct = [...new Set(values)].sort((a, b) => a - b);
    if (distinct.length > marks.length) return "lower (circle), middle (square) and upper third (triangle)";
    const {ticktext} = logTicks(distinct, distinct);
    return `${title} ${ticktext.map((value, i) => `${value} (${MARK_NAMES[i]})`).join(", ")}`;
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
  const {width = 900} = options;
  const spans = domains(panels.length, 0.17).map(([from, to]): [number, number] => [0.92 * from, 0.92 * to]);
  const side = Math.min(420, (width - 60) * (spans[0][1] - spans[0][0]));
  const caption = [marksInWords(panels), options.caption].filter(Boolean).join(" ");
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
  const titles = panels.map(({title}, i) => heading(title, (spans[i][0] + spans[i][1]) / 2));
  return {data, layout: annotate(layout, titles)};
}

/** Ticks of a colour bar at most where they are the values themselves. */
const FEW = 5;

/** Colour bar, with the values themselves at its ticks where they are few. */
function bar(values: readonly number[], logarithmic = false) {
  const look = {thickness: 12, outlinewidth: 0, tickfont: {size: 13}, len: 0.9};
  const distinct = [...new Set(values)];
  if (!logarithmic && distinct.length > FEW) return look;
  const {tickvals, ticktext} = distinct.length <= FEW ? logTicks(values, distinct) : logTicks(values);
  const shown = tickvals.map((value) => round(logarithmic ? Math.log10(value) : value)) as number[]; // as colours are
  return {...look, tickvals: shown, ticktext};
}
