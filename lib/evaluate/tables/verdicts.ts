/** One method against another, and several laboratories beside each other, cell by cell, as the judge sees them. */
import {
  records,
  checkOptions,
  checkParts,
  either,
  list,
  number,
  oneOf,
  optional,
  text,
  type RulesOf,
  type TableRow,
} from "@lola-ts/core";
import type {ScoredMetric} from "../evaluate";
import {judge, type Comparison, type JudgedCell, type JudgeOptions} from "../judge";
import {isSameCell, isTrained, metricRule, byMethod, horizonsOf, type Result} from "./results";
import {METRIC_TITLES, PROPER_TITLES} from "./scorecard";
import type {Block} from "../statistics/crossed";

export interface VerdictOptions extends Pick<JudgeOptions, "about" | "blocks"> {
  /** The method that is judged, and the one that it is compared with. */
  readonly methods: readonly [string, string];
  /** Metrics of which small is good. Default: "crps", "vrmse", "vrmseLimit". */
  readonly metrics?: readonly ScoredMetric[];
}

const scored = records("results", "method", "metric", "horizon", "value", "samples");
const optionRules: RulesOf<VerdictOptions> = {
  methods: list(text, {length: 2}),
  metrics: optional(list(metricRule)),
  about: optional(oneOf(["methods", "models"])),
  blocks: optional(list(either(number(), text))),
};

/** Columns of a judged cell: the mean ratio less 1 in percent with its standard error, the corrected p-value and the verdict. */
export function judgedColumns({value, error, corrected, side, reason}: JudgedCell): TableRow {
  return {
    "change, %": Number.isNaN(value) ? null : 100 * Math.expm1(value),
    "change, % ±": Number.isNaN(value) ? null : 100 * Math.exp(value) * error,
    "corrected p": Number.isNaN(corrected) ? null : corrected,
    verdict: reason ? `${side}: ${reason}` : side,
  };
}

/**
 * Judge one method against another: a row per metric, compression rate and horizon with both scores, the mean change from the
 * second to the first, and what {@link judge} says of it: "better", "worse", "equal", "undecided", or why it was not measured.
 * Each metric is a statement of its own: p-values are corrected for its cells.
 *
 * @param options `about`: "methods" needs scores of several seeds ({@link acrossSeeds}); "models" speaks of these trainings alone.
 * @throws RangeError for a method with itself, if there is no cell that both methods have, or not a block for each trajectory.
 * @example await lab.showTable(verdicts(results, {methods: ["diffusion", "neural solver"]}), "Who is better?");
 */
export function verdicts(results: readonly Result[], options: VerdictOptions): TableRow[] {
  checkOptions("verdicts", scored, results, "results");
  checkParts("verdicts", optionRules, options);
  const {methods, metrics = ["crps", "vrmse", "vrmseLimit"], ...others} = options;
  const [a, b] = methods;
  if (a === b) throw new RangeError(`verdicts: expected two different methods, found ${a} twice.`);
  const pairs = metrics.flatMap((metric) =>
    results
      .filter((result) => result.method === a && result.metric === metric)
      .flatMap((own) =>
        results.filter((other) => other.method === b && isSameCell(own, other)).map((other) => [own, other]),
      ),
  );
  if (pairs.length === 0) {
    throw new RangeError(`verdicts: expected scores of ${methods.join(" and ")} at the same rate, found none.`);
  }
  const {blocks} = options;
  const counts = new Set(pairs.map(([own]) => own.samples.length));
  if (blocks && !counts.has(blocks.length)) {
    const expected = `a block for each of ${[...counts].join(" or ")} trajectories`;
    throw new RangeError(`verdicts: expected blocks to be ${expected}, found ${blocks.length} of them.`);
  }
  const cells = metrics.flatMap((metric) => {
    const own = pairs.filter(([result]) => result.metric === metric);
    return judge(
      own.map(([result, other]) => comparisonOf(result, other)),
      others,
    ).cells;
  });
  return pairs.map(([own, other], i) => ({
    metric: {...METRIC_TITLES, ...PROPER_TITLES}[own.metric] ?? own.metric,
    space: own.space,
    "÷": own.compression,
    horizon: own.horizon,
    [a]: own.value,
    [b]: other.value,
    ...judgedColumns(cells[i]),
  }));
}

