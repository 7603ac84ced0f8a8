/**
 * How numbers are packed: rounded, which moves no score by more than other noise does, and in planes of bytes, which compress
 * better.
 *
 * A float16 has 11 significant bits, a weight keeps 8 of them. Of the two bytes of a rounded one the upper (sign, exponent, first
 * bits) repeats itself a lot and the lower does not: apart from each other they compress to two thirds of the file.
 */
import {brotliCompressSync, brotliDecompressSync, constants} from "node:zlib";
import {parseJson} from "@lola-ts/core";
import type {Checkpoint} from "lola/train";

/** Significant bits of a packed weight, the leading one included: as many as bfloat16 has. */
export const WEIGHT_BITS = 8;

/** Round to a number of significant bits, to the nearest, by Veltkamp's splitting of a double. */
export function roundBits(values: Float32Array, bits: number): Float32Array {
  const factor = 2 ** (53 - bits) + 1;
  return values.map((value) => {
    const scaled = factor * value;
    return scaled - (scaled - value);
  });
}

/** Whether weights of a precision are stored in two bytes each. */
export const isHalf = (precision: string | undefined): boolean => precision === "float16" || precision === "bfloat16";

/** Round weights to the significant bits of packed ones. */
export function roundedWeights(weights: Checkpoint["weights"]): Checkpoint["weights"] {
  return new Map([...weights].map(([name, array]) => [name, {...array, data: roundBits(array.data, WEIGHT_BITS)}]));
}

/** Pack numbers of `width` bytes each: the first bytes of all, then the second ones, and so on, compressed. */
export function packPlanes(bytes: Uint8Array, width: number): Buffer {
  const planes = new Uint8Array(bytes.length);
  let at = 0;
  for (let plane = 0; plane < width; plane++) {
    for (let i = plane; i < bytes.length; i += width) planes[at++] = bytes[i];
  }
  const {BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT} = constants;
  return brotliCompressSync(planes, {params: {[BROTLI_PARAM_LGWIN]: 24, [BROTLI_PARAM_SIZE_HINT]: planes.length}});
}

export function unpackPlanes(packed: Uint8Array, width: number): Uint8Array {
  const planes = brotliDecompressSync(packed);
  const bytes = new Uint8Array(planes.length);
  let at = 0;
  for (let plane = 0; plane < width; plane++) {
    for (let i = plane; i < bytes.length; i += width) bytes[i] = planes[at++];
  }
  return bytes;
}

type Row = Readonly<Record<string, unknown>>;

interface Group {
  readonly names: readonly string[];
  /** For each name its values, row by row. */
  readonly columns: unknown[][];
}

interface Columns {
  readonly groups: readonly Group[];
  readonly order: readonly number[];
}

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

export function unpackRows(bytes: Uint8Array): Row[] {
  const {groups, order} = parseJson(brotliDecompressSync(bytes).toString()) as Columns;
  const next = groups.map(() => 0);
  return order.map((index) => {
    const {names, columns} = groups[index];
    const row = next[index]++;
    return Object.fromEntries(names.map((name, i) => [name, columns[i][row]]));
  });
}
