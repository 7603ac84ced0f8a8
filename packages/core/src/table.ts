/** Tables as plain data, independent of how they are displayed or stored. */

/** Content of one cell; null for an empty cell. */
export type Cell = string | number | null;

/** One row of a table: columns by name, in order. */
export type TableRow = Record<string, Cell>;

/** Write any value into a cell: numbers and texts as they are, others as JSON, "default" for none. */
export function valueCell(value: unknown): Exclude<Cell, null> {
  if (typeof value === "number" || typeof value === "string") return value;
  return JSON.stringify(value) ?? "default";
}
