/** Tables as plain data: what a stage says about itself, before anything draws it. */

/** Content of one cell; null is an empty one. */
export type Cell = string | number | null;

/** One row of a table: columns by name, in order. */
export type TableRow = Record<string, Cell>;
