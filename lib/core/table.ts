/** Tables as plain data, independent of how they are displayed or stored. */

/** Content of one cell; null for an empty cell. */
export type Cell = string | number | null;

/** One row of a table: columns by name, in order. */
export type TableRow = Record<string, Cell>;
