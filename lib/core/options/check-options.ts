/** Check options against their rules: the first fault is one sentence that names the option. */
import {isPlainObject} from "../check";
import {valueInWords} from "../text/value-in-words";
import {nearest} from "./spelling";
import type {Rule, Rules, SectionRule, ValueRule} from "./rules";

/** Near names that a sentence proposes at most. */
const PROPOSED = 3;

/** Length up to which a name may be a misspelt one. */
const SPELT = 64;

/** Find the rule of a value: that of its kind where there are several. */
const ruleOf = (rule: Rule, value: unknown): ValueRule | SectionRule =>
  rule.kind === "choice" ? rule.choose(value) : rule;

const at = (place: string, name: string) => (place ? `${place}.${name}` : name);

/** Own option of an object, and none of its prototype. */
const own = (values: unknown, name: string): unknown =>
  isPlainObject(values) && Object.hasOwn(values, name) ? values[name] : undefined;

/** Places of all options of a section, its own first. */
function places(rules: Rules, values: unknown, place: string): string[] {
  const names = Object.keys(rules);
  const inner = names.flatMap((name) => {
    const value = own(values, name);
    const rule = ruleOf(rules[name], value);
    return rule.kind === "section" ? places(rule.rules, value, at(place, name)) : [];
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

/** End the sentence on a wrong value: say what may have been meant. */
function hint({accepts, words = []}: ValueRule, value: unknown): string {
  if (value !== undefined && accepts([value])) return `; write [${valueInWords(value)}].`;
  const isWrong = (word: unknown): word is string => typeof word === "string" && !words.includes(word);
  const wrong = (Array.isArray(value) ? value : [value]).find(isWrong) ?? "";
  const [near] = wrong.length <= SPELT ? nearest(wrong, words, (word) => word) : [];
  return near === undefined ? "." : `; did you mean ${JSON.stringify(near)}?`;
}

/** Check options of an object that may have others too. @throws RangeError as {@link checkOptions}. */
export function checkParts(where: string, rules: Rules, values: object): void {
  if (typeof values !== "object" || values === null) checkOptions(where, {kind: "section", rules}, values);
  for (const [name, rule] of Object.entries(rules)) {
    checkOptions(where, rule, (values as Record<string, unknown>)[name], name);
  }
}

/**
 * Check that a value and all options in it follow their rule.
 *
 * @param where function that is called, which begins the sentence.
 * @param place option that the value is of; "" for all options together.
 * @throws RangeError naming the first option that is unknown, with the nearest known one, or missing, or has a wrong value.
 */
export function checkOptions(where: string, rule: Rule, value: unknown, place = ""): void {
  if (value === undefined && rule.optional) return;
  const chosen = ruleOf(rule, value);
  const name = place || "its options";
  if (chosen.kind === "value") {
    if (chosen.accepts(value)) return;
    const end = hint(chosen, value);
    throw new RangeError(`${where}: expected ${name} to be ${chosen.expected}, found ${valueInWords(value)}${end}`);
  }
  const {rules} = chosen;
  if (!isPlainObject(value)) {
    const example = Object.keys(rules)[0] ?? "name";
    throw new RangeError(
      `${where}: expected ${name} to be options such as {${example}: ...}, found ${valueInWords(value)}.`,
    );
  }
  for (const option in value) {
    if (value[option] === undefined || Object.hasOwn(rules, option)) continue;
    const problem = `unknown option ${valueInWords(at(place, option))}`;
    throw new RangeError(`${where}: ${problem}; ${advice(where, option, rules, value, place)}`);
  }
  for (const option in rules) {
    const rule = rules[option];
    const found = Object.hasOwn(value, option) ? value[option] : undefined;
    const isRight = found === undefined ? rule.optional : rule.kind === "value" && rule.accepts(found);
    if (!isRight) checkOptions(where, rule, found, at(place, option)); // or has options of its own
  }
}
