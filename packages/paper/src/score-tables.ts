/** Tables 6 to 14 of a laboratory: what is scored for each, and how. */
import type {System} from "@lola-ts/simulators";
import type {NdArray} from "ndarray";
import {checkOptions, flat, type TableRow} from "@lola-ts/core";
import {type ContextResults, contextTable} from "./tables/context-table";
import {printedTable, type TableContent} from "./tables/paper-table";
import {
  isCovered,
  missingTimesNote,
  type OwnScore,
  publishedLeadTimes,
  publishedRate,
  publishedTable,
  spanOf,
} from "./tables/published-table";
import {BY_RATE, CONSECUTIVE, paperByRate, placedByRate, scoreTable} from "./tables/score-table";
import {
  type ScoredMetric,
  horizons,
  type StatisticOptions,
  readPaperScores,
  baselineMethods,
  horizonsOf,
  latentRatesOf,
  summary,
  withLabels,
  type PaperCell,
  type Result,
} from "lola/evaluate";
import type {Lab} from "@lola-ts/laboratory";
import {labRule, scoreForecast, type ScoringContext, methodCosts} from "@lola-ts/laboratory/stages";
import {overSeeds, seededMethods} from "./seeds";
import {roundedCount} from "./settings-tables";

/** Say where the headers of the paper's Tables 6 and 7 print other horizons than its numbers are of. */
export function printedHorizonsNote({paper}: Pick<System, "paper">): string {
  const {printedHorizons = [], horizons = []} = paper ?? {};
  const odd = printedHorizons.flatMap((printed, i) => (printed.join() === horizons[i].join() ? [] : [i]));
  const list = (all: readonly (readonly number[])[]) => odd.map((i) => all[i].join(":")).join(" and ");
  if (odd.length === 0) return "";
  return `The paper's header prints ${list(printedHorizons)}; its numbers are of ${list(horizons)}, as in its later tables.`;
}

/** Results of all methods of a laboratory, over its horizons and seeds. */
async function results(lab: Lab, options: StatisticOptions = {}): Promise<Result[]> {
  const {methods, config} = lab;
  const evaluation = await lab.evaluation({methods: seededMethods(config, methods)});
  return overSeeds(evaluation, config, {methods, ...options});
}

const of = (all: readonly Result[], metric: ScoredMetric) => all.filter((one) => one.metric === metric);

/** Tabulate VRMSE by compression rate (Table 6). */
export async function errorTable(lab: Lab): Promise<TableContent> {
  const ours = placedByRate(of(await results(lab), "vrmse"));
  return scoreTable([{ours, paper: paperByRate(readPaperScores(printedTable(6)), lab.system.short, "vrmse")}]);
}

/** A score of one trajectory or of several, or a printed one. */
type Grown = PaperCell & {readonly samples?: readonly number[]};

/**
 * Tabulate by what factor VRMSE grows from the lowest compression rate to the highest, by method and horizon: of this run (the
 * geometric mean of the factors of trajectories, with its standard error) and of the paper (its numbers of Table 6).
 *
 * @example await lab.showTable(await compressionGrowth(lab), `Growth of the error. ${lab.caption}`);
 */
export async function compressionGrowth(lab: Lab): Promise<TableRow[]> {
  checkOptions("compressionGrowth", labRule, lab, "lab");
  const ours = of((await lab.evaluation()).results(), "vrmse");
  const paper = readPaperScores(printedTable(6)).filter(({dataset}) => dataset === lab.system.short);
  const horizons = horizonsOf(ours);
  const row = (method: string, source: string, all: readonly Grown[]): TableRow[] => {
    const rates = latentRatesOf(all);
    const [low, high] = [rates[0], rates[rates.length - 1]];
    const cells = horizonsOf(all).flatMap((horizon, i): [string, number | null][] => {
      const find = (rate: number) =>
        all.find((one) => one.method === method && one.compression === rate && one.horizon === horizon);
      const [before, after] = [find(low), find(high)].map((one) => one && (one.samples ?? [one.value]));
      if (!before || !after) return [];
      const {value, error} = summary(after.map((own, place) => Math.log(own / before[place])));
      const factor = Math.exp(value);
      return [
        [horizons[i], factor],
        [`${horizons[i]} ±`, factor * error],
      ];
    });
    return cells.length === 0
      ? []
      : [{method, from: source, rates: `÷${low} to ÷${high}`, ...Object.fromEntries(cells)}];
  };
  return ["autoencoder", "neural solver", "diffusion"].flatMap((method) => [
    ...row(method, "this run", ours as readonly Grown[]),
    ...row(method, "the paper", paper),
  ]);
}

/**
 * Tabulate the power spectrum error by band and compression rate (Tables 8 to 10). The low band is there twice, as the
 * paper's mean and as a median: where a field has next to nothing at large scales, a mean of ratios is ruled by it.
 */
export async function spectrumTable(lab: Lab, number: number): Promise<TableContent> {
  const trivial: readonly string[] = baselineMethods;
  const learned = (all: readonly Result[]) => all.filter(({method}) => !trivial.includes(method));
  const means = learned(await results(lab));
  const medians = learned(await results(lab, {statistic: "median"}));
  const paper = readPaperScores(printedTable(number));
  const part = (band: string, metric: ScoredMetric, ours: readonly Result[], beside: boolean) => ({
    title: {band},
    ours: placedByRate(of(ours, metric)),
    paper: beside ? paperByRate(paper, lab.system.short, metric) : [],
  });
  return scoreTable([
    part("low", "low", means, true),
    part("low, median", "low", medians, false),
    part("mid", "mid", means, true),
    part("high", "high", means, true),
  ]);
}

