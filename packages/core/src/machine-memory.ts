import {totalmem} from "node:os";

/** Bytes of memory that this process may take: the machine's, or what its control group grants it. */
export function machineMemory(): number {
  const granted = process.constrainedMemory(); // 0 where it is not known, huge where there is no limit
  return Math.min(totalmem(), granted > 0 ? granted : Infinity);
}
