/** The machine that something was measured on, in words. */
import {cpus} from "node:os";

/** Name the processor and the number of its logical cores. */
export function processorName(): string {
  const [first, ...others] = cpus();
  return `${first?.model.trim() ?? "an unknown processor"}, ${1 + others.length} logical cores`;
}

/** Name the processor, the number of its logical cores, and the version of Node. */
export const machineName = (): string => `${processorName()}, Node ${process.versions.node}`;
