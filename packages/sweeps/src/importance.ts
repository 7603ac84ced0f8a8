/**
 * Which options matter for being among the best: PED-ANOVA.
 *
 * Values of an option in the best trials have one distribution, those of all trials another; the more they differ, the more
 * the option matters. Both are Parzen estimates on a grid (a Gaussian around each value, with Scott's bandwidth, and a wide
 * prior), and the difference is the Pearson divergence
 *
 * $$ D = \sum_x p(x) \left(\frac{p^*(x)}{p(x)} - 1\right)^2, $$
 *
 * with $p^*$ of the best and $p$ of all. Importances are shares of the sum over options.
 *
 * @see Watanabe, Bansal & Hutter, "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary Subspaces",
 * IJCAI 2023, arXiv:2304.10255; `PedAnovaImportanceEvaluator` of Optuna, which this follows step by step
 */
import {cumulative} from "./normal";
import {scaleOf} from "./scale";

/** A trial for the importance of options: its value, the smaller the better, and its options. */
export interface ScoredTrial {
  readonly value: number;
  readonly overrides: Readonly<Record<string, unknown>>;
}

/** An option's share. */
export interface Importance {
  readonly option: string;
  readonly importance: number;
}

/** Points of the grid of a number, weight of the prior, smallest density. */
const POINTS = 50;
const PRIOR = 1;
const TINY = 1e-12;

/** Narrowest Gaussian, so that 90 % of it lie within its cell. */
const NARROWEST = 0.5 / 1.64;

/**
 * Compute the importance of each option for reaching the best share of trials, the most important first.
 *
 * @param quantile share of the trials that count as the best. Default: 0.1.
 */
export function importances(trials: readonly ScoredTrial[], quantile = 0.1): Importance[] {
  const finite = trials.filter(({value}) => Number.isFinite(value));
  const options = [...new Set(finite.flatMap(({overrides}) => Object.keys(overrides)))];
  const sorted = finite.map(({value}) => value).sort((a, b) => a - b);
  const limit = sorted[Math.ceil(quantile * sorted.length) - 1];
  const best = finite.filter(({value}) => value <= limit);
  const divergences = options.map((option) => (best.length < finite.length ? divergence(option, best, finite) : 0));
  const sum = divergences.reduce((a, b) => a + b, 0);
  const all = options.map((option, i) => ({option, importance: sum > 0 ? divergences[i] / sum : 1 / options.length}));
  return all.sort((a, b) => b.importance - a.importance);
}

/** Pearson divergence of an option's values in the best trials from those in all. */
function divergence(option: string, best: readonly ScoredTrial[], all: readonly ScoredTrial[]): number {
  const values = (trials: readonly ScoredTrial[]) => trials.map(({overrides}) => overrides[option]);
  const scale = scaleOf(values(all));
  const densities = [best, all].map((trials) => {
    const counts = new Array<number>(scale.kind === "words" ? scale.words.length : POINTS).fill(0);
    for (const value of values(trials)) counts[cell(scale, value)]++;
    return scale.kind === "words" ? categorical(counts) : numerical(counts);
  });
  const [top, local] = densities.map((density) => density.map((p) => p + TINY));
  return local.reduce((sum, p, i) => sum + p * (top[i] / p - 1) ** 2, 0);
}

/** Cell of the grid that a value falls into; the middle between two counts to the lower one. */
function cell(scale: ReturnType<typeof scaleOf>, value: unknown): number {
  if (scale.kind === "words") return scale.words.indexOf(JSON.stringify(value) ?? "default");
  const place = scale.log ? Math.log : (x: number) => x;
  const [low, high] = [place(scale.from), place(scale.to)];
  const step = (high - low) / (POINTS - 1);
  const index = Math.ceil((place(value as number) - low) / step - 0.5);
  return Math.max(0, Math.min(POINTS - 1, index));
}

/** Density of words: each that occurs is a kernel with its count as weight, and the prior is even. */
function categorical(counts: readonly number[]): number[] {
  const occurring = counts.flatMap((count, index) => (count > 0 ? [{count, index}] : []));
  const kernels = occurring.length + 1;
  const total = occurring.reduce((sum, {count}) => sum + count, PRIOR);
  const floor = PRIOR / kernels;
  const row = counts.length * floor + 1;
  return counts.map((count) => {
    const others = total - PRIOR - count;
    return (count * (floor + 1) + others * floor) / row / total + PRIOR / counts.length / total;
  });
}

/** Density of numbers on the cells 0 … n − 1: truncated Gaussians around those that occur, and one as wide as the grid. */
function numerical(counts: readonly number[]): number[] {
  const at = counts.flatMap((count, index) => (count > 0 ? [index] : []));
  const weights = at.map((index) => counts[index]);
  const high = counts.length - 1;
  const sigma = Math.max(bandwidth(at, weights), NARROWEST);
  const kernels = [
    ...at.map((mu, i) => ({mu, sigma, weight: weights[i]})),
    {mu: high / 2, sigma: high + 1, weight: PRIOR},
  ];
  const total = kernels.reduce((sum, {weight}) => sum + weight, 0);
  return counts.map((_, x) =>
    kernels.reduce((sum, {mu, sigma, weight}) => {
      const share = (from: number, to: number) => cumulative((to - mu) / sigma) - cumulative((from - mu) / sigma);
      return sum + ((weight / total) * share(x - 0.5, x + 0.5)) / share(-0.5, high + 0.5);
    }, 0),
  );
}

/** Scott's bandwidth: 1.059 n^(−1/5) times the deviation, or the range of the middle half / 1.34 if that is less. */
function bandwidth(at: readonly number[], weights: readonly number[]): number {
  const n = weights.reduce((a, b) => a + b, 0);
  const mean = at.reduce((sum, x, i) => sum + x * weights[i], 0) / n;
  const squares = at.reduce((sum, x, i) => sum + weights[i] * (x - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(1, n - 1));
  let sum = 0;
  const upTo = weights.map((weight) => (sum += weight));
  const first = upTo.findIndex((weight) => weight >= Math.floor(n / 4));
  const third = upTo.findIndex((weight) => weight > Math.floor((n * 3) / 4));
  const middle = at[third < 0 ? at.length - 1 : third] - at[first];
  return 1.059 * Math.min(middle / 1.34, deviation) * n ** -0.2;
}
