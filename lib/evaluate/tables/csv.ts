/** Tables as CSV files with a header row. */
import {readFileSync} from "node:fs";
import {records, checkOptions, printable, type Cell} from "@lola-ts/core";
import {columnsOf} from "./cells";

/**
 * Read a CSV file with a header row.
 *
 * @returns one object per row, cells as text by column.
 * @throws Error naming the file and the line if it cannot be read, a row has another number of cells than the header, a column
 * is there twice, or quotes do not enclose a whole cell.
 * @example readCsv(`${projectRoot()}/data/paper/table-04.csv`)
 */
export function readCsv(path: string): Record<string, string>[] {
  const [header, ...rows] = parseRows(path, readText(path).trim());
  const repeated = header.cells.find((name, column) => header.cells.indexOf(name) < column);
  if (repeated !== undefined)
    throw new Error(`${path}: expected each column once, found "${printable(repeated)}" twice.`);
  return rows.map(({cells, line}) => {
    if (cells.length !== header.cells.length) {
      throw new Error(`${path}, line ${line}: expected ${header.cells.length} cells, found ${cells.length}.`);
    }
    return Object.fromEntries(header.cells.map((name, column) => [name, cells[column]]));
  });
}

function readText(path: string): string {
  let reason = "it is no UTF-8";
  try {
    const bytes = readFileSync(path);
    return new TextDecoder("utf-8", {fatal: true}).decode(bytes);
  } catch (error) {
    if ("code" in (error as Error) && (error as NodeJS.ErrnoException).syscall) reason = (error as Error).message;
    throw new Error(`${path}: expected a CSV file, but it cannot be read (${reason}).`, {cause: error});
  }
}

interface Row {
  readonly cells: string[];
  readonly line: number;
}

function parseRows(path: string, text: string): Row[] {
  const rows: Row[] = [{cells: [], line: 1}];
  let line = 1;
  const fail = (expected: string): never => {
    throw new Error(`${path}, line ${line}: expected ${expected}.`);
  };
  const cell = /"((?:[^"]|"")*)"|[^",\r\n]*/y;
  const end = /,|\r?\n|$/y;
  for (let at = 0; ; at = end.lastIndex) {
    cell.lastIndex = at;
    const [whole, quoted] = cell.exec(text)!;
    rows[rows.length - 1].cells.push(quoted?.replaceAll('""', '"') ?? whole);
    line += quoted?.match(/\n/g)?.length ?? 0;
    end.lastIndex = at + whole.length;
    const [separator] = end.exec(text) ?? fail("quotes around whole cells, and lines that end with a line feed");
    if (separator === "") return rows;
    if (separator !== ",") rows.push({cells: [], line: ++line});
  }
}

/** Write rows as CSV: all digits, quotes only where needed, empty for null and NaN; columns of arrays are left out. */
export function toCsv(rows: readonly object[]): string {
  checkOptions("toCsv", records("rows"), rows, "rows");
  const table = rows as readonly Record<string, Cell | undefined | readonly unknown[]>[];
  const columns = columnsOf(rows).filter((column) => !table.some((row) => Array.isArray(row[column])));
  const cell = (value: Cell | undefined | readonly unknown[]) => {
    if (value === null || value === undefined || Number.isNaN(value)) return "";
    const text = `${value as string | number}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = table.map((row) => columns.map((column) => cell(row[column])).join(","));
  return [columns.map(cell).join(","), ...lines].join("\n") + "\n";
}
