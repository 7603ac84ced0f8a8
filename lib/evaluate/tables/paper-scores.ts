/** Numbers that the paper's tables print: scores, and inference times beside ours. */
import type {ScoredMetric} from "../evaluate";
import {readCsv} from "./csv";
import {records, checkOptions, type TableRow} from "@lola-ts/core";
import {central, quantile} from "../summary";

/** One printed number of the paper. */
export interface PaperCell {
  readonly dataset: string;
  readonly method: string;
  readonly space: string;
  readonly compression: number;
  readonly horizon: string;
  readonly metric: ScoredMetric;
  readonly value: number;
}

const metrics: Readonly<Record<string, ScoredMetric>> = {
  VRMSE: "vrmse",
  SEMD: "transport",
  Wasserstein: "transport",
};

/**
 * Read a table of scores of the paper: 6 (VRMSE), 8-10 (power spectrum RMSE by band) or 11-13 (distances between
 * distributions).
 *
 * @throws Error naming the file if it is no such table.
 * @example readPaperScores(`${projectRoot()}/data/paper/table-06.csv`)
 */
export function readPaperScores(path: string): PaperCell[] {
  return readCsv(path).map(({dataset, method, space, compression, horizon, band, metric, value}) => {
    const name = (band as ScoredMetric | undefined) ?? metrics[metric];
    if (!name || !horizon || !compression) {
      throw new Error(
        `${path}: expected columns compression, horizon and a band or a metric ` +
          `(${Object.keys(metrics).join(", ")}), found metric ${metric}.`,
      );
    }
    return {dataset, method, space, compression: Number(compression), horizon, metric: name, value: Number(value)};
  });
}

/** Inference time of one method, in seconds per state. */
export interface InferenceTime {
  /** "simulator", "neural solver" or "diffusion". */
  readonly method: string;
  readonly space: "latent" | "pixel";
  readonly compression?: number;
  /** Seconds to generate one state. */
  readonly generation: number;
  /** Seconds to decode one state, 0 in pixel space. */
  readonly decoding: number;
  /** Seconds per state of each repeated measurement, decoding included. Default: not known. */
  readonly repeats?: readonly number[];
  /** Floating-point operations of networks to generate and decode one state. Default: not known. */
  readonly operations?: number;
  /** Seconds of a whole trajectory, all states decoded, of each measurement. Default: not known. */
  readonly trajectory?: readonly number[];
}

export const timesRule = records("inference times", "method", "space", "generation", "decoding");

/**
 * Lay out inference times beside the paper's Table 1, in milliseconds per state. The paper's times include decoding;
 * methods that we do not have appear with its time only. It has times of the Euler system only: for another one there
 * are ours alone.
 *
 * Columns `with decoding, ms ±` and `trajectory, s ±` are half the interquartile range of repeated measurements; `GFLOP` are
 * the operations of networks to generate and decode one state; `simulator / own` says how many times as long a simulated
 * trajectory takes.
 *
 * @param path the file table-01.csv.
 * @throws Error naming the file if it cannot be read.
 * @example table1(await lab.timing(), `${projectRoot()}/data/paper/table-01.csv`, lab.system.short)
 */
export function table1(times: readonly InferenceTime[], path: string, dataset = "Euler"): TableRow[] {
  checkOptions("table1", timesRule, times, "times");
  const printed = readCsv(path).filter((row) => row.dataset === dataset);
  const simulator = median(times.find(({method}) => method === "simulator")?.trajectory ?? []);
  if (printed.length === 0) return times.map((time) => timeRow(time, simulator, {"paper, ms": null, note: ""}));
  return printed.flatMap(({method, space, value, unit, order_of_magnitude_only: rough}): TableRow[] => {
    const paper = Number(value) * (unit === "s" ? 1000 : 1);
    const beside = {"paper, ms": paper, note: rough === "yes" ? "paper: order of magnitude" : ""};
    const ours = times.filter((time) => time.method === method && time.space === space);
    if (ours.length === 0) {
      const none = {"generation, ms": null, "with decoding, ms": null, "with decoding, ms ±": null, GFLOP: null};
      const whole = {"trajectory, s": null, "trajectory, s ±": null, "simulator / own": null};
      return [{method, space, "÷": null, ...none, ...whole, ...beside}];
    }
    return ours.map((time) => timeRow(time, simulator, beside));
  });
}

const median = (values: readonly number[]) => (values.length === 0 ? null : central(values, "median"));

/** Half the interquartile range; none of fewer than three measurements. */
function spreadOf(values: readonly number[]): number | null {
  return values.length < 3 ? null : (quantile(values, 0.75) - quantile(values, 0.25)) / 2;
}

const scaled = (value: number | null, factor: number) => (value === null ? null : factor * value);

function timeRow(
  {method, space, compression, generation, decoding, repeats = [], operations, trajectory = []}: InferenceTime,
  simulator: number | null,
  beside: TableRow,
): TableRow {
  const whole = median(trajectory);
  return {
    method,
    space,
    "÷": space === "pixel" && method !== "simulator" ? 1 : (compression ?? null),
    "generation, ms": 1000 * generation,
    "with decoding, ms": 1000 * (generation + decoding),
    "with decoding, ms ±": scaled(spreadOf(repeats), 1000),
    GFLOP: scaled(operations ?? null, 1e-9),
    "trajectory, s": whole,
    "trajectory, s ±": spreadOf(trajectory),
    "simulator / own": simulator === null || whole === null ? null : simulator / whole,
    ...beside,
  };
}
