/**
 * The way from the library to a notebook cell.
 *
 * The kernel's public `display` shows one type at a time; a figure needs its picture and its interactive form in one
 * output, so that each reader takes the one it understands. The kernel keeps the function that sends a whole bundle; it
 * is found among the modules that are loaded, so that outside a notebook nothing of the kernel is loaded for it.
 */
import {randomBytes} from "node:crypto";

export type MimeBundle = Readonly<Record<string, unknown>>;

/** Sends an output to the running cell; with an id it can be replaced later by `update`. */
export type DisplayWriter = (
  bundle: MimeBundle,
  options?: {id?: string; update?: boolean; metadata?: Readonly<Record<string, unknown>>},
) => void;

type KernelWriter = (
  content: {data: MimeBundle; metadata: object; transient: {display_id?: string}},
  update?: boolean,
) => void;

interface KernelModule {
  lastWriteDisplayData: KernelWriter | null;
}

/** Writers by the kernel's own, of which each cell has another one. */
const writers = new WeakMap<KernelWriter, DisplayWriter>();

/** Find the output of the cell that runs now, the same function each time; undefined outside a notebook. */
export function displayWriter(): DisplayWriter | undefined {
  // A kernel of another folder hands over to the project's: then both are loaded, and one of them runs the cell.
  const names = Object.keys(require.cache).filter((file) => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(file));
  const kernels = names.map((name) => require.cache[name]?.exports as KernelModule | undefined);
  const send = kernels.map((kernel) => kernel?.lastWriteDisplayData).find(Boolean);
  if (!send) return undefined;
  const writer =
    writers.get(send) ??
    ((data, {id, update = false, metadata = {}} = {}) => send({data, metadata, transient: {display_id: id}}, update));
  writers.set(send, writer);
  return writer;
}

/** An identifier of a display that shows how far work is; a runner of notebooks knows such displays by it. */
export function displayId(): string {
  return `progress-${randomBytes(8).toString("hex")}`;
}

/** Find the signal that tells code that nobody waits for it any more: a knob has moved. Undefined where there is none. */
export function cancelSignal(): AbortSignal | undefined {
  const front = Symbol.for("@lola-ts/kernel/front");
  const kernel = globalThis as {[front]?: {sink(): {signal: AbortSignal} | undefined}};
  return kernel[front]?.sink()?.signal;
}
