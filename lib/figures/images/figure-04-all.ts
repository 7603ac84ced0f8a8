/** Figure 4 of several systems side by side, as the paper has it. */
import {records} from "../../core/options/array-rules";
import {checkOptions} from "../../core/options/check-options";
import type {Annotation, Data, HeatmapData, Layout, LayoutAxis, Shape} from "plotly.js";
import {figure4, type RolloutRow} from "../figure-04";
import {later, renamed} from "../renamed";
import {annotate, type Figure, type FigureOptions, frame, ink} from "../style";

/** One trajectory of a system by every method. */
export interface SystemRollouts {
  /** Above its images. */
  readonly title: string;
  /** Lead times of the columns. */
  readonly leads: readonly number[];
  /** The first row is the ground truth. */
  readonly rows: readonly RolloutRow[];
}

/** Width in pixels of one system with labels and colour bars. */
const [SQUARE, LONG] = [480, 760];

/** Room of a system's title, in two lines. */
const TITLE = 54;

/** Numbers of axes and legends of one system. */
const NUMBERS = {axes: 1, legends: 1} as const;

/**
 * Draw Figure 4 for several systems side by side, each with its own lead times, limits and colour bars, and in the shape of its
 * domain (paper, section 4).
 *
 * @throws RangeError if there is no system, or the first row of one is not the ground truth.
 * @example await lab.show(figure4All(await everyForecast(lab), {caption: lab.caption}), {name: "figure-04-all"});
 */
export function figure4All(systems: readonly SystemRollouts[], {caption}: Pick<FigureOptions, "caption"> = {}): Figure {
  checkOptions("figure4All", records("systems", "title", "leads", "rows"), systems, "systems");
  if (systems.length === 0) throw new RangeError("figure4All: expected forecasts of a system, found none.");
  const parts = systems.map(({title, leads, rows}) => {
    const [nx, ny] = rows.flatMap(({fields}) => fields).find((field) => field)?.shape ?? [1, 1];
    return {title, figure: figure4(rows, {leads, width: nx > ny ? LONG : SQUARE})};
  });
  return sideBySide(parts, caption);
}

/** Put grids of images side by side, their upper ends at one height, with one caption. */
function sideBySide(parts: readonly {title: string; figure: Figure}[], caption?: string): Figure {
  const sizes = parts.map(({figure: {layout}}) => {
    const {t = 0, b = 0, l = 0, r = 0} = layout.margin ?? {};
    const width = layout.width ?? 0;
    return {t, b, l, width, across: width - l - r, down: (layout.height ?? 0) - t - b};
  });
  const width = sizes.reduce((sum, size) => sum + size.width, 0);
  const [{l}, {across: lastAcross, width: lastWidth, l: lastLeft}] = [sizes[0], sizes[sizes.length - 1]];
  const r = lastWidth - lastLeft - lastAcross;
  const down = Math.max(...sizes.map((size) => size.down));
  const [t, b] = [TITLE + Math.max(...sizes.map((size) => size.t)), Math.max(...sizes.map((size) => size.b))];
  let layout: Layout = frame({caption, width, height: down + t + b, margin: {l, r, t, b}});
  const data: Data[] = [];
  let left = 0;
  parts.forEach(({title, figure}, i) => {
    const {across, down: own, l: ownLeft, width: ownWidth} = sizes[i];
    const scale = {x: across / (width - l - r), y: own / down};
    const start = (left + ownLeft - l) / (width - l - r);
    const place: Place = {x: (x) => start + scale.x * x, y: (y) => 1 - scale.y * (1 - y), length: scale.y};
    data.push(...figure.data.map((trace) => placedTrace(trace as Partial<HeatmapData>, i, place)));
    const shapes = (figure.layout.shapes ?? []).map((shape) => renamed({xref: "x", yref: "y", ...shape}, i, NUMBERS));
    layout = {
      ...annotate({...layout, ...placedAxes(figure.layout, i, place)}, [titleOf(title, place.x(0))]),
      shapes: [...(layout.shapes ?? []), ...(shapes as Shape[])],
    };
    left += ownWidth;
  });
  return {data, layout};
}

/** Where the plotting area of a part is in the whole. */
interface Place {
  readonly x: (x: number) => number;
  readonly y: (y: number) => number;
  /** Its height as a share of that of the whole. */
  readonly length: number;
}

function placedTrace(trace: Partial<HeatmapData>, i: number, {x, y, length}: Place): Data {
  const {colorbar: bar} = trace;
  const moved = bar && {...bar, x: x(bar.x ?? 1), y: y(bar.y ?? 0.5), len: length * (bar.len ?? 1)};
  return {...renamed({xaxis: "x", yaxis: "y", ...trace}, i, NUMBERS), ...(moved && {colorbar: moved})} as Data;
}

function placedAxes({xaxis, yaxis}: Layout, i: number, {x, y}: Place): Layout {
  const placed = (axis: LayoutAxis = {}, more: LayoutAxis) => renamed({...axis, ...more}, i, NUMBERS);
  return {
    [later("xaxis", i, 1)]: placed(xaxis, {domain: [x(0), x(1)], anchor: "y"}),
    [later("yaxis", i, 1)]: placed(yaxis, {domain: [y(0), y(1)], anchor: "x"}),
  } as Layout;
}

function titleOf(text: string, x: number): Annotation {
  const font = {size: 19, color: ink.text};
  return {
    text: text.replace(": ", ":<br>"),
    align: "left",
    x,
    y: 1,
    xref: "paper",
    yref: "paper",
    xanchor: "left",
    yanchor: "bottom",
    yshift: 34,
    showarrow: false,
    font,
  };
}
