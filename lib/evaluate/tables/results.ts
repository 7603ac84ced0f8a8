/** Scores with their owner: how they are labelled, ordered, averaged over seeds and laid out as rows. */
import {records, oneOf, checkOptions, checkParts, list, text, type TableRow} from "@lola-ts/core";
import {metricNames, optionalMetrics, type MetricRow} from "../evaluate";
import {horizons, type HorizonScore, type Horizon} from "../horizons";
import {columnMeans, crossedSummary} from "../statistics/crossed";

export interface Labels {
  /** Short name of the system: "Euler", "RB", "TGC" or another. */
  readonly dataset: string;
  /** "autoencoder", one of {@link emulatorMethods} or {@link baselineMethods}, or the label of another emulator. */
  readonly method: string;
  /** Where it works; "" for trivial forecasts. */
  readonly space: "latent" | "pixel" | "";
  /** Compression rate, 1 in pixel space, null for trivial forecasts. */
  readonly compression: number | null;
}

/** A score over a horizon and the method that earned it. */
export interface Result extends Labels, HorizonScore {
  /** Samples of each training of the method, trajectory by trajectory; `samples` are then their means. Default: one training. */
  readonly bySeed?: readonly (readonly number[])[];
}

export const resultsRule = records("results", "method", "metric", "horizon", "value");

export const metricRule = oneOf([...metricNames, ...optionalMetrics]);

/** Methods of the emulators, in the order of tables. */
export const emulatorMethods = ["diffusion", "neural solver", "stochastic solver"] as const;

export const baselineMethods = ["first frame", "training mean", "spatial mean"] as const;

/** Check if a method's scores depend on a training: scores of trivial forecasts do not. */
export const isTrained = ({method}: Pick<Labels, "method">): boolean =>
  !(baselineMethods as readonly string[]).includes(method);

/** Attach a method's labels to its scores. */
export function withLabels(scores: readonly HorizonScore[], labels: Labels): Result[] {
  return scores.map((score) => ({...labels, ...score}));
}

/** List the horizons of results in the order of their first lead time. */
export function horizonsOf(results: readonly {readonly horizon: string}[]): string[] {
  return [...new Set(results.map(({horizon}) => horizon))].sort((a, b) => parseFloat(a) - parseFloat(b));
}

/** List the compression rates above 1, of latent models, from the lowest to the highest. */
export function latentRatesOf(results: readonly {readonly compression: number | null}[]): number[] {
  const rates = results.flatMap(({compression}) => (compression !== null && compression > 1 ? [compression] : []));
  return [...new Set(rates)].sort((a, b) => a - b);
}

const methodOrder: readonly string[] = ["autoencoder", ...emulatorMethods, ...baselineMethods];
/** Place of methods with a label of their own: after the emulators. */
const labelled = emulatorMethods.length + 0.5;

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

const scored = records("results", "method", "metric", "horizon", "value", "samples");

/**
 * Average the scores of emulators that differ in their seeds, trajectory by trajectory. The scores of each seed stay beside the
 * averages, so that a verdict is about the method and not about one training; errors are over trajectories and seeds.
 *
 * @param labels of the emulators.
 * @param method name of their average.
 * @returns a score per metric, compression rate and horizon that all of them have.
 * @throws RangeError naming a label without scores.
 * @example
 * const mean = acrossSeeds(results, ["diffusion, seed 0", "diffusion, seed 1"], "diffusion");
 */
export function acrossSeeds(results: readonly Result[], labels: readonly string[], method: string): Result[] {
  checkParts("acrossSeeds", {results: scored, labels: list(text), method: text}, {results, labels, method});
  const [first, ...rest] = labels.map((label) => {
    const scores = results.filter((result) => result.method === label);
    if (scores.length > 0) return scores;
    const known = [...new Set(results.map((result) => result.method))].join(", ");
    throw new RangeError(`acrossSeeds: expected scores of "${label}", found those of ${known}.`);
  });
  return first.flatMap((own) => {
    const others = rest.map((list) => list.find((other) => isSameCell(own, other)));
    if (others.some((other) => other === undefined)) return [];
    const all = [own, ...(others as Result[])];
    const bySeed = all.map(({samples}) => samples);
    const {value, error} = crossedSummary(bySeed);
    return [{...own, method, value, error, samples: columnMeans(bySeed), bySeed}];
  });
}

/** Check if two results are of the same metric, space, rate and horizon. */
export const isSameCell = (a: Result, b: Result): boolean =>
  a.metric === b.metric && a.horizon === b.horizon && a.compression === b.compression && a.space === b.space;

/**
 * Tabulate one metric of one method: a row per compression rate, a column per horizon with its standard error.
 *
 * @throws RangeError if the method has no such score.
 * @example await lab.showTable(byHorizon(results, "ratio", "diffusion"), "Spread / skill", {name: "spread-skill"});
 */
export function byHorizon(results: readonly Result[], metric: string, method: string): TableRow[] {
  checkOptions("byHorizon", resultsRule, results, "results");
  const own = results.filter((row) => row.method === method && row.metric === metric);
  if (own.length === 0) throw new RangeError(`byHorizon: expected scores "${metric}" of ${method}, found none.`);
  const rates = [...new Set(own.map(({compression}) => compression))].sort((a, b) => (a ?? 0) - (b ?? 0));
  return rates.map((rate) => {
    const cells = horizonsOf(own).flatMap((horizon): [string, number | null][] => {
      const found = own.find((row) => row.compression === rate && row.horizon === horizon);
      return [
        [horizon, found?.value ?? null],
        [`${horizon} ±`, found?.error ?? null],
      ];
    });
    return {method, "÷": rate, ...Object.fromEntries(cells)};
  });
}

/**
 * Tabulate scores: a row per method, compression, field, horizon and metric with `value`, `error` (the standard error over
 * trajectories; NaN for a single one) and the number of `trajectories`. The field "all" is the mean over fields; forecasts
 * of one member have no rows of spread.
 *
 * @throws RangeError naming a horizon without any state.
 */
export function scoreRows(
  scores: readonly {readonly labels: Labels; readonly rows: readonly MetricRow[]}[],
  {horizons: spans, stride}: {readonly horizons: readonly Horizon[]; readonly stride: number},
): TableRow[] {
  return scores.flatMap(({labels: {method, space, compression}, rows}) => {
    const names = {method, space, compression};
    return ["all", ...new Set(rows.map(({field}) => field))].flatMap((field) => {
      const chosen = field === "all" ? rows : rows.filter((row) => row.field === field);
      return spans.flatMap(([from, to]) =>
        horizons(chosen, [[from, to]], stride)
          .filter(({samples}) => !samples.every(Number.isNaN))
          .map(({horizon, metric, value, error, samples: {length: trajectories}}) => {
            return {...names, horizon, from, to, field, metric, value, error, trajectories};
          }),
      );
    });
  });
}
