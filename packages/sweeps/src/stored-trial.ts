/** Trials as JSON keeps them. */
import {isPlainObject} from "@lola-ts/core";
import type {EndedTrial, Measured} from "./trial";

/**
 * Read how a trial ended from plain data; numbers that JSON cannot hold were written as null, and become NaN again.
 *
 * @returns undefined if the data are no trial.
 */
export function readEndedTrial(found: unknown): EndedTrial | undefined {
  if (!isPlainObject(found)) return undefined;
  const {method, overrides, seed, share, measured} = found;
  const isTrial = typeof method === "string" && isPlainObject(overrides) && isNumber(seed) && isNumber(share);
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
  const {values, validation, loss} = measured;
  const numbers = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, numberOf(value)]));
  return {...measured, values: numbers, validation: pairsOf(validation), loss: pairsOf(loss)};
}

const numberOf = (value: number | null) => value ?? NaN;

const pairsOf = (pairs: readonly (readonly [number, number | null])[]) =>
  pairs.map(([step, value]) => [step, numberOf(value)] as const);
