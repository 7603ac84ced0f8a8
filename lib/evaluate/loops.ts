/** Loops of metrics over the fields of an ensemble; set-up compiles packages/simulators/native/scores.cc to the same numbers. */
import {CompiledModule} from "@lola-ts/core";
import type {Values} from "./pointwise";

/** What packages/simulators/native/scores.cc exports; `fields` are {@link together}, and `count` is their number. */
export interface ScoreLoops {
  /**
   * Sum the terms of the variogram score over pairs of points.
   *
   * @param runs first point and number of neighbours from which pairs begin, run by run.
   * @param offset places from a pair's first point to its second.
   */
  readonly variogram: (fields: Float64Array, count: number, runs: Int32Array, offset: number) => number;
  /** Write the sums of $|a - b|$ and $(a - b)^2$ over the points for each pair of fields, (1, 0), (2, 0), (2, 1), … */
  readonly distances: (fields: Float64Array, count: number, sums: Float64Array) => void;
  /** Count the members below, at and above the truth at each point; `places` takes the three rows one behind the other. */
  readonly places: (fields: Float64Array, count: number, places: Int32Array) => void;
}

let buffer = new Float64Array(0);

/** Put the truth and the members one behind the other. The next call overwrites what this one returns. */
export function together(u: Values, members: readonly Values[]): Float64Array {
  const size = u.length;
  const length = (members.length + 1) * size;
  if (buffer.length < length) buffer = new Float64Array(length);
  const fields = buffer.subarray(0, length);
  fields.set(u);
  members.forEach((member, k) => fields.set(member, (k + 1) * size));
  return fields;
}

function variogram(fields: Float64Array, count: number, runs: Int32Array, offset: number): number {
  const K = count - 1;
  const size = fields.length / count;
  const fairness = K > 1 ? 1 / (K * (K - 1)) : 0;
  let total = 0;
  for (let run = 0; run < runs.length; run += 2) {
    for (let p = runs[run]; p < runs[run] + runs[run + 1]; p++) {
      let sum = 0;
      let squares = 0;
      for (let at = p + size; at < fields.length; at += size) {
        const square = Math.abs(fields[at] - fields[at + offset]);
        sum += Math.sqrt(square);
        squares += square;
      }
      const mean = sum / K;
      const error = Math.sqrt(Math.abs(fields[p] - fields[p + offset])) - mean;
      total += error * error - fairness * (squares - sum * mean);
    }
  }
  return total;
}

function distances(fields: Float64Array, count: number, sums: Float64Array): void {
  const size = fields.length / count;
  let pair = 0;
  for (let a = size; a < fields.length; a += size) {
    for (let b = 0; b < a; b += size) {
      let absolute = 0;
      let square = 0;
      for (let i = 0; i < size; i++) {
        const difference = fields[a + i] - fields[b + i];
        absolute += Math.abs(difference);
        square += difference * difference;
      }
      sums[pair++] = absolute;
      sums[pair++] = square;
    }
  }
}

function places(fields: Float64Array, count: number, places: Int32Array): void {
  const size = fields.length / count;
  const [below, equal, above] = [0, 1, 2].map((row) => places.subarray(row * size, (row + 1) * size).fill(0));
  for (let from = size; from < fields.length; from += size) {
    for (let i = 0; i < size; i++) {
      below[i] += Number(fields[from + i] < fields[i]);
      equal[i] += Number(fields[from + i] === fields[i]);
      above[i] += Number(fields[from + i] > fields[i]);
    }
  }
}

/** Try fields that fill the processor's vectors and fields that do not. */
function trial({variogram, distances, places}: ScoreLoops): number[] {
  return [1, 2, 8, 19].flatMap((members) => {
    const count = members + 1;
    const fields = Float64Array.from({length: count * 150}, (_, i) => Math.sin(i * i));
    const sums = new Float64Array(count * members);
    distances(fields, count, sums);
    const totals = [-3, 7].map((offset) => variogram(fields, count, Int32Array.of(4, 100, 120, 23), offset));
    const counts = new Int32Array(3 * 150);
    places(fields, count, counts);
    return [...sums, ...totals, ...counts];
  });
}

export const scriptLoops: ScoreLoops = {variogram, distances, places};
export const scoreModule = new CompiledModule("scores", scriptLoops, trial);
