/** Table 14: published results on The Well's data, as printed, with ours where a lead time allows it. */
import type {TableRow} from "@lola-ts/core";
import {readCsv, type Horizon} from "lola/evaluate";
import type {TableContent} from "./paper-table";

/** A VRMSE of ours over a range of lead times. */
export interface OwnScore {
  /** "1:20", or "10" for a single one. */
  readonly leadTime: string;
  /** "ViT ÷1", "LNS ÷80" or "LDM ÷80", as the paper calls pixel solver, latent solver and latent diffusion. */
  readonly method: string;
  /** Of autoencoder and emulator, "5.9e5 + 2.4e5", or of the only network. */
  readonly parameters: string;
  readonly value: number;
  readonly error: number;
}

/** List the lead times of the published results on a dataset, each once: "6:12", "1:20", "10". */
export function publishedLeadTimes(path: string, dataset: string): string[] {
  return [...new Set(readCsv(path).flatMap((row) => (row.dataset === dataset ? [row.lead_time] : [])))];
}

/** Read a range of lead times as the paper prints it: "6:12" or "10". */
export function spanOf(leadTime: string): Horizon {
  const ends = leadTime.split(":").map(Number);
  return [ends[0], ends[ends.length - 1]];
}

/**
 * Check that a range of lead times begins after the first state, ends before the last one, and has states.
 *
 * @param times lead times of a forecast's states, ascending.
 */
export function isCovered(leadTime: string, times: readonly number[]): boolean {
  const [from, to] = spanOf(leadTime);
  return times[times.length - 1] >= to && times.some((time) => time > 0 && from <= time && time <= to);
}

/** Say at which of the printed lead times a forecast has no state; nothing if it has all. */
export function missingTimesNote(printed: readonly string[], times: readonly number[]): string {
  const missing = printed.filter((leadTime) => !isCovered(leadTime, times));
  if (missing.length === 0) return "";
  const [first, second] = times.filter((time) => time > 0);
  return `Ours are not at ${missing.join(", ")}: their states are at ${first}, ${second}, …, ${times[times.length - 1]}.`;
}

/** Find the compression rate of the paper's own results on a dataset. */
export function publishedRate(path: string, dataset: string): number | undefined {
  const row = readCsv(path).find((one) => one.dataset === dataset && one.compression !== "");
  return row && Number(row.compression);
}

/**
 * Lay out Table 14 as printed, and under the rows of our dataset ours.
 *
 * @param path the file table-14.csv.
 * @param dataset name in tables; ours come last if it is not in the table.
 * @throws Error naming the file if it cannot be read.
 */
export function publishedTable(own: readonly OwnScore[], path: string, dataset: string): TableContent {
  const printed = readCsv(path);
  const ours = own.map(({method, parameters, leadTime, value, error}): TableRow => ({
    source: "this run",
    method,
    dataset,
    parameters,
    "lead time": leadTime,
    VRMSE: value,
    "VRMSE ±": error,
  }));
  const rows = printed.map(printedRow);
  const last = printed.map((row) => row.dataset).lastIndexOf(dataset);
  const at = last < 0 ? rows.length : last + 1;
  return {rows: [...rows.slice(0, at), ...ours, ...rows.slice(at)]};
}

function printedRow(row: Record<string, string>): TableRow {
  const parts = [row.parameters_autoencoder, row.parameters_emulator].filter(Boolean);
  return {
    source: row.source === "ours" ? "paper" : row.source,
    method: row.compression ? `${row.method} ÷${row.compression}` : row.method,
    dataset: row.dataset,
    parameters: row.parameters || parts.join(" + "),
    "lead time": row.lead_time,
    VRMSE: row.lower_bound === "yes" ? `${row.value}+` : row.value,
  };
}
