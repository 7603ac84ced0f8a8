/** A limit on memory, checked before it is allocated. */
import {machineMemory} from "@lola-ts/core";

let budget: number | undefined;

/** Bytes that one result may take: half of the machine's memory, or of what the system grants this process. */
export function memoryBudget(): number {
  return (budget ??= machineMemory() / 2);
}

/**
 * Check that a result fits into memory.
 *
 * @param where function or file that is called, which begins the sentence.
 * @param what the result, as the sentence names it.
 */
export function requireMemory(where: string, what: string, bytes: number): void {
  const most = memoryBudget();
  if (bytes <= most) return;
  const gigabytes = (value: number) => `${(value / 1e9).toPrecision(3)} GB`;
  throw new RangeError(
    `${where}: expected ${what} to take at most ${gigabytes(most)} of memory, found ${gigabytes(bytes)}.`,
  );
}
