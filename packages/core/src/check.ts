/** Checks of arguments. A failed check throws a sentence that names the argument, what was expected and what was found. */

import {valueInWords} from "./text";

/** Check if a value is an object literal or parsed JSON, rather than an array or an instance of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

export interface IntegerBounds {
  /** Default: 1. */
  readonly min?: number;
  /** Default: none. */
  readonly max?: number;
}

/**
 * Check that an argument is an integer within bounds, at least 1 by default.
 *
 * @param where function or file that is called, which begins the sentence.
 * @throws RangeError naming the argument, the bounds and the value, unless the check holds.
 */
export function requireInteger(where: string, name: string, value: number, {min = 1, max}: IntegerBounds = {}): void {
  if (Number.isInteger(value) && value >= min && (max === undefined || value <= max)) return;
  const bounds = max === undefined ? `of at least ${min}` : `from ${min} to ${max}`;
  throw new RangeError(`${where}: expected ${name} to be an integer ${bounds}, found ${valueInWords(value)}.`);
}

/**
 * Check that an argument is a positive finite number.
 *
 * @param where function or file that is called, which begins the sentence.
 * @throws RangeError naming the argument and the value, unless the check holds.
 */
export function requirePositive(where: string, name: string, value: number): void {
  if (value > 0 && Number.isFinite(value)) return;
  throw new RangeError(`${where}: expected a positive ${name}, found ${valueInWords(value)}.`);
}

/**
 * Check that all values of a tensor are finite.
 *
 * @param where file that is read, which begins the sentence.
 * @throws RangeError naming the tensor and its first value that is not finite, unless the check holds.
 */
export function requireFinite(where: string, name: string, values: Float32Array): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new RangeError(`${where}: expected finite numbers in "${name}", found ${values[i]} at ${i}.`);
  }
}
