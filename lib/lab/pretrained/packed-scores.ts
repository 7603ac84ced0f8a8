/** Scores for shipping: a list of rows as columns, which compress to half of the bytes that rows do. */
import {brotliCompressSync, brotliDecompressSync} from "node:zlib";
import {parseJson} from "../../core/json";

type Row = Readonly<Record<string, unknown>>;

/** Rows that have the same names. */
interface Group {
  readonly names: readonly string[];
  /** For each name its values, row by row. */
  readonly columns: unknown[][];
}

interface Columns {
  readonly groups: readonly Group[];
  /** For each row the index of its group. */
  readonly order: readonly number[];
}

/** Pack rows, plain objects of JSON. */
export function packRows(rows: readonly Row[]): Buffer {
  const groups = new Map<string, Group & {readonly index: number}>();
  const order = rows.map((row) => {
    const names = Object.keys(row);
    const key = JSON.stringify(names);
    const group = groups.get(key) ?? {names, columns: names.map(() => []), index: groups.size};
    groups.set(key, group);
    names.forEach((name, i) => group.columns[i].push(row[name]));
    return group.index;
  });
  const columns: Columns = {groups: [...groups.values()].map(({names, columns}) => ({names, columns})), order};
  return brotliCompressSync(JSON.stringify(columns));
}

/** Invert {@link packRows}. */
export function unpackRows(bytes: Uint8Array): Row[] {
  const {groups, order} = parseJson(brotliDecompressSync(bytes).toString()) as Columns;
  const next = groups.map(() => 0);
  return order.map((index) => {
    const {names, columns} = groups[index];
    const row = next[index]++;
    return Object.fromEntries(names.map((name, i) => [name, columns[i][row]]));
  });
}
