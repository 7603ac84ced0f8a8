/** Check options against their rules: the first fault is one sentence that names the option. */
import * as z from "zod";
import {isPlainObject} from "../check";
import {valueInWords} from "../text";
import {accepts, expectedOf, optionsOf, ruleFor, type Rule, type Rules} from "./rules";

const PROPOSED = 3;

/** Length up to which a name may be a misspelt one. */
const SPELT = 64;

const at = (place: string, name: string) => (place ? `${place}.${name}` : name);

const own = (values: unknown, name: string): unknown =>
  isPlainObject(values) && Object.hasOwn(values, name) ? values[name] : undefined;

/** Places of all options of a section, its own first. */
function places(rules: Rules, values: unknown, place: string): string[] {
  const names = Object.keys(rules);
  const inner = names.flatMap((name) => {
    const value = own(values, name);
    return places(optionsOf(rules[name], value) ?? {}, value, at(place, name));
  });
  return [...names.map((name) => at(place, name)), ...inner];
}

const lastOf = (place: string) => place.slice(place.lastIndexOf(".") + 1);

/** Say which name may have been meant, or which names are known, first the names in the section that is called after the function. */
function advice(where: string, name: string, rules: Rules, values: unknown, place: string): string {
  const candidates = name.length <= SPELT ? places(rules, values, place) : [];
  const isOther = (candidate: string) => Number(!candidate.startsWith(`${where}.`));
  const near = nearest(name, candidates, lastOf)
    .sort((a, b) => isOther(a) - isOther(b))
    .slice(0, PROPOSED);
  if (near.length > 0) return `did you mean ${near.map((one) => JSON.stringify(one)).join(" or ")}?`;
  const known = Object.keys(rules).join(", ");
  return known ? `known are ${known}.` : "there are none.";
}

/** Words that a value, or each item of a list, must be one of. */
function wordsOf(rule: unknown): readonly string[] {
  if (rule instanceof z.ZodArray) return wordsOf(rule.unwrap());
  return rule instanceof z.ZodEnum ? (rule.options as string[]) : [];
}

/** End the sentence on a wrong value: say what may have been meant. */
function hint(rule: Rule, value: unknown): string {
  if (value !== undefined && accepts(rule, [value])) return `; write [${valueInWords(value)}].`;
  const words = wordsOf(rule);
  const isWrong = (word: unknown): word is string => typeof word === "string" && !words.includes(word);
  const wrong = (Array.isArray(value) ? value : [value]).find(isWrong) ?? "";
  const [near] = wrong.length <= SPELT ? nearest(wrong, words, (word) => word) : [];
  return near === undefined ? "." : `; did you mean ${JSON.stringify(near)}?`;
}

/** Check options of an object that may have others too. @throws RangeError as {@link checkOptions}. */
export function checkParts(where: string, rules: Rules, values: object): void {
  if (typeof values !== "object" || values === null) checkOptions(where, z.strictObject(rules), values);
  for (const [name, rule] of Object.entries(rules)) {
    checkOptions(where, rule, (values as Record<string, unknown>)[name], name);
  }
}

/**
 * Check that a value and all options in it follow their rule. An unknown option that is undefined is none.
 *
 * @param where function that is called, which begins the sentence.
 * @param place option that the value is of; "" for all options together.
 * @throws RangeError naming the first option that is unknown, with the nearest known one, or missing, or has a wrong value.
 */
export function checkOptions(where: string, rule: Rule, value: unknown, place = ""): void {
  if (accepts(rule, value)) return;
  const rules = optionsOf(rule, value);
  if (!rules || !isPlainObject(value)) {
    const chosen = ruleFor(rule, value);
    const [example = "name"] = Object.keys(rules ?? {});
    const expected = rules ? `options such as {${example}: ...}` : expectedOf(chosen);
    const found = `${valueInWords(value)}${rules ? "." : hint(chosen, value)}`;
    throw new RangeError(`${where}: expected ${place || "its options"} to be ${expected}, found ${found}`);
  }
  for (const option in value) {
    if (value[option] === undefined || Object.hasOwn(rules, option)) continue;
    const problem = `unknown option ${valueInWords(at(place, option))}`;
    throw new RangeError(`${where}: ${problem}; ${advice(where, option, rules, value, place)}`);
  }
  for (const option in rules) checkOptions(where, rules[option], own(value, option), at(place, option));
}

/** Count the letters to add, leave out, replace or swap between two words (optimal string alignment distance). */
export function editDistance(a: string, b: string): number {
  const rows = [Array.from({length: b.length + 1}, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swaps = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = swaps ? rows[i - 2][j - 2] + 1 : Infinity;
      row.push(Math.min(replaced, swapped, rows[i - 1][j] + 1, row[j - 1] + 1));
    }
    rows.push(row);
  }
  return rows[a.length][b.length];
}

/**
 * Find the candidates whose name is nearest to a misspelt one; capital letters count as small ones.
 *
 * @param nameOf name of a candidate.
 * @returns all at the smallest distance, none if that is more than two fifths of the name's letters and one more.
 */
export function nearest<T>(name: string, candidates: readonly T[], nameOf: (candidate: T) => string): T[] {
  const distances = candidates.map((one) => editDistance(name.toLowerCase(), nameOf(one).toLowerCase()));
  const smallest = Math.min(...distances);
  return smallest > 1 + 0.4 * name.length ? [] : candidates.filter((_, i) => distances[i] === smallest);
}
