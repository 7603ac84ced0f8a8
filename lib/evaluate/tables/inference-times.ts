/** Inference times beside the paper's (Table 1). */
import {records} from "../../core/options/array-rules";
import {checkOptions} from "../../core/options/check-options";
import type {TableRow} from "../../core/table";
import {readCsv} from "./csv";

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
}

/** Accepts inference times. */
export const timesRule = records("inference times", "method", "space", "generation", "decoding");

/**
 * Lay out inference times beside the paper's Table 1, in milliseconds per state. The paper's times include decoding;
 * methods that we do not have appear with its time only. It has times of the Euler system only: for another one there
 * are ours alone.
 *
 * @param path the file table-01.csv.
 * @throws Error naming the file if it cannot be read.
 * @example table1(await lab.timing(), `${projectRoot()}/data/paper/table-01.csv`, lab.system.short)
 */
export function table1(times: readonly InferenceTime[], path: string, dataset = "Euler"): TableRow[] {
  checkOptions("table1", timesRule, times, "times");
  const printed = readCsv(path).filter((row) => row.dataset === dataset);
  if (printed.length === 0) return times.map((time) => timeRow(time, {"paper, ms": null, note: ""}));
  return printed.flatMap(({method, space, value, unit, order_of_magnitude_only: rough}): TableRow[] => {
    const paper = Number(value) * (unit === "s" ? 1000 : 1);
    const beside = {"paper, ms": paper, note: rough === "yes" ? "paper: order of magnitude" : ""};
    const ours = times.filter((time) => time.method === method && time.space === space);
    if (ours.length === 0) {
      return [{method, space, "÷": null, "generation, ms": null, "with decoding, ms": null, ...beside}];
    }
    return ours.map((time) => timeRow(time, beside));
  });
}

function timeRow({method, space, compression, generation, decoding}: InferenceTime, beside: TableRow): TableRow {
  return {
    method,
    space,
    "÷": space === "pixel" && method !== "simulator" ? 1 : (compression ?? null),
    "generation, ms": 1000 * generation,
    "with decoding, ms": 1000 * (generation + decoding),
    ...beside,
  };
}
