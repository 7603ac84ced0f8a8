/** The machine that numbers were measured on, and whether it was quiet meanwhile. */
import {spawnSync} from "node:child_process";
import {readdirSync, readFileSync} from "node:fs";
import {availableParallelism, cpus, totalmem} from "node:os";
import path from "node:path";
import {tf, Random} from "@lola-ts/engine";

/** What decides which kernels run. */
export interface Instructions {
  /** Of avx2, avx512, avx512_bf16 and amx, those that the processor has. */
  readonly instructionSets: readonly string[];
  /** ONEDNN_MAX_CPU_ISA, where it is set: the newest instructions that oneDNN may use. */
  readonly maxIsa?: string;
  /** Whether TensorFlow uses oneDNN's kernels. */
  readonly oneDnn: boolean;
}

export interface Machine extends Instructions {
  /** Day of the measurement, as 2026-12-01. */
  readonly date: string;
  readonly processor: string;
  /** Cores that the processes may use. */
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly tensorflow: string;
  /** Version of PyTorch, where it was timed too. */
  readonly pytorch?: string;
  /** Version of the library. */
  readonly lola: string;
  /** Its commit, with "-dirty" where files had been changed; none outside a repository. */
  readonly commit?: string;
  /** Rate of a product of two matrices 2048 x 2048, in GFLOP/s: the most that arithmetic can reach. */
  readonly peakGflops?: number;
}

/** Instruction sets by the flag of /proc/cpuinfo that shows each. */
const FLAGS = {avx2: "avx2", avx512: "avx512f", avx512_bf16: "avx512_bf16", amx: "amx_bf16"};

/** Read the instruction sets from the text of /proc/cpuinfo, and their limits from environment variables. */
export function instructionsOf(cpuinfo: string, env: Readonly<Record<string, string | undefined>>): Instructions {
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1].split(/\s+/));
  const {ONEDNN_MAX_CPU_ISA: maxIsa, TF_ENABLE_ONEDNN_OPTS: oneDnn = "1"} = env;
  return {
    instructionSets: Object.entries(FLAGS).flatMap(([name, flag]) => (flags.has(flag) ? [name] : [])),
    ...(maxIsa && {maxIsa}),
    oneDnn: !/^(0|false)$/i.test(oneDnn),
  };
}

const root = path.resolve(__dirname, "../..");

/** Describe this machine, and the versions of what it runs. */
export function describeMachine(): Machine {
  const {version} = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {version: string};
  const git = spawnSync("git", ["describe", "--always", "--dirty", "--exclude=*"], {cwd: root, encoding: "utf8"});
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0].model.trim(),
    ...instructionsOf(readFileSync("/proc/cpuinfo", "utf8"), process.env),
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    tensorflow: (tf.backend() as unknown as {binding: {TF_Version: string}}).binding.TF_Version,
    lola: version,
    ...(git.status === 0 && {commit: git.stdout.trim()}),
    peakGflops: Math.round(peakRate()),
  };
}

/** Say on one line what a machine has, and what ran on it. */
export function machineLine(machine: Machine): string {
  const {processor, instructionSets, maxIsa, oneDnn, cores, memoryGiB, node, tensorflow, pytorch, lola, commit} =
    machine;
  const sets = instructionSets.join(", ") || "no instruction set from AVX2 on";
  return [
    `${processor}: ${sets}; ${maxIsa ? `ONEDNN_MAX_CPU_ISA=${maxIsa}, ` : ""}oneDNN ${oneDnn ? "on" : "off"}`,
    `${cores} ${cores === 1 ? "core" : "cores"}, ${memoryGiB} GiB`,
    `Node ${node.replace(/^v/, "")}, TensorFlow ${tensorflow}${pytorch ? `, PyTorch ${pytorch}` : ""}`,
    `lola ${lola}${commit ? ` (${commit})` : ""}`,
  ].join("; ");
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
