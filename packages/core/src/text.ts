/** Text for people: made safe to print, values in the words of an error, results in one line, cells of tables, HTML. */
import {inspect} from "node:util";
import {sizeOf} from "./array";

/** Control characters (C0, DEL, C1), line separators, marks that change the direction of text, lone surrogates. */
const UNSAFE =
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udfff]/gu;

/**
 * Make a text from a file printable: control characters become `\u001b` and the like, so that no terminal obeys them, and
 * the middle of a long text becomes `…`.
 *
 * @param max most characters to keep. Default: 200.
 */
export function printable(text: string, max = 200): string {
  const half = Math.floor(max / 2);
  const short = text.length > max ? `${text.slice(0, max - half)}…${text.slice(text.length - half)}` : text;
  return short.replace(UNSAFE, (unsafe) => `\\u${unsafe.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * Let an object print as one line, and copies that a spread makes of it.
 *
 * @returns the object itself.
 * @example printAs({states, key}, () => `Latents ${states.shape.join(" × ")}`);
 */
export function printAs<T extends object>(value: T, line: (value: T) => string): T {
  return Object.assign(value, {
    [inspect.custom](this: T) {
      return line(this);
    },
  });
}

/** Write a shape as it is printed: "[200, 21, 32, 32, 4]". */
export function shapeInWords(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

const PRINTED = 80;

/** Say how many numbers a row or an array has, or each of a list of them; undefined for other values. */
function numbersInWords(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) {
    const items = value.map((item) => (Array.isArray(item) ? undefined : numbersInWords(item))); // a list may hold itself
    return items.length > 0 && items.every(Boolean) ? `[${items.join(", ")}]` : undefined;
  }
  if (ArrayBuffer.isView(value) && "length" in value) return `a row of ${String(value.length)} numbers`;
  if (!("shape" in value) || !Array.isArray(value.shape)) return undefined;
  const shape = shapeInWords(value.shape);
  if (!("data" in value) || typeof value.data === "function")
    return `a tensor ${shape}${"dtype" in value ? ` of ${String(value.dtype)}` : ""}`;
  const data = value.data as ArrayLike<unknown>;
  const size = sizeOf(value.shape as number[]);
  if (data.length < size) return `an array ${shape} with ${data.length} of its ${size} values`;
  return `an array ${shape}${typeof data[0] === "number" ? "" : ` of values like ${valueInWords(data[0])}`}`;
}

/** Print a value for an error, whatever it is. */
export function valueInWords(value: unknown): string {
  if (value === undefined) return "none";
  if (typeof value === "function") return "a function";
  const numbers = numbersInWords(value);
  if (numbers) return printable(numbers, PRINTED);
  const text =
    typeof value === "string"
      ? JSON.stringify(value)
      : inspect(value, {depth: 1, breakLength: Infinity, compact: true});
  return printable(text, PRINTED);
}

/** Content of one cell; null for an empty cell. */
export type Cell = string | number | null;

/** One row of a table: columns by name, in order. */
export type TableRow = Record<string, Cell>;

/** Write any value into a cell: numbers and texts as they are, others as JSON, "default" for none. */
export function valueCell(value: unknown): Exclude<Cell, null> {
  if (typeof value === "number" || typeof value === "string") return value;
  return JSON.stringify(value) ?? "default";
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escape text so that HTML shows it as it is, in content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

const CHARACTERS = new Map(Object.entries(ENTITIES).map(([character, entity]) => [entity, character]));

/** Read text that {@link escapeHtml} wrote. */
export function unescapeHtml(html: string): string {
  return html.replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => CHARACTERS.get(entity)!);
}
