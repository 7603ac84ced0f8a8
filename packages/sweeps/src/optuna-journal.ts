/**
 * A sweep as an Optuna study: a journal that `optuna-dashboard` and `optuna.storages.JournalStorage` read.
 *
 * A journal is a list of operations, one JSON object a line. Trials are in the order in which they ended, so that a longer
 * sweep's journal begins with that of a shorter one, and readers that follow it go on where they were.
 */
import {valueCell} from "@lola-ts/core";
import {badness} from "./badness";
import {scaleOf} from "./scale";
import {optionsOf, type EndedTrial} from "./trial";

const OPERATION = {createStudy: 0, createTrial: 4, parameter: 5, end: 6, intermediate: 7, attribute: 8} as const;
const MINIMISE = 1;
const STATE = {complete: 1, failed: 3} as const;

/** A study: its name, the measure that is minimised, and all variants, which say how far each option ranges. */
export interface StudyOptions {
  readonly name: string;
  readonly measure: string;
  readonly variants: readonly {readonly method: string; readonly overrides: Readonly<Record<string, unknown>>}[];
}

/** Write the journal of a study. */
export function optunaJournal(trials: readonly EndedTrial[], {name, measure, variants}: StudyOptions): string {
  const lines: object[] = [{op_code: OPERATION.createStudy, study_name: name, directions: [MINIMISE]}];
  const options = ["method", ...optionsOf(variants)];
  const values = (path: string) =>
    variants.flatMap(({method, overrides}) =>
      path === "method" ? [method] : path in overrides ? [overrides[path]] : [],
    );
  const axes = new Map(options.map((path) => [path, values(path)]));
  const inOrder = [...trials].sort((a, b) => a.ended - b.ended);
  inOrder.forEach((trial, id) => lines.push(...trialLines(trial, id, axes, measure)));
  return lines.map((line) => `${JSON.stringify({worker_id: "lola", ...line})}\n`).join("");
}

function trialLines(trial: EndedTrial, id: number, axes: ReadonlyMap<string, unknown[]>, measure: string): object[] {
  const {measured, error, seed, share, ended} = trial;
  const begun = new Date(ended - 1000 * (measured?.seconds ?? 0)).toISOString();
  const own: Record<string, unknown> = {method: trial.method, ...trial.overrides};
  const attributes = {seed, share, key: measured?.key, steps: measured?.steps, error, ...measured?.values};
  const value = measured && badness(measure, measured.values[measure]);
  const isFinite = value !== undefined && Number.isFinite(value);
  return [
    {op_code: OPERATION.createTrial, study_id: 0, datetime_start: begun},
    ...Object.keys(own).map((path) => ({
      op_code: OPERATION.parameter,
      trial_id: id,
      param_name: path,
      ...parameter(axes.get(path)!, own[path]),
    })),
    ...(measured?.validation ?? [])
      .filter(([, loss]) => Number.isFinite(loss))
      .map(([step, loss]) => ({op_code: OPERATION.intermediate, trial_id: id, step, intermediate_value: loss})),
    ...Object.entries(attributes)
      .filter(([, attribute]) => attribute !== undefined)
      .map(([key, attribute]) => ({op_code: OPERATION.attribute, trial_id: id, user_attr: {[key]: attribute}})),
    {
      op_code: OPERATION.end,
      trial_id: id,
      state: isFinite ? STATE.complete : STATE.failed,
      values: isFinite ? [value] : null,
      datetime_complete: new Date(ended).toISOString(),
    },
  ];
}

/** Value and distribution of a parameter in Optuna's words. */
function parameter(values: readonly unknown[], value: unknown): {param_value_internal: number; distribution: string} {
  const scale = scaleOf(values);
  if (scale.kind === "numbers") {
    const {from, to, log} = scale;
    const attributes = {step: null, low: from, high: to, log};
    return {
      param_value_internal: value as number,
      distribution: JSON.stringify({name: "FloatDistribution", attributes}),
    };
  }
  const choices = [...new Set(values.map((one) => String(valueCell(one))))];
  return {
    param_value_internal: choices.indexOf(String(valueCell(value))),
    distribution: JSON.stringify({name: "CategoricalDistribution", attributes: {choices}}),
  };
}
