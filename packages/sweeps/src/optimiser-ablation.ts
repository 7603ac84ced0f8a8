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
 */
export function table4(
  trials: readonly EndedTrial[],
  file = path.join(projectRoot(), "data/paper/table-04.csv"),
): TableRow[] {
  checkOptions("table4", trialsRule, trials, "trials");
  const groups = byVariant(measuredTrials(trials));
  const target = lastError(groupOf(groups, "adamw", false));
  const printed = readCsv(file);
  const time = Math.min(...groups.map((group) => summary(group.map(({measured}) => measured.seconds)).value));
  return groups.map((group) => {
    const {overrides} = group[0];
    const optimiser = String(overrides[OPTIMISER]);
    const identity = overrides[IDENTITY] as boolean;
    const paper = (epoch: string, metric = "validation MAE") =>
      paperCell(printed, PRINTED[optimiser], identity, epoch, metric);
    const reached = group.map(({measured}) => stepsToTarget(measured, target));
    const isReached = reached.every((steps) => steps !== undefined);
    return {
      optimiser: NAMES[optimiser] ?? optimiser,
      "identity init": identity ? "yes" : "no",
      "learning rate": (overrides[RATE] as number | undefined) ?? null,
      seeds: group.length,
      ...mean("MAE, 10 % of steps", group, ({steps, validation}) => errorAt({validation}, 0.1 * steps)),
      "paper, epoch 100": paper("100"),
      ...mean("MAE, all steps", group, ({validation}) => validation.at(-1)?.[1] ?? NaN),
      "paper, epoch 1000": paper("1000"),
      ...mean("MAE, equal time", group, ({steps, seconds, validation}) =>
        errorAt({validation}, (steps * time) / seconds),
      ),
      "steps to target": isReached ? summary(reached as number[]).value : null,
      ...mean("seconds", group, ({seconds}) => seconds),
      "paper, hours": paper("", "training time"),
    };
  });
}

function mean(name: string, group: readonly MeasuredTrial[], value: (measured: Measured) => number): TableRow {
  const {value: average, error} = summary(group.map(({measured}) => value(measured)));
  return {[name]: average, [`${name} ±`]: error};
}

const lastError = (group: readonly MeasuredTrial[]) =>
  summary(group.map(({measured}) => errorAt(measured, Infinity))).value;

function groupOf(groups: readonly MeasuredTrial[][], optimiser: string, identity: boolean): MeasuredTrial[] {
  const found = groups.find(([{overrides}]) => overrides[OPTIMISER] === optimiser && overrides[IDENTITY] === identity);
  if (found) return found;
  const what = `${NAMES[optimiser]} ${identity ? "with" : "without"} identity initialisation`;
  throw new RangeError(`table4: expected trials of ${what}, found none.`);
}

function paperCell(
  printed: readonly TableRow[],
  optimiser: string,
  identity: boolean,
  epoch: string,
  metric: string,
): number | null {
  const found = printed.find(
    (cell) =>
      cell.optimizer === optimiser &&
      cell.identity_init === (identity ? "w/" : "w/o") &&
      String(cell.epoch ?? "") === epoch &&
      cell.metric === metric,
  );
  return found ? Number(found.value) : null;
}

/** A claim of the paper: one way to train in place of another lowers the error. */
interface Claim {
  readonly claim: string;
  readonly way: readonly [optimiser: string, identity: boolean];
  readonly instead: readonly [optimiser: string, identity: boolean];
}

const CLAIMS: readonly Claim[] = [
  {claim: "identity initialisation, AdamW", way: ["adamw", true], instead: ["adamw", false]},
  {claim: "PSGD instead of AdamW, with identity", way: ["psgd", true], instead: ["adamw", true]},
  {claim: "both together", way: ["psgd", true], instead: ["adamw", false]},
  {claim: "identity initialisation, PSGD", way: ["psgd", true], instead: ["psgd", false]},
  {claim: "identity initialisation, SOAP", way: ["soap", true], instead: ["soap", false]},
  {claim: "SOAP instead of AdamW, with identity", way: ["soap", true], instead: ["adamw", true]},
];

/**
 * Judge what the paper says of Table 4, after all steps: a row per claim with the mean change of the error here, paired by seeds,
 * its corrected p-value, the factor of steps to the slower way's last error, the paper's change and the judge's verdict.
 *
 * @throws RangeError if a way to train is missing.
 */
export function table4Verdicts(
  trials: readonly EndedTrial[],
  file = path.join(projectRoot(), "data/paper/table-04.csv"),
): TableRow[] {
  checkOptions("table4Verdicts", trialsRule, trials, "trials");
  const groups = byVariant(measuredTrials(trials));
  const printed = readCsv(file);
  const judged = CLAIMS.map(({claim, way, instead}) => {
    const [own, other] = [groupOf(groups, ...way), groupOf(groups, ...instead)];
    const shared = own.filter(({seed}) => other.some((trial) => trial.seed === seed));
    const scores = (method: string, trials: readonly MeasuredTrial[]) => ({
      method,
      samples: shared.map(({seed}) => errorAt(trials.find((trial) => trial.seed === seed)!.measured, Infinity)),
    });
    const paper = [way, instead].map(([optimiser, identity]) =>
      paperCell(printed, PRINTED[optimiser], identity, "1000", "validation MAE"),
    );
    return {
      comparison: {label: claim, above: [scores(way.join(" "), own)], below: [scores(instead.join(" "), other)]},
      faster: speedUp(own, other),
      paper: paper.includes(null) ? null : 100 * (paper[0]! / paper[1]! - 1),
    };
  });
  const {cells} = judge(
    judged.map(({comparison}) => comparison),
    BY_SEED,
  );
  return judged.map(({faster, paper}, i) => ({
    claim: cells[i].label,
    ...judgedColumns(cells[i]),
    "times fewer steps": faster,
    "paper: change, %": paper,
    verdict: verdictOf([cells[i]]),
  }));
}

/** How many times fewer steps one way takes to the last error of another; null if it does not get there. */
function speedUp(own: readonly MeasuredTrial[], other: readonly MeasuredTrial[]): number | null {
  const steps = own.map(({measured}) => stepsToTarget(measured, lastError(other)));
  if (steps.some((one) => one === undefined)) return null;
  return other[0].measured.steps / summary(steps as number[]).value;
}
