/**
 * Scores beside the paper's (Tables 6 and 8 to 13).
 *
 * Neither compression rates nor horizons need to be the paper's: smaller states leave less to compress, shorter
 * trajectories end earlier. Both are compared by rank (our lowest rate with its lowest, our first horizon with its
 * first), and tables name both.
 */
import {records} from "../../core/options/array-rules";
import {checkOptions} from "../../core/options/check-options";
import {count, optional} from "../../core/options/rules";
import type {TableRow} from "../../core/table";
import type {ScoredMetric} from "../evaluate";
import type {Horizon} from "../horizons";
import {type PaperCell, readPaperScores} from "./paper-scores";
import {
  baselineMethods,
  emulatorMethods,
  isEmulator,
  horizonsOf,
  latentRatesOf,
  metricRule,
  resultsRule,
  type Result,
} from "./results";

/** Cost of a method: size of its models and length of their training. */
export interface MethodCost {
  readonly method: string;
  /** 1 in pixel space. */
  readonly compression: number;
  /** Numbers that are learned, those of the autoencoder included. */
  readonly parameters: number;
  /** Training steps, those of the autoencoder included. */
  readonly steps: number;
}

export interface ComparisonOptions {
  /** "vrmse" for Table 6, a band for Tables 8 to 10, "transport" for Tables 11 to 13. Default: "vrmse". */
  metric?: ScoredMetric;
  /** Choose the paper's compression rate to set beside one of ours. Default: by rank. */
  counterpart?: (compression: number) => number | undefined;
  /** Adds columns `parameters` and `training steps`, empty for methods without costs. */
  costs?: readonly MethodCost[];
}

const methodOrder: readonly string[] = ["autoencoder", ...emulatorMethods, ...baselineMethods];
/** Place of methods with a label of their own: after the emulators. */
const labelled = emulatorMethods.length + 0.5;

const cells = records("cells of the paper", "dataset", "metric", "horizon", "value");
const costsRule = optional(records("costs", "method", "compression"));

/** Split off the results of one metric, and the paper's cells of the same dataset and metric. */
function select(where: string, results: readonly Result[], paper: readonly PaperCell[], metric: ScoredMetric) {
  checkOptions(where, resultsRule, results, "results");
  checkOptions(where, cells, paper, "paper");
  checkOptions(where, metricRule, metric, "metric");
  const ours = results.filter((result) => result.metric === metric);
  const theirs = paper.filter((cell) => cell.dataset === ours[0]?.dataset && cell.metric === metric);
  return {ours, theirs};
}

/**
 * Match our horizons with the paper's: the same ones if it has all of ours, else by rank, first with first.
 *
 * @returns the paper's horizon of each of ours that has a counterpart.
 * @example matchHorizons(["1:20", "21:60", "61:100"], ["1:20", "21:60", "61:180"]).get("61:100") // "61:180"
 */
export function matchHorizons(ours: readonly string[], paper: readonly string[]): Map<string, string> {
  if (ours.every((horizon) => paper.includes(horizon))) return new Map(ours.map((horizon) => [horizon, horizon]));
  return new Map(ours.slice(0, paper.length).map((horizon, rank) => [horizon, paper[rank]]));
}

/** Match our latent compression rates with the paper's: by rank if there are as many, and pixel space with itself. */
function matchRates(ours: readonly number[], paper: readonly number[]): Map<number, number> {
  const latent = ours.length === paper.length ? ours.map((rate, i): [number, number] => [rate, paper[i]]) : [];
  return new Map([[1, 1], ...latent]);
}

/**
 * Lay out results as the paper's Table 6: a row per method and compression; per horizon our value (`1:20`), its standard
 * error (`1:20 ±`) and the paper's value under the horizon that it prints (`1:20 (paper)`), null where it has none.
 *
 * @param results of one dataset.
 * @param paper from {@link readPaperScores}.
 * @example comparison(results, readPaperScores(`${projectRoot()}/data/paper/table-08.csv`), {metric: "high"})
 */
export function comparison(
  results: readonly Result[],
  paper: readonly PaperCell[],
  {metric = "vrmse", counterpart, costs}: ComparisonOptions = {},
): TableRow[] {
  const {ours, theirs} = select("comparison", results, paper, metric);
  checkOptions("comparison", costsRule, costs, "costs");
  const horizons = horizonsOf(ours);
  const printed = matchHorizons(horizons, horizonsOf(theirs));
  const rates = matchRates(latentRatesOf(ours), latentRatesOf(theirs));
  return byMethod(ours).map((group) => {
    const {method, space, compression} = group[0];
    const rate =
      compression === null ? null : ((counterpart ? counterpart(compression) : rates.get(compression)) ?? null);
    const row: TableRow = {method, space, "÷": compression, "÷ (paper)": rate};
    if (costs) {
      const cost = costs.find((entry) => entry.method === method && entry.compression === compression);
      row.parameters = cost?.parameters ?? null;
      row["training steps"] = cost?.steps ?? null;
    }
    for (const horizon of horizons) {
      const found = group.find((result) => result.horizon === horizon);
      const beside = printed.get(horizon);
      row[horizon] = found?.value ?? null;
      row[`${horizon} ±`] = found?.error ?? null;
      if (beside === undefined) continue;
      const cell = theirs.find(
        (cell) => cell.method === method && cell.compression === rate && cell.horizon === beside,
      );
      row[`${beside} (paper)`] = cell?.value ?? null;
    }
    return row;
  });
}

