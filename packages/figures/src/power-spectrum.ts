/** Power spectra of the truth and of each method. */
import type {Annotation, Layout, LayoutAxis, ScatterData, Shape} from "plotly.js";
import {records, row, rowOf, checkOptions, list, optional} from "@lola-ts/core";
import {quantile} from "lola/evaluate";
import {annotate, axis, explained, frame, heading, legend, logTicks} from "./layout";
import {band, checkFigure, curveStyles, ink, line, rateLabel, round} from "./style";
import type {CurveStyle, Figure, FigureOptions, LineLook} from "./style";

/** Isotropic power spectra of trajectories. */
type Spectra = readonly ArrayLike<number>[];

export interface SpectrumCurve {
  /** "autoencoder", "diffusion", "neural solver". */
  readonly method: string;
  readonly compression: number;
  /** One spectrum per trajectory in the order of the truth's. */
  readonly power: Spectra;
}

export interface SpectrumOptions extends FigureOptions {
  /** Edges of the bands low, mid and high in cycles per pixel: four numbers. */
  bands?: ArrayLike<number>;
}

/** Markers that a curve shows at most. */
const MARKS = 9;

/** The middle and the ends of the band. */
const QUANTILES = [0.16, 0.5, 0.84] as const;

/** Low end, middle and high end at each wavenumber. */
type Bundle = readonly (readonly number[])[];

const spectraRule = list(row);

/** Quantiles over trajectories of a number of each, at every wavenumber. */
function bundle(k: ArrayLike<number>, count: number, value: (trajectory: number, ring: number) => number): Bundle {
  const rings = Array.from(k, (_, ring) => Array.from({length: count}, (__, n) => value(n, ring)));
  return QUANTILES.map((share) => rings.map((samples) => quantile(samples, share)));
}

/**
 * Draw power spectra of the truth and of each method (left) and their ratio (right), both over wavenumber in cycles per
 * pixel: where a ratio falls off, structures of that size are lost. Of several trajectories, lines are medians and bands range
 * from the 16 % to the 84 % quantile, which the caption says.
 *
 * @param k wavenumbers, one per ring.
 * @throws RangeError if a spectrum has another length than `k`, or a method has another number of them than the truth.
 * @example powerSpectra(k, truths, [{method: "autoencoder", compression: 20, power: reconstructions}], {bands: bandEdges(k)})
 */
export function powerSpectra(
  k: ArrayLike<number>,
  truth: Spectra,
  curves: readonly SpectrumCurve[],
  options: SpectrumOptions = {},
): Figure {
  checkOptions("powerSpectra", row, k, "k");
  checkOptions("powerSpectra", spectraRule, truth, "truth");
  checkOptions("powerSpectra", records("curves", "method", "compression", "power"), curves, "curves");
  curves.forEach(({power}, i) => checkOptions("powerSpectra", spectraRule, power, `curves.${i}.power`));
  checkFigure("powerSpectra", options, {bands: optional(rowOf(4))});
  requireFit(k.length, truth, curves);
  const style = curveStyles(curves);
  const shown = Array.from(k, (value) => round(value)!);
  const draw = (
    name: string,
    panel: "" | "2",
    look: Drawn["look"],
    value: (trajectory: number, ring: number) => number,
  ) => traces({name, x: shown, values: bundle(k, truth.length, value), panel, look, isMany: truth.length > 1});
  const data = [
    ...draw("truth", "", TRUTH, (n, ring) => truth[n][ring]),
    ...curves.flatMap(({method, compression, power}) => {
      const name = `${method} ${rateLabel(compression)}`;
      const own = style({method, compression});
      const look = {...own, width: 1.8, dash: method === "autoencoder" ? ("solid" as const) : own.dash};
      return [
        ...draw(name, "", look, (n, ring) => power[n][ring]),
        ...draw(name, "2", look, (n, ring) => power[n][ring] / truth[n][ring]),
      ];
    }),
  ];
  return {data, layout: layoutOf(k, data, captioned(options, truth.length))};
}

/** Check that all spectra belong to the wavenumbers and to the truth. */
function requireFit(length: number, truth: Spectra, curves: readonly SpectrumCurve[]): void {
  for (const {length: found} of [...truth, ...curves.flatMap(({power}) => power)]) {
    if (found !== length) {
      throw new RangeError(`powerSpectra: expected ${length} values per spectrum, found ${found}.`);
    }
  }
  const odd = curves.find(({power}) => power.length !== truth.length);
  if (!odd) return;
  throw new RangeError(
    `powerSpectra: expected ${truth.length} spectra as of the truth, found ${odd.power.length} of ${odd.method}.`,
  );
}

