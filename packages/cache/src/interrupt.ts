/**
 * Ctrl-C and a notebook's interrupt, as a signal that long work can listen to.
 *
 * An interrupt makes the kernel give the cell up while its work continues; the signal lets the work stop and save.
 */
import {setImmediate} from "node:timers/promises";
import {LabError} from "@lola-ts/core";
import {cancelSignal} from "./kernel-output";
import {currentWork} from "./work";

export function interruptedError(): LabError {
  return new LabError(
    "interrupted",
    "Interrupted: what was finished is kept, and running the cell again continues from there.",
  );
}

/**
 * Run work that an interrupt (SIGINT), or a knob that has moved, stops through `signal`. An interrupt before the work is remembered.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
  // The first, synchronous part of a cell runs with Node's own handler of SIGINT in place. A listener that is added
  // meanwhile is lost, and the next SIGINT ends the process: so it waits for the next turn of the event loop.
  await setImmediate();
  const controller = new AbortController();
  const part = currentWork();
  const cancel = cancelSignal();
  const abort = () => {
    if (part) part.stopping = true;
    controller.abort(interruptedError());
  };
  // Work that waits listens too: Node takes more than ten listeners for a leak.
  process.setMaxListeners(Math.max(process.getMaxListeners(), process.listenerCount("SIGINT") + 2));
  process.on("SIGINT", abort);
  cancel?.addEventListener("abort", abort);
  if (cancel?.aborted) abort();
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", abort);
    cancel?.removeEventListener("abort", abort);
  }
}
