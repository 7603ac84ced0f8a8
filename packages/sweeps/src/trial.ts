/** One training of a sweep, and what was measured of it. */
import {canonicalText, isPlainObject, passing} from "@lola-ts/core";
import type {Overrides} from "./space";

/** Which training: a method with values of options, and a seed. */
export interface Trial {
  /** "autoencoder", "diffusion", "solver-16". */
  readonly method: string;
  readonly overrides: Overrides;
  /** Seed of the model that is measured: variants are paired by it. */
  readonly seed: number;
}

/** Scores of single trajectories at each lead time; fields are averaged. */
export interface LeadScores {
  /** Parameters of each trajectory, in words. */
  readonly blocks: readonly string[];
  readonly leads: readonly number[];
  /** By the name of the score: of each trajectory, at each lead time. */
  readonly scores: Readonly<Record<string, readonly (readonly number[])[]>>;
}

export interface Measured {
  /** By the name of the measure. */
  readonly values: Readonly<Record<string, number>>;
  readonly steps: number;
  /** Wall-clock time of the training. */
  readonly seconds: number;
  /** Validation errors, each with the number of finished steps. */
  readonly validation: readonly (readonly [step: number, error: number])[];
  /** Losses, thinned. */
  readonly loss: readonly (readonly [step: number, loss: number])[];
  /** Key of the model's artefact. */
  readonly key: string;
  /** When it was measured, in milliseconds since 1970. */
  readonly finished: number;
  /** Processor, number of its cores, and version of Node. */
  readonly machine?: string;
  /** Scores of single trajectories, of a sweep by a plan. */
  readonly trajectories?: LeadScores;
}

/** A trial that ended: measured, or failed with a message. */
export interface EndedTrial extends Trial {
  readonly measured?: Measured;
  readonly error?: string;
  /** When it ended, in milliseconds since 1970. */
  readonly ended: number;
  /** Whether it came with the project: it was trained on another machine, and its model is not here. */
  readonly shipped?: true;
}

export type MeasuredTrial = Trial & {readonly measured: Measured};

export function measuredTrials(trials: readonly EndedTrial[]): MeasuredTrial[] {
  return trials.filter((trial): trial is EndedTrial & MeasuredTrial => trial.measured !== undefined);
}

/** Trials, of which there may be none. */
export const trialsRule = passing(
  "a list of trials",
  (trials) => Array.isArray(trials) && trials.every((trial) => isPlainObject(trial) && isPlainObject(trial.overrides)),
);

/** Tells a method with its values of options from others. */
export function variantKey({method, overrides}: Pick<Trial, "method" | "overrides">): string {
  return canonicalText([method, overrides]);
}

export function byVariant<T extends Pick<Trial, "method" | "overrides">>(trials: readonly T[]): T[][] {
  const groups = new Map<string, T[]>();
  for (const trial of trials) {
    const group = groups.get(variantKey(trial));
    if (group) group.push(trial);
    else groups.set(variantKey(trial), [trial]);
  }
  return [...groups.values()];
}

/** List the options that trials vary, in the order in which they first name them. */
export function optionsOf(trials: readonly Pick<Trial, "overrides">[]): string[] {
  return [...new Set(trials.flatMap(({overrides}) => Object.keys(overrides)))];
}

export function variedOptions(trials: readonly Pick<Trial, "overrides">[]): string[] {
  const values = (path: string) => new Set(trials.map(({overrides}) => canonicalText(overrides[path])));
  return optionsOf(trials).filter((path) => values(path).size > 1);
}

export function methodsOf(trials: readonly Pick<Trial, "method">[]): string[] {
  return [...new Set(trials.map(({method}) => method))];
}

/**
 * Read how a trial ended from plain data; numbers that JSON cannot hold were written as null, and become NaN again.
 *
 * @returns undefined if the data are no trial.
 */
export function readEndedTrial(found: unknown): EndedTrial | undefined {
  if (!isPlainObject(found)) return undefined;
  const {method, overrides, seed, measured} = found;
  const isTrial = typeof method === "string" && isPlainObject(overrides) && isNumber(seed);
  if (!isTrial) return undefined;
  if (measured === undefined) return found as unknown as EndedTrial;
  return isMeasured(measured) ? ({...found, measured: withNumbers(measured)} as unknown as EndedTrial) : undefined;
}

const isNumber = (value: unknown): value is number => typeof value === "number";

function isMeasured(found: unknown): found is Measured {
  if (!isPlainObject(found)) return false;
  const {values, validation, loss, steps, seconds} = found;
  return isPlainObject(values) && isNumber(steps) && isNumber(seconds) && [validation, loss].every(isCurve);
}

const isCurve = (found: unknown): boolean =>
  Array.isArray(found) && found.every((point) => Array.isArray(point) && point.length === 2);

function withNumbers(measured: Measured): Measured {
  const {values, validation, loss, trajectories} = measured;
  const numbers = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, numberOf(value)]));
  const read = {...measured, values: numbers, validation: pairsOf(validation), loss: pairsOf(loss)};
  if (!trajectories) return read;
  const tables = Object.entries(trajectories.scores).map(([name, rows]) => [
    name,
    rows.map((row) => row.map(numberOf)),
  ]);
  return {...read, trajectories: {...trajectories, scores: Object.fromEntries(tables) as LeadScores["scores"]}};
}

const numberOf = (value: number | null) => value ?? NaN;

const pairsOf = (pairs: readonly (readonly [number, number | null])[]) =>
  pairs.map(([step, value]) => [step, numberOf(value)] as const);
