/**
 * The one rule by which scores are compared: from samples that are paired by seed and trajectory to a verdict.
 *
 * A comparison is of ratios, $y = \ln a - \ln b$, so that a difference means the same for large and small errors, and rare huge
 * errors (relative spectra of nearly empty bands) do not drown the others.
 */
import {columnMeans, crossedSummary, type Block} from "./statistics/crossed";
import {holm, signFlipP, studentP, studentQuantile} from "./statistics/significance";
import {formatNumber, formatProbability} from "./tables/cells";

export interface JudgedScores {
  /** Its name in reasons. */
  readonly method: string;
  /** A score for each trajectory; of several seeds their means. */
  readonly samples: readonly number[];
  /** Scores by seed, trajectory by trajectory. Default: `samples` are of one seed. */
  readonly bySeed?: readonly (readonly number[])[];
  /** Whether a training made it: the first frame and a simulator have no seed. Default: true. */
  readonly isTrained?: boolean;
}

/** One cell of a statement: it is right where $y = \sum \ln a - \sum \ln b - \ln \text{limit}$ is below 0. */
export interface Comparison {
  readonly label: string;
  /** Scores $a$ that should be small. */
  readonly above?: readonly JudgedScores[];
  /** Scores $b$ that they are divided by. */
  readonly below?: readonly JudgedScores[];
  /** Ratio that still counts as right. Default: 1. */
  readonly limit?: number;
}

export interface JudgeOptions {
  /**
   * "methods": the difference must hold for other seeds, too, so that each method needs two or more; "models": for these trained
   * models, whatever another training would give. Default: "methods".
   */
  readonly about?: "methods" | "models";
  /**
   * Block of each sample: the value of a parameter that trajectories share. Comparisons of another number of samples have none.
   * Default: none.
   */
  readonly blocks?: readonly Block[];
  /** Name of a sample. Default: "trajectory". */
  readonly unit?: string;
  /** Whether "equal" is as good as "better": "match or beat". Default: false. */
  readonly equalIsEnough?: boolean;
  /** A first look, without the sign-flip test and the pooled effect, which take most of the time. Default: false. */
  readonly rough?: boolean;
}

/** Result of one comparison. */
export type Side = "better" | "worse" | "equal" | "undecided" | "not measured";

export interface JudgedCell {
  readonly label: string;
  readonly side: Side;
  /** Why it was not measured. */
  readonly reason?: string;
  /** Mean of $y$: a ratio of $e^y$. NaN if nothing could be paired. */
  readonly value: number;
  readonly error: number;
  readonly freedom: number;
  /** Two-sided p-value, and that corrected for the number of measured cells by Holm's method. */
  readonly p: number;
  readonly corrected: number;
}

export type Verdict = "holds" | "fails" | "undecided" | "not measured";

export interface Judgement {
  readonly verdict: Verdict;
  readonly cells: readonly JudgedCell[];
  /**
   * Mean ratio less 1 over all measured cells, with its 95 % interval: −0.03 is 3 % lower. None if cells have different limits,
   * such as the two ends of a range.
   */
  readonly effect?: {readonly value: number; readonly interval: readonly [number, number]};
  /** Why nothing was measured. */
  readonly reason?: string;
}

/** Level of corrected p-values. */
export const LEVEL = 0.05;

/** Change of a ratio that counts as none: 2 %. */
export const MARGIN = 0.02;

/** Samples from which on the sign-flip test must agree with the t-test; of fewer it cannot reach the level in many cells. */
const FLIPPED = 20;

/**
 * Judge a statement by its comparisons.
 *
 * - Each comparison is tested on the mean of $y$ by a two-sided t-test, with trajectories and seeds as crossed random effects
 *   ({@link crossedSummary}). From 20 samples on the exact sign-flip test must agree: the larger p-value counts. p-values
 *   are corrected for the number of comparisons by Holm's method.
 * - A cell is "equal" if two one-sided tests show $|y| < \ln 1.02$, corrected alike; else "better" or "worse" if its corrected
 *   p-value is below 0.05, else "undecided".
 * - A statement holds if every cell is better, fails if a cell is worse, and is undecided otherwise: an equal cell contradicts
 *   nobody. With `equalIsEnough` equal cells are on its side.
 * - A comparison without pairs, of fewer than three samples, of one seed only, or of a score that is NaN or not above 0 is "not
 *   measured", with the reason; it counts for no side, and its statement cannot hold.
 *
 * @example judge([{label: "÷40 1:20", above: [diffusion], below: [solver]}]).verdict
 */
