/**
 * How much memory a process holds, in MiB. The peak is the kernel's, and can begin again where there is /proc (Linux).
 */
import {existsSync, readFileSync, writeFileSync} from "node:fs";

const STATUS = "/proc/self/status";

/**
 * Environment of a process that is to be measured: freed tensors go back to the system at once, so that what is resident
 * is what is in use. The allocator of oneDNN would keep them, so its kernels are off.
 */
export const measured = {
  MALLOC_MMAP_THRESHOLD_: "262144",
  MALLOC_TRIM_THRESHOLD_: "262144",
  MALLOC_ARENA_MAX: "2",
  TF_ENABLE_ONEDNN_OPTS: "0",
};

function status(name: string): number | undefined {
  if (!existsSync(STATUS)) return undefined;
  const kib = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(readFileSync(STATUS, "utf8"))?.[1];
  return kib === undefined ? undefined : Number(kib) / 1024;
}

/** Memory in use now. */
export function resident(): number {
  return status("VmRSS") ?? process.memoryUsage.rss() / 2 ** 20;
}

/** Most memory in use since the process began, or since {@link beginPeak}. */
export function peak(): number {
  return status("VmHWM") ?? process.resourceUsage().maxRSS / 1024;
}

/** Begin the peak again, after collecting garbage where node runs with --expose-gc. */
export function beginPeak(): void {
  (globalThis as {gc?: () => void}).gc?.();
  if (existsSync(STATUS)) writeFileSync("/proc/self/clear_refs", "5");
}