/** Group results by method and compression rate, in the order of the paper's tables. */
export function byMethod<R extends Result>(results: readonly R[]): R[][] {
  const rank = (method: string) => (methodOrder.includes(method) ? methodOrder.indexOf(method) : labelled);
  const order = ({method, compression}: Result) => rank(method) * 1e6 + (compression ?? 0);
  const groups = new Map<string, R[]>();
  for (const result of [...results].sort((a, b) => order(a) - order(b))) {
    const key = `${result.method} ${result.compression}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()];
}

/** Horizons of the paper's results of a system, and those that the headers of its Tables 6 and 7 print. */
export interface PaperHorizons {
  readonly horizons: readonly Horizon[];
  readonly printedHorizons: readonly Horizon[];
}

/**
 * Say for a caption which horizons stand beside others of the paper, and which of its headers are misprints.
 *
 * @param facts name the misprints. Default: none are named.
 * @returns one sentence, or "" if all horizons are the same.
 */
export function horizonNote(
  results: readonly Result[],
  paper: readonly PaperCell[],
  {metric = "vrmse", facts}: {metric?: ScoredMetric; facts?: PaperHorizons} = {},
): string {
  const {ours, theirs} = select("horizonNote", results, paper, metric);
  const pairs = [...matchHorizons(horizonsOf(ours), horizonsOf(theirs))].filter(([own, printed]) => own !== printed);
  if (pairs.length === 0) return "";
  const meant = new Map(facts?.printedHorizons.map((printed, i) => [printed.join(":"), facts.horizons[i].join(":")]));
  const texts = pairs.map(([own, printed]) => {
    const computed = meant.get(printed) ?? printed;
    return `${own} beside the paper's ${printed}${computed === printed ? "" : ` (a misprint of ${computed})`}`;
  });
  return `Horizons by rank: ${texts.join(", ")}.`;
}

/** Numbers of context states of the latent forecasts in the paper's Table 6: its means over rates are those of Table 7. */
const pooledContexts = "1 to 3, pooled";

/**
 * Lay out our VRMSE beside the paper's Table 6, with the number of context states of each forecast: the paper pools
 * latent forecasts from 1, 2 and 3 of them.
 *
 * @param path the file table-06.csv.
 * @param options costs and counterparts as in {@link comparison}; `context` is the number of states that our forecasts
 * start from (default: 1).
 * @throws Error naming the file if it cannot be read.
 * @example table6(results, `${projectRoot()}/data/paper/table-06.csv`)
 */
export function table6(
  results: readonly Result[],
  path: string,
  {context = 1, ...options}: Omit<ComparisonOptions, "metric"> & {context?: number} = {},
): TableRow[] {
  checkOptions("table6", resultsRule, results, "results");
  checkOptions("table6", count, context, "context");
  return comparison(results, readPaperScores(path), options).map(({method, space, ...row}) => {
    const forecast = isEmulator(String(method));
    const contexts = {
      context: forecast ? context : null,
      "context (paper)": forecast && Number(row["÷ (paper)"]) > 1 ? pooledContexts : null,
    };
    return {method, space, ...contexts, ...row};
  });
}

/**
 * Say for the caption of {@link table6} how its columns differ from the paper's: by context states, and by horizons.
 *
 * @param path the file table-06.csv.
 * @param options `context` as in {@link table6}; `facts` as in {@link horizonNote}.
 * @returns one or two sentences, or "" for a system that is not in the paper.
 * @throws Error naming the file if it cannot be read.
 */
export function table6Note(
  results: readonly Result[],
  path: string,
  {context = 1, facts}: {context?: number; facts?: PaperHorizons} = {},
): string {
  checkOptions("table6Note", resultsRule, results, "results");
  checkOptions("table6Note", count, context, "context");
  const paper = readPaperScores(path);
  if (!paper.some(({dataset}) => dataset === results[0]?.dataset)) return "";
  const states = `${context} context state${context === 1 ? "" : "s"}`;
  const contexts = `Ours start from ${states}; the paper pools latent forecasts from 1 to 3.`;
  return [contexts, horizonNote(results, paper, {facts})].filter(Boolean).join(" ");
}
