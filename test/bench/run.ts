/**
 * Times everything that a user waits for, and with --peer the same work in PyTorch, alternately in the same minutes.
 *
 * Nothing here fails because of a time. A measurement during which other programs used more than a twentieth of the
 * machine is marked invalid.
 */
import path from "node:path";
import {KeptResults} from "./kept-results";
import {describeMachine, machineLine, Watch} from "./machine";
import {heading, hasRun, notes, repeat, row, summarise, type Block, type PeerFailure, type Result} from "./report";
import {preparePeer, startOurs, startPeer, type Runner} from "./runner";
import {peersOf, suite, type Benchmark} from "./suite";

/** A block of runs takes about this long, in milliseconds. */
const BLOCK = 1000;
const KEPT = path.resolve(__dirname, "../../.out/bench.jsonl");

/** Options of a measurement. */
interface Measurement {
  /** Minutes after which a benchmark is not repeated again, however wide its interval is. */
  readonly minutes: number;
  /** Kinds of the peer's variants; none to time ours alone. */
  readonly variants: readonly string[];
  /** Minutes that a variant may take until it is warm. */
  readonly patience: number;
}

/** A variant of the peer that is warm. */
interface WarmPeer {
  readonly runner: Runner;
  readonly start_s: number;
  readonly blocks: Block[];
  mib: number;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Start the peer's variants, one after the other. */
async function startPeers(
  benchmark: Benchmark,
  {variants, patience}: Measurement,
): Promise<Map<string, WarmPeer | PeerFailure>> {
  const started = new Map<string, WarmPeer | PeerFailure>();
  for (const variant of peersOf(benchmark).filter((each) => variants.includes(each.split("-")[0]))) {
    const begin = performance.now();
    try {
      const runner = startPeer(benchmark.name, variant);
      await runner.ready(patience);
      started.set(variant, {runner, start_s: (performance.now() - begin) / 1000, blocks: [], mib: 0});
    } catch (error) {
      started.set(variant, {failed: messageOf(error)});
    }
  }
  return started;
}

/** Time a block of a variant. One that fails is out of the race. */
async function timePeer(started: Map<string, WarmPeer | PeerFailure>, variant: string, runs: number): Promise<void> {
  const peer = started.get(variant);
  if (!hasRun(peer)) return;
  try {
    const {times, memory} = await peer.runner.run(runs);
    peer.blocks.push(times);
    peer.mib = memory;
  } catch (error) {
    peer.runner.kill();
    started.set(variant, {failed: messageOf(error)});
  }
}

/** Time one benchmark, block by block, ours and the peer's variants in turn. */
async function measure(benchmark: Benchmark, options: Measurement): Promise<Result> {
  const {name, what, target, items} = benchmark;
  const runner = startOurs(name);
  let peers = new Map<string, WarmPeer | PeerFailure>();
  const runners = () => [runner, ...[...peers.values()].filter((peer) => hasRun(peer)).map((peer) => peer.runner)];
  try {
    const ours = {blocks: [] as Block[], mib: 0};
    await runner.ready();
    const [first] = (await runner.run(1)).times;
    const runs = Math.max(1, Math.min(200, Math.round(BLOCK / first)));
    peers = await startPeers(benchmark, options);
    const watch = new Watch([process.pid, ...runners().map(({pid}) => pid)]);
    const time = async () => {
      const {times, memory} = await runner.run(runs);
      ours.blocks.push(times);
      ours.mib = memory;
      for (const variant of peers.keys()) await timePeer(peers, variant, runs);
    };
    const result = () => {
      const timed = peers.size > 0 ? Object.fromEntries(peers) : undefined;
      return summarise({name, what, target, items, ours, peers: timed, foreign: watch.foreign()});
    };
    return await repeat(time, result, options.minutes);
  } finally {
    runners().forEach((each) => each.close());
  }
}

/** Options of the command line, by environment/commands.cjs. */
interface BenchCommand {
  readonly peer: boolean;
  readonly json: boolean;
  readonly resume: boolean;
  readonly only?: readonly string[];
  readonly minutes: number;
  readonly variants: readonly string[];
  readonly patience: number;
}

/** Run the verb `bench`, and end the process. */
export async function main(options: BenchCommand): Promise<void> {
  const {only} = options;
  const chosen = suite.filter(({name}) => only?.some((part) => name.includes(part)) ?? true);
  if (chosen.length === 0) {
    throw new RangeError(`--only: expected parts of ${suite.map(({name}) => name).join(", ")}, found ${only}.`);
  }
  const variants = options.peer ? options.variants : [];
  const machine = {...describeMachine(), ...(options.peer && {pytorch: preparePeer()})};
  const {peakGflops, date: _, ...setting} = machine;
  const kept = new KeptResults(KEPT, {...setting, minutes: options.minutes, variants, patience: options.patience});
  const before = options.resume ? kept.read() : new Map<string, Result>();

  const log = (text: string) => void (options.json ? process.stderr : process.stdout).write(`${text}\n`);
  log(`${machineLine(machine)}; at most ${peakGflops} GFLOP/s\n`);
  log(heading());
  const results: Result[] = [];
  const finish = (code: number): never => {
    if (options.json) process.stdout.write(`${JSON.stringify({machine, results}, null, 1)}\n`);
    process.exit(code);
  };
  process.on("SIGINT", () => finish(130)).on("SIGTERM", () => finish(143));

  let failed = 0;
  for (const benchmark of chosen) {
    try {
      const result = before.get(benchmark.name) ?? (await measure(benchmark, {...options, variants}));
      if (!before.has(benchmark.name)) kept.add(result);
      results.push(result);
      [row(result), ...notes(result)].forEach(log);
    } catch (error) {
      failed++; // the others can still be timed
      log(`${benchmark.name.padEnd(21)} ${messageOf(error)}`);
    }
  }
  finish(failed > 0 ? 1 : 0);
}
