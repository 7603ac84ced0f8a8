import {records} from "../../core/options/array-rules";
import {checkOptions} from "../../core/options/check-options";
import type {Annotation, Data, Layout, Legend, Shape} from "plotly.js";
import {annotate, type Figure, type FigureOptions, frame, ink} from "../style";
import {drawMetrics, type MetricsOptions} from "./figure-05";
import {withBands, type Curve} from "./metric-panels";

/** Curves of one system. */
export interface SystemCurves {
  /** Above its panels. */
  readonly title: string;
  readonly curves: readonly Curve[];
}

/** Pixels of a system's title. */
const TITLE = 30;

/**
 * Draw Figure 8, and Figure 9 from curves relative to auto-encoded states: the panels of Figure 5 for several systems, one
 * below the other (paper, appendix C).
 *
 * @throws RangeError if there is no system.
 * @example await lab.show(figure8([{title: lab.system.title, curves: (await lab.evaluation()).curves()}]), {name: "figure-08"});
 */
export function figure8(systems: readonly SystemCurves[], {caption, width, ...options}: MetricsOptions = {}): Figure {
  checkOptions("figure8", records("systems", "title", "curves"), systems, "systems");
  if (systems.length === 0) throw new RangeError("figure8: expected curves of a system, found none.");
  return stack(
    systems.map(({title, curves}) => ({title, figure: drawMetrics(curves, {...options, title: undefined, width})})),
    {
      caption: withBands(
        caption,
        systems.flatMap(({curves}) => curves),
      ),
      width,
    },
  );
}

/** Numbers of axes and legends of one figure. */
const [AXES, LEGENDS] = [5, 2];

/** Put figures of the same kind below each other, with one caption. */
function stack(parts: readonly {title: string; figure: Figure}[], options: FigureOptions): Figure {
  const sizes = parts.map(({figure: {layout}}) => {
    const {t = 0, b = 0, l = 0, r = 0} = layout.margin ?? {};
    return {t: t + TITLE, b, l, r, inner: (layout.height ?? 0) - t - b};
  });
  const [{t, l, r}, {b}] = [sizes[0], sizes[sizes.length - 1]];
  const height = sizes.reduce((sum, size) => sum + size.t + size.inner + size.b, 0);
  const whole = height - t - b;
  let layout: Layout = frame({...options, height, margin: {t, b, l, r}});
  const data: Data[] = [];
  let below = whole;
  parts.forEach(({title, figure}, i) => {
    const {inner} = sizes[i];
    below -= inner;
    const start = below;
    const place = (y: number) => (start + y * inner) / whole;
    data.push(...figure.data.map((trace) => renamed(trace, i) as Data));
    layout = annotate({...layout, ...placed(figure.layout, i, place)}, [
      titleOf(title, place(1)),
      ...(figure.layout.annotations ?? []).map((one) => ({...one, y: place(Number(one.y))})),
    ]);
    layout = {
      ...layout,
      shapes: [...(layout.shapes ?? []), ...(figure.layout.shapes ?? []).map((one) => renamed(one, i) as Shape)],
    };
    below -= sizes[i].b + (sizes[i + 1]?.t ?? 0);
  });
  return {data, layout};
}

function titleOf(text: string, y: number): Annotation {
  const font = {size: 19, color: ink.text};
  return {
    text,
    y,
    x: 0,
    xref: "paper",
    yref: "paper",
    xanchor: "left",
    yanchor: "bottom",
    yshift: 58,
    showarrow: false,
    font,
  };
}

/** Axes and legends of a figure under the names and at the places that they have in the stack. */
function placed(layout: Layout, i: number, place: (y: number) => number): Layout {
  const entries = Object.entries(layout).flatMap(([name, value]): [string, unknown][] => {
    const inside = value as {domain?: [number, number]; y?: number};
    if (/^[xy]axis\d*$/.test(name)) {
      const domain = name.startsWith("y") ? {domain: inside.domain?.map(place)} : {};
      return [[later(name, i, AXES), {...renamed(inside, i), ...domain}]];
    }
    if (!/^legend\d*$/.test(name)) return [];
    return [[later(name, i, LEGENDS), {...(inside as Legend), y: place(inside.y ?? 1)}]];
  });
  return Object.fromEntries(entries) as Layout;
}

/** References of a trace, axis or shape to axes and legends, renamed. */
function renamed(part: object, i: number): object {
  const counts: Record<string, number> = {
    xaxis: AXES,
    yaxis: AXES,
    xref: AXES,
    yref: AXES,
    anchor: AXES,
    matches: AXES,
  };
  const entries = Object.entries(part).map(([name, value]): [string, unknown] => {
    const count = name === "legend" ? LEGENDS : counts[name];
    return [name, count !== undefined && typeof value === "string" ? later(value, i, count) : value];
  });
  const isTrace = "type" in part && "x" in part && !("legend" in part);
  return Object.fromEntries(isTrace ? [...entries, ["legend", later("legend", i, LEGENDS)]] : entries);
}

/** Name of an axis or legend that is `i` times `count` places later: x → x6, xaxis2 → xaxis7, legend → legend3. */
function later(name: string, i: number, count: number): string {
  const [, word, number = "1"] = /^([a-z]+?)(\d*)$/.exec(name) ?? [];
  if (word === undefined || word === "paper") return name;
  const at = Number(number || 1) + i * count;
  return at === 1 ? word : `${word}${at}`;
}
