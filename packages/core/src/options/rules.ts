/**
 * Rules of options and arguments: zod schemas whose description completes the sentence "expected the option to be ...".
 *
 * @see https://zod.dev
 */
import * as z from "zod";
import type {StridedArray} from "../array";

z.config({jitless: true}); // most rules are used once, and a page may forbid to compile code

export type Rule<T = unknown> = z.ZodType<T>;

export type Rules = Readonly<Record<string, Rule>>;

/** Rules of all options of a type, which the compiler holds complete. */
export type RulesOf<T> = {readonly [K in keyof T]-?: Rule};

/** Say in words what a rule accepts. */
export function described<R extends Rule>(rule: R, description: string): R {
  z.globalRegistry.add(rule, {description});
  return rule;
}

export const passing = <T = unknown>(expected: string, accepts: (value: unknown) => boolean) =>
  described(z.custom<T>(accepts), expected);

export const accepts = (rule: Rule, value: unknown): boolean => rule.safeParse(value).success;

/** Write what a rule accepts: "a whole number of 1 or more". */
export function expectedOf(rule: Rule): string {
  if (rule.description) return rule.description;
  if (rule instanceof z.ZodOptional) return expectedOf(rule.unwrap() as Rule);
  const words = [...(rule._zod.values ?? [])].map((word) => JSON.stringify(word));
  return words.length > 0 ? words.join(" or ") : "options";
}

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
export const number = (bounds: Bounds = {}) =>
  passing<number>(`a finite number${boundsInWords(bounds)}`, (x) => Number.isFinite(x) && within(x as number, bounds));

/** Accept NaN, e.g. the error of a forecast that diverged. */
export const notANumber = described(z.nan(), "NaN");

export const infinite = passing<number>("Infinity", (x) => x === Infinity);

export const whole = (bounds: Bounds) =>
  passing<number>(
    `a whole number${boundsInWords(bounds)}`,
    (x) => Number.isSafeInteger(x) && within(x as number, bounds),
  );

/** Accept whole numbers of 1 or more. */
export const count = whole({min: 1});

export const text = described(z.string(), "a text");

export const anything = described(z.unknown(), "anything");

export const flag = described(z.boolean(), "true or false");

export const oneOf = <const Words extends readonly string[]>(words: Words) => z.enum(words);

export const either = <A extends Rule, B extends Rule>(a: A, b: B) =>
  described(z.union([a, b]), `${expectedOf(a)}, or ${expectedOf(b)}`);

/** Restrictions of a list; without a length it has one item or more. */
interface ListOptions {
  readonly length?: number;
  /** Whether there may be no item. Default: false. */
  readonly empty?: boolean;
  /** Whether items may repeat. Default: true. */
  readonly repeats?: boolean;
}

/** Accept lists whose items have a rule. */
export function list<R extends Rule>(item: R, {length, empty = false, repeats = true}: ListOptions = {}) {
  const size = length === undefined ? "a list" : `a list of ${length} entries`;
  const fits = (items: readonly unknown[]) =>
    (empty || items.length > 0) &&
    (length === undefined || items.length === length) &&
    (repeats || new Set(items).size === items.length);
  const expected = `${size}${repeats ? "" : " without repetition"}, each ${expectedOf(item)}`;
  return described(z.array(item).refine(fits), expected);
}

/** Accept what a rule accepts if it passes one more test, in words of its own. */
export const where = <R extends Rule>(rule: R, expected: string, fits: (value: never) => boolean): R =>
  described(rule.refine(fits as (value: unknown) => boolean) as R, expected);

/** Accept objects with these options and no others. */
export function section<S extends z.core.$ZodShape>(rules: S): z.ZodObject<S, z.core.$strict>;
export function section<T>(rules: RulesOf<T>): Rule<T>;
export function section(rules: z.core.$ZodShape): Rule {
  return z.strictObject(rules);
}

const choices = new WeakMap<Rule, (value: unknown) => Rule>();

/** Choose the rule by the value. */
export function choose<T>(choice: (value: unknown) => Rule): Rule<T> {
  const rule = z.custom<T>((value) => accepts(choice(value), value));
  choices.set(rule, choice);
  return rule;
}

/** Accept a missing value too. */
export const optional = <R extends Rule>(rule: R) => z.optional(rule);

/** Accept a section of which any option is missing. */
export const partial = (rule: Rule): Rule =>
  section(Object.fromEntries(Object.entries(optionsOf(rule) ?? {}).map(([name, inner]) => [name, optional(inner)])));

