/** All trials of a sweep as lines through their options and their measure. */
import type {Data} from "plotly.js";
import {valueCell} from "../../core/table";
import {badness} from "../../sweep/badness";
import {scaleOf} from "../../sweep/scale";
import {methodsOf, optionsOf, type MeasuredTrial} from "../../sweep/trial";
import {frame, logTicks, round, sequentialScale, type Figure, type FigureOptions} from "../style";
import {shortName} from "./knob-figure";

export interface ParallelOptions extends FigureOptions {
  readonly measure: string;
  /** Share of the trials that is selected, the best. Default: 0.1. */
  readonly share?: number;
}

/** One axis of parallel coordinates. */
interface Dimension {
  readonly label: string;
  readonly values: (number | null)[];
  readonly range?: [number, number];
  readonly tickvals?: number[];
  readonly ticktext?: string[];
  readonly constraintrange?: [number, number];
}

/**
 * Draw trials as lines, one axis an option and the measure last, with the best share selected; logarithms where numbers are
 * positive and far apart.
 */
export function parallelCoordinates(trials: readonly MeasuredTrial[], options: ParallelOptions): Figure {
  const {measure, share = 0.1, ...more} = options;
  const finite = trials.filter(({measured}) => Number.isFinite(measured.values[measure]));
  const paths = optionsOf(finite);
  const several = methodsOf(finite).length > 1;
  const columns: [string, unknown[]][] = [
    ...(several ? [["method", finite.map(({method}) => method)] as [string, unknown[]]] : []),
    ...paths.map((path): [string, unknown[]] => [shortName(path, paths), finite.map(({overrides}) => overrides[path])]),
  ];
  const scores = finite.map(({measured}) => badness(measure, measured.values[measure]));
  const last = dimension(measure, scores);
  const best = [...scores].sort((a, b) => a - b).slice(0, Math.max(1, Math.ceil(share * scores.length)));
  const place = last.log ? Math.log10 : (value: number) => value;
  const margin = 1e-6 * Math.max(1e-12, ...scores.map((value) => Math.abs(place(value))));
  const selected: [number, number] = [place(best[0]) - margin, place(best[best.length - 1]) + margin];
  const dimensions = [
    ...columns.map(([label, values]) => dimension(label, values).axis),
    {...last.axis, constraintrange: selected},
  ];
  const trace = {
    type: "parcoords",
    dimensions,
    line: {color: last.axis.values, colorscale: sequentialScale("viridis"), reversescale: true, showscale: false},
    labelfont: {size: 14},
    tickfont: {size: 13},
    unselected: {line: {color: "#cccccc", opacity: 0.25}},
  };
  const layout = frame({...more, height: 420, margin: {l: 90, r: 60, t: 60, b: 24}, width: more.width ?? 1000});
  return {data: [trace as unknown as Data], layout}; // plotly's types leave this kind of trace out
}

/** Place values on an axis: numbers where they are, words at 0, 1, 2, … */
function dimension(label: string, values: readonly unknown[]): {axis: Dimension; log: boolean} {
  const scale = scaleOf(values);
  if (scale.kind === "words") {
    const words = [...new Set(values.map((value) => String(valueCell(value))))];
    const tickvals = words.map((_, i) => i);
    return {
      axis: {label, values: values.map((value) => words.indexOf(String(valueCell(value)))), tickvals, ticktext: words},
      log: false,
    };
  }
  const {from, to, log} = scale;
  if (!log)
    return {axis: {label, values: (values as number[]).map((value) => round(value, 6)), range: [from, to]}, log};
  const ticks = logTicks(values as number[]);
  const range: [number, number] = [Math.log10(from), Math.log10(to)];
  return {
    axis: {
      label,
      values: (values as number[]).map((value) => round(Math.log10(value), 6)),
      range,
      tickvals: ticks.tickvals.map(Math.log10),
      ticktext: ticks.ticktext.map((text) => text.replace(/<\/?sup>/g, "")),
    },
    log,
  };
}
