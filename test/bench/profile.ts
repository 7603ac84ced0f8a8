/**
 * Where the time and the memory of a step go, kernel by kernel, as TensorFlow's own profiler sees it.
 *
 *     node -r ./environment/typescript.cjs test/bench/profile.ts [--only vit,adamw] [--eager] [--json] [--seconds 8]
 *
 * --eager runs the same steps operation by operation. Each entry runs in a process of its own. Where kernels run side by
 * side on several threads, each gets an equal share of that time, so that all parts add up to the time of a run.
 */
import {parseArgs} from "node:util";
import {heldAtPeak, kinds, share, type Kernel, type Kind} from "./kernels";
import {countOf, nativeTime, timeAlone} from "./binding-times";
import {copyRate, peakRate} from "./machine";
import {loadProfiler} from "./profiler";
import {answer, isSubprocess, runInSubprocess} from "./subprocess";
import {suite, type Benchmark} from "./suite";

const ENTRIES = [
  ...["ae2d-train", "ae2d-large-train", "ae3d-train", "ae2d-encode-decode", "tour-train", "vit-train", "vit-forward"],
  ...["ae2d-train-bf16", "vit-train-bf16", "vit-wide-train", "vit-wide-train-bf16", "pixel-train"],
  ...["sampling", "solver-1", "adamw", "psgd", "psgd-plain"],
];

const ROUNDS = 8;
/** Operations that are listed for an entry. */
const TOP = 12;

interface Profile {
  readonly name: string;
  readonly eager: boolean;
  /** Arithmetic of convolutions and matrix products in a run. */
  readonly gflop: number;
  /** Milliseconds that they take one at a time with nothing else to do. */
  readonly alone: number;
  /** Milliseconds of a run, by itself and while it is recorded. */
  readonly wall: number;
  readonly recorded: number;
  readonly javascript: number;
  /** Milliseconds of native calls during which no kernel runs. */
  readonly idle: number;
  /** What the machine reaches in the same minute: {@link peakRate} and {@link copyRate}. */
  readonly peakGflops: number;
  readonly memoryGigabytes: number;
  readonly cacheGigabytes: number;
  readonly kernels: Kernel[];
  readonly held: ReturnType<typeof heldAtPeak>;
}

/** In a process of its own: profile one entry in several rounds, and keep the quietest. */
async function profile({name, start}: Benchmark, eager: boolean, seconds: number): Promise<Profile> {
  const profiler = loadProfiler();
  const gflop = await countOf(start);
  const state = await start();
  for (let i = 0; i < 2; i++) await state.run(); // records and warms up
  const time = async (runs: number) => {
    const begin = performance.now();
    const before = nativeTime();
    for (let i = 0; i < runs; i++) await state.run();
    return {wall: (performance.now() - begin) / runs, native: (nativeTime() - before) / runs};
  };
  const runs = Math.max(1, Math.min(50, Math.round((1000 * seconds) / 2 / ROUNDS / (await time(1)).wall)));
  const rounds: Profile[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const {wall} = await time(runs);
    profiler.start();
    const {wall: recorded, native} = await time(runs);
    const events = profiler.stop();
    const {kernels, busy} = share(events, runs);
    const times = {wall, recorded, javascript: recorded - native, idle: native - busy, alone: timeAlone()};
    rounds.push({name, eager, gflop, ...times, kernels, held: heldAtPeak(events), ...rates()});
  }
  const quietest = rounds.reduce((best, round) => (round.recorded < best.recorded ? round : best));
  const all = (key: "wall" | "alone" | keyof ReturnType<typeof rates>) => rounds.map((round) => round[key]);
  return {
    ...quietest,
    wall: Math.min(...all("wall")),
    alone: Math.min(...all("alone")),
    peakGflops: Math.max(...all("peakGflops")),
    memoryGigabytes: Math.max(...all("memoryGigabytes")),
    cacheGigabytes: Math.max(...all("cacheGigabytes")),
  };
}

const rates = () => ({peakGflops: peakRate(), memoryGigabytes: copyRate(64), cacheGigabytes: copyRate(4)});

