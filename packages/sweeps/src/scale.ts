/** The axis of an option: numbers, evenly or by ratio, or words. */

/** Axis of an option's values. */
export type Scale =
  | {readonly kind: "numbers"; readonly from: number; readonly to: number; readonly log: boolean}
  | {readonly kind: "words"; readonly words: readonly string[]};

/** Ratio of the largest to the smallest value from which on a logarithmic axis is clearer. */
const WIDE = 8;

/** Choose the axis of values: numbers that differ have one of numbers, logarithmic if they are positive and far apart. */
export function scaleOf(values: readonly unknown[]): Scale {
  const numbers = values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  const from = numbers.reduce((a, b) => Math.min(a, b), Infinity);
  const to = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  if (numbers.length === values.length && from < to)
    return {kind: "numbers", from, to, log: from > 0 && to / from >= WIDE};
  return {kind: "words", words: [...new Set(values.map((value) => JSON.stringify(value) ?? "default"))]};
}
