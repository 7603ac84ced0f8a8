/** Results in one line, where a cell or a terminal prints them: their arrays would fill pages. */
import {inspect} from "node:util";

/**
 * Let an object print as one line, and copies that a spread makes of it.
 *
 * @returns the object itself.
 * @example printAs({states, key}, () => `Latents ${states.shape.join(" × ")}`);
 */
export function printAs<T extends object>(value: T, line: (value: T) => string): T {
  return Object.assign(value, {
    [inspect.custom](this: T) {
      return line(this);
    },
  });
}

/** Write a shape as it is printed: "[200, 21, 32, 32, 4]". */
export function shapeInWords(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
