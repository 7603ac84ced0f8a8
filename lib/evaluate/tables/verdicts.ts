/** One method against another, cell by cell: better, worse, or undecided. */
import {
  records,
  checkOptions,
  checkParts,
  list,
  number,
  optional,
  text,
  type RulesOf,
  type TableRow,
} from "@lola-ts/core";
import type {ScoredMetric} from "../evaluate";
import {holm} from "../holm";
import {pairedDifference} from "../paired";
import {metricRule, type Result} from "./results";
import {METRIC_TITLES} from "./scorecard";

export interface VerdictOptions {
  /** The method that is judged, and the one that it is compared with. */
  readonly methods: readonly [string, string];
  /** Metrics of which small is good. Default: "crps", "vrmse", "vrmseLimit". */
  readonly metrics?: readonly ScoredMetric[];
  /** Level below which a corrected p-value decides. Default: 0.05. */
  readonly level?: number;
}

const scored = records("results", "method", "metric", "horizon", "value", "samples");
const optionRules: RulesOf<VerdictOptions> = {
  methods: list(text, {length: 2}),
  metrics: optional(list(metricRule)),
  level: optional(number({min: 0, max: 1})),
};

/** A comparison in one cell. */
interface Cell {
  readonly row: TableRow;
  readonly value: number;
  readonly p: number;
}

/**
 * Judge one method against another: a row per metric, compression rate and horizon with both scores, the mean difference
 * over trajectories and its standard error, the p-value of the paired t-test, corrected for the number of rows (Holm), and
 * the verdict "better", "worse" or "undecided".
 *
 * @throws RangeError if there is no cell that both methods have.
 * @example await lab.showTable(verdicts(results, {methods: ["diffusion", "neural solver"]}), "Who is better?");
 */
export function verdicts(results: readonly Result[], options: VerdictOptions): TableRow[] {
  checkOptions("verdicts", scored, results, "results");
  checkParts("verdicts", optionRules, options);
  const {methods, metrics = ["crps", "vrmse", "vrmseLimit"], level = 0.05} = options;
  const [own, other] = methods.map((method) => results.filter((result) => result.method === method));
  const cells = metrics.flatMap((metric) => own.flatMap((result) => cellOf(metric, result, other, methods)));
  if (cells.length === 0) {
    throw new RangeError(`verdicts: expected scores of ${methods.join(" and ")} at the same rate, found none.`);
  }
  const corrected = holm(cells.map(({p}) => p));
  return cells.map(({row, value}, i) => {
    const decided = corrected[i] < level;
    return {...row, "corrected p": corrected[i], verdict: decided ? (value < 0 ? "better" : "worse") : "undecided"};
  });
}

function cellOf(metric: ScoredMetric, result: Result, others: readonly Result[], [a, b]: readonly string[]): Cell[] {
  const {compression, space, horizon} = result;
  const isSame = (one: Result) => one.metric === metric && one.compression === compression && one.horizon === horizon;
  const beside = others.find(isSame);
  if (result.metric !== metric || !beside) return [];
  const {value, error, p} = pairedDifference(result.samples, beside.samples);
  const row = {
    metric: METRIC_TITLES[metric] ?? metric,
    space,
    "÷": compression,
    horizon,
    [a]: result.value,
    [b]: beside.value,
  };
  return [{row: {...row, difference: value, "difference ±": error}, value, p}];
}
