/**
 * Times everything that a user waits for, and with --peer the same work in PyTorch, alternately in the same minutes.
 *
 * Nothing here fails because of a time. A measurement during which other programs used more than a twentieth of the
 * machine is marked invalid.
 */
import {spawn, spawnSync, type ChildProcess} from "node:child_process";
import {existsSync} from "node:fs";
import path from "node:path";
import {createInterface} from "node:readline";
import {parseArgs} from "node:util";
import {describeMachine, Watch} from "./machine";
import {suite, type Benchmark} from "./suite";

const HELP = `Times what a user waits for.

npm run bench                          everything, ours alone
npm run bench -- --peer                beside PyTorch, which is installed into environment/.build/peer once
npm run bench -- --only vit,adamw      what has one of these in its name
npm run bench -- --rounds 12           more pairs
npm run -s bench -- --peer --json      one JSON object: {machine, results}
`;

const root = path.resolve(__dirname, "../..");

/** Share of the machine above which others disturb. */
const DISTURBED = 0.05;
/** A block of runs takes about this long, in milliseconds. */
const BLOCK = 1000;

interface Reply {
  times: number[];
  /** Largest resident set so far, MiB. */
  peak: number;
  names?: string[];
}

/** A process that runs benchmarks on request. */
class Runner {
  readonly ready: Promise<Reply>;
  private readonly lines: AsyncIterator<string>;

  constructor(private readonly child: ChildProcess) {
    this.lines = createInterface({input: child.stdout!})[Symbol.asyncIterator]();
    this.ready = this.reply();
  }

  get pid(): number {
    return this.child.pid!;
  }

  async run(name: string, runs: number): Promise<Reply> {
    this.child.stdin!.write(`${JSON.stringify({name, runs})}\n`);
    return this.reply();
  }

  close(): void {
    this.child.stdin!.end();
  }

  private async reply(): Promise<Reply> {
    const {value, done} = await this.lines.next();
    if (done) throw new Error(`bench: ${this.child.spawnargs.slice(0, 4).join(" ")} ended; see its message above.`);
    return JSON.parse(value) as Reply;
  }
}

const stdio = ["pipe", "pipe", "inherit"] as const;

function startOurs(): Runner {
  const args = ["-r", path.join(root, "environment/typescript.cjs"), path.join(root, "test/bench/ours.ts")];
  return new Runner(spawn(process.execPath, args, {stdio: [...stdio]}));
}

/** PyTorch in a Python environment of its own, which nothing else uses. */
function startPeer(): Runner {
  const venv = path.join(root, "environment/.build/peer");
  const python = path.join(venv, "bin/python");
  if (!existsSync(path.join(venv, "ready"))) {
    process.stderr.write("installing PyTorch into environment/.build/peer ...\n");
    const commands = [
      [path.join(root, "environment/.venv/bin/python"), "-m", "venv", "--clear", venv],
      [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "torch"],
      ["touch", path.join(venv, "ready")],
    ];
    for (const [command, ...args] of commands) {
      if (spawnSync(command, args, {stdio: ["ignore", 2, 2]}).status !== 0) {
        throw new Error(`bench: "${[command, ...args].join(" ")}" failed; see its message above.`);
      }
    }
  }
  return new Runner(spawn(python, ["-W", "ignore", path.join(root, "test/bench/peer.py")], {stdio: [...stdio]}));
}

interface Result {
  name: string;
  what: string;
  ours_ms: number;
  /** Interquartile range of our times over their median. */
  ours_spread: number;
  peer_ms?: number;
  peer_spread?: number;
  /** Median over pairs of blocks of ours over theirs. */
  ratio?: number;
  target?: number;
  /** Share of the machine that other programs used. */
  foreign: number;
  valid: boolean;
}

const quantile = (values: number[], q: number) => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)];
  return low + (sorted[Math.ceil(at)] - low) * (at - Math.floor(at));
};
const median = (values: number[]) => quantile(values, 0.5);
const spread = (values: number[]) => (quantile(values, 0.75) - quantile(values, 0.25)) / median(values);

/** Time one benchmark, block by block, ours and the peer's in turn. */
async function measure(benchmark: Benchmark, ours: Runner, peer: Runner | undefined, rounds: number): Promise<Result> {
  const {name, what, target} = benchmark;
  const [first] = (await ours.run(name, 1)).times;
  const runs = Math.max(1, Math.min(200, Math.round(BLOCK / first)));
  await peer?.run(name, 1);
  const watch = new Watch([process.pid, ours.pid, ...(peer ? [peer.pid] : [])]);
  const [mine, theirs, ratios]: number[][] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    const a = (await ours.run(name, runs)).times;
    mine.push(...a);
    if (!peer) continue;
    const b = (await peer.run(name, runs)).times;
    theirs.push(...b);
    ratios.push(median(a) / median(b));
  }
  const foreign = watch.foreign();
  const compared = peer && {peer_ms: median(theirs), peer_spread: spread(theirs), ratio: median(ratios)};
  const own = {ours_ms: median(mine), ours_spread: spread(mine)};
  return {name, what, ...own, ...compared, target, foreign, valid: foreign <= DISTURBED};
}

const number = (value: number | undefined, digits = 3) =>
  value === undefined ? "" : Number(value.toPrecision(digits)).toString();
const percent = (value: number | undefined) => (value === undefined ? "" : `${Math.round(100 * value)} %`);

function row({name, ours_ms, ours_spread, peer_ms, peer_spread, ratio, target, foreign, valid}: Result): string {
  const verdict = valid
    ? ratio === undefined || target === undefined
      ? ""
      : ratio <= target
        ? "met"
        : "missed"
    : "invalid";
  const cells = [
    name.padEnd(20),
    number(ours_ms).padStart(9),
    percent(ours_spread).padStart(6),
    number(peer_ms).padStart(9),
    percent(peer_spread).padStart(6),
    number(ratio).padStart(7),
    number(target).padStart(7),
    percent(foreign).padStart(7),
    ` ${verdict}`,
  ];
  return cells.join(" ");
}

async function main(): Promise<void> {
  const options = {
    peer: {type: "boolean", default: false},
    json: {type: "boolean", default: false},
    only: {type: "string"},
    rounds: {type: "string", default: "8"},
    help: {type: "boolean", default: false},
  } as const;
  const {values} = parseArgs({options});
  if (values.help) return void process.stdout.write(HELP);
  const wanted = values.only?.split(",");
  const chosen = suite.filter(({name}) => wanted?.some((part) => name.includes(part)) ?? true);
  if (chosen.length === 0) {
    throw new Error(`bench: --only expects parts of ${suite.map(({name}) => name).join(", ")}, found ${values.only}.`);
  }

  const machine = describeMachine();
  const log = (line: string) => void (values.json || process.stdout.write(`${line}\n`));
  log(
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB; Node ${machine.node}, TensorFlow ` +
      `${machine.tensorflow}; at most ${machine.peakGflops} GFLOP/s\n`,
  );
  log(`${"".padEnd(20)}   ours ms spread   peer ms spread   ratio  target  others`);
  const ours = startOurs();
  const peer = values.peer ? startPeer() : undefined;
  const names = (await peer?.ready)?.names ?? [];
  await ours.ready;
  const results: Result[] = [];
  for (const benchmark of chosen) {
    const compared = names.includes(benchmark.name) ? peer : undefined;
    const result = await measure(benchmark, ours, compared, Number(values.rounds));
    results.push(result);
    log(row(result));
  }
  ours.close();
  peer?.close();
  if (values.json) process.stdout.write(`${JSON.stringify({machine, results})}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
