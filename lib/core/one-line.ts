/** Results in one line, where a cell or a terminal prints them: their arrays would fill pages. */
import {inspect} from "node:util";

/**
 * Let an object print as one line. Copies that a spread makes print as any object does.
 *
 * @returns the object itself.
 * @example printAs({states, key}, () => `Latents ${states.shape.join(" × ")}`);
 */
export function printAs<T extends object>(value: T, line: (value: T) => string): T {
  return Object.defineProperty(value, inspect.custom, {value: () => line(value), enumerable: false});
}

/** Write a shape as it is printed: "[200, 21, 32, 32, 4]". */
export function shapeInWords(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
