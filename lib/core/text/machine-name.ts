/** The machine that something was measured on, in words. */
import {cpus} from "node:os";

/** Name the processor, the number of its logical cores, and the version of Node. */
export function machineName(): string {
  const [first, ...others] = cpus();
  const processor = first?.model.trim() ?? "an unknown processor";
  return `${processor}, ${1 + others.length} logical cores, Node ${process.versions.node}`;
}
