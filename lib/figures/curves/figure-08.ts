import {records} from "../../core/options/array-rules";
import {checkOptions} from "../../core/options/check-options";
import type {Annotation, Data, Layout, Legend, Shape} from "plotly.js";
import {later, renamed} from "../renamed";
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
const NUMBERS = {axes: 5, legends: 2} as const;

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
    data.push(...figure.data.map((trace) => renamed(trace, i, NUMBERS) as Data));
    layout = annotate({...layout, ...placed(figure.layout, i, place)}, [
      titleOf(title, place(1)),
      ...(figure.layout.annotations ?? []).map((one) => ({...one, y: place(Number(one.y))})),
    ]);
    layout = {
      ...layout,
      shapes: [
        ...(layout.shapes ?? []),
        ...(figure.layout.shapes ?? []).map((one) => renamed(one, i, NUMBERS) as Shape),
      ],
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
      return [[later(name, i, NUMBERS.axes), {...renamed(inside, i, NUMBERS), ...domain}]];
    }
    if (!/^legend\d*$/.test(name)) return [];
    return [[later(name, i, NUMBERS.legends), {...(inside as Legend), y: place(inside.y ?? 1)}]];
  });
  return Object.fromEntries(entries) as Layout;
}
