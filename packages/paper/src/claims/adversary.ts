/**
 * The adversary: what is the smallest change of its evidence that turns a claim's verdict? It changes stored scores only, and
 * trains nothing. A verdict that no small change turns is robust; it is not thereby right.
 */
import {defaultRun} from "@lola-ts/core";
import {preset} from "@lola-ts/laboratory/presets";
import {
  horizonsOf,
  judge,
  latentRatesOf,
  type Comparison,
  type JudgeOptions,
  type Result,
  type ScoredMetric,
  type TrajectoryScores,
  type Verdict,
} from "lola/evaluate";
import type {Statement} from "./claim";
import {isFirst, optionsOf, statementsOf, systemWith} from "./committed-claims";

/** Kinds of changes that the adversary makes, in the order of its tables. */
export const KINDS = {
  "first states": "leaves out the trajectories that speak most for the claim, or most against it, up to half of all",
  threshold: "moves the limit of every cell by 1, 2, 5, 10, 20 or 50 %, either way",
  horizon: "leaves out one horizon, or all but one",
  ensemble:
    "takes 64 members at the middle rate, an estimate for infinitely many, or single members, instead of the preset's number",
  metric:
    "takes RMSE for VRMSE, the energy score for CRPS, CRPS divided by the truth's own deviation instead of the climate's, or the spread/skill ratio without its factor √((K + 1) / K)",
  seed: "takes other trainings of diffusion, the solver or both at the middle rate; of a verdict over seeds it leaves one out",
} as const;

export type Kind = keyof typeof KINDS;

/** A change that turned a verdict, in words, and the verdict that it led to. */
export interface Flip {
  readonly change: string;
  readonly verdict: Verdict;
}

/** Outcome of a kind of change: how many of its changes touch the claim, and the smallest of them that turned the verdict. */
export interface Attack {
  readonly kind: Kind;
  readonly tried: number;
  readonly flip?: Flip;
}

/** A statement as it is put before the judge. */
interface Judged {
  readonly statement: Statement;
  readonly options: JudgeOptions;
}

/** A change of a statement's evidence, in words. */
interface Change {
  readonly kind: Kind;
  readonly words: string;
  /** The changed statement; undefined where it is no longer there. */
  readonly make: (own: Judged) => Judged | undefined;
}

/**
 * Make an adversary of a system's scores. It searches for the smallest changes that turn the verdict on a statement, one of each
 * kind. Changes are tried from the smallest to the largest; the search is by the judge's first look, and a find counts if the
 * whole rule confirms it.
 *
 * @returns a function of a statement's first words, and of its verdict if that is known.
 */
export function adversary(scores: TrajectoryScores): (begins: string, known?: Verdict) => readonly Attack[] {
  const options = optionsOf(scores);
  const find = (statements: readonly Statement[], begins: string): Judged | undefined => {
    const statement = statements.find(({claim}) => claim.startsWith(begins));
    return statement && {statement, options};
  };
  const all = statementsOf(scores);
  const changed = rescorings(scores).map(({kind, words, results}) => ({
    ...{kind, words, statements: statementsOf({...scores, results})},
  }));
  return (begins, known) => {
    const own = find(all, begins);
    if (!own) return [];
    const verdict = known ?? verdictIn(own);
    if (verdict === "not measured") return [];
    const rough = verdictIn(own, true);
    const changes = [
      ...fewerTrajectories(own),
      ...movedLimits(),
      ...changed.map(({kind, words, statements}): Change => ({kind, words, make: () => find(statements, begins)})),
    ];
    return (Object.keys(KINDS) as Kind[]).flatMap((kind): Attack[] => {
      let tried = 0;
      for (const {words, make} of changes.filter((one) => one.kind === kind)) {
        const other = make(own);
        if (!other || isSame(other.statement, own.statement)) continue;
        tried++;
        const found: Verdict = verdictIn(other, true) === rough ? verdict : verdictIn(other);
        if (found !== verdict && found !== "not measured") {
          return [{kind, tried, flip: {change: words, verdict: found}}];
        }
      }
      return tried > 0 ? [{kind, tried}] : [];
    });
  };
}

