/** Figures of one kind in one: axes and legends of a later figure get later names, x → x6, legend → legend3. */
import type {HeatmapData, Layout, LayoutAxis, Shape} from "plotly.js";
import {annotate} from "./layout";
import {ink, type Figure} from "./style";

/** A figure and its place in the whole. */
export interface Part {
  readonly figure: Figure;
  readonly title: string;
  /** Pixels between the title and the plotting area. */
  readonly above: number;
  /** Convert places in the figure's plotting area, from 0 to 1, to places in the whole plotting area. */
  readonly x: (x: number) => number;
  readonly y: (y: number) => number;
}

/** Numbers of axes and legends of each of the figures. */
export interface PartNumbers {
  readonly axes: number;
  readonly legends: number;
}

/** Put figures into a layout, each with its title, axes, legends, colour bars, annotations and shapes. */
export function compose(layout: Layout, parts: readonly Part[], numbers: PartNumbers): Figure {
  const data = parts.flatMap(({figure, x, y}, i) =>
    figure.data.map((trace) => {
      const {colorbar: bar} = trace as HeatmapData;
      const length = (y(1) - y(0)) * (bar?.len ?? 1);
      const colorbar = bar && {...bar, x: x(bar.x ?? 1), y: y(bar.y ?? 0.5), len: length};
      return {...renamed(trace, i, numbers), ...(bar && {colorbar})};
    }),
  );
  const annotations = parts.flatMap(({figure, title, above, x, y}) => [
    {
      text: title,
      align: "left" as const,
      x: x(0),
      y: y(1),
      xref: "paper" as const,
      yref: "paper" as const,
      xanchor: "left" as const,
      yanchor: "bottom" as const,
      yshift: above,
      showarrow: false,
      font: {size: 19, color: ink.text},
    },
    ...(figure.layout.annotations ?? []).map((one) => ({...one, x: x(Number(one.x)), y: y(Number(one.y))})),
  ]);
  const shapes = parts.flatMap(({figure}, i) =>
    (figure.layout.shapes ?? []).map((shape) => renamed(shape, i, numbers) as Shape),
  );
  const axes = parts.map((part, i) => placed(part, i, numbers));
  return {data, layout: Object.assign({...annotate(layout, annotations), shapes}, ...axes) as Layout};
}

/** Axes and legends of the i-th figure under the names and at the places that they have in the whole. */
function placed({figure, x, y}: Part, i: number, numbers: PartNumbers): object {
  const entries = Object.entries(figure.layout).flatMap(([name, value]): [string, unknown][] => {
    const {domain = [0, 1], y: height = 1} = value as {domain?: LayoutAxis["domain"]; y?: number};
    if (/^legend\d*$/.test(name)) return [[later(name, i, numbers.legends), {...(value as object), y: y(height)}]];
    if (!/^[xy]axis\d*$/.test(name)) return [];
    const axis = {...renamed(value as object, i, numbers), domain: domain.map(name.startsWith("x") ? x : y)};
    return [[later(name, i, numbers.axes), axis]];
  });
  return Object.fromEntries(entries);
}

const AXIS_NAMES = ["xaxis", "yaxis", "xref", "yref", "anchor", "matches", "scaleanchor"];

/** Rename the axes and legends that a trace, axis or shape of the i-th figure names. */
function renamed(part: object, i: number, {axes, legends}: PartNumbers): object {
  const entries = Object.entries(part).map(([name, value]): [string, unknown] => {
    const count = name === "legend" ? legends : AXIS_NAMES.includes(name) ? axes : undefined;
    return [name, count !== undefined && typeof value === "string" ? later(value, i, count) : value];
  });
  const isTrace = "type" in part && "x" in part && !("legend" in part);
  return Object.fromEntries(isTrace ? [...entries, ["legend", later("legend", i, legends)]] : entries);
}

/** Name an axis or legend that is `i` times `count` places later. */
function later(name: string, i: number, count: number): string {
  const [, word, number = "1"] = /^([a-z]+?)(\d*)$/.exec(name) ?? [];
  if (word === undefined || word === "paper") return name;
  const at = Number(number || 1) + i * count;
  return at === 1 ? word : `${word}${at}`;
}
