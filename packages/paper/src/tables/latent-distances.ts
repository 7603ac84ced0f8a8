/** How far forecasts from one initial state move apart under other parameters (paper, appendix D, Table 15). */
import type {NdArray} from "ndarray";
import {flat, checkOptions, whole} from "@lola-ts/core";
import {summary} from "lola/evaluate";
import type {DistanceMatrix} from "./matrix-table";

/** Forecasts of latents under each value of a parameter. */
export interface ParameterForecasts {
  /** [N, V, K, T, ...grid, C]: initial states, values, members, states, that at lead time 0 first. */
  readonly states: NdArray<Float32Array>;
  readonly values: readonly number[];
}

/**
 * Compute the Euclidean distances of latents between all pairs of values at one lead time, averaged over initial states and
 * pairs of members; the error is over initial states. On the diagonal two members of the same value differ by noise alone; it is
 * 0 for a single member.
 *
 * @param state index of the state, 0 at lead time 0.
 * @throws RangeError if there is no such state.
 */
export function latentDistances({states, values}: ParameterForecasts, state: number): DistanceMatrix {
  const [initial, , members, frames] = states.shape;
  checkOptions("latentDistances", whole({min: 0, max: frames - 1}), state, "state");
  const at = (n: number, v: number, k: number) => flat(states.pick(n, v, k, state));
  const cells = values.map((_, a) =>
    values.map((_, b) => {
      const samples = Array.from({length: initial}, (_, n) => {
        const found: number[] = [];
        for (let k = 0; k < members; k++) {
          for (let l = a === b ? k + 1 : 0; l < members; l++) found.push(euclidean(at(n, a, k), at(n, b, l)));
        }
        return found.length === 0 ? 0 : found.reduce((x, y) => x + y, 0) / found.length;
      });
      return summary(samples);
    }),
  );
  return {
    values,
    distances: cells.map((row) => row.map(({value}) => value)),
    errors: cells.map((row) => row.map(({error}) => error)),
  };
}

function euclidean(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum);
}
