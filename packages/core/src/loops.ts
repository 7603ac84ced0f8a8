/**
 * Inner loops of simulators, Fourier transforms and metrics, which are written once, in C++ (packages/simulators/native).
 *
 * Set-up compiles them as a module of Node.js that needs nothing else, so that threads which simulate or score load no tensor
 * engine. The same loops as WebAssembly come with the project: they run in browsers, and where the module is missing or damaged,
 * slower and with the same bits, so that no result depends on a compiler.
 */
import {createHash} from "node:crypto";
import {readFileSync} from "node:fs";
import path from "node:path";
import {isFusedWanted} from "./fused";
import {Lazy} from "./lazy";
import {wasmBytes} from "./loops-wasm";
import {projectRoot} from "./paths";
import {printable} from "./text";

export type Argument = number | Float64Array | Int32Array;
export type Loops = Readonly<Record<string, (...args: Argument[]) => number>>;

/** Find the module that set-up makes. */
export const nativeFile = () => path.join(projectRoot(), "environment/.build/loops.node");

/**
 * Load the module of Node.js. Its checksum is compared first: a library that is not whole would end the process.
 *
 * @throws Error if it is missing, damaged, for another machine, or in a browser.
 */
export function nativeLoops(file = nativeFile()): Loops {
  const found = createHash("sha256").update(readFileSync(file)).digest("hex");
  if (found !== readFileSync(`${file}.sha256`, "utf8")) throw new Error("its checksum is another");
  const loaded = {exports: {} as Loops};
  process.dlopen(loaded, file);
  return loaded.exports;
}

const constants = new WeakSet<object>();

/** Mark an array whose numbers stay as they are from here on: WebAssembly then copies them once, not for every call. */
export function constant<T extends Float64Array | Int32Array>(array: T): T {
  constants.add(array);
  return array;
}

/** Bytes of constants after which WebAssembly forgets all of them. */
const MOST_CONSTANTS = 2 ** 28;

/** How packages/simulators/native/loop.h lays a call out in memory: slots of 16 bytes, and two addresses behind all 16 of them. */
const SLOT = 16;
const EXPECTED = 16 * SLOT;
const FREE = EXPECTED + 4;

/** Instantiate the loops in WebAssembly, whose memory holds constants, and behind them copies of the arrays of a call. */
export function wasmLoops(): Loops {
  const {exports} = new WebAssembly.Instance(new WebAssembly.Module(wasmBytes()));
  const memory = exports.memory as WebAssembly.Memory;
  const {memory: _, calling, heap, ...all} = exports as Record<string, () => number>;
  const slots = calling();
  let kept = new WeakMap<object, number>();
  let end = heap();

  const copyAt = <T extends Float64Array | Int32Array>(array: T, at: number): T =>
    new (array.constructor as new (...args: unknown[]) => T)(memory.buffer, at, array.length);

  /** Copy an array to a place; returns the end of it. */
  const copy = (array: Float64Array | Int32Array, at: number): number => {
    const next = at + 16 * Math.ceil(array.byteLength / 16);
    const missing = Math.ceil((next - memory.buffer.byteLength) / 2 ** 16);
    if (missing > 0) memory.grow(missing);
    copyAt(array, at).set(array);
    return next;
  };

  const textAt = (address: number): string => {
    const bytes = new Uint8Array(memory.buffer, address);
    return String.fromCharCode(...bytes.subarray(0, bytes.indexOf(0)));
  };

  const call = (loop: () => number, args: readonly Argument[]): number => {
    if (end > MOST_CONSTANTS) {
      kept = new WeakMap();
      end = heap();
    }
    for (const arg of args) {
      if (typeof arg === "number" || !constants.has(arg) || kept.has(arg)) continue;
      kept.set(arg, end);
      end = copy(arg, end);
    }
    let free = end;
    const places = args.map((arg) => {
      if (typeof arg === "number") return 0;
      const at = kept.get(arg) ?? free;
      if (!kept.has(arg)) free = copy(arg, at);
      return at;
    });
    const before = new DataView(memory.buffer, slots);
    args.forEach((arg, i) => {
      if (typeof arg === "number") return before.setFloat64(SLOT * i, arg, true);
      before.setUint32(SLOT * i, places[i], true);
      before.setUint32(SLOT * i + 4, arg.length, true);
    });
    before.setUint32(FREE, free, true);
    const result = loop();
    const after = new DataView(memory.buffer, slots); // the loop may have made the memory larger
    const expected = after.getUint32(EXPECTED, true);
    if (expected !== 0) throw new RangeError(textAt(expected));
    args.forEach((arg, i) => {
      if (typeof arg !== "number" && after.getUint32(SLOT * i + 8, true) === 1) arg.set(copyAt(arg, places[i]));
    });
    return result;
  };
  return Object.fromEntries(
    Object.entries(all).map(([name, loop]) => [name, (...args: Argument[]) => call(loop, args)]),
  );
}

/**
 * Choose the loops: those that set-up compiled, or else, or if LOLA_FUSED is "off", those in WebAssembly.
 *
 * @param file Default: {@link nativeFile}.
 * @throws Error when LOLA_FUSED is "on" and set-up compiled none, or is neither "on" nor "off".
 */
export function chooseLoops(file?: string): Loops {
  let native: Loops | undefined;
  const isThere = () => {
    try {
      native = nativeLoops(file);
      return true;
    } catch (error) {
      const {code, message} = error as NodeJS.ErrnoException;
      return code === "ENOENT" ? "it was not built" : printable(message);
    }
  };
  return isFusedWanted(isThere, "with this build of the loops") ? native! : wasmLoops();
}

const chosen = new Lazy(() => chooseLoops());

/** Get the loops, which are chosen once. @throws Error likewise. */
export const loops = <T>(): T => chosen.get() as T;
