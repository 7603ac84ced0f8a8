/**
 * Reader of the options of a configuration file, one at a time, so that none is misread or overlooked.
 *
 * Every error names the file, the key, what was expected and what was found. Numbers are bounded: an untrusted
 * configuration must not determine how much memory is allocated before its weights are checked.
 */
import {
  isPlainObject,
  checkOptions,
  valueInWords,
  accepts,
  anything,
  expectedOf,
  list,
  optional,
  section,
  text,
  type Rule,
} from "@lola-ts/core";
import {count} from "lola/nn";

/** Plain data with text keys. */
export type Section = Readonly<Record<string, unknown>>;

/** One section of a configuration. A missing key has its default, if there is one. */
export class Options {
  private readonly values: Section;
  private readonly seen = new Set<string>();

  /**
   * @param where name of the section in errors, e.g. `run/config.yaml: ae`.
   * @throws Error unless `values` is plain data with text keys.
   */
  constructor(
    values: unknown,
    private readonly where: string,
  ) {
    if (!isPlainObject(values))
      throw new Error(`${where}: expected a section of options, found ${valueInWords(values)}.`);
    this.values = values;
  }

  keys(): string[] {
    return Object.keys(this.values);
  }

  /** Tell whether a key is present and not null. */
  has(key: string): boolean {
    return this.raw(key) !== undefined;
  }

  /** Fail for a key. @throws Error with what was expected and what was found. */
  fail(key: string, expected: string): never {
    const found = Object.hasOwn(this.values, key) ? this.values[key] : undefined;
    throw new Error(`${this.where}.${key}: expected ${expected}, found ${valueInWords(found)}.`);
  }

  /** Read the value of a key; null counts as missing. */
  raw(key: string): unknown {
    this.seen.add(key);
    return Object.hasOwn(this.values, key) ? (this.values[key] ?? undefined) : undefined;
  }

  get<T>(key: string, rule: Rule<T>, fallback?: T): T {
    const value = this.raw(key) ?? fallback;
    return accepts(rule, value) ? (value as T) : this.fail(key, expectedOf(rule));
  }

  /** Read one number for all of the axes, or one for each. */
  along(key: string, axes: number, fallback: readonly number[]): number[] {
    const value = this.raw(key) ?? fallback;
    if (accepts(count, value)) return new Array<number>(axes).fill(value as number);
    if (accepts(list(count, {length: axes}), value)) return value as number[];
    return this.fail(key, `${expectedOf(count)}, or ${axes} of them`);
  }

  texts(key: string, fallback?: string[]): string[] {
    const found = this.raw(key) ?? fallback;
    const value = typeof found === "string" ? [found] : found;
    const rule = list(text, {empty: true});
    return accepts(rule, value) ? (value as string[]) : this.fail(key, expectedOf(rule));
  }

  /** Open a section within this one; a missing section is empty. */
  section(key: string): Options {
    return new Options(this.raw(key) ?? {}, `${this.where}.${key}`);
  }

  /** Require that a key is missing or has an accepted value. */
  only(key: string, accepted: (value: unknown) => boolean, expected: string): void {
    const value = this.raw(key);
    if (value !== undefined && !accepted(value)) this.fail(key, expected);
  }

  ignore(...keys: string[]): void {
    for (const key of keys) this.seen.add(key);
  }

  /** Finish reading. @throws Error naming the first key that was not read, with the nearest one that was. */
  done(): void {
    const known = section(Object.fromEntries([...this.seen].map((key) => [key, optional(anything)])));
    checkOptions(this.where, known, this.values);
  }
}
