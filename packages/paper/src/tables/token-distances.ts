/**
 * Tables 16 and 17: are latents of similar flows alike? Distances between the distributions of central tokens, by the value of
 * a parameter (paper, appendix D).
 */
import {records, checkOptions, list, number, Rng, flat, whole} from "@lola-ts/core";
import {buresMatrix, fitGaussian, summary} from "lola/evaluate";
import type {DistanceMatrix} from "./matrix-table";
import type {NdArray} from "ndarray";

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

/** Resamplings of trajectories that standard errors are of. */
const RESAMPLES = 40;

/** Central tokens of the states of one trajectory, each of C numbers. */
export interface TrajectoryTokens {
  readonly value: number;
  readonly tokens: readonly (readonly number[])[];
}

/** Fit the distribution of all tokens of some trajectories. */
function gaussianOf(trajectories: readonly TrajectoryTokens[]) {
  const tokens = trajectories.flatMap((one) => one.tokens);
  return fitGaussian({data: tokens.flat(), shape: [tokens.length, tokens[0].length]});
}

/**
 * Compute the Bures-Wasserstein distances between the tokens of all pairs of values of a parameter. Errors are deviations over
 * resampled trajectories (bootstrap), NaN where a value has one only. Column "halves": the distance of few samples alone,
 * between two halves of a value's trajectories.
 *
 * @throws RangeError for fewer than two values, or a value with fewer than two tokens.
 * @example
 * const {values, distances} = tokenDistances(await centralTokens(lab));
 * await lab.show(matrixFigure([{title: "tokens", values: distances}], {labels: values.map(String), unit: "distance"}));
 */
export function tokenDistances(trajectories: readonly TrajectoryTokens[]): DistanceMatrix {
  checkOptions("tokenDistances", records("trajectories", "value", "tokens"), trajectories, "trajectories");
  const channels = trajectories[0]?.tokens[0]?.length ?? 0;
  const tokenRule = list(list(number(), {length: channels}));
  trajectories.forEach(({value, tokens}, i) => {
    checkOptions("tokenDistances", number(), value, `trajectories.${i}.value`);
    checkOptions("tokenDistances", tokenRule, tokens, `trajectories.${i}.tokens`);
  });
  const values = [...new Set(trajectories.map(({value}) => value))].sort((a, b) => a - b);
  const groups = values.map((value) => trajectories.filter((one) => one.value === value));
  const sizes = groups.map((group) => group.reduce((sum, {tokens}) => sum + tokens.length, 0));
  if (values.length < 2 || sizes.some((size) => size < 2)) {
    throw new RangeError(
      `tokenDistances: expected two values or more with two states or more each, found ${sizes.join(", ") || "none"} states.`,
    );
  }
  const distances = buresMatrix(groups.map(gaussianOf));
  const draws = Array.from({length: RESAMPLES}, (_, i) => {
    const random = Rng.from("latent distributions", i);
    return buresMatrix(groups.map((group) => gaussianOf(group.map(() => group[random.integer(group.length)]))));
  });
  const error = (a: number, b: number) =>
    a === b || groups[a].length < 2 || groups[b].length < 2 ? NaN : deviation(draws.map((draw) => draw[a][b]));
  const notes = groups.map((group, i) => ({
    trajectories: group.length,
    states: sizes[i],
    halves: group.length < 2 ? null : halves(group),
  }));
  return {values, distances, errors: values.map((_, a) => values.map((_, b) => error(a, b))), notes};
}

/** Distance between the distributions of every second trajectory and of the others. */
function halves(group: readonly TrajectoryTokens[]): number {
  const [even, odd] = [0, 1].map((rest) => group.filter((_, i) => i % 2 === rest));
  return buresMatrix([gaussianOf(even), gaussianOf(odd)])[0][1];
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
