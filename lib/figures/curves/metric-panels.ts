/** What the panels of Figure 5 show of curves: from where to where, and how far what leaves them goes. */
import type {CurveSource} from "./curve-style";

/** Metrics of the panels. */
export const metrics = ["vrmse", "ratio", "low", "mid", "high"] as const;

/** A panel, by the metric that it shows. */
export type Panel = (typeof metrics)[number];

/** Metrics of one method over lead time. */
export interface Curve extends CurveSource {
  /** "diffusion", "neural solver", another emulator's label, or a trivial forecast (grey). */
  readonly method: string;
  /** 1 in pixel space; left out for trivial forecasts. */
  readonly compression?: number;
  /** In order of lead time, errors optional; a forecast of one member has no ratio: NaN. */
  readonly rows: readonly (Readonly<Record<Panel, number>> &
    Readonly<Partial<Record<`${Panel} ±`, number>>> & {readonly lead: number})[];
}

/** Finite values of a metric. */
function valuesOf(curves: readonly Curve[], metric: Panel): number[] {
  return curves.flatMap(({rows}) => rows.map((row) => row[metric])).filter(Number.isFinite);
}

const largest = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0);

/**
 * Choose the ends of a panel, high enough for the middle of every emulator's curve unless it is far above all others. Errors
 * begin at 0, the ratio a little below its smallest value: its measure is the line at 1.
 */
export function rangeOf(curves: readonly Curve[], metric: Panel, given?: number): [number, number] {
  const known = curves.filter(({compression}) => compression !== undefined);
  const shown = known.length > 0 ? known : curves;
  const values = valuesOf(shown, metric);
  const middles = shown.map((curve) => 1.15 * median(valuesOf([curve], metric)));
  const enough = Math.max(2.5 * median(values), Math.min(4 * median(values), largest(middles)));
  const top = given ?? Math.max(metric === "ratio" ? 1.1 : 0, 1.04 * Math.min(largest(values), enough));
  const smallest = values.reduce((a, b) => Math.min(a, b), top);
  const bottom = metric === "ratio" ? Math.max(0, Math.floor(10 * smallest - 1) / 10) : 0;
  const room = 0.06 * (top - bottom);
  return [bottom - room, top + room];
}

/** Say how far curves go that leave a panel: emulators, and trivial forecasts apart from them. */
export function cutInWords(curves: readonly Curve[], metric: Panel, top: number): string {
  const isKnown = ({compression}: Curve) => compression !== undefined;
  const trivial = curves.filter((curve) => !isKnown(curve));
  const kinds = [
    {name: "cut", max: largest(valuesOf(curves.filter(isKnown), metric))},
    {name: "grey", max: largest(valuesOf(trivial, metric))},
  ];
  const cut = kinds.filter(({max}) => max > top);
  return cut.map(({name, max}) => `${name}: up to ${Number(max.toPrecision(2))}`).join(", ");
}

/** Put the meaning of bands before a caption, if any curve has errors. */
export function withBands(caption: string | undefined, curves: readonly Curve[]): string | undefined {
  const rows = curves.flatMap((curve) => curve.rows);
  if (!rows.some((row) => metrics.some((metric) => Number.isFinite(row[`${metric} ±`])))) return caption;
  return ["Bands: one standard error over trajectories, either way.", caption].filter(Boolean).join(" ");
}

function median(values: readonly number[]): number {
  return Float64Array.from(values).sort()[values.length >> 1] ?? 0;
}
