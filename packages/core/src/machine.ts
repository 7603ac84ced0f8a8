/** The machine: how much memory and how many threads a process may use, and its name beside what was measured on it. */
import {availableParallelism, cpus, totalmem} from "node:os";

/** Bytes of memory that this process may take: the machine's, or what its control group grants it. */
export function machineMemory(): number {
  const granted = process.constrainedMemory(); // 0 where it is not known, huge where there is no limit
  return Math.min(totalmem(), granted > 0 ? granted : Infinity);
}

/** Name the processor and the number of its logical cores. */
export function processorName(): string {
  const [first, ...others] = cpus();
  return `${first?.model.trim() ?? "an unknown processor"}, ${1 + others.length} logical cores`;
}

/** Name the processor, the number of its logical cores, and the version of Node. */
export const machineName = (): string => `${processorName()}, Node ${process.versions.node}`;

/** Count the threads that an operation of the tensor engine may use in this process. */
export const engineThreads = (): number => Number(process.env.TF_NUM_INTRAOP_THREADS) || availableParallelism();
