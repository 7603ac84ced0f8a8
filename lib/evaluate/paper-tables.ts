/**
 * Scores as tables with the paper's value beside ours, and tables as CSV, HTML and danfojs DataFrames.
 *
 * Compression rates are not the paper's (smaller states leave less to compress), so rates are compared by rank: our
 * lowest with its lowest. The tables name both.
 */
import {readFileSync} from "node:fs";
import {type Cell, type TableRow} from "../core/table";
import type {HorizonScore, ScoredMetric} from "./evaluate";

/** Who made a prediction. */
export interface Labels {
  /** Euler, RB or TGC. */
  readonly dataset: string;
  /** "autoencoder", "diffusion", "neural solver", or one of {@link baselineMethods}. */
  readonly method: string;
  /** Where it works; "" for trivial forecasts. */
  readonly space: "latent" | "pixel" | "";
  /** Compression rate, 1 in pixel space, null for trivial forecasts. */
  readonly compression: number | null;
}

/** A score and who earned it: one row of a table in long format. */
export type Result = Labels & HorizonScore;

/** Methods of the trivial forecasts. */
export const baselineMethods = ["first frame", "training mean", "spatial mean"] as const;

/** Say who earned some scores. */
export function withLabels(scores: readonly HorizonScore[], labels: Labels): Result[] {
  return scores.map((score) => ({...labels, ...score}));
}

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

/**
 * Read a CSV file with a header row.
 *
 * @throws Error naming the file if it cannot be read or a row has another number of cells than the header.
 */
export function readCsv(path: string): Record<string, string>[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`${path}: expected a CSV file, but it cannot be read (${(error as Error).message})`);
  }
  const [header, ...lines] = text.trim().split(/\r?\n/).map(splitCsv);
  return lines.map((cells, i) => {
    if (cells.length !== header.length) {
      throw new Error(`${path}, line ${i + 2}: expected ${header.length} cells, found ${cells.length}`);
    }
    return Object.fromEntries(header.map((name, column) => [name, cells[column]]));
  });
}

function splitCsv(line: string): string[] {
  const cells = line.match(/("([^"]|"")*"|[^,"]*)(,|$)/g)?.slice(0, line.endsWith(",") ? undefined : -1) ?? [];
  return cells.map((cell) =>
    cell
      .replace(/,$/, "")
      .replace(/^"(.*)"$/s, "$1")
      .replaceAll('""', '"'),
  );
}

/** What the paper calls our metrics. */
const paperNames: Readonly<Record<string, ScoredMetric>> = {
  VRMSE: "vrmse",
  SEMD: "transport",
  Wasserstein: "transport",
};

/**
 * Read a table of scores of the paper: 6 (VRMSE), 8-10 (power spectrum RMSE by band) or 11-13 (distances between
 * distributions).
 *
 * @throws Error naming the file if it is no such table.
 */
export function readPaperScores(path: string): PaperCell[] {
  return readCsv(path).map(({dataset, method, space, compression, horizon, band, metric, value}) => {
    const name = (band as ScoredMetric | undefined) ?? paperNames[metric];
    if (!name || !horizon || !compression) {
      throw new Error(
        `${path}: expected columns compression, horizon and a band or a metric ` +
          `(${Object.keys(paperNames).join(", ")}), found metric ${metric}`,
      );
    }
    return {dataset, method, space, compression: Number(compression), horizon, metric: name, value: Number(value)};
  });
}

export interface ComparisonOptions {
  /** Which metric, "vrmse" for Table 6, a band for Table 8, "transport" for Table 11. */
  metric?: ScoredMetric;
  /** The paper's compression rate to set beside one of ours; by rank if left out. */
  counterpart?: (compression: number) => number | undefined;
}

const methodOrder = ["autoencoder", "diffusion", "neural solver", ...baselineMethods];

/**
 * Lay out results as the paper's Table 6: a row per method and compression; per horizon our value, its standard error
 * (`1:20 ±`) and the paper's value (`1:20 paper`, null where it has none).
 *
 * @param results of one dataset.
 * @param paper from {@link readPaperScores}.
 */