export function judge(comparisons: readonly Comparison[], options: JudgeOptions = {}): Judgement {
  if (comparisons.length === 0) return {verdict: "not measured", cells: [], reason: "nothing to compare was scored"};
  const pairs = comparisons.map((comparison) => pairScores(comparison, options));
  const tested = pairs.map(({table, reason}) => (reason ? undefined : testedMean(table, options)));
  const corrected = holm(tested.map((test) => test?.p ?? NaN));
  const equal = holm(tested.map((test) => test?.pEqual ?? NaN));
  const cells = comparisons.map(({label}, i): JudgedCell => {
    const [{table, reason}, test] = [pairs[i], tested[i]];
    if (reason || !test) {
      const {value, error, freedom} = table.length > 0 ? crossedSummary(table) : {value: NaN, error: NaN, freedom: NaN};
      return {label, side: "not measured", reason, value, error, freedom, p: NaN, corrected: NaN};
    }
    const {value, error, freedom, p} = test;
    const decided = corrected[i] < LEVEL ? (value < 0 ? "better" : "worse") : "undecided";
    const side = equal[i] < LEVEL ? "equal" : decided;
    return {label, side, value, error, freedom, p, corrected: corrected[i]};
  });
  const verdict = verdictOf(cells, options.equalIsEnough);
  if (verdict === "not measured") return {verdict, cells, reason: cells[0].reason};
  if (options.rough) return {verdict, cells};
  return {verdict, cells, effect: effectOf(comparisons, options)};
}

/** Decide a statement by the sides of its cells, as {@link judge} does. */
export function verdictOf(cells: readonly Pick<JudgedCell, "side">[], equalIsEnough = false): Verdict {
  const count = (side: Side) => cells.filter((cell) => cell.side === side).length;
  if (count("not measured") === cells.length) return "not measured";
  if (count("worse") > 0) return "fails";
  return count("better") + (equalIsEnough ? count("equal") : 0) === cells.length ? "holds" : "undecided";
}

/** Samples of $y$ by seed and trajectory, empty if there are none, and why they cannot be tested. */
interface Pairs {
  readonly table: readonly (readonly number[])[];
  readonly reason?: string;
}

function pairScores({above = [], below = [], limit = 1}: Comparison, {about = "methods", unit}: JudgeOptions): Pairs {
  const scores = [...above, ...below];
  const tables = scores.map(({samples, bySeed}) => bySeed ?? [samples]);
  const lengths = [...new Set(tables.flatMap((table) => table.map(({length}) => length)))];
  if (lengths.length !== 1) {
    return {table: [], reason: `scores cannot be paired, of ${lengths.sort((a, b) => a - b).join(" and ")} samples`};
  }
  for (const [i, {method}] of scores.entries()) {
    const values = tables[i].flat();
    const missing = values.filter(Number.isNaN).length;
    if (missing > 0) {
      return {table: [], reason: `${method} has no score in ${missing} of ${values.length} cases (NaN)`};
    }
    if (!values.every((value) => value > 0 && value < Infinity)) {
      return {table: [], reason: `${method} has a score that is not above 0`};
    }
  }
  const counts = tables.map(({length}) => length);
  const seeds = Math.min(...counts.filter((count) => count > 1)); // a forecast of one seed is beside each of another's
  const logOf = (i: number, s: number, t: number) => Math.log(tables[i][counts[i] === 1 ? 0 : s][t]);
  const bySeed = Array.from({length: Number.isFinite(seeds) ? seeds : 1}, (_, s) =>
    Array.from({length: lengths[0]}, (_, t) =>
      scores.reduce((sum, _, i) => sum + (i < above.length ? logOf(i, s, t) : -logOf(i, s, t)), -Math.log(limit)),
    ),
  );
  const table = about === "methods" ? bySeed : [columnMeans(bySeed)]; // of these models only trajectories are samples
  const single = scores.filter(({isTrained = true}, i) => isTrained && counts[i] === 1).map(({method}) => method);
  if (lengths[0] < 3) return {table, reason: `three samples are needed, found ${lengths[0]} (${unit ?? "trajectory"})`};
  if (about === "methods" && single.length > 0) {
    const names = [...new Set(single)].join(" and ");
    return {table, reason: `a second seed is needed to speak of methods, found one of ${names}`};
  }
  return {table};
}