/** Tabulate the distance between distributions by compression rate, and the distance of two consecutive states (Tables 11 to 13). */
export async function distributionTable(lab: Lab, number: number): Promise<TableContent> {
  const {config, artifacts, system} = lab;
  const reference = await consecutiveStates({config, artifacts, dataset: await lab.dataset()});
  const ours = placedByRate(of([...(await results(lab)), ...reference], "transport"));
  const paper = paperByRate(readPaperScores(printedTable(number)), system.short, "transport");
  return {...scoreTable([{ours, paper}], BY_RATE, 4), digits: 4};
}

/** List the numbers of context states that are compared (Table 7): up to three, below the window's length. */
export const comparedContexts = ({config}: Pick<Lab, "config">): number[] =>
  [1, 2, 3].filter((context) => context < config.window);

/** Lead time 0 of a laboratory whose forecasts are given different numbers of states: all predict the same ones. */
export function sharedStart(lab: Pick<Lab, "config">, contexts: readonly number[]): number {
  const {stride, rollout} = lab.config;
  return Math.max(rollout.start ?? 0, (Math.max(...contexts) - 1) * stride);
}

/** Score the latent emulators from each number of context states, on the same states; the training split is not needed. */
export async function contextResults(lab: Lab, contexts: readonly number[]): Promise<ContextResults[]> {
  const start = sharedStart(lab, contexts);
  const methods = lab.methods.filter(({latentChannels}) => latentChannels !== null);
  const all: ContextResults[] = [];
  for (const context of contexts) {
    const evaluation = await lab.with({rollout: {context, start}}).evaluation({methods, trivial: false});
    all.push({context, results: evaluation.results()});
  }
  return all;
}

/** Tabulate VRMSE by the number of context states, pooled over compression rates (Table 7). */
export async function contextsTable(lab: Lab): Promise<TableContent> {
  return contextTable(await contextResults(lab, comparedContexts(lab)), printedTable(7), lab.system.short);
}

const PUBLISHED_NAMES: Readonly<Record<string, string>> = {latent: "LNS", pixel: "ViT"};

/**
 * Tabulate published results on The Well's data with ours (Table 14): at the rate of the same rank as the paper's, and at
 * each printed range of lead times whose ends a forecast has states for.
 */
export async function comparedTable(lab: Lab): Promise<TableContent> {
  const {system, methods, config} = lab;
  const evaluation = await lab.evaluation({methods: seededMethods(config, methods)});
  const costs = methodCosts(await lab.autoencoders(), await lab.emulators());
  const file = printedTable(14);
  const times = publishedLeadTimes(file, system.short).filter((time) => isCovered(time, evaluation.leadTimes()));
  const spans = times.length > 0 ? times.map(spanOf) : [config.horizons[0]];
  const all = of(overSeeds(evaluation, config, {methods, spans}), "vrmse");
  const rates = latentRatesOf(all);
  const rate = rates[printedRank(lab)] ?? rates[0];
  const chosen = all.filter(
    ({method, compression}) => isPublished(method) && (compression === 1 || compression === rate),
  );
  const printedOrder = ({method, space}: Result) =>
    ["pixel", "latent"].indexOf(space) + (method === "diffusion" ? 2 : 0);
  const own = [...chosen]
    .sort((a, b) => printedOrder(a) - printedOrder(b))
    .map(({method, space, compression, horizon, value, error}): OwnScore => {
      const whole = costs.find((one) => one.method === method && one.compression === compression)?.parameters ?? 0;
      const encoder =
        costs.find((one) => one.method === "autoencoder" && one.compression === compression)?.parameters ?? 0;
      const parts = encoder > 0 ? [encoder, whole - encoder] : [whole];
      const name = method === "diffusion" ? "LDM" : PUBLISHED_NAMES[space];
      const leadTime = horizon.split(":");
      return {
        method: compression === 1 ? name : `${name} ÷${compression}`,
        parameters: parts.map(roundedCount).join(" + "),
        leadTime: leadTime[0] === leadTime[1] ? leadTime[0] : horizon,
        value,
        error,
      };
    });
  return publishedTable(own, file, system.short);
}

/** Say which printed lead times of Table 14 have no score of ours. */
export async function publishedNotes(lab: Lab): Promise<string[]> {
  const times = (await lab.evaluation()).leadTimes();
  const printed = publishedLeadTimes(printedTable(14), lab.system.short);
  return ["Data, sizes and training differ: no ranking.", missingTimesNote(printed, times)];
}

const isPublished = (method: string) => method === "diffusion" || method === "neural solver";

/** Find the rank of the paper's rate in Table 14 among its own rates; 0 for a system that is not in the paper. */
function printedRank({system: {paper, short}}: Lab): number {
  const rate = publishedRate(printedTable(14), short);
  return paper && rate !== undefined ? Math.max(0, paper.compressions.indexOf(rate)) : 0;
}

/** Forecast each state by the one before it; the first, which has none, by itself. */
function previous(truth: NdArray<Float32Array>): {data: Float32Array; shape: number[]} {
  const data = Float32Array.from(flat(truth));
  const size = data.length / truth.shape[0];
  data.copyWithin(size, 0, data.length - size);
  return {data, shape: [1, ...truth.shape]};
}

/**
 * Score each state of the test trajectories as a forecast of the next one (or load the scores).
 *
 * @returns all metrics over the horizons of the configuration; the state at lead time 0 does not count.
 */
export async function consecutiveStates(context: ScoringContext): Promise<Result[]> {
  const {config} = context;
  const {labels, rows} = await scoreForecast(context, {
    name: "previous-state",
    labels: {method: CONSECUTIVE, space: "", compression: null},
    inputs: [],
    forecast: (_, truth) => previous(truth),
  });
  const later = rows.filter(({state}) => state > 0);
  return withLabels(horizons(later, config.horizons, config.stride), labels);
}
