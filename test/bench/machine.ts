/** What the numbers were measured on, and whether the machine was quiet meanwhile. */
import {readFileSync} from "node:fs";
import {availableParallelism, cpus, totalmem} from "node:os";
import {tf} from "../../lib/tensor/backend";
import {Random} from "../../lib/tensor/random";

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

/** Seconds of processor time of a process with all its threads. */
function spent(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Watches for work of others while the given processes run. */
export class Watch {
  private readonly begin = performance.now();
  private readonly before: number;

  constructor(private readonly pids: readonly number[]) {
    this.before = busy() - this.own();
  }

  /** Share of the machine that others used since the watch began. */
  foreign(): number {
    const seconds = (performance.now() - this.begin) / 1000;
    return Math.max(0, busy() - this.own() - this.before) / (seconds * availableParallelism());
  }

  private own(): number {
    return this.pids.reduce((sum, pid) => sum + spent(pid), 0);
  }
}
