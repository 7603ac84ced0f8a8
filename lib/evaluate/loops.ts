/** Loops of metrics over the fields of an ensemble. */
import type {Values} from "./pointwise";

/** The loops of packages/simulators/native/scores.cc; `fields` are {@link together}, and `count` is their number. */
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