/** Decide a statement, by the whole rule or by a first look. */
function verdictIn({statement, options}: Judged, rough = false): Verdict {
  const {comparisons, about = options.about, equalIsEnough} = statement;
  return judge(comparisons, {...options, about, equalIsEnough, rough}).verdict;
}

/** Check if a change left all scores and limits as they were. */
function isSame(a: Statement, b: Statement): boolean {
  const scoresOf = ({above = [], below = []}: Comparison) => [...above, ...below].map(({samples}) => samples);
  return (
    a.comparisons.length === b.comparisons.length &&
    a.comparisons.every((one, i) => {
      const other = scoresOf(b.comparisons[i]);
      return (
        one.limit === b.comparisons[i].limit &&
        scoresOf(one).every(
          (samples, j) => samples.length === other[j]?.length && samples.every((x, t) => x === other[j][t]),
        )
      );
    })
  );
}

/** Leave out the trajectories that speak most for a statement, or most against it. */
function fewerTrajectories({statement: {comparisons}}: Judged): Change[] {
  const [{above = [], below = []}] = comparisons;
  const count = [...above, ...below][0].samples.length;
  const order = bySupport(comparisons, count);
  return Array.from({length: Math.floor(count / 2)}, (_, i) => i + 1).flatMap((k) =>
    [order.slice(0, k), order.slice(count - k)].map((left): Change => ({
      kind: "first states",
      words: `${k} of ${count}`,
      make: ({statement, options}) => ({
        statement: {...statement, comparisons: comparisons.map((one) => without(one, left))},
        options: {...options, blocks: options.blocks?.filter((_, t) => !left.includes(t))},
      }),
    })),
  );
}

const movedLimits = (): Change[] =>
  [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].flatMap((step) =>
    [step, -step].map((shift): Change => ({
      kind: "threshold",
      words: `${shift > 0 ? "+" : "−"}${Math.round(100 * step)} %`,
      make: ({statement, options}) => {
        const moved = ({limit = 1, ...one}: Comparison) => ({...one, limit: limit * (1 + shift)});
        return {statement: {...statement, comparisons: statement.comparisons.map(moved)}, options};
      },
    })),
  );

/** Other scores for the same statements, in words. */
interface Rescoring {
  readonly kind: Kind;
  readonly words: string;
  readonly results: readonly Result[];
}

/** List the changes that are the same for all statements: of horizons, ensembles, metrics and trainings. */
function rescorings({results}: TrajectoryScores): Rescoring[] {
  const horizons = horizonsOf(results.filter((one) => !isFirst(one)));
  const members = membersOf(results);
  const at = (words: string, isKept: (horizon: string) => boolean): Rescoring => ({
    kind: "horizon",
    words,
    results: results.filter((one) => isFirst(one) || isKept(one.horizon)),
  });
  const ensemble = (words: string, changed: readonly Result[]): Rescoring => ({
    kind: "ensemble",
    words,
    results: changed,
  });
  const metric = (words: string, changed: readonly Result[]): Rescoring => ({kind: "metric", words, results: changed});
  const seed = (words: string, names: Readonly<Record<string, string>>): Rescoring => ({
    kind: "seed",
    words,
    results: inPlaceOf(results, names),
  });
  const seeds = [...new Set(results.flatMap(({method}) => /^diffusion, seed (\d+)$/.exec(method)?.[1] ?? []))];
  const others = seeds.slice(1);
  const named = (method: string, number: string) => ({[method]: `${method}, seed ${number}`});
  const [diffusion, solver] = ["diffusion", "neural solver"];
  return [
    ...horizons.map((left) => at(`without ${left}`, (horizon) => horizon !== left)),
    ...horizons.map((kept) => at(`${kept} alone`, (horizon) => horizon === kept)),
    ensemble("64 members", inPlaceOf(results, {diffusion: "diffusion, 64 members"})),
    ensemble("K → ∞", measuredBy(results, {vrmse: "vrmseLimit"}, diffusion)),
    ensemble("one member", measuredBy(results, {vrmse: "memberVrmse"}, diffusion)),
    metric("RMSE", measuredBy(results, {vrmse: "rmse"})),
    metric("energy score", measuredBy(results, {crpsClimate: "energyClimate"})),
    metric("CRPS by the truth's deviation", measuredBy(results, {crpsClimate: "crps"})),
    metric(
      "no factor",
      results.map((one) => withoutFactor(one, members)),
    ),
    ...others.map((a) => seed(`diffusion ${a}`, named(diffusion, a))),
    ...others.map((b) => seed(`solver ${b}`, named(solver, b))),
    ...others.flatMap((a) =>
      others.map((b) => seed(`diffusion ${a}, solver ${b}`, {...named(diffusion, a), ...named(solver, b)})),
    ),
    ...seeds.map((left): Rescoring => ({
      kind: "seed",
      words: `without ${left}`,
      results: results.filter(({method}) => !method.endsWith(`, seed ${left}`)),
    })),
  ];
}

