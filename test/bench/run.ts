/**
 * Times everything that a user waits for, and with --peer the same work in PyTorch, alternately in the same minutes.
 *
 * Nothing here fails because of a time. A measurement during which other programs used more than a twentieth of the
 * machine is marked invalid.
 */
import {parseArgs} from "node:util";
import {describeMachine, Watch} from "./machine";
import {startOurs, startPeer, type Runner} from "./runner";
import {suite, type Benchmark} from "./suite";

const HELP = `Times what a user waits for.

npm run bench                          everything, ours alone
npm run bench -- --peer                beside PyTorch, which is installed into environment/.build/peer once
npm run bench -- --only vit,adamw      what has one of these in its name
npm run bench -- --rounds 12           more pairs
npm run -s bench -- --peer --json      one JSON object: {machine, results}
`;

/** Share of the machine above which others disturb. */
const DISTURBED = 0.05;
/** A block of runs takes about this long, in milliseconds. */
const BLOCK = 1000;

interface Result {
  name: string;
  what: string;
  ours_ms: number;
  /** Interquartile range of our times over their median. */
  ours_spread: number;
  peer_ms?: number;
  peer_spread?: number;
  /** Ours over theirs, pair by pair of blocks, and the median. */
  ratios?: number[];
  ratio?: number;
  target?: number;
  /** MiB that the warm benchmark adds to the process at its peak. */
  ours_mib: number;
  peer_mib?: number;
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
  await ours.ready();
  await peer?.ready();
  const [first] = (await ours.run(1)).times;
  const runs = Math.max(1, Math.min(200, Math.round(BLOCK / first)));
  const watch = new Watch([process.pid, ours.pid, ...(peer ? [peer.pid] : [])]);
  const [mine, theirs, ratios]: number[][] = [[], [], []];
  const memory = {ours: 0, peer: 0};
  for (let round = 0; round < rounds; round++) {
    const a = await ours.run(runs);
    mine.push(...a.times);
    memory.ours = a.memory;
    if (!peer) continue;
    const b = await peer.run(runs);
    theirs.push(...b.times);
    memory.peer = b.memory;
    ratios.push(median(a.times) / median(b.times));
  }
  const foreign = watch.foreign();
  const times = {ours_ms: median(mine), ours_spread: spread(mine)};
  const peers = peer && {peer_ms: median(theirs), peer_spread: spread(theirs), ratios, ratio: median(ratios)};
  const mib = {ours_mib: memory.ours, ...(peer && {peer_mib: memory.peer})};
  return {name, what, ...times, ...peers, target, ...mib, foreign, valid: foreign <= DISTURBED};
}

const number = (value: number | undefined, digits = 3) =>
  value === undefined ? "" : Number(value.toPrecision(digits)).toString();
const percent = (value: number | undefined) => (value === undefined ? "" : `${Math.round(100 * value)} %`);

const COLUMNS: readonly (readonly [title: string, width: number, cell: (result: Result) => string])[] = [
  ["", -21, ({name}) => name],
  ["ours ms", 9, ({ours_ms}) => number(ours_ms)],
  ["spread", 7, ({ours_spread}) => percent(ours_spread)],
  ["peer ms", 9, ({peer_ms}) => number(peer_ms)],
  ["spread", 7, ({peer_spread}) => percent(peer_spread)],
  ["ratio", 7, ({ratio}) => number(ratio)],
  [
    "pairs",
    12,
    ({ratios}) => (ratios ? [Math.min(...ratios), Math.max(...ratios)].map((r) => number(r)).join("-") : ""),
  ],
  ["target", 7, ({target}) => number(target)],
  ["ours MiB", 10, ({ours_mib}) => number(ours_mib)],
  ["peer MiB", 10, ({peer_mib}) => number(peer_mib)],
  ["others", 7, ({foreign}) => percent(foreign)],
  [" verdict", -9, (result) => ` ${verdict(result)}`],
];

function verdict({ratio, target, valid}: Result): string {
  if (!valid) return "invalid";
  if (ratio === undefined || target === undefined) return "";
  return ratio <= target ? "met" : "missed";
}

const line = (cells: (column: (typeof COLUMNS)[number]) => string) =>
  COLUMNS.map((column) => {
    const text = cells(column);
    const width = column[1];
    return width < 0 ? text.padEnd(-width) : text.padStart(width);
  }).join("");

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
  const log = (text: string) => void (values.json || process.stdout.write(`${text}\n`));
  log(
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB; Node ${machine.node}, TensorFlow ` +
      `${machine.tensorflow}; at most ${machine.peakGflops} GFLOP/s\n`,
  );
  log(line(([title]) => title));
  const results: Result[] = [];
  for (const benchmark of chosen) {
    const ours = startOurs(benchmark.name);
    const peer = values.peer && benchmark.target !== undefined ? startPeer(benchmark.name) : undefined;
    const result = await measure(benchmark, ours, peer, Number(values.rounds));
    ours.close();
    peer?.close();
    results.push(result);
    log(line(([, , cell]) => cell(result)));
  }
  if (values.json) process.stdout.write(`${JSON.stringify({machine, results})}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