const blocksOf = ([row]: Pairs["table"], blocks?: readonly Block[]) =>
  row.length === blocks?.length ? blocks : undefined;

/** Test the mean of a table against 0, and against the ends of the margin. */
function testedMean(table: readonly (readonly number[])[], {blocks, rough}: JudgeOptions) {
  const summary = crossedSummary(table, blocksOf(table, blocks));
  const {value, error, freedom} = summary;
  const t = (distance: number) => (error > 0 ? distance / error : distance === 0 ? 0 : Infinity * Math.sign(distance));
  const student = studentP(t(value), freedom);
  const isFlipped = !rough && student < LEVEL && table[0].length >= FLIPPED;
  const flips = isFlipped ? signFlipP(columnMeans(table)) : 0;
  const margin = Math.log1p(MARGIN);
  const inside = t(margin - Math.abs(value)); // the nearer end decides
  const tail = studentP(inside, freedom) / 2;
  return {...summary, p: Math.max(student, flips), pEqual: inside > 0 ? tail : 1 - tail};
}

/**
 * Compute the effect of a {@link Judgement} alone: log ratios are averaged over all measured comparisons, seed by seed and sample by
 * sample.
 *
 * @returns undefined if nothing was measured, or comparisons differ in their limits or numbers of samples.
 */
export function effectOf(comparisons: readonly Comparison[], options: JudgeOptions = {}): Judgement["effect"] {
  const [limit, ...otherLimits] = new Set(comparisons.map((one) => one.limit ?? 1));
  const pairs = comparisons.map((comparison) => pairScores(comparison, options));
  const tables = pairs.flatMap(({table, reason}) => (reason ? [] : [table]));
  const [first, ...others] = tables;
  const isAlike = others.every((table) => table.length === first.length && table[0].length === first[0].length);
  if (tables.length === 0 || otherLimits.length > 0 || !isAlike) return undefined;
  const pooled = first.map((row, s) =>
    row.map((_, t) => tables.reduce((sum, table) => sum + table[s][t], 0) / tables.length),
  );
  const {value, error, freedom} = crossedSummary(pooled, blocksOf(pooled, options.blocks));
  const half = error === 0 ? 0 : studentQuantile(LEVEL, freedom) * error;
  const change = (y: number) => limit * Math.exp(y) - 1;
  return {value: change(value), interval: [change(value - half), change(value + half)]};
}

/** Write a ratio less 1 as a percentage with its sign: "−3.2 %". */
export function formatChange(change: number): string {
  if (!Number.isFinite(change)) return change > 0 ? "more than any ratio" : formatNumber(change);
  const percent = 100 * change;
  const text = Math.abs(percent) >= 99.95 ? percent.toFixed(0) : percent.toFixed(1);
  return `${percent >= 0 ? "+" : ""}${text} %`.replace("-", "−");
}

/** Say in one line what a judgement stands on: how many cells are on which side, and the pooled effect. */
export function describeJudgement({verdict, cells, effect, reason}: Judgement): string {
  if (verdict === "not measured") return reason ?? "nothing to compare was scored";
  const first = cells.find((cell) => cell.reason);
  const p = verdict === "fails" ? smallestWorse(cells) : Math.max(...cells.map(({corrected}) => corrected || 0));
  return [
    countSides(cells),
    ...(effect ? [`together ${formatChange(effect.value)} (${effect.interval.map(formatChange).join(" to ")})`] : []),
    ...(verdict === "undecided" || Number.isNaN(p) ? [] : [`p ${formatProbability(p)}`]),
    ...(first ? [`${first.label}: ${first.reason}`] : []),
  ].join("; ");
}

/** Count the sides of cells in words: "better in 1, worse in 0, undecided in 2 of 3 cells". */
export function countSides(cells: readonly Pick<JudgedCell, "side">[]): string {
  const sides: readonly Side[] = ["better", "worse", "equal", "undecided", "not measured"];
  const counts = sides.flatMap((side) => {
    const count = cells.filter((cell) => cell.side === side).length;
    return count > 0 || side === "better" || side === "worse" ? [`${side} in ${count}`] : [];
  });
  return `${counts.join(", ")} of ${cells.length} ${cells.length === 1 ? "cell" : "cells"}`;
}

const smallestWorse = (cells: readonly JudgedCell[]) =>
  cells.reduce((least, {side, corrected}) => (side === "worse" && !(corrected >= least) ? corrected : least), NaN);
