/**
 * Reads the options of a configuration file one by one, so that none is misread or overlooked.
 *
 * Every complaint names the file, the key, what was expected and what was found. Numbers are bounded: a configuration
 * from a stranger must not decide how much memory is taken before its weights were looked at.
 */
import {isPlainObject} from "../core/check";

/** Plain data with text keys. */
export type Section = Readonly<Record<string, unknown>>;

/** Largest size that an option may ask for. */
const LARGEST = 2 ** 20;

/** A value as a sentence shows it. */
export function shown(value: unknown): string {
  const text = value === undefined ? "none" : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** One section of a configuration. A missing key has its default where there is one. */
export class Options {
  private readonly values: Section;
  private readonly known = new Set<string>();

  /**
   * @param where what to call the section in complaints, e.g. `run/config.yaml: ae`.
   * @throws Error unless `values` is plain data with text keys.
   */
  constructor(
    values: unknown,
    private readonly where: string,
  ) {
    if (!isPlainObject(values)) throw new Error(`${where}: expected a section of options, found ${shown(values)}.`);
    this.values = values;
  }

  /** Whether the key is there and not null. */
  has(key: string): boolean {
    return this.raw(key) !== undefined;
  }

  /** @throws Error that says what was expected of `key` and what was found. */
  fail(key: string, expected: string): never {
    const found = Object.hasOwn(this.values, key) ? this.values[key] : undefined;
    throw new Error(`${this.where}.${key}: expected ${expected}, found ${shown(found)}.`);
  }

  /** The value of a key; null counts as missing. */
  raw(key: string): unknown {
    this.known.add(key);
    return Object.hasOwn(this.values, key) ? (this.values[key] ?? undefined) : undefined;
  }

  /** An integer from `least` to about a million. */
  count(key: string, fallback?: number, least = 1): number {
    const value = this.raw(key) ?? fallback;
    return isCount(value, least) ? value : this.fail(key, `an integer from ${least} to ${LARGEST}`);
  }

  /** A list of integers, or (if `axes` is given) one integer for all axes. */
  counts(key: string, {fallback, least = 1, axes}: {fallback?: number[]; least?: number; axes?: number}): number[] {
    const value = this.raw(key) ?? fallback;
    if (axes !== undefined && isCount(value, least)) return new Array<number>(axes).fill(value);
    const list = Array.isArray(value) && value.length > 0 && value.length <= LARGEST ? (value as unknown[]) : undefined;
    if (list?.every((item): item is number => isCount(item, least)) && (axes ?? list.length) === list.length) {
      return list;
    }
    const length = axes === undefined ? "a list of integers" : `one integer, or ${axes},`;
    return this.fail(key, `${length} from ${least} to ${LARGEST}`);
  }

  /** A finite number. */
  number(key: string, fallback?: number): number {
    const value = this.raw(key) ?? fallback;
    return typeof value === "number" && Number.isFinite(value) ? value : this.fail(key, "a finite number");
  }

  /** A list of finite numbers. */
  numbers(key: string, length: number): number[] {
    const value = this.raw(key);
    const list = Array.isArray(value) && value.length === length ? (value as unknown[]) : undefined;
    if (list?.every((item): item is number => typeof item === "number" && Number.isFinite(item))) return list;
    return this.fail(key, `a list of ${length} finite numbers`);
  }

  /** true or false. */
  flag(key: string, fallback?: boolean): boolean {
    const value = this.raw(key) ?? fallback;
    return typeof value === "boolean" ? value : this.fail(key, "true or false");
  }

  /** A text, one of `choices` if they are given. */
  text(key: string, {fallback, choices}: {fallback?: string; choices?: readonly string[]} = {}): string {
    const value = this.raw(key) ?? fallback;
    if (typeof value === "string" && (choices?.includes(value) ?? true)) return value;
    return this.fail(key, choices ? choices.join(" or ") : "a text");
  }

  /** A list of texts, or one text. */
  texts(key: string, fallback?: string[]): string[] {
    const found = this.raw(key) ?? fallback;
    const value = typeof found === "string" ? [found] : found;
    const list = Array.isArray(value) ? (value as unknown[]) : undefined;
    return list?.every((item): item is string => typeof item === "string") ? list : this.fail(key, "a list of texts");
  }

  /** A section within this one; an empty one if it is missing. */
  section(key: string): Options {
    return new Options(this.raw(key) ?? {}, `${this.where}.${key}`);
  }

  /** Require that a key is missing or has a value that this library computes with. */
  only(key: string, accepted: (value: unknown) => boolean, expected: string): void {
    const value = this.raw(key);
    if (value !== undefined && !accepted(value)) this.fail(key, expected);
  }

  /** Take notice of keys that change nothing here. */
  ignore(...keys: string[]): void {
    for (const key of keys) this.known.add(key);
  }

  /** @throws Error naming the first key that nothing asked for. */
  done(): void {
    const unknown = Object.keys(this.values).find((key) => !this.known.has(key));
    if (unknown === undefined) return;
    throw new Error(
      `${this.where}.${unknown}: expected one of the options ${[...this.known].join(", ")}, found ` +
        `${shown(this.values[unknown])} under an unknown name.`,
    );
  }
}

function isCount(value: unknown, least: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= LARGEST;
}
