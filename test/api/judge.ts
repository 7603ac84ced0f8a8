/** Judge what a call did: a sentence, a value, or a failure that says nothing. */
import {isField} from "./wrong";
import {tf} from "@lola-ts/engine";

/** A right call of a public function, and what it is called. */
export interface Call {
  /** Call it; a function that returns a function calls that too. */
  readonly call: (...args: never[]) => unknown;
  /** Right arguments, made anew for each call. */
  readonly args: () => readonly unknown[];
  /** Arguments that are options and nothing else: an unknown name among them is refused. */
  readonly options?: readonly number[];
  /** Variants that are right too, by their names, e.g. "0: one less"; a `*` stands for any text. */
  readonly fine?: readonly string[];
  /** Words of a sentence, one of which may stand in place of the names of the function and its options. */
  readonly says?: readonly string[];
}

/** Calls by public name; constructors have the name of their class, static methods `Class.method`. */
export type Calls = Readonly<Record<string, Call>>;

/** What JavaScript and the engine say by themselves. */
const BARE =
  /cannot (read|destructure|set|convert)|is not (a function|iterable|defined|a constructor)|undefined \(|\bundefined\b|invalid (typed )?array length|[Tt]he tensor should/i;

/** Find what is wrong with an error as a sentence; undefined if it is one. */
export function faultOf(error: unknown, names: readonly string[]): string | undefined {
  const {message} = error as Error; // of this realm, or of that of the engine
  if (/[\n\r]/.test(message)) return `more than one line: ${message}`;
  if (BARE.test(message)) return `not a sentence of this library: ${message}`;
  if (!/[.?]$/.test(message)) return `no full stop: ${message}`;
  if (!/expected .*(found|but)|[Uu]nknown|did you mean|there is no/.test(message))
    return `nothing expected or found: ${message}`;
  if (!names.some((name) => message.includes(name))) return `names neither function nor argument: ${message}`;
  if (message.length > 500) return `too long: ${message}`;
  return undefined;
}

/** Values of a result as plain data, to compare. */
export function valuesOf(value: unknown): unknown {
  if (value instanceof tf.Tensor) return {shape: value.shape, values: Array.from(value.dataSync())};
  if (isField(value)) {
    const {shape} = value;
    const dense = {shape, values: [] as number[]};
    const visit = (axis: number, at: number): void => {
      if (axis === shape.length) return void dense.values.push(value.data[at]);
      for (let i = 0; i < shape[axis]; i++) visit(axis + 1, at + i * value.stride[axis]);
    };
    visit(0, value.offset);
    return dense;
  }
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array);
  if (Array.isArray(value)) return value.map(valuesOf);
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, valuesOf(part)]));
  }
  return typeof value === "object" ? undefined : value;
}