export function comparison(
  results: readonly Result[],
  paper: readonly PaperCell[],
  {metric = "vrmse", counterpart}: ComparisonOptions = {},
): TableRow[] {
  const ours = results.filter((result) => result.metric === metric);
  const horizons = [...new Set(ours.map(({horizon}) => horizon))];
  const rates = (cells: readonly {compression: number | null}[]) =>
    [...new Set(cells.map(({compression}) => compression ?? 0))].filter((rate) => rate > 1).sort((a, b) => a - b);
  const dataset = ours[0]?.dataset;
  const theirs = paper.filter((cell) => cell.dataset === dataset && cell.metric === metric);
  const [ourRates, paperRates] = [rates(ours), rates(theirs)];
  const byRank = (rate: number) =>
    rate === 1 ? 1 : ourRates.length === paperRates.length ? paperRates[ourRates.indexOf(rate)] : undefined;
  const partner = (rate: number | null) => (rate === null ? undefined : (counterpart ?? byRank)(rate));

  const order = ({method, compression}: Result) => methodOrder.indexOf(method) * 1e6 + (compression ?? 0);
  const groups = new Map<number | string, Result[]>();
  for (const result of [...ours].sort((a, b) => order(a) - order(b))) {
    const key = `${result.method} ${result.compression}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()].map((group) => {
    const {method, space, compression} = group[0];
    const rate = partner(compression) ?? null;
    const row: TableRow = {method, space, "÷": compression, "÷ paper": rate};
    for (const horizon of horizons) {
      const found = group.find((result) => result.horizon === horizon);
      const printed = theirs.find(
        (cell) => cell.method === method && cell.compression === rate && cell.horizon === horizon,
      );
      row[horizon] = found?.value ?? null;
      row[`${horizon} ±`] = found?.error ?? null;
      row[`${horizon} paper`] = printed?.value ?? null;
    }
    return row;
  });
}

/** Lay out our VRMSE beside the paper's Table 6, read from `path` (table-06.csv). */
export function table6(results: readonly Result[], path: string, options: ComparisonOptions = {}): TableRow[] {
  return comparison(results, readPaperScores(path), {...options, metric: "vrmse"});
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
}

/**
 * Lay out inference times beside the paper's Table 1, read from `path` (table-01.csv), in milliseconds per state.
 * The paper's times include decoding; methods that we do not have appear with its time only. It has times of the Euler
 * system only: for another one there are ours alone.
 */
export function table1(times: readonly InferenceTime[], path: string, dataset = "Euler"): TableRow[] {
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

/** Columns of a table, in the order in which rows first name them. */
function columnsOf(rows: readonly object[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

/** Write rows as CSV: all digits, quotes only where needed, empty for null and NaN; arrays are left out. */
export function toCsv(rows: readonly object[]): string {
  const records = rows as readonly Record<string, Cell | undefined | readonly unknown[]>[];
  const columns = columnsOf(rows).filter((column) => !records.some((row) => Array.isArray(row[column])));
  const cell = (value: Cell | undefined | readonly unknown[]) => {
    if (value === null || value === undefined || Number.isNaN(value)) return "";
    const text = `${value as string | number}`;
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = records.map((row) => columns.map((column) => cell(row[column])).join(","));
  return [columns.map(cell).join(","), ...lines].join("\n") + "\n";
}

/** Write a number for reading: whole ones as they are, others with 3 decimals, or 2 digits if smaller; "–" for none. */
export function formatNumber(value: number | null, digits = 3): string {
  if (value === null || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const text =
    Number.isInteger(value) || size >= 1000
      ? String(Math.round(value))
      : size >= 100
        ? value.toFixed(Math.max(0, digits - 2))
        : size >= 10 ** (1 - digits)
          ? value.toFixed(digits)
          : value.toPrecision(2);
  return text.replace("-", "−");
}

export interface HtmlOptions {
  /** Decimals of numbers that are not whole. */
  digits?: number;
}

/**
 * Write rows as an HTML table for a notebook: caption above, numbers right-aligned; a column `x ±` is shown inside
 * column `x`. Text is escaped.
 */
export function toHtmlTable(rows: readonly TableRow[], caption: string, {digits = 3}: HtmlOptions = {}): string {
  const columns = columnsOf(rows);
  const shown = columns.filter((column) => !(column.endsWith(" ±") && columns.includes(column.slice(0, -2))));
  const numeric = (column: string) => rows.every((row) => typeof (row[column] ?? 0) === "number");
  const align = (column: string) =>
    `text-align:${numeric(column) ? "right" : "left"};padding:2px 10px;white-space:nowrap`;
  const cell = (row: TableRow, column: string) => {
    const value = row[column] ?? null;
    const text = typeof value === "string" ? escapeHtml(value) : formatNumber(value, digits);
    const error = row[`${column} ±`];
    const suffix =
      typeof error === "number" && !Number.isNaN(error) ? ` <small>± ${formatNumber(error, digits)}</small>` : "";
    return `<td style="${align(column)}">${text}${suffix}</td>`;
  };
  const head = shown.map((column) => `<th style="${align(column)}">${escapeHtml(column)}</th>`).join("");
  const body = rows.map((row) => `<tr>${shown.map((column) => cell(row, column)).join("")}</tr>`).join("\n");
  return `<table style="border-collapse:collapse;font-variant-numeric:tabular-nums">
<caption style="caption-side:top;text-align:left;padding:4px 10px"><b>${escapeHtml(caption)}</b></caption>
<thead style="border-bottom:1px solid #999"><tr>${head}</tr></thead>
<tbody>
${body}
</tbody>
</table>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A column of a {@link DataFrame}. */
export interface Series {
  readonly values: unknown;
  print(): void;
}

/**
 * The part of danfojs' DataFrame that a notebook needs. The whole type is `DataFrame` of package danfojs-node; naming it
 * here would make every notebook that imports the library read the typings of that package and of all that it uses.
 */
export interface DataFrame {
  readonly columns: string[];
  readonly shape: number[];
  readonly values: unknown;
  column(name: string): Series;
  head(rows?: number): DataFrame;
  tail(rows?: number): DataFrame;
  iloc(chosen: {rows?: (string | number)[]; columns?: (string | number)[]}): DataFrame;
  loc(chosen: {rows?: (string | number)[]; columns?: string[]}): DataFrame;
  describe(): DataFrame;
  print(): void;
}

/** Make a danfojs DataFrame of rows; the package is loaded on the first call only (it takes a second or two). */
export async function toDataFrame(rows: readonly TableRow[]): Promise<DataFrame> {
  const danfo = await import("danfojs-node");
  const columns = columnsOf(rows);
  return new danfo.DataFrame(
    rows.map((row) => columns.map((column) => row[column] ?? null)),
    {columns},
  );
}
