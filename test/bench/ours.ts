/**
 * The process that runs our benchmarks. It reads one JSON line per request, {name, runs}, and answers with the
 * milliseconds of each run; a benchmark stays warm until another one is asked for. {memory: name} answers with the peak
 * memory of a fresh process that runs it.
 */
import {createInterface} from "node:readline";
import {readFileSync} from "node:fs";
import {suite, type Running} from "./suite";

let running: {name: string; state: Running} | undefined;

async function use(name: string): Promise<Running> {
  if (running?.name === name) return running.state;
  await running?.state.close?.();
  const benchmark = suite.find((entry) => entry.name === name);
  if (!benchmark)
    throw new Error(`bench: expected one of ${suite.map((entry) => entry.name).join(", ")}, found ${name}`);
  running = {name, state: await benchmark.start()};
  for (let i = 0; i < 3; i++) await running.state.run(); // record and warm up
  return running.state;
}

async function answer({name, runs}: {name: string; runs: number}) {
  const state = await use(name);
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const begin = performance.now();
    await state.run();
    times.push(performance.now() - begin);
  }
  return {times, peak: peakMemory()};
}

/** Largest resident set so far, in MiB. */
function peakMemory(): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? NaN) / 1024;
}

async function serve(): Promise<void> {
  process.stdout.write(`${JSON.stringify({ready: true, peak: peakMemory()})}\n`);
  for await (const line of createInterface({input: process.stdin})) {
    const reply = await answer(JSON.parse(line) as {name: string; runs: number});
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
  await running?.state.close?.();
  process.exit(0);
}

void serve();
