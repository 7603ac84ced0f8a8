/** Values of any kind in the words of an error. */
import {inspect} from "node:util";
import {sizeOf} from "../shape";
import {shapeInWords} from "./one-line";
import {printable} from "./printable";

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
