/** Cost per cell and step against the number of cells, beside published ones of compiled codes. */
import type {Annotation, Data} from "plotly.js";
import {annotate, axis, frame, logTicks, colours, ink, round, type Figure} from "@lola-ts/figures";
import type {Series} from "./simulators-cases";

/** A compiled code on one core. */
interface Published {
  readonly label: string;
  /** Side of the point on which the label stands. */
  readonly side: "left" | "right";
  readonly cells: number;
  readonly nanoseconds: number;
}

/**
 * All of magnetohydrodynamics, which takes more work than hydrodynamics. Athena++: its wiki, tutorial on 2D MHD (Orszag-Tang
 * vortex, HLLD, PLM). Idefix: its documentation, "Performances" (3D MHD, cells per core).
 */
const PUBLISHED: readonly Published[] = [
  {label: "Athena++, 2D MHD", side: "right", cells: 200 ** 2, nanoseconds: 1e9 / 5.64e5},
  {label: "Idefix, 3D MHD, EPYC Rome", side: "left", cells: 32 ** 3, nanoseconds: 1e9 / 2.9e5},
  {label: "Idefix, 3D MHD, Cascade Lake", side: "left", cells: 32 ** 3, nanoseconds: 1e9 / 6.2e5},
];

const CAPTION =
  "Lines: one thread here. Diamonds: compiled codes on one core, as published; magnetohydrodynamics (MHD) takes more work than hydrodynamics.";

/** A text on one side of a point; axes are logarithmic. */
const beside = (
  text: string,
  side: "left" | "right",
  cells: number,
  nanoseconds: number,
  color: string,
): Annotation => ({
  text,
  x: Math.log10(cells),
  y: Math.log10(nanoseconds),
  showarrow: false,
  font: {size: 12, color},
  xanchor: side === "right" ? "left" : "right",
  xshift: side === "right" ? 9 : -9,
});

/** Draw what a cell costs on each grid. */
export function simulatorsFigure(all: readonly Series[]): Figure {
  const lines = all.map(({label, points}, i): Data => ({
    type: "scatter",
    mode: "lines+markers",
    name: label,
    showlegend: false,
    x: points.map(({cells}) => cells),
    y: points.map(({nanoseconds}) => round(nanoseconds)),
    line: {color: colours[i], width: 2},
    marker: {color: colours[i], size: 8},
  }));
  const compiled: Data = {
    type: "scatter",
    mode: "markers",
    name: "compiled, published",
    showlegend: false,
    x: PUBLISHED.map(({cells}) => cells),
    y: PUBLISHED.map(({nanoseconds}) => round(nanoseconds)),
    marker: {symbol: "diamond-open", size: 10, color: ink.muted, line: {width: 2}},
  };
  const names = all.map(({label, points}, i) => {
    const {cells, nanoseconds} = points[points.length - 1];
    return beside(label, "right", cells, nanoseconds, colours[i]);
  });
  const layout = {
    ...frame({width: 760, height: 420, margin: {l: 72, r: 24}, caption: CAPTION}),
    xaxis: axis("cells", {type: "log", range: [2.85, 6.05], ...logTicks([1e3, 1e6])}),
    yaxis: axis("time per cell and step (ns)", {type: "log", range: [1.6, 3.7], ...logTicks([50, 5000])}),
  };
  const sources = PUBLISHED.map(({label, side, cells, nanoseconds}) =>
    beside(label, side, cells, nanoseconds, ink.muted),
  );
  return {data: [...lines, compiled], layout: annotate(layout, [...names, ...sources])};
}
