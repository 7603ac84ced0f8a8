/** Table 4 of the paper: how optimiser and initialisation of the autoencoder matter. */
import path from "node:path";
import {records, checkOptions, projectRoot, type TableRow} from "@lola-ts/core";
import {judge, judgedColumns, readCsv, summary, verdictOf} from "lola/evaluate";
import {BY_SEED} from "./sweep-table";
import {byVariant, measuredTrials, type EndedTrial, type Measured, type MeasuredTrial} from "./trial";

const OPTIMISER = "autoencoder.training.optimiser";
const IDENTITY = "autoencoder.model.identityInit";
const RATE = "autoencoder.training.learningRate";

/** Names of optimisers here and in the paper's table, which has no SOAP. */
const NAMES: Readonly<Record<string, string>> = {adamw: "AdamW", psgd: "PSGD", soap: "SOAP"};
const PRINTED: Readonly<Record<string, string>> = {adamw: "Adam", psgd: "PSGD"};

const trialsRule = records("trials", "method", "overrides", "seed");

/** Validation error after a number of steps, on straight lines between validations. */
export function errorAt({validation}: Pick<Measured, "validation">, step: number): number {
  const after = validation.findIndex(([at]) => at >= step);
  if (after < 0) return validation.at(-1)?.[1] ?? NaN;
  const [at, error] = validation[after];
  if (after === 0 || at === step) return error;
  const [before, above] = validation[after - 1];
  return above + ((step - before) / (at - before)) * (error - above);
}

/** First step at which a training's validation error is at most the target, on straight lines between validations. */
export function stepsToTarget({validation}: Pick<Measured, "validation">, target: number): number | undefined {
  const reached = validation.findIndex(([, error]) => error <= target);
  if (reached < 0) return undefined;
  const [step, error] = validation[reached];
  if (reached === 0) return step;
  const [before, above] = validation[reached - 1];
  return before + ((above - target) / (above - error)) * (step - before);
}

/**
 * Tabulate the ablation of the autoencoder's training as Table 4: a row per optimiser and initialisation with the mean
 * absolute error at a tenth of the steps, after all of them, and after the time that the fastest one takes; steps and seconds to
 * the last error of AdamW without identity initialisation; the paper's columns at the same shares of its epochs.
 *
 * @param trials of a sweep that measures "mae" over `autoencoder.training.optimiser` and `autoencoder.model.identityInit`.
 * @param file the paper's table. Default: data/paper/table-04.csv.
 * @throws RangeError if there are no trials of AdamW without identity initialisation.
 * @example await lab.showTable(table4(sweep.trials), "Table 4", {name: "table-04-whole"});
 */
export function table4(trials: readonly EndedTrial[], file = printedFile()): TableRow[] {
  checkOptions("table4", trialsRule, trials, "trials");
  const groups = byVariant(measuredTrials(trials));
  const target = lastError(groupOf(groups, ["adamw", false]));
  const paperCell = printedCells(file);
  const time = Math.min(...groups.map((group) => summary(group.map(({measured}) => measured.seconds)).value));
  return groups.map((group) => {
    const way = wayOf(group);
    const [optimiser, identity] = way;
    const reached = group.map(({measured}) => stepsToTarget(measured, target));
    const isReached = reached.every((steps) => steps !== undefined);
    return {
      optimiser: NAMES[optimiser] ?? optimiser,
      "identity init": identity ? "yes" : "no",
      "learning rate": (group[0].overrides[RATE] as number | undefined) ?? null,
      seeds: group.length,
      ...mean("MAE, 10 % of steps", group, ({steps, validation}) => errorAt({validation}, 0.1 * steps)),
      "paper, epoch 100": paperCell(way, "100"),
      ...mean("MAE, all steps", group, ({validation}) => validation.at(-1)?.[1] ?? NaN),
      "paper, epoch 1000": paperCell(way, "1000"),
      ...mean("MAE, equal time", group, ({steps, seconds, validation}) =>
        errorAt({validation}, (steps * time) / seconds),
      ),
      "steps to target": isReached ? summary(reached).value : null,
      ...mean("seconds", group, ({seconds}) => seconds),
      "paper, hours": paperCell(way, "", "training time"),
    };
  });
}

const printedFile = () => path.join(projectRoot(), "data/paper/table-04.csv");