/** Find the rule of a value; where there are several kinds, the rule of its kind. */
export function ruleFor(rule: Rule, value: unknown): Rule {
  if (rule instanceof z.ZodOptional) return ruleFor(rule.unwrap() as Rule, value);
  const chosen = choices.get(rule)?.(value);
  return chosen ? ruleFor(chosen, value) : rule;
}

/**
 * List the rules of a section's options; undefined for a rule of another kind. Where the options depend on the value and it
 * does not say which it has, it may have any.
 */
export function optionsOf(rule: Rule, value?: unknown): Rules | undefined {
  const chosen = ruleFor(rule, value);
  if (chosen instanceof z.ZodObject) return chosen.shape;
  if (chosen instanceof z.ZodDiscriminatedUnion) return caseOf(chosen, value);
  if (!(chosen instanceof z.ZodRecord)) return undefined;
  const names = Object.keys(value ?? {}).filter((name) => accepts(chosen.keyType as Rule, name));
  return Object.fromEntries(names.map((name) => [name, chosen.valueType as Rule]));
}

function caseOf({def}: z.ZodDiscriminatedUnion, value: unknown): Rules {
  const tag = def.discriminator;
  const cases = (def.options as z.ZodObject[]).map(({shape}) => shape as Rules);
  const word = (value as Rules | null | undefined)?.[tag];
  const chosen = cases.find((options) => accepts(options[tag], word));
  if (chosen) return chosen;
  const words = cases.flatMap((options) => [...(options[tag]._zod.values ?? [])]).filter((one) => one !== undefined);
  const others = cases.flatMap((options) => Object.entries(options).map(([name, rule]) => [name, optional(rule)]));
  return {...(Object.fromEntries(others) as Rules), [tag]: oneOf(words as string[])};
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Check if a value is a list or typed array of numbers, by its first one. */
export const isRow = (value: unknown): value is ArrayLike<number> =>
  isObject(value) && "length" in value && typeof (value as ArrayLike<unknown>)[0] === "number";

/** Accept one number or more, in a list or a typed array. */
export const row = passing("a row of numbers", isRow);

/** Accept as many numbers as given, in a list or a typed array. */
export const rowOf = (size: number): Rule =>
  passing(`a row of ${size} number${size === 1 ? "" : "s"}`, (value) => isRow(value) && value.length === size);

/** Check if a shape has only axes of one entry or more, and all its values are there. */
function fits({data, shape, stride, offset = 0}: StridedArray): boolean {
  if (!isRow(data) || !shape.every((n) => Number.isSafeInteger(n) && n >= 1)) return false;
  let low = offset;
  let high = offset;
  for (let axis = shape.length - 1, dense = 1; axis >= 0; dense *= shape[axis--]) {
    const reach = (shape[axis] - 1) * (stride ? stride[axis] : dense);
    if (reach < 0) low += reach;
    else high += reach;
  }
  return low >= 0 && high < data.length;
}

const axesOf = (shape: string): number => shape.split(", ").length;

/**
 * Accept ndarrays, views included, and values with their shape.
 *
 * @param shapes names of the axes, e.g. "L, X, Y, C", for each possible number of them; without any, all are accepted.
 */
export function arrayOf(...shapes: string[]): Rule {
  const words = shapes.map((shape) => `[${shape}]`).join(" or ");
  return passing(words ? `an array ${words}` : "an array", (value) => {
    if (!isObject(value) || !("data" in value) || !("shape" in value) || !Array.isArray(value.shape)) return false;
    const array = value as StridedArray;
    return (shapes.length === 0 || shapes.some((shape) => axesOf(shape) === array.shape.length)) && fits(array);
  });
}

export const trajectories = arrayOf("L, X, C", "L, X, Y, C", "L, X, Y, Z, C");

/** Accept numbers of points per axis. */
export const gridRule = list(count);

export const callable = passing("a function", (value) => typeof value === "function");

/** Accept lists, empty ones too, of objects with these members. */
export function records(expected: string, ...members: string[]): Rule {
  const item = having("", ...members);
  return passing(
    `a list of ${expected}`,
    (value) => Array.isArray(value) && value.every((entry) => accepts(item, entry)),
  );
}

/** Accept objects with these members, e.g. methods of a class. */
export const having = (expected: string, ...members: (string | symbol)[]): Rule =>
  passing(expected, (value) => isObject(value) && members.every((name) => name in value));
