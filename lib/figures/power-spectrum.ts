import {records, row, rowOf} from "../core/options/array-rules";
import {checkOptions} from "../core/options/check-options";
import {optional} from "../core/options/rules";
import type {Annotation, Layout, ScatterData, Shape} from "plotly.js";
import {
  annotate,
  axis,
  dash,
  type Figure,
  type FigureOptions,
  frame,
  heading,
  ink,
  legend,
  logTicks,
  palette,
  rateLabel,
  round,
} from "./style";

/** Isotropic power spectrum of one method. */
export interface SpectrumCurve {
  /** "autoencoder", "diffusion", "neural solver". */
  readonly method: string;
  readonly compression: number;
  readonly power: ArrayLike<number>;
}

export interface SpectrumOptions extends FigureOptions {
  /** Edges of the bands low, mid and high in cycles per pixel: four numbers. */
  bands?: ArrayLike<number>;
}

/**
 * Draw power spectra of the truth and of each method (left) and their ratio (right), both over wavenumber in cycles per
 * pixel: where a ratio falls off, structures of that size are lost.
 *
 * @param k wavenumbers, one per ring.
 * @throws RangeError if a spectrum has another length than `k`.
 */
export function powerSpectra(
  k: ArrayLike<number>,
  truth: ArrayLike<number>,
  curves: readonly SpectrumCurve[],
  options: SpectrumOptions = {},
): Figure {
  checkOptions("powerSpectra", row, k, "k");
  checkOptions("powerSpectra", row, truth, "truth");
  checkOptions("powerSpectra", records("curves", "method", "compression", "power"), curves, "curves");
  checkOptions("powerSpectra", optional(rowOf(4)), options.bands, "bands");
  for (const {power} of [{power: truth}, ...curves]) {
    if (power.length !== k.length) {
      throw new RangeError(`powerSpectra: expected ${k.length} values per spectrum, found ${power.length}.`);
    }
  }
  const colour = palette(curves.map(({compression}) => compression));
  const x = Array.from(k, (value) => round(value));
  const line = (name: string, y: (number | null)[], panel: "" | "2", style: ScatterData["line"]) => ({
    type: "scatter" as const,
    mode: "lines" as const,
    name,
    legendgroup: name,
    showlegend: panel === "",
    x,
    y,
    xaxis: `x${panel}`,
    yaxis: `y${panel}`,
    line: {width: 1.8, ...style},
    hovertemplate: `${name}, k = %{x:.3f}: %{y:.3g}<extra></extra>`,
  });
  const data = [
    line(
      "truth",
      Array.from(truth, (value) => round(value)),
      "",
      {color: ink.text, width: 2.4},
    ),
  ];
  for (const {method, compression, power} of curves) {
    const name = `${method} ${rateLabel(compression)}`;
    const style: ScatterData["line"] = {
      color: colour.get(compression),
      dash: method === "autoencoder" ? "solid" : dash(method),
    };
    data.push(
      line(
        name,
        Array.from(power, (value) => round(value)),
        "",
        style,
      ),
    );
    data.push(
      line(
        name,
        Array.from(power, (value, i) => round(value / truth[i])),
        "2",
        style,
      ),
    );
  }
  const ratios = data.filter(({xaxis}) => xaxis === "x2").flatMap(({y}) => y.map((value) => value ?? 0));
  const top = Math.max(1.2, Math.min(2.5, ratios.reduce((a, b) => Math.max(a, b), 0) * 1.05));
  const range: [number, number] = [Math.log10(k[0]) - 0.03, Math.log10(k[k.length - 1]) + 0.03];
  const powers = [truth, ...curves.map(({power}) => power)].flatMap((power) => Array.from(power));
  const across = (domain: [number, number], anchor: "y" | "y2") =>
    axis("Wavenumber (cycles per pixel)", {type: "log", domain, anchor, range, ...logTicks(x.map(Number))});
  const layout: Layout = {
    ...frame({...options, height: 420, margin: {l: 92, r: 20, t: 34}}),
    xaxis: across([0, 0.46], "y"),
    xaxis2: across([0.54, 1], "y2"),
    yaxis: axis("Power", {type: "log", ...logTicks(powers), anchor: "x"}),
    yaxis2: axis("", {anchor: "x2", range: [0, top]}),
    legend: legend({x: 0.012, y: 0.02, xanchor: "left", yanchor: "bottom"}),
    shapes: bandShapes(options.bands),
  };
  const names = ["Low", "Mid", "High"].flatMap((name, i): Annotation[] => {
    const {bands} = options;
    if (!bands) return [];
    const centre = Math.log10(Math.sqrt(bands[i] * bands[i + 1]));
    return [
      {
        text: name,
        xref: "x2",
        yref: "paper",
        x: centre,
        y: 0.99,
        yanchor: "top",
        showarrow: false,
        font: {size: 14, color: ink.muted},
      },
    ];
  });
  return {
    data,
    layout: annotate(layout, [heading("Power spectrum", 0.23), heading("Relative to the truth", 0.77), ...names]),
  };
}

/** Grounds of the outer bands, behind the ratios. */
function bandShapes(bands?: ArrayLike<number>): Shape[] {
  if (!bands) return [];
  return [0, 2].map((i) => ({
    type: "rect",
    layer: "below",
    xref: "x2",
    yref: "y2 domain",
    x0: bands[i],
    x1: bands[i + 1],
    y0: 0,
    y1: 1,
    fillcolor: "#f5f5f5",
    line: {width: 0},
  }));
}
