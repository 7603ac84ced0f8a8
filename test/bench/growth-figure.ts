/** Growth as a figure: time and memory over the smallest size's, against the size over the smallest. */
import type {Annotation, Dash, Data, Layout, LayoutAxis} from "plotly.js";
import {annotate, axis, axisName, domains, frame, heading, legend, logTicks} from "../../packages/figures/src/layout";
import {colours, ink, round, type Figure} from "@lola-ts/figures";
import type {Point, Result} from "./growth";

const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "x"] as const;

const PANELS = [
  {cost: "time", title: "Time"},
  {cost: "memory", title: "Memory at the peak"},
] as const;

/** How each series is drawn: a colour for what it is of, a symbol for what varies. */
function styles(results: readonly Result[]): {color: string; symbol: (typeof SYMBOLS)[number]; dash: Dash}[] {
  const families = [...new Set(results.map(({name}) => familyOf(name)))];
  return results.map(({name}) => {
    const family = familyOf(name);
    const among = results.filter((other) => familyOf(other.name) === family).findIndex((other) => other.name === name);
    const rank = families.indexOf(family);
    return {color: colours[rank % colours.length], symbol: SYMBOLS[among], dash: rank < 3 ? "solid" : "dash"};
  });
}

const familyOf = (name: string) => name.split(":")[0];

/** Draw all series in two panels beside lines of slope 1 and 2. */
export function growthFigure(results: readonly Result[]): Figure {
  const relative = ({points}: Result, of: (point: Point) => number) => points.map((each) => of(each) / of(points[0]));
  const x = results.map((result) => relative(result, ({value}) => value));
  const right = 1.3 * Math.max(...x.flat());
  const looks = styles(results);
  const panels = PANELS.map(({cost}, panel) => {
    const axes = {xaxis: axisName("x", panel).trace, yaxis: axisName("y", panel).trace};
    const y = results.map((result) => relative(result, (point) => point[cost]));
    const low = 0.7 * Math.min(...y.flat());
    const high = 1.5 * Math.max(...y.flat());
    const slopes = [1, 2].map((slope) => {
      const end = Math.min(right, high ** (1 / slope));
      return {slope, end: {x: end, y: end ** slope}};
    });
    const references = slopes.map(({end}): Data => ({
      ...axes,
      type: "scatter",
      mode: "lines",
      showlegend: false,
      hoverinfo: "skip",
      x: [1, end.x],
      y: [1, end.y],
      line: {color: ink.line, width: 6},
      opacity: 0.6,
    }));
    const lines = results.map(({name}, i): Data => ({
      ...axes,
      type: "scatter",
      mode: "lines+markers",
      name,
      legendgroup: name,
      showlegend: panel === 0,
      x: x[i].map((each) => round(each)),
      y: y[i].map((each) => round(each)),
      line: {color: looks[i].color, dash: looks[i].dash, width: 1.5},
      marker: {color: looks[i].color, symbol: looks[i].symbol, size: 7},
    }));
    const labels = slopes.map(({slope, end}): Annotation => ({
      text: `slope ${slope}`,
      xref: axes.xaxis,
      yref: axes.yaxis,
      showarrow: false,
      font: {size: 11, color: ink.muted},
      x: 0.95 * Math.log10(end.x),
      y: 0.95 * Math.log10(end.y),
      xanchor: "right",
      yanchor: "bottom",
      xshift: -9,
    }));
    return {data: [...references, ...lines], labels, range: [low, high]};
  });
  const spans = domains(2, 0.1);
  const layout: Layout = {
    ...frame({width: 1060, height: 500, margin: {l: 60, r: 210, t: 34, b: 50}}),
    legend: legend({x: 1.02, y: 1, xanchor: "left", yanchor: "top"}),
  };
  panels.forEach(({range}, panel) => {
    const log = (low: number, high: number): LayoutAxis => ({
      type: "log",
      range: [Math.log10(low), Math.log10(high)],
      ...logTicks([low, high]),
    });
    layout[axisName("x", panel).layout] = axis("size over the smallest", {domain: spans[panel], ...log(0.9, right)});
    layout[axisName("y", panel).layout] = axis(panel === 0 ? "cost over the smallest one's" : "", {
      anchor: axisName("x", panel).trace,
      ...log(range[0], range[1]),
    });
  });
  const titles = PANELS.map(({title}, panel) => heading(title, (spans[panel][0] + spans[panel][1]) / 2));
  return {
    data: panels.flatMap(({data}) => data),
    layout: annotate(layout, [...titles, ...panels.flatMap(({labels}) => labels)]),
  };
}
