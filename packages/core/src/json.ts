/** JSON: without repeated names, with all numbers, and as one text for equal data. */
import {isPlainObject} from "./check";
import {printable} from "./text";

/** JSON that keeps numbers that are not finite: as null they would count as 0 in a mean, so they are text. */
const NUMBER = "number:";

export function toJsonText(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === "number" && !Number.isFinite(one) ? `${NUMBER}${one}` : one,
  );
}

/** Read JSON that {@link toJsonText} wrote. Looking at each value takes most of the time, and few files need it. */
export function fromJsonText(text: string): unknown {
  if (!text.includes(`"${NUMBER}`)) return JSON.parse(text);
  return JSON.parse(text, (_, one: unknown) =>
    typeof one === "string" && one.startsWith(NUMBER) ? Number(one.slice(NUMBER.length)) : one,
  );
}

/**
 * Write plain data as one text for equal data: names sorted, undefined options left out; NaN, infinities and null differ.
 *
 * @param other writes a value that JSON does not have, given its place. Default: numbers and undefined by their names.
 */
export function canonicalText(value: unknown, other = named, place = ""): string {
  if (value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) {
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map((item, i) => canonicalText(item, other, `${place}[${i}]`)).join(",")}]`;
  }
  if (!isPlainObject(value)) return other(value, place);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  const inside = entries.map(([name, item]) => {
    return `${JSON.stringify(name)}:${canonicalText(item, other, place ? `${place}.${name}` : name)}`;
  });
  return `{${inside.join(",")}}`;
}

const named = (value: unknown, _place: string): string =>
  typeof value === "object" ? JSON.stringify(value) : String(value as number | undefined);

/**
 * Parse JSON in which no object has a name twice: readers differ in which of the two values they take.
 *
 * @throws SyntaxError if the text is no JSON or an object has a name twice.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const repeated = findRepeatedName(text);
  if (repeated === undefined) return value;
  throw new SyntaxError(`expected each name once, found "${printable(repeated)}" twice`);
}

function findRepeatedName(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = []; // names of each open object, undefined for lists
  let isName = false;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"': {
        const end = endOfString(text, at);
        const names = open[open.length - 1];
        if (names && isName) {
          const name = JSON.parse(text.slice(at, end + 1)) as string;
          if (names.has(name)) return name;
          names.add(name);
          isName = false;
        }
        at = end;
        break;
      }
      case "{":
        open.push(new Set());
        isName = true;
        break;
      case "[":
        open.push(undefined);
        break;
      case "}":
      case "]":
        open.pop();
        break;
      case ",":
        isName = open[open.length - 1] !== undefined;
        break;
    }
  }
  return undefined;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}
