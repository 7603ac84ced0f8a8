/** Rules of options as data: which values an option may have, and which options a section has. */
import {isPlainObject} from "../check";

/** Rule of a single value. */
export interface ValueRule {
  readonly kind: "value";
  /** Completes the sentence "expected the option to be ...". */
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
  /** Words that it, or each item of a list, must be one of. */
  readonly words?: readonly string[];
  readonly optional?: boolean;
}

/** Rule of an object whose options have rules of their own. */
export interface SectionRule {
  readonly kind: "section";
  readonly rules: Rules;
  readonly optional?: boolean;
}

/** Rule that depends on the value, e.g. on the kind that it names. */
export interface ChoiceRule {
  readonly kind: "choice";
  readonly choose: (value: unknown) => ValueRule | SectionRule;
  readonly optional?: boolean;
}

export type Rule = ValueRule | SectionRule | ChoiceRule;

/** Rules of options by name. */
export type Rules = Readonly<Record<string, Rule>>;

/** Rules of all options of a type, which the compiler holds complete. */
export type RulesOf<T> = {readonly [K in keyof T]-?: Rule};

const value = (expected: string, accepts: (value: unknown) => boolean): ValueRule => ({
  kind: "value",
  expected,
  accepts,
});

/** Bounds of a number, `min` and `max` included, `above` and `below` not. */
interface Bounds {
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly below?: number;
}

function boundsInWords({min, max, above, below}: Bounds): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  const low = above !== undefined ? [`above ${above}`] : min !== undefined ? [`of ${min} or more`] : [];
  const high = below !== undefined ? [`below ${below}`] : max !== undefined ? [`up to ${max}`] : [];
  const words = [...low, ...high].join(" and ");
  return words && ` ${words}`;
}

const within = (x: number, {min = -Infinity, max = Infinity, above = -Infinity, below = Infinity}: Bounds): boolean =>
  x >= min && x <= max && x > above && x < below;

/** Accept finite numbers within bounds. */
export const number = (bounds: Bounds = {}): ValueRule =>
  value(`a finite number${boundsInWords(bounds)}`, (x) => Number.isFinite(x) && within(x as number, bounds));

/** Accept NaN, e.g. the error of a forecast that diverged. */
export const notANumber = value("NaN", Number.isNaN);

/** Accept no limit. */
export const infinite = value("Infinity", (x) => x === Infinity);

/** Accept whole numbers within bounds. */
export const whole = (bounds: Bounds): ValueRule =>
  value(`a whole number${boundsInWords(bounds)}`, (x) => Number.isSafeInteger(x) && within(x as number, bounds));

/** Accept whole numbers of 1 or more. */
export const count = whole({min: 1});

/** Accept texts. */
export const text = value("a text", (x) => typeof x === "string");

/** Accept whatever it is. */
export const anything = value("anything", () => true);

/** Accept true and false. */
export const flag = value("true or false", (x) => typeof x === "boolean");

/** Accept one of some words. */
export const oneOf = (words: readonly string[]): ValueRule => ({
  ...value(words.map((word) => JSON.stringify(word)).join(" or "), (x) => words.includes(x as string)),
  words,
});

/** Accept what one of two rules accepts. */
export const either = (a: ValueRule, b: ValueRule): ValueRule =>
  value(`${a.expected}, or ${b.expected}`, (x) => a.accepts(x) || b.accepts(x));

/** Restrictions of a list; without a length it has one item or more. */
interface ListOptions {
  readonly length?: number;
  /** Whether there may be no item. Default: false. */
  readonly empty?: boolean;
  /** Whether items may repeat. Default: true. */
  readonly repeats?: boolean;
}

/** Accept lists whose items have a rule. */
export function list(item: ValueRule, {length, empty = false, repeats = true}: ListOptions = {}): ValueRule {
  const size = length === undefined ? "a list" : `a list of ${length} entries`;
  const accepts = (x: unknown) => {
    if (!Array.isArray(x) || (x.length === 0 && !empty) || (length !== undefined && x.length !== length)) return false;
    const items: unknown[] = Array.from(x);
    return items.every(item.accepts) && (repeats || new Set(items).size === items.length);
  };
  const expected = `${size}${repeats ? "" : " without repetition"}, each ${item.expected}`;
  return {...value(expected, accepts), words: item.words};
}

/** Accept what a rule accepts if it passes one more test, in words of its own. */
export const where = (rule: ValueRule, expected: string, accepts: (value: never) => boolean): ValueRule =>
  value(expected, (x) => rule.accepts(x) && accepts(x as never));

/** Accept objects with these options and no others. */
export const section = <T = Record<string, unknown>>(rules: RulesOf<T>): SectionRule => ({
  kind: "section",
  rules: rules as Rules,
});

/** Choose the rule by the value. */
export const choose = (choice: ChoiceRule["choose"]): ChoiceRule => ({kind: "choice", choose: choice});

/**
 * Accept objects whose options depend on the word under a tag, e.g. `kind`.
 *
 * @param cases options of each word, besides the tag.
 * @param usual word of objects without the tag. Default: none, the tag is needed.
 */
export function tagged(tag: string, cases: Readonly<Record<string, Rules>>, usual?: string): ChoiceRule {
  const tagRule: Rule = {...oneOf(Object.keys(cases)), optional: usual !== undefined};
  return choose((found) => {
    const word = isPlainObject(found) ? (found[tag] ?? usual) : undefined;
    const known = typeof word === "string" && Object.hasOwn(cases, word);
    const others = known ? [cases[word]] : Object.values(cases).map(allowMissing);
    return section({[tag]: tagRule, ...(Object.assign({}, ...others) as Rules)});
  });
}

/** Accept whole numbers of 1 or more by whole number, in an object. */
export const countsByNumber: ChoiceRule = choose((found) => {
  const names = isPlainObject(found) ? Object.keys(found).filter((name) => /^[1-9]\d*$/.test(name)) : [];
  return section(Object.fromEntries(names.map((name) => [name, count])));
});

/** Accept a missing value too. */
export const optional = <R extends Rule>(rule: R): R => ({...rule, optional: true});

/** Accept a section of which any option is missing. */
export const allowMissing = (rules: Rules): Rules =>
  Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, optional(rule)]));
