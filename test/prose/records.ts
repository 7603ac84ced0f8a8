/** Committed results, in which numbers of prose are looked up. */
import {existsSync, readFileSync} from "node:fs";
import path from "node:path";
import {readCsv} from "../../lib/evaluate/tables/csv";
import type {Passage, PrintedNumber} from "./markdown";

/** A table: rows of text by column. */
export type Records = readonly Readonly<Record<string, string>>[];

const root = path.resolve(__dirname, "../..");

/** Read a committed file, by its path in the project: a CSV as it is, numbers of a JSON as rows of one column. */
export function recordsOf(file: string): Records {
  const full = path.join(root, file);
  if (!existsSync(full)) return [];
  if (file.endsWith(".csv")) return readCsv(full);
  return numbersOfText(readFileSync(full, "utf8"));
}

/** All numbers of a text, a row each. */
export function numbersOfText(text: string): Records {
  return [...text.matchAll(/\d+(?:\.\d+)?(?:e[-+]?\d+)?/g)]
    .map(([number]) => ({number}))
    .filter(({number}) => isNumber(number)); // digits of a hash may read as a number beyond all
}

const isNumber = (text: string) => text !== "" && Number.isFinite(Number(text));

/** Whether a value rounds to what is printed; a printed value is as good as its last digit. */
export function rounds(value: number, printed: {readonly value: number; readonly decimals: number}): boolean {
  return Math.abs(Math.abs(value) - printed.value) <= (0.5 + 1e-6) * 10 ** -printed.decimals;
}

/** Whether a name stands in a text as a whole. */
function names(text: string, name: string): boolean {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\p{L}\\d])${escaped}(?![\\p{L}\\d])`, "iu").test(text);
}

/** Words of a passage for a value of a column: a rate is written ÷80. */
const wordOf = (column: string, value: string) => (column === "÷" ? `÷${value}` : value);

/**
 * Whether a table holds a number of a passage. If the passage names values of a column (a method, a rate), only rows with one
 * of them count; if it names columns of numbers, only those columns.
 */
export function holds(records: Records, number: PrintedNumber, {context}: Pick<Passage, "context">): boolean {
  const [first = {}] = records;
  const columns = Object.keys(first).filter((column) => !column.endsWith(" ±"));
  const labels = columns.filter(
    (column) => column === "÷" || records.some((row) => !isNumber(row[column]) && row[column]),
  );
  const wanted = labels.flatMap((column) => {
    const values = [...new Set(records.map((row) => row[column]))].filter(Boolean);
    const named = values.filter((value) => names(context, wordOf(column, value)));
    return named.length > 0 ? [{column, named}] : [];
  });
  const rows = records.filter((row) => wanted.every(({column, named}) => named.includes(row[column])));
  const named = columns.filter((column) => column.length > 2 && names(context, column));
  return rows.some((row) =>
    (named.length > 0 ? named : columns).some((column) => {
      const text = row[column];
      if (!isNumber(text)) return false;
      const factors = number.isPercent ? [1, 100] : [1];
      return factors.some((factor) => {
        const {error} = number;
        const own = row[`${column} ±`];
        const fits = error === undefined || (own !== undefined && isNumber(own) && rounds(factor * Number(own), error));
        return fits && rounds(factor * Number(text), number);
      });
    }),
  );
}
