/** What the numbers were measured on, and whether the machine was quiet meanwhile. */
import {readdirSync, readFileSync} from "node:fs";
import {availableParallelism, cpus, totalmem} from "node:os";
import {tf, Random} from "@lola-ts/engine";

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly tensorflow: string;
  /** Rate of a product of two matrices 2048 x 2048, in GFLOP/s: what arithmetic can reach at best. */
  readonly peakGflops: number;
}

export function describeMachine(): Machine {
  return {
    processor: cpus()[0].model.trim(),
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    tensorflow: (tf.backend() as unknown as {binding: {TF_Version: string}}).binding.TF_Version,
    peakGflops: Math.round(peakRate()),
  };
}

/** Best rate of a product of two n x n matrices, in GFLOP/s. */
export function peakRate(n = 2048): number {
  const [a, b] = [0, 1].map((seed) => Random.of(seed).normal([n, n]) as tf.Tensor2D);
  let best = 0;
  for (let i = 0; i < 8; i++) {
    const begin = performance.now();
    tf.tidy(() => tf.matMul(a, b).slice([0, 0], [1, 1]).dataSync());
    best = Math.max(best, (2 * n ** 3) / (performance.now() - begin) / 1e6);
  }
  tf.dispose([a, b]);
  return best;
}

/** Best rate at which an element-wise operation reads `mebibytes` of numbers and writes as many, in GB/s. */
export function copyRate(mebibytes: number): number {
  const x = Random.of(0).normal([mebibytes << 18]);
  let best = 0;
  for (let i = 0; i < 8; i++) {
    const begin = performance.now();
    tf.tidy(() => tf.neg(x).slice([0], [1]).dataSync());
    best = Math.max(best, (8 * x.size) / (performance.now() - begin) / 1e6);
  }
  x.dispose();
  return best;
}

/** Clock ticks of a second in /proc. */
const TICKS = 100;

/** Seconds of processor time that all cores spent on anything so far. */
function busy(): number {
  const [user, nice, system, , , irq, softirq, steal] = readFileSync("/proc/stat", "utf8")
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS;
}

/** Seconds of processor time of processes with all their threads and descendants. */
function spent(pids: readonly number[]): number {
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap(statusOf);
  const own = new Set(pids);
  for (let size = 0; size < own.size;) {
    size = own.size;
    for (const {pid, parent} of processes) if (own.has(parent)) own.add(pid);
  }
  return processes.reduce((sum, {pid, ticks}) => sum + (own.has(pid) ? ticks / TICKS : 0), 0);
}

/** What /proc says of a process; nothing if it has ended. */
function statusOf(name: string): {pid: number; parent: number; ticks: number}[] {
  try {
    const fields = readFileSync(`/proc/${name}/stat`, "utf8").split(") ").at(-1)!.split(" ");
    return [{pid: Number(name), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12])}];
  } catch {
    return [];
  }
}

/** Watches for work of others while the given processes and those that they start run. */
export class Watch {
  private readonly begin = performance.now();
  private readonly before: number;

  constructor(private readonly pids: readonly number[]) {
    this.before = busy() - spent(this.pids);
  }

  /** Share of the machine that others used since the watch began. */
  foreign(): number {
    const seconds = (performance.now() - this.begin) / 1000;
    return Math.max(0, busy() - spent(this.pids) - this.before) / (seconds * availableParallelism());
  }
}
