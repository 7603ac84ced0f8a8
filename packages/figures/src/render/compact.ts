/**
 * Small figures: a notebook keeps every number of its figures, one per line, so numbers cost more than the picture.
 *
 * Numbers are rounded to 4 significant digits, and longer arrays become plotly's typed arrays, base64 text with a type
 * and a shape, in the smallest type that holds them. Gaps (null, NaN) stay gaps.
 */
import {isPlainObject} from "@lola-ts/core";
import type {Data, Frame, Layout} from "plotly.js";
import type {Figure} from "../style";

/** A typed array as plotly reads it. */
export interface TypedArraySpec {
  readonly dtype: "u1" | "i1" | "i2" | "i4" | "f4" | "f8";
  readonly bdata: string;
  /** Rows and columns of a matrix, e.g. "32, 32". */
  readonly shape?: string;
}

export interface CompactOptions {
  /** Significant digits. Default: 4. */
  digits?: number;
}

/** Make a figure small and plain: JSON without typed arrays, NaN or undefined. */
export function compact(figure: Figure, {digits = 4}: CompactOptions = {}): Figure {
  const rounded = (value: unknown): unknown => simplify(value, digits);
  const packed = (value: unknown): unknown => {
    const array = packArray(value, digits);
    if (array) return array;
    if (Array.isArray(value) && value.some((item) => typeof item === "object" && item !== null)) {
      return value.map(packed);
    }
    if (isPlainObject(value)) {
      const entries = Object.entries(value).filter(([, item]) => item !== undefined);
      return Object.fromEntries(entries.map(([key, item]) => [key, packed(item)]));
    }
    return rounded(value);
  };
  // Only traces hold data; a layout's arrays are ranges, ticks and annotations, which plotly wants as lists.
  return {
    data: figure.data.map((trace) => packed(trace) as Data),
    layout: rounded(figure.layout) as Layout,
    ...(figure.frames && {frames: packed(figure.frames) as Frame[]}),
  };
}

function simplify(value: unknown, digits: number): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? roundTo(value, digits) : null;
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array, (item) => simplify(item, digits));
  if (Array.isArray(value)) return value.map((item) => simplify(item, digits) ?? null);
  if (isPlainObject(value)) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries.map(([key, item]) => [key, simplify(item, digits)]));
  }
  return value;
}

/** Whole numbers (years, steps) keep their digits. */
function roundTo(value: number, digits: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(digits));
}

type Row = ArrayLike<number | null>;

const isRow = (value: unknown): value is Row =>
  (ArrayBuffer.isView(value) && "length" in value) ||
  (Array.isArray(value) && value.every((item) => item === null || typeof item === "number"));

/** Min length of arrays that are packed. */
const SHORTEST = 24;

/** Pack a list or a matrix of numbers; nothing else, and nothing that stays shorter as text. */
function packArray(value: unknown, digits: number): TypedArraySpec | undefined {
  if (isRow(value)) return value.length >= SHORTEST ? encode([value], digits) : undefined;
  if (!Array.isArray(value) || value.length < 2 || !value.every(isRow)) return undefined;
  const columns = value[0].length;
  if (value.some((row) => row.length !== columns) || value.length * columns < SHORTEST) return undefined;
  return {...encode(value, digits), shape: `${value.length}, ${columns}`};
}

function encode(rows: readonly Row[], digits: number): TypedArraySpec {
  const values = new Float64Array(rows.reduce((sum, row) => sum + row.length, 0));
  let [at, low, high] = [0, Infinity, -Infinity];
  for (const row of rows) {
    for (let i = 0; i < row.length; i++) {
      const value = row[i] === null ? NaN : roundTo(row[i]!, digits);
      low = Math.min(low, value);
      high = Math.max(high, value);
      values[at++] = value;
    }
  }
  const whole = values.every((value) => Number.isInteger(value));
  const [dtype, array] = ((): [TypedArraySpec["dtype"], ArrayBufferView] => {
    if (whole && low >= 0 && high < 256) return ["u1", Uint8Array.from(values)];
    if (whole && low >= -128 && high < 128) return ["i1", Int8Array.from(values)];
    if (whole && low >= -32768 && high < 32768) return ["i2", Int16Array.from(values)];
    if (whole && low >= -(2 ** 31) && high < 2 ** 31) return ["i4", Int32Array.from(values)];
    if (Math.max(-low, high) > 3e38) return ["f8", Float64Array.from(values)];
    return ["f4", Float32Array.from(values)];
  })();
  return {dtype, bdata: Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64")};
}
