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
  number,
  optional,
  section,
  type Rule,
} from "@lola-ts/core";
import {MAX_COUNT} from "lola/nn";

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

  /** List the keys that are present. */
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

  /** Read an integer from `min` to about a million. */
  count(key: string, fallback?: number, min = 1): number {
    const value = this.raw(key) ?? fallback;
    return isCount(value, min) ? value : this.fail(key, `an integer from ${min} to ${MAX_COUNT}`);
  }

  /** Read a list of integers, or (if `axes` is given) one integer for all axes. */
  counts(key: string, {fallback, min = 1, axes}: {fallback?: number[]; min?: number; axes?: number}): number[] {
    const value = this.raw(key) ?? fallback;
    if (axes !== undefined && isCount(value, min)) return new Array<number>(axes).fill(value);
    const list =
      Array.isArray(value) && value.length > 0 && value.length <= MAX_COUNT ? (value as unknown[]) : undefined;
    if (list?.every((item): item is number => isCount(item, min)) && (axes ?? list.length) === list.length) {
      return list;
    }
    const length = axes === undefined ? "a list of integers" : `one integer, or ${axes},`;
    return this.fail(key, `${length} from ${min} to ${MAX_COUNT}`);
  }

  /** Read a finite number that a rule accepts. */
  number(key: string, fallback?: number, rule: Rule = number()): number {
    const value = this.raw(key) ?? fallback;
    return accepts(rule, value) ? (value as number) : this.fail(key, expectedOf(rule));
  }

  /** Read a list that a rule accepts. */
  list<T>(key: string, rule: Rule, fallback?: T[]): T[] {
    const value = this.raw(key) ?? fallback;
    return accepts(rule, value) ? (value as T[]) : this.fail(key, expectedOf(rule));
  }

  /** Read true or false. */
  flag(key: string, fallback?: boolean): boolean {
    const value = this.raw(key) ?? fallback;
    return typeof value === "boolean" ? value : this.fail(key, "true or false");
  }

  /** Read a text, one of `choices` if they are given. */
  text(key: string, {fallback, choices}: {fallback?: string; choices?: readonly string[]} = {}): string {
    const value = this.raw(key) ?? fallback;
    if (typeof value === "string" && (choices?.includes(value) ?? true)) return value;
    return this.fail(key, choices ? choices.join(" or ") : "a text");
  }

  /** Read a list of texts, or one text. */
  texts(key: string, fallback?: string[]): string[] {
    const found = this.raw(key) ?? fallback;
    const value = typeof found === "string" ? [found] : found;
    const list = Array.isArray(value) ? (value as unknown[]) : undefined;
    return list?.every((item): item is string => typeof item === "string") ? list : this.fail(key, "a list of texts");
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

  /** Accept keys that have no effect here. */
  ignore(...keys: string[]): void {
    for (const key of keys) this.seen.add(key);
  }

  /** Finish reading. @throws Error naming the first key that was not read, with the nearest one that was. */
  done(): void {
    const known = section(Object.fromEntries([...this.seen].map((key) => [key, optional(anything)])));
    checkOptions(this.where, known, this.values);
  }
}

function isCount(value: unknown, min: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= MAX_COUNT;
}