const round = (value: number, digits = 3) => Number(value.toPrecision(digits)).toString();
const total = (kernels: Kernel[], key: "ms" | "calls" | "megabytes") =>
  kernels.reduce((sum, kernel) => sum + kernel[key], 0);

const HEAD = ["wall ms", ...kinds, "JavaScript", "idle", "GFLOP", "GFLOP/s", "of peak", "alone", "moved MB", "GB/s"];

/** A row of the table: times in ms. */
function row({name, eager, kernels, gflop, alone, peakGflops, ...times}: Profile): string {
  const of = (...wanted: Kind[]) => kernels.filter(({kind}) => wanted.includes(kind));
  const rate = (1000 * gflop) / total(of("convolutions", "products"), "ms");
  const moving = of("elementwise", "copies");
  const moved = total(moving, "megabytes");
  const cells = [
    `${name}, ${eager ? "one by one" : "recorded"}`,
    round(times.wall),
    ...kinds.map((kind) => round(total(of(kind), "ms"))),
    round(times.javascript),
    round(times.idle),
    ...(gflop === 0 ? ["–", "–", "–", "–"] : [round(gflop), round(rate), `${Math.round((100 * rate) / peakGflops)} %`]),
    ...(gflop === 0 ? [] : [round((1000 * gflop) / alone)]),
    ...(moved === 0 ? ["–", "–"] : [round(moved), round(moved / total(moving, "ms"))]),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** What the machine reached meanwhile, the operations that take longest, and those whose results take most memory. */
function details({kernels, wall, recorded, held, ...machine}: Profile): string {
  const {peakGflops, memoryGigabytes, cacheGigabytes} = machine;
  const lines = kernels.slice(0, TOP).map(({type, ms, calls, megabytes}) => {
    const part = `${ms.toFixed(2).padStart(9)} ms${((100 * ms) / recorded).toFixed(1).padStart(7)} %`;
    const speed = megabytes > 0 ? `  ${round(megabytes / ms)} GB/s` : "";
    return `  ${type.padEnd(34)}${part}${calls.toFixed(0).padStart(7)} calls${speed}`;
  });
  const rates = `products reach ${round(peakGflops)} GFLOP/s, copies ${round(memoryGigabytes)} GB/s in memory and ${round(cacheGigabytes)} in cache`;
  const most = held.reduce((sum, [, mebibytes]) => sum + mebibytes, 0);
  const parts = held.slice(0, TOP / 2).map(([type, mebibytes]) => `${type} ${round((100 * mebibytes) / most)} %`);
  const memory = `  results hold at most ${round(most)} MiB: ${parts.join(", ")}`;
  return [`  (${round(recorded / wall)} times as long while watched; ${rates})`, ...lines, memory].join("\n");
}

/** Profile in a process of its own. */
function profileAlone(name: string, eager: boolean, seconds: string): Promise<Profile> {
  const env = eager ? {...process.env, LOLA_COMPILE: "eager"} : process.env;
  return runInSubprocess(__filename, [name, seconds], {subject: name, env});
}

async function main(): Promise<void> {
  const options = {
    only: {type: "string", default: ""},
    eager: {type: "boolean", default: false},
    json: {type: "boolean", default: false},
    seconds: {type: "string", default: "8"},
  } as const;
  const {values} = parseArgs({options});
  const say = (line: string) => void (values.json || process.stdout.write(`${line}\n`));
  say(`| entry | ${HEAD.join(" | ")} |`);
  const names = ENTRIES.filter((each) => values.only.split(",").some((part) => each.includes(part)));
  if (names.length === 0) {
    throw new Error(`profile: --only expects parts of ${ENTRIES.join(", ")}, found ${values.only}.`);
  }
  const profiles: Profile[] = [];
  for (const name of names) {
    const found = await profileAlone(name, values.eager, values.seconds);
    profiles.push(found);
    say(row(found));
    say(details(found));
  }
  if (values.json) process.stdout.write(`${JSON.stringify(profiles)}\n`);
}

if (isSubprocess) {
  const [name, seconds] = process.argv.slice(2);
  const entry = suite.find((each) => each.name === name)!;
  void profile(entry, process.env.LOLA_COMPILE === "eager", Number(seconds)).then(answer);
} else void main();
