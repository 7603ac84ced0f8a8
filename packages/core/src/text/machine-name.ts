/** The machine that something was measured on, in words. */
import {availableParallelism, cpus} from "node:os";

/** Name the processor and the number of its logical cores. */
export function processorName(): string {
  const [first, ...others] = cpus();
  return `${first?.model.trim() ?? "an unknown processor"}, ${1 + others.length} logical cores`;
}

/** Name the processor, the number of its logical cores, and the version of Node. */
export const machineName = (): string => `${processorName()}, Node ${process.versions.node}`;

/** Count the threads that an operation of the tensor engine may use in this process. */
export const engineThreads = (): number => Number(process.env.TF_NUM_INTRAOP_THREADS) || availableParallelism();
