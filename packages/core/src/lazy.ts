/** Values that are computed when they are first needed, and kept. */
import {canonicalText} from "./json";

/** A value that is computed on first access, e.g. training data, which a loaded model does not need. */
export class Lazy<T> {
  private value: T | undefined;

  constructor(private readonly make: () => T) {}

  get(): T {
    return (this.value ??= this.make());
  }

  /** The value, undefined until it was computed. */
  get made(): T | undefined {
    return this.value;
  }
}

/** Make a function that computes its result once for each list of arguments, which are plain data. */
export function remembered<A extends readonly unknown[], R>(make: (...args: A) => R): (...args: A) => R {
  const made = new Map<string, R>();
  return (...args) => {
    const key = canonicalText(args);
    const result = made.get(key) ?? make(...args);
    made.set(key, result);
    return result;
  };
}