/** Say what lines and bands are, before the caption. */
function captioned(options: SpectrumOptions, count: number): SpectrumOptions {
  if (count < 2) return options;
  const words = `Lines: medians over ${count} trajectories; bands: their 16 % to 84 % quantiles.`;
  return {...options, caption: explained(words, options.caption)};
}

const TRUTH = {color: ink.text, dash: "solid", width: 2.4} as const;

interface Drawn {
  readonly name: string;
  readonly x: number[];
  readonly values: Bundle;
  readonly panel: "" | "2";
  readonly look: CurveStyle & LineLook;
  readonly isMany: boolean;
}

/** The band of several trajectories and the line of their middle. */
function traces({name, x, values: [low, middle, high], panel, look, isMany}: Drawn): Partial<ScatterData>[] {
  const place = {legendgroup: name, xaxis: `x${panel}`, yaxis: `y${panel}`};
  const marked = {...look, marks: MARKS};
  const curve = line(name, [x, middle], marked, {
    ...place,
    showlegend: panel === "",
    hovertemplate: `${name}, k = %{x:.3f}: %{y:.3g}<extra></extra>`,
  });
  return isMany ? [band(x, [low, high], look.color, {...place, name: "spread"}), curve] : [curve];
}

function layoutOf(k: ArrayLike<number>, data: readonly Partial<ScatterData>[], options: SpectrumOptions): Layout {
  const {bands} = options;
  const values = (panel: string) =>
    data.filter(({xaxis}) => xaxis === panel).flatMap(({y}) => (y as (number | null)[]).map((value) => value ?? 0));
  const powers = values("x");
  const largest = values("x2").reduce((a, b) => Math.max(a, b), 0);
  const top = Math.max(1.25, Math.min(2.5, largest * 1.05));
  const range: [number, number] = [Math.log10(k[0]) - 0.03, Math.log10(k[k.length - 1]) + 0.03];
  const across = (domain: [number, number], anchor: "y" | "y2"): LayoutAxis =>
    axis("Wavenumber (cycles per pixel)", {type: "log", domain, anchor, range, ...logTicks(Array.from(k))});
  const layout: Layout = {
    ...frame({...options, height: 420, margin: {l: 92, r: 20, t: 34}}),
    xaxis: across([0, 0.46], "y"),
    xaxis2: across([0.54, 1], "y2"),
    yaxis: axis("Power (field units²)", {type: "log", ...logTicks(powers), anchor: "x", range: powerRange(powers)}),
    yaxis2: axis("", {anchor: "x2", range: [0, top]}),
    legend: legend({x: 0.012, y: 0.02, xanchor: "left", yanchor: "bottom"}),
    shapes: bands ? ["", "2"].flatMap((panel) => bandShapes(bands, panel)) : [],
  };
  const names = bands ? ["", "2"].flatMap((panel) => bandNames(bands, panel)) : [];
  return annotate(layout, [heading("Power spectrum", 0.23), heading("Relative to the truth", 0.77), ...names]);
}

/** Ends of the axis of powers, as logarithms: room above for the names of the bands. */
function powerRange(powers: readonly number[]): [number, number] {
  const logarithms = powers.filter((power) => power > 0).map(Math.log10);
  const [low, high] = [Math.min(...logarithms), Math.max(...logarithms)];
  const span = high - low || 1;
  return [low - 0.04 * span, high + 0.18 * span];
}

/** Names of the bands with the wavelengths of their structures, at their geometric centres. */
function bandNames(bands: ArrayLike<number>, panel: string): Annotation[] {
  const pixels = (k: number) => `${Number((1 / k).toPrecision(2))}`;
  return ["Low", "Mid", "High"].map((name, i) => ({
    text: `${name}<br>${pixels(bands[i])}–${pixels(bands[i + 1])} px`,
    xref: `x${panel}` as "x" | "x2",
    yref: "paper",
    x: Math.log10(Math.sqrt(bands[i] * bands[i + 1])),
    y: 0.99,
    yanchor: "top",
    showarrow: false,
    font: {size: 13, color: ink.muted},
  }));
}

/** Grounds of the outer bands, behind the curves. */
function bandShapes(bands: ArrayLike<number>, panel: string): Shape[] {
  return [0, 2].map((i) => ({
    type: "rect",
    layer: "below",
    xref: `x${panel}` as "x" | "x2",
    yref: `y${panel} domain` as "y domain" | "y2 domain",
    x0: bands[i],
    x1: bands[i + 1],
    y0: 0,
    y1: 1,
    fillcolor: "#f5f5f5",
    line: {width: 0},
  }));
}