/** Take the factor √((K + 1) / K) out of a spread/skill ratio, where K is the number of members. */
const withoutFactor = (one: Result, members: number): Result =>
  one.metric === "ratio" ? {...one, samples: one.samples.map((ratio) => ratio / Math.sqrt(1 + 1 / members))} : one;

/** Members of an ensemble whose scores are stored. */
const membersOf = ([{dataset}]: readonly Result[]): number =>
  preset(systemWith(dataset).name, defaultRun().trained).rollout.members;

/** Take other scores for some results: of another label or metric, at the same rate and horizon, where they were scored. */
function replaced(
  results: readonly Result[],
  by: (one: Result) => Partial<Pick<Result, "method" | "metric">> | undefined,
): Result[] {
  return results.map((one) => {
    const other = by(one);
    if (!other) return one;
    const {method, metric} = {...one, ...other};
    const isWanted = (each: Result) => each.method === method && each.metric === metric && isAt(one, each);
    const {value, error, samples, bySeed} = results.find(isWanted) ?? one;
    return {...one, value, error, samples, bySeed};
  });
}

const isAt = (a: Result, b: Result) =>
  a.compression === b.compression && a.horizon === b.horizon && a.space === b.space;

/** Take the scores of other labels at the middle rate; where a method has several trainings, nothing changes. */
function inPlaceOf(results: readonly Result[], names: Readonly<Record<string, string>>): Result[] {
  const rates = latentRatesOf(results);
  const middle = rates[Math.floor(rates.length / 2)];
  return replaced(results, ({method, compression, bySeed}) =>
    compression === middle && !bySeed && method in names ? {method: names[method]} : undefined,
  );
}

/** Take the scores of another metric, of one method or of all. */
function measuredBy(
  results: readonly Result[],
  names: Partial<Readonly<Record<ScoredMetric, ScoredMetric>>>,
  method?: string,
): Result[] {
  return replaced(results, (one) =>
    one.metric in names && (method === undefined || one.method === method) ? {metric: names[one.metric]} : undefined,
  );
}

/** Leave trajectories out of a comparison. */
function without({above, below, ...comparison}: Comparison, left: readonly number[]): Comparison {
  const kept = <T>(list: readonly T[]) => list.filter((_, t) => !left.includes(t));
  const all = (scores: Comparison["above"]) =>
    scores?.map((one) => ({...one, samples: kept(one.samples), bySeed: one.bySeed?.map(kept)}));
  return {...comparison, above: all(above), below: all(below)};
}

/** Order trajectories by their mean log ratio over all cells: those first that speak most for the statement. */
function bySupport(comparisons: readonly Comparison[], count: number): number[] {
  const logs = (scores: Comparison["above"] = [], t: number) =>
    scores.reduce((sum, {samples}) => sum + Math.log(samples[t]), 0);
  const support = Array.from({length: count}, (_, t) =>
    comparisons.reduce((sum, {above, below}) => sum + logs(above, t) - logs(below, t), 0),
  );
  return support.map((_, t) => t).sort((a, b) => support[a] - support[b]);
}
