/**
 * Steps with single operations beside the same steps with chains of operations, alternately in one process: recorded steps of
 * both kinds are warm, and blocks of them take turns. Ratios are single over chain, pair by pair of blocks.
 *
 *     node -r ./environment/typescript.cjs test/bench/fused.ts [--only adamw,vit-train] [--rounds 8]
 */
import {parseArgs} from "node:util";
import {summarise, type Block, type Result} from "./report";
import {suite, type Benchmark, type Running} from "./suite";

const ENTRIES = [
  "adamw",
  "update",
  "psgd-plain",
  "soap",
  "tour-train",
  "vit-train",
  "vit-forward",
  "ae2d-train",
  "ae3d-train",
];
/** A block of runs takes about this long, in milliseconds. */
const BLOCK = 1000;

type Way = "on" | "off";

/** Milliseconds that pass, and milliseconds of processor time. */
type Times = Record<"wall" | "processor", number[]>;

/** Run something as often as wanted with LOLA_FUSED set. */
async function timed(way: Way, running: Running, runs: number): Promise<Times> {
  process.env.LOLA_FUSED = way;
  const times: Times = {wall: [], processor: []};
  for (let i = 0; i < runs; i++) {
    const begin = performance.now();
    const before = process.cpuUsage();
    await running.run();
    const {user, system} = process.cpuUsage(before);
    times.wall.push(performance.now() - begin);
    times.processor.push((user + system) / 1000);
  }
  return times;
}

async function compare({name, what, start}: Benchmark, rounds: number) {
  const blocks: Record<Way, Times[]> = {on: [], off: []};
  const running = {on: await start(), off: await start()};
  for (const way of ["on", "off"] as const) await timed(way, running[way], 3); // records and warms up
  const [first] = (await timed("on", running.on, 1)).wall;
  const runs = Math.max(1, Math.round(BLOCK / first));
  for (let round = 0; round < rounds; round++) {
    const order: Way[] = round % 2 === 0 ? ["on", "off"] : ["off", "on"];
    for (const way of order) blocks[way].push(await timed(way, running[way], runs));
  }
  await running.on.close?.();
  await running.off.close?.();
  const of = (key: keyof Times) => {
    const [single, chain] = (["on", "off"] as const).map((way) => blocks[way].map((times): Block => times[key]));
    const peers = {chain: {blocks: chain, mib: 0, start_s: 0}};
    return summarise({name, what, ours: {blocks: single, mib: 0}, peers, foreign: 0});
  };
  return {wall: of("wall"), processor: of("processor")};
}

const cells = ({ours_ms, peer_ms, ratio, ratios}: Result) => {
  const pairs = [Math.min(...ratios!), Math.max(...ratios!)].map((each) => each.toFixed(2)).join("-");
  return `${ours_ms.toFixed(1).padStart(10)}${peer_ms!.toFixed(1).padStart(10)}${ratio!.toFixed(2).padStart(8)}  ${pairs}`;
};

async function main(): Promise<void> {
  const options = {only: {type: "string", default: ""}, rounds: {type: "string", default: "8"}} as const;
  const {values} = parseArgs({options});
  const chosen = ENTRIES.filter((name) => values.only.split(",").some((part) => name.includes(part)));
  console.log("                    single ms  chain ms   ratio  pairs; below them the same in processor time");
  for (const name of chosen) {
    const {wall, processor} = await compare(
      suite.find((entry) => entry.name === name)!,
      Number(values.rounds),
    );
    console.log(`${name.padEnd(18)}${cells(wall)}\n${" ".repeat(18)}${cells(processor)}`);
  }
}

void main();
