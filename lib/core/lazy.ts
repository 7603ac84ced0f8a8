/**
 * Values that are made when they are first asked for: a training that is only loaded needs no data to learn from.
 */
export class Lazy<T> {
  private value: T | undefined;

  constructor(private readonly make: () => T) {}

  /** The value, made by the first call. */
  get(): T {
    return (this.value ??= this.make());
  }

  /** The value if it was made. */
  get made(): T | undefined {
    return this.value;
  }
}
