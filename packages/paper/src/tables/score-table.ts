/**
 * Scores beside the paper's (Tables 6 to 13): what compression does, or the number of context states, row by row.
 *
 * A row is a method on a horizon, a column a compression rate: first ours, then the paper's. Rates need no partner: each has
 * its own column. Horizons are matched by rank where they differ, and both are named.
 */
import type {TableRow} from "@lola-ts/core";
import {matchHorizons, type PaperCell, baselineMethods, emulatorMethods, horizonsOf, type Result} from "lola/evaluate";
import {laidOut, lowestPerRow, type PlacedNumber, type TableContent} from "./paper-table";

export interface PlacedScore {
  readonly method: string;
  readonly horizon: string;
  /** Column: a compression rate or a number of context states; null for methods without any. */
  readonly group: number | null;
  readonly value: number;
  /** Standard error; NaN where it is unknown. Default: none. */
  readonly error?: number;
}

/** Scores by one metric, ours and the paper's. */
export interface ScorePart {
  /** First column of its rows, e.g. {band: "low"}. Default: none. */
  readonly title?: TableRow;
  readonly ours: readonly PlacedScore[];
  /** Of the same dataset and metric; none for a system that is not in the paper. */
  readonly paper: readonly PlacedScore[];
}

/** How columns are named: "÷40", "paper ÷80", and "any ÷" for forecasts that do not depend on it. */
export interface GroupNames {
  readonly name: (group: number) => string;
  readonly any: string;
}

/** Method of the reference row of Tables 11 to 13. */
export const CONSECUTIVE = "two consecutive states";

export const BY_RATE: GroupNames = {name: (rate) => `÷${rate}`, any: "any ÷"};
export const BY_CONTEXT: GroupNames = {name: (context) => `c = ${context}`, any: "any c"};

const FIRST: readonly string[] = ["autoencoder", ...emulatorMethods];
const LAST: readonly string[] = [...baselineMethods, CONSECUTIVE];

/** Place a method in tables: the paper's, others with a label of their own, trivial forecasts and references. */
const place = (method: string) =>
  FIRST.includes(method) ? FIRST.indexOf(method) : FIRST.length + 1 + LAST.indexOf(method);

/** Take results by one metric, by their compression rates. */
export function placedByRate(results: readonly Result[]): PlacedScore[] {
  return results.map(({compression, ...result}) => ({...result, group: compression}));
}

/** Take the paper's numbers of a dataset by one metric, by their compression rates. */
export function paperByRate(cells: readonly PaperCell[], dataset: string, metric: string): PlacedScore[] {
  return cells
    .filter((cell) => cell.dataset === dataset && cell.metric === metric)
    .map(({compression, ...cell}) => ({...cell, group: compression}));
}

/**
 * Lay out scores beside the paper's: rows are methods on horizons (under each part's title), columns compression rates or
 * numbers of context states. The best of each row is marked, of ours and of the paper's. What is known of one side only is
 * empty on the other.
 *
 * @param parts one for each metric; a table of spectra has several.
 * @param printedDecimals decimals that the paper prints. Default: 3.
 */
export function scoreTable(
  parts: readonly ScorePart[],
  names: GroupNames = BY_RATE,
  printedDecimals = 3,
): TableContent {
  const ours = parts.flatMap((part) => part.ours);
  const paper = parts.flatMap((part) => part.paper);
  if (ours.length === 0) throw new RangeError("scoreTable: expected scores, found none.");
  const printed = matchHorizons(horizonsOf(ours), horizonsOf(paper));
  const differ = [...printed].some(([own, other]) => own !== other);
  const own = columnsOf(ours, names);
  const beside = columnsOf(paper, names).map((column) => `paper ${column}`);
  const numbers = parts.flatMap((part) => placed(part, {printed, differ, names}));
  const rows = laidOut(numbers, [...own, ...beside]);
  const compared = (columns: readonly string[]) => columns.filter((column) => !column.endsWith(names.any));
  const decimals = Object.fromEntries(beside.map((column) => [column, printedDecimals]));
  return {rows, decimals, bold: lowestPerRow(rows, [compared(own), compared(beside)])};
}

/** Name the columns of scores, ascending; last the one of those without any. */
function columnsOf(scores: readonly PlacedScore[], {name, any}: GroupNames): string[] {
  const groups = new Set(scores.map(({group}) => group));
  const numbers = [...groups].filter((group) => group !== null).sort((a, b) => a - b);
  return [...numbers.map(name), ...(groups.has(null) ? [any] : [])];
}

interface Placing {
  /** The paper's horizon of each of ours. */
  readonly printed: ReadonlyMap<string, string>;
  /** Whether some of them differ, so that rows name both. */
  readonly differ: boolean;
  readonly names: GroupNames;
}

/** Find row and column of all numbers of a part, by method and horizon. */
function placed({title, ours, paper}: ScorePart, {printed, differ, names: {name, any}}: Placing): PlacedNumber[] {
  const methods = [...new Set([...ours, ...paper].map(({method}) => method))].sort((a, b) => place(a) - place(b));
  const column = (group: number | null) => (group === null ? any : name(group));
  return methods.flatMap((method) =>
    horizonsOf(ours).flatMap((horizon): PlacedNumber[] => {
      const other = printed.get(horizon);
      const row: TableRow = {...title, method, horizon, ...(differ && {"horizon (paper)": other ?? null})};
      const isOwn = (score: PlacedScore) => score.method === method && score.horizon === horizon;
      const isPaper = (score: PlacedScore) => score.method === method && score.horizon === other;
      return [
        ...ours.filter(isOwn).map(({group, value, error}) => ({row, column: column(group), value, error})),
        ...paper.filter(isPaper).map(({group, value}) => ({row, column: `paper ${column(group)}`, value})),
      ];
    }),
  );
}