function mean(name: string, group: readonly MeasuredTrial[], value: (measured: Measured) => number): TableRow {
  const {value: average, error} = summary(group.map(({measured}) => value(measured)));
  return {[name]: average, [`${name} ±`]: error};
}

const lastError = (group: readonly MeasuredTrial[]) =>
  summary(group.map(({measured}) => errorAt(measured, Infinity))).value;

/** How an autoencoder is trained: by which optimiser, and whether from identity initialisation. */
type Way = readonly [optimiser: string, identity: boolean];

const wayOf = ([{overrides}]: readonly MeasuredTrial[]): Way => [
  String(overrides[OPTIMISER]),
  overrides[IDENTITY] as boolean,
];

function groupOf(groups: readonly MeasuredTrial[][], [optimiser, identity]: Way): MeasuredTrial[] {
  const found = groups.find(([{overrides}]) => overrides[OPTIMISER] === optimiser && overrides[IDENTITY] === identity);
  if (found) return found;
  const what = `${NAMES[optimiser]} ${identity ? "with" : "without"} identity initialisation`;
  throw new RangeError(`table4: expected trials of ${what}, found none.`);
}

/** Read the paper's table. @returns what it has for a way to train, null where it has nothing. */
function printedCells(file: string) {
  const printed = readCsv(file);
  return ([optimiser, identity]: Way, epoch: string, metric = "validation MAE"): number | null => {
    const found = printed.find(
      (cell) =>
        cell.optimizer === PRINTED[optimiser] &&
        cell.identity_init === (identity ? "w/" : "w/o") &&
        String(cell.epoch ?? "") === epoch &&
        cell.metric === metric,
    );
    return found ? Number(found.value) : null;
  };
}

/** Claims of the paper: one way to train in place of another lowers the error. */
const CLAIMS: readonly (readonly [claim: string, way: Way, instead: Way])[] = [
  ["identity initialisation, AdamW", ["adamw", true], ["adamw", false]],
  ["PSGD instead of AdamW, with identity", ["psgd", true], ["adamw", true]],
  ["both together", ["psgd", true], ["adamw", false]],
  ["identity initialisation, PSGD", ["psgd", true], ["psgd", false]],
  ["identity initialisation, SOAP", ["soap", true], ["soap", false]],
  ["SOAP instead of AdamW, with identity", ["soap", true], ["adamw", true]],
];

/**
 * Judge what the paper says of Table 4, after all steps: a row per claim with the mean change of the error here, paired by seeds,
 * its corrected p-value, the factor of steps to the slower way's last error, the paper's change and the judge's verdict.
 *
 * @throws RangeError if a way to train is missing.
 */
export function table4Verdicts(trials: readonly EndedTrial[], file = printedFile()): TableRow[] {
  checkOptions("table4Verdicts", trialsRule, trials, "trials");
  const groups = byVariant(measuredTrials(trials));
  const paperCell = printedCells(file);
  const judged = CLAIMS.map(([label, way, instead]) => {
    const [own, other] = [groupOf(groups, way), groupOf(groups, instead)];
    const shared = own.filter(({seed}) => other.some((trial) => trial.seed === seed));
    const scores = (way: Way, trials: readonly MeasuredTrial[]) => ({
      method: way.join(" "),
      samples: shared.map(({seed}) => errorAt(trials.find((trial) => trial.seed === seed)!.measured, Infinity)),
    });
    const [ours, theirs] = [way, instead].map((one) => paperCell(one, "1000"));
    return {
      comparison: {label, above: [scores(way, own)], below: [scores(instead, other)]},
      faster: speedUp(own, other),
      paper: ours === null || theirs === null ? null : 100 * (ours / theirs - 1),
    };
  });
  const comparisons = judged.map(({comparison}) => comparison);
  return judge(comparisons, BY_SEED).cells.map((cell, i) => ({
    claim: cell.label,
    ...judgedColumns(cell),
    "times fewer steps": judged[i].faster,
    "paper: change, %": judged[i].paper,
    verdict: verdictOf([cell]),
  }));
}

/** How many times fewer steps one way takes to the last error of another; null if it does not get there. */
function speedUp(own: readonly MeasuredTrial[], other: readonly MeasuredTrial[]): number | null {
  const steps = own.map(({measured}) => stepsToTarget(measured, lastError(other)));
  if (steps.some((one) => one === undefined)) return null;
  return other[0].measured.steps / summary(steps as number[]).value;
}
