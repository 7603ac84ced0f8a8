/** The table of a sweep: means over seeds, and differences that are paired by them. */
import {canonicalText, checkOptions, text, valueCell, type TableRow} from "@lola-ts/core";
import {judge, judgedColumns, summary, type Comparison, type JudgeOptions} from "lola/evaluate";
import {badness} from "./measure";
import {flattened, overridesInWords, type Overrides} from "./space";
import {byVariant, optionsOf, measuredTrials, trialsRule, type EndedTrial, type MeasuredTrial} from "./trial";

export interface SweepTableOptions {
  readonly measures: readonly string[];
  /** Values of options of the variant that others are compared with. Default: the first variant of each method. */
  readonly baseline?: Overrides;
  /** Variants by the names that stand in a column `variant` in place of their options. Default: a column for each option. */
  readonly names?: Readonly<Record<string, Overrides>>;
}

/**
 * Tabulate the measured trials of a sweep: a row per method and variant with the mean of each measure
 * over seeds and its standard error (`±`); for the first measure the mean change from the baseline, paired by seeds, with its
 * standard error and the judge's verdict, corrected for the number of rows.
 */
export function sweepTable(trials: readonly EndedTrial[], {measures, baseline, names}: SweepTableOptions): TableRow[] {
  const whole = measuredTrials(trials);
  const options = optionsOf(trials);
  const describe = names
    ? namesOf(names)
    : (overrides: Overrides) => Object.fromEntries(options.map((path) => [path, cellOf(overrides, path)]));
  const groups = byVariant(whole);
  const pairs = groups.map((group) => {
    const base = baselineOf(group, groups, baseline);
    return base && base !== group ? seedPairs(group, base, measures[0]) : undefined;
  });
  const {cells} = judge(
    pairs.filter((pair) => pair !== undefined),
    BY_SEED,
  );
  const judged = cells.map(judgedColumns);
  return groups.map((group, i) => ({
    method: group[0].method,
    ...describe(group[0].overrides),
    seeds: group.length,
    ...Object.fromEntries(measures.flatMap((measure) => meanCells(group, measure))),
    ...(pairs[i] ? judged.shift()! : {...NO_VERDICT, verdict: "baseline"}),
    steps: mean(group.map(({measured}) => measured.steps)),
    "training, s": mean(group.map(({measured}) => measured.seconds)),
  }));
}

function namesOf(names: Readonly<Record<string, Overrides>>) {
  const entries = Object.entries(names).map(([name, variant]) => [canonicalText(flattened(variant)), name] as const);
  const known = new Map(entries);
  return (overrides: Overrides) => ({variant: known.get(canonicalText(overrides)) ?? overridesInWords(overrides)});
}

const cellOf = (overrides: Overrides, path: string) =>
  Object.hasOwn(overrides, path) ? valueCell(overrides[path]) : null;

const mean = (values: readonly number[]) => summary(values).value;

function meanCells(group: readonly MeasuredTrial[], measure: string): [string, number | null][] {
  const {value, error} = summary(group.map(({measured}) => measured.values[measure] ?? NaN));
  return [
    [measure, value],
    [`${measure} ±`, error],
  ];
}

function baselineOf(group: readonly MeasuredTrial[], groups: readonly MeasuredTrial[][], baseline: Overrides = {}) {
  const wanted = Object.entries(baseline).map(([path, value]) => [path, canonicalText(value)] as const);
  return groups.find(
    ([{method, overrides}]) =>
      method === group[0].method && wanted.every(([path, value]) => canonicalText(overrides[path]) === value),
  );
}

/** Seeds are the samples of a sweep's comparisons: a measure is an average over trajectories. */
export const BY_SEED: JudgeOptions = {about: "models", unit: "seed"};

const NO_VERDICT = {"change, %": null, "change, % ±": null, "corrected p": null};

function seedPairs(group: readonly MeasuredTrial[], base: readonly MeasuredTrial[], measure: string): Comparison {
  const shared = group.filter(({seed}) => base.some((other) => other.seed === seed));
  const scores = (trials: readonly MeasuredTrial[]) => ({
    method: overridesInWords(trials[0].overrides) || "baseline",
    samples: shared.map(({seed}) => trials.find((trial) => trial.seed === seed)!.measured.values[measure] ?? NaN),
  });
  return {label: group[0].method, above: [scores(group)], below: [scores(base)]};
}

/**
 * Find the variant with the best mean of a measure over seeds, one for each combination of the values of some options, e.g. the
 * best learning rate of each optimiser.
 *
 * @param within paths of these options. Default: none, the best of all.
 */
export function bestVariants(
  trials: readonly EndedTrial[],
  measure: string,
  within: readonly string[] = [],
): Overrides[] {
  checkOptions("bestVariants", trialsRule, trials, "trials");
  checkOptions("bestVariants", text, measure, "measure");
  const best = new Map<string, {overrides: Overrides; score: number}>();
  for (const group of byVariant(measuredTrials(trials))) {
    const [{overrides}] = group;
    const score = badness(measure, summary(group.map(({measured}) => measured.values[measure])).value);
    const key = canonicalText(within.map((path) => overrides[path]));
    if (Number.isFinite(score) && !(score >= (best.get(key)?.score ?? Infinity))) best.set(key, {overrides, score});
  }
  return [...best.values()].map(({overrides}) => overrides);
}
