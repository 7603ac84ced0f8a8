/**
 * Plans of studies: axes of one option each from a centre, for several kinds of emulators, as one sweep.
 *
 * A plan is written before its trials run. It says what is trained and measured, and by which endpoints, margin and rule the
 * question is decided; a sweep of its name follows it to the letter.
 */
import {readFileSync} from "node:fs";
import * as z from "zod";
import {
  anything,
  canonicalText,
  checkOptions,
  count,
  isPlainObject,
  list,
  number,
  oneOf,
  optional,
  parseJson,
  passing,
  section,
  text,
  where,
  whole,
  type Rule,
} from "@lola-ts/core";
import type {Overrides} from "./space";
import type {Trial} from "./trial";
import {MARGIN} from "lola/evaluate";
import {systemNames} from "@lola-ts/simulators";
import {changedConfig, preset, presetNames} from "@lola-ts/laboratory/stages";
import {jobOf, measuresOf, variantConfig} from "./trial-config";

export const fileName = where(text, 'a name of letters, digits, "-", "_" and "."', (name: string) =>
  /^[\w-][\w.-]*$/.test(name),
);

const overrides = passing<Overrides>("values of options by their paths", isPlainObject);
const names = list(text, {repeats: false});
const recordOf = <R extends Rule>(rule: R) => z.record(z.string(), rule);
const scoreName = oneOf(["mse", "crps", "low", "mid", "high"]);

const horizon = where(
  list(number({min: 0}), {length: 2}),
  "lead times [from, to]",
  ([from, to]: number[]) => from <= to,
);

const planRule = section({
  name: fileName,
  question: text,
  system: oneOf(systemNames),
  preset: text,
  /** Test trajectories that no training sees: seed of their simulation, and their number. */
  trajectories: section({seed: whole({min: 0}), number: count}),
  /** Value of every option of an axis, and of others that differ from the preset. */
  centre: overrides,
  /** Kinds of forecasts, each a method of a sweep with what it changes. */
  kinds: recordOf(section({method: text, change: optional(overrides)})),
  /** Values of an option, all else as in the centre. */
  axes: recordOf(
    section({option: text, values: list(anything, {repeats: false}), seeds: count, kinds: optional(names)}),
  ),
  measure: names,
  /** Ratios of two kinds' scores over a horizon, at every value of an axis. */
  endpoints: recordOf(section({above: text, below: text, score: scoreName, horizon})),
  /** Relative change that counts as none: the judge's. */
  margin: where(number(), `${MARGIN}, the margin of the judge`, (value: number) => value === MARGIN),
  rule: text,
  statistics: list(text),
  predictions: list(text),
  /** Seconds of a training step without its operations, operations per second, and seconds to score a trajectory. */
  cost: section({step: number({min: 0}), speed: number({above: 0}), scoring: number({min: 0})}),
});

export type PlanFile = z.infer<typeof planRule>;

/** A forecast at one value of an axis; its options are those that differ from the centre's. */
export interface PlannedPoint extends Pick<Trial, "method" | "overrides"> {
  readonly kind: string;
  /** None is the centre. */
  readonly axis?: string;
  readonly value?: unknown;
  readonly seeds: number;
}

/** Read the file of a plan by a rule. @throws RangeError naming the file, and the key or value that is wrong. */
export function readChecked(file: string, rule: Rule): unknown {
  let content: unknown;
  try {
    content = parseJson(readFileSync(file, "utf8"));
  } catch (error) {
    throw new RangeError(`${file}: expected JSON, found ${(error as Error).message}`, {cause: error});
  }
  checkOptions(file, rule, content);
  return content;
}

/**
 * Read a plan, and check every forecast that it asks for: its options, method, measures and horizons.
 *
 * @throws RangeError naming the file, and the key or value that is wrong.
 */
export function readPlan(file: string): PlanFile {
  const plan = readChecked(file, planRule) as PlanFile;
  const {centre, kinds, axes, endpoints} = plan;
  const among = (place: string, name: string, allowed: object) =>
    checkOptions(file, oneOf(Object.keys(allowed)), name, place);
  among("preset", plan.preset, Object.fromEntries(presetNames(plan.system).map((name) => [name, true])));
  for (const [name, axis] of Object.entries(axes)) {
    axis.kinds?.forEach((kind, i) => among(`axes.${name}.kinds[${i}]`, kind, kinds));
    if (!Object.hasOwn(centre, axis.option)) {
      throw new RangeError(`${file}: expected centre to have ${axis.option}, the option of axes.${name}, found none.`);
    }
  }
  for (const [name, {above, below}] of Object.entries(endpoints)) {
    among(`endpoints.${name}.above`, above, kinds);
    among(`endpoints.${name}.below`, below, kinds);
    if (above === below)
      throw new RangeError(`${file}: expected endpoints.${name} of two kinds, found ${above} twice.`);
  }
  const config = variantConfig(preset(plan.system, plan.preset), centre, file);
  for (const {method, overrides} of pointsOf(plan)) {
    const changed = variantConfig(config, overrides, file);
    measuresOf(changed, method, plan.measure, file);
    if (jobOf(changed, method, file).stage === "autoencoder") {
      throw new RangeError(`${file}: expected kinds to be emulators, found ${method}.`);
    }
  }
  for (const {horizon} of Object.values(endpoints))
    changedConfig(file, config, {horizons: [horizon as [number, number]]});
  return plan;
}

/** List all points of a plan, the centre first. */
export function pointsOf({centre, kinds, axes}: PlanFile): PlannedPoint[] {
  const all = Object.keys(kinds);
  const most = Math.max(...Object.values(axes).map(({seeds}) => seeds));
  const isOther = ([option, value]: [string, unknown]) => canonicalText(centre[option]) !== canonicalText(value);
  const point = (kind: string, change: Overrides = {}) => ({
    kind,
    method: kinds[kind].method,
    overrides: Object.fromEntries(Object.entries({...kinds[kind].change, ...change}).filter(isOther)),
  });
  return [
    ...all.map((kind) => ({...point(kind), seeds: most})),
    ...Object.entries(axes).flatMap(([axis, {option, values, seeds, kinds: applied = all}]) =>
      values.flatMap((value) => applied.map((kind) => ({...point(kind, {[option]: value}), axis, value, seeds}))),
    ),
  ];
}
