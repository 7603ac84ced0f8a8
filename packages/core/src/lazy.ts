/**
 * A value that is computed on first access and kept, e.g. training data, which a loaded model does not need.
 */
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