/** Compare two results, the first with the second. */
export const comparisonOf = (own: Result, other: Result): Comparison => ({
  label: `${own.method} ÷${own.compression} ${own.horizon}`,
  above: [{...own, isTrained: isTrained(own)}],
  below: [{...other, isTrained: isTrained(other)}],
});

export interface NamedResults {
  readonly name: string;
  readonly results: readonly Result[];
}

/** Metrics of which neither small nor large is good. */
const UNJUDGED: readonly ScoredMetric[] = ["spread", "ratio"];

/**
 * Tabulate a metric of several laboratories: a row per method, compression and horizon with each one's value (`name`) and
 * standard error (`name ±`), and the change from the first to each other (`name: change, %`) with the verdict of {@link judge}
 * on these trained models, corrected for the number of rows. Cells without a counterpart are empty, and so are verdicts on spread
 * and spread/skill, of which no direction is good. Trivial forecasts, and scores that are undefined everywhere, are left out.
 *
 * @param labs results on the same test trajectories.
 * @param blocks of the trajectories, as the judge takes them. Default: none.
 * @throws RangeError if no laboratory has the metric.
 */
export function pairedTable(
  labs: readonly NamedResults[],
  metric: ScoredMetric = "vrmse",
  blocks?: readonly Block[],
): TableRow[] {
  const all = labs.flatMap(({name, results}) =>
    results
      .filter((result) => result.metric === metric && isTrained(result) && !result.samples.every(Number.isNaN))
      .map((result) => ({...result, name})),
  );
  if (all.length === 0) throw new RangeError(`pairedTable: expected results of ${metric}, found none.`);
  const groups = byMethod(all).flatMap((group) =>
    horizonsOf(group).map((horizon) => group.filter((result) => result.horizon === horizon)),
  );
  const rows = groups.map((cells): TableRow => {
    const {method, space, compression, horizon} = cells[0];
    const scores = labs.flatMap(({name}) => {
      const own = cells.find((cell) => cell.name === name);
      return [
        [name, own?.value ?? null],
        [`${name} ±`, own?.error ?? null],
      ];
    });
    return {method, space, "÷": compression, horizon, ...(Object.fromEntries(scores) as TableRow)};
  });
  const [first, ...others] = labs.map(({name}) => name);
  return others.reduce((table, name) => withVerdicts(table, groups, [first, name], {metric, blocks}), rows);
}

function withVerdicts(
  rows: readonly TableRow[],
  groups: readonly (readonly (Result & {name: string})[])[],
  [first, name]: readonly [string, string],
  {metric, blocks}: {readonly metric: ScoredMetric; readonly blocks?: readonly Block[]},
): TableRow[] {
  const pairs = groups.map((cells) => [name, first].map((wanted) => cells.find((cell) => cell.name === wanted)));
  const comparisons = pairs.flatMap(([own, base]) => (own && base ? [comparisonOf(own, base)] : []));
  const judged = [...judge(comparisons, {about: "models", blocks}).cells];
  return rows.map((row, i) => {
    const cell = pairs[i].includes(undefined) ? undefined : judged.shift()!;
    const {"corrected p": p = null, verdict = null, ...change} = cell ? judgedColumns(cell) : {};
    const isJudged = !UNJUDGED.includes(metric);
    return {
      ...row,
      [`${name}: change, %`]: change["change, %"] ?? null,
      [`${name}: change, % ±`]: change["change, % ±"] ?? null,
      ...(isJudged ? {[`${name}: corrected p`]: p, [`${name}: verdict`]: verdict} : {}),
    };
  });
}
