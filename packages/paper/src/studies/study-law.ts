/** The law of a study: how an excess falls with steps and width, fitted to points and resampled over seeds and trajectories. */
import {levenbergMarquardt} from "ml-levenberg-marquardt";
import {Rng} from "@lola-ts/core";

/** A law $a + b \prod_i x_i^{p_i}$, each $x_i$ relative to the centre's. */
export interface Law {
  readonly a: number;
  readonly b: number;
  readonly powers: readonly number[];
}

/** A point that a law is fitted to. */
export interface LawPoint {
  /** Values of the options, relative to the centre's. */
  readonly x: readonly number[];
  readonly excess: number;
}

/** Largest moduli of a power, and of an excess. */
const [STEEPEST, LARGEST] = [4, 10];

/** Iterations of a fit, and of one that begins near its end: the solver makes all of them. */
const [ITERATIONS, FEW] = [200, 30];

const product = (x: readonly number[], powers: readonly number[]) =>
  x.reduce((all, value, i) => all * value ** powers[i], 1);

/** Evaluate a law at values relative to the centre's. */
export const excessOf = ({a, b, powers}: Law, x: readonly number[]): number => a + b * product(x, powers);

/** Fit a law by least squares. @param start law to begin with. Default: half of the mean excess is constant, and nothing has a power. */
export function fitLaw(points: readonly LawPoint[], start?: Law): Law {
  const mean = points.reduce((sum, {excess}) => sum + excess / points.length, 0);
  const {a, b, powers} = start ?? {a: mean / 2, b: mean / 2, powers: points[0].x.map(() => 0.1)};
  const data = {x: points.map((_, i) => i), y: points.map(({excess}) => excess)};
  const law = ([first, second, ...rest]: number[]): Law => ({a: first, b: second, powers: rest});
  const {parameterValues} = levenbergMarquardt(
    data,
    (values: number[]) => (i: number) => excessOf(law(values), points[i].x),
    {
      initialValues: [a, b, ...powers],
      minValues: [-LARGEST, 0, ...powers.map(() => -STEEPEST)],
      maxValues: [LARGEST, LARGEST, ...powers.map(() => STEEPEST)],
      gradientDifference: 1e-6,
      centralDifference: true,
      improvementThreshold: 1e-9,
      errorTolerance: 1e-18,
      maxIterations: start ? FEW : ITERATIONS,
    },
  );
  return law(parameterValues);
}

/**
 * Find the value of the first option, relative to the centre's, from which on a law is below a target: Infinity if more of the option
 * never gets it there.
 *
 * @param others values of the other options, relative to the centre's.
 */
export function reaches({a, b, powers: [p, ...rest]}: Law, others: readonly number[], target: number): number {
  if (target <= a || p >= 0) return Infinity;
  return ((target - a) / (b * product(others, rest))) ** (1 / p);
}

/** Seeds and trajectories that were drawn with replacement: indices of trajectories, and of seeds of a point that has so many. */
export interface Draw {
  readonly trajectories: readonly number[];
  seeds(count: number): number[];
}

/**
 * Draw for a bootstrap over seeds and trajectories, which are crossed. All points have the same draws. Of n there are n - 1 in
 * a draw, which makes the variance of a mean unbiased (Rao & Wu, 1988): there are few seeds.
 */
export function draws(
  count: number,
  {trajectories, seeds}: {readonly trajectories: number; readonly seeds: number},
): Draw[] {
  const lessOne = (n: number) => Math.max(1, n - 1);
  return Array.from({length: count}, (_, n) => {
    const rng = Rng.from("study", n);
    const chosen = Array.from({length: lessOne(trajectories)}, () => rng.integer(trajectories));
    const shares = Array.from({length: lessOne(seeds)}, () => rng.uniform());
    const seedsOf = (available: number) =>
      shares.slice(0, lessOne(available)).map((share) => Math.floor(share * available));
    return {trajectories: chosen, seeds: seedsOf};
  });
}

/** Take the central 95 % of draws, which may be infinite; what is not a number is left out. */
export function interval(values: readonly number[]): [number, number] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
  return [at(0.025), at(0.975)];
}
