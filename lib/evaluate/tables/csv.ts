/** Tables as CSV files with a header row. */
import {readFileSync} from "node:fs";
import type {Cell} from "../../core/table";
import {columnsOf} from "./cells";

/**
 * Read a CSV file with a header row.
 *
 * @returns one object per row, cells as text by column.
 * @throws Error naming the file if it cannot be read or a row has another number of cells than the header.
 * @example readCsv(`${projectRoot()}/data/paper/table-04.csv`)
 */
export function readCsv(path: string): Record<string, string>[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`${path}: expected a CSV file, but it cannot be read (${(error as Error).message})`);
  }
  const [header, ...lines] = text.trim().split(/\r?\n/).map(splitLine);
  return lines.map((cells, i) => {
    if (cells.length !== header.length) {
      throw new Error(`${path}, line ${i + 2}: expected ${header.length} cells, found ${cells.length}`);
    }
    return Object.fromEntries(header.map((name, column) => [name, cells[column]]));
  });
}

function splitLine(line: string): string[] {
  const cells = line.match(/("([^"]|"")*"|[^,"]*)(,|$)/g)?.slice(0, line.endsWith(",") ? undefined : -1) ?? [];
  return cells.map((cell) =>
    cell
      .replace(/,$/, "")
      .replace(/^"(.*)"$/s, "$1")
      .replaceAll('""', '"'),
  );
}

/** Write rows as CSV: all digits, quotes only where needed, empty for null and NaN; columns of arrays are left out. */
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
