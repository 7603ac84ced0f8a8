/**
 * How cost grows: time and memory against one size at a time, as straight lines in log-log coordinates.
 *
 *     node -r ./environment/typescript.cjs test/bench/growth.ts [--only part-of-a-name] [--json]
 *
 * Each point is measured in a process of its own, so that its peak memory is its own; memory is what the run adds to
 * the process that has loaded the library.
 */
import {fork} from "node:child_process";
import {readFileSync} from "node:fs";
import {parseArgs} from "node:util";
import ndarray from "ndarray";
import {evaluateRollout} from "../../lib/evaluate/evaluate";
import * as models from "./models";
import {euler} from "./others";
import {autoencoderTraining, denoiserTraining, sampling, type Running} from "./suite";

/** A cost against one size. */
interface Series {
  readonly name: string;
  /** What is varied. */
  readonly size: string;
  readonly values: readonly number[];
  /** Exponent of the arithmetic, as text where it is between two. */
  readonly arithmetic: string;
  start(value: number): Running;
}

const ae = (change: Partial<models.AutoencoderCase>, batch = 8) =>
  autoencoderTraining({...models.AE2D, ...change}, batch);
const vit = (change: Partial<models.TransformerCase>, batch = 8) => denoiserTraining({...models.VIT, ...change}, batch);

function evaluation(trajectories: number): Running {
  const shape = [26, 32, 32, 5];
  const size = shape.reduce((a, b) => a * b);
  const truth = ndarray(
    new Float32Array(size).map((_, i) => Math.sin(i)),
    shape,
  );
  const ensemble = ndarray(
    new Float32Array(16 * size).map((_, i) => Math.cos(i)),
    [16, ...shape],
  );
  return {
    run() {
      for (let i = 0; i < trajectories; i++) evaluateRollout(truth, ensemble);
    },
  };
}

const series: readonly Series[] = [
  {
    name: "autoencoder: grid",
    size: "cells along an axis",
    values: [32, 64, 128],
    arithmetic: "2",
    start: (n) => ae({grid: [n, n]}, 4),
  },
  {name: "autoencoder: batch", size: "states", values: [2, 4, 8, 16], arithmetic: "1", start: (n) => ae({}, n)},
  {
    name: "autoencoder: width",
    size: "channels of the first level",
    values: [16, 32, 64],
    arithmetic: "1 to 2",
    start: (n) => ae({channels: [n, 2 * n, 4 * n]}, 4),
  },
  {
    name: "autoencoder: depth",
    size: "residual blocks per level",
    values: [1, 2, 4, 8],
    arithmetic: "0 to 1",
    start: (n) => ae({blocks: n}, 4),
  },
  {
    name: "denoiser: tokens",
    size: "tokens",
    values: [80, 320, 720, 1280, 2000],
    arithmetic: "1 to 2",
    start: (n) => vit({tokens: [5, Math.sqrt(n / 5), Math.sqrt(n / 5)]}, 4),
  },
  {name: "denoiser: batch", size: "windows", values: [4, 8, 16, 32], arithmetic: "1", start: (n) => vit({}, n)},
  {
    name: "denoiser: width",
    size: "width",
    values: [64, 128, 256, 512],
    arithmetic: "1 to 2",
    start: (n) => vit({width: n}),
  },
  {name: "denoiser: depth", size: "blocks", values: [2, 4, 8, 16], arithmetic: "1", start: (n) => vit({blocks: n})},
  {name: "sampling: ensemble", size: "members", values: [4, 8, 16, 32], arithmetic: "1", start: (n) => sampling(n)},
  {
    name: "evaluation: trajectories",
    size: "trajectories",
    values: [1, 2, 4, 8],
    arithmetic: "1, memory 0",
    start: evaluation,
  },
  {
    name: "Euler simulator: grid",
    size: "cells along an axis",
    values: [64, 128, 256, 512],
    arithmetic: "3 (steps grow with the grid)",
    start: euler,
  },
];

interface Point {
  value: number;
  /** Milliseconds of a run. */
  time: number;
  /** MiB that the run adds at its peak. */
  memory: number;
}

const resident = (name: "VmHWM" | "VmRSS") =>
  Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;

/** In a process of its own: one point of a series. */
async function point(index: number, value: number): Promise<Point> {
  const before = resident("VmRSS");
  const {run} = series[index].start(value);
  await run();
  const times: number[] = [];
  for (const begin = performance.now(); performance.now() - begin < 2000 || times.length < 3;) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return {value, time: times[times.length >> 1], memory: resident("VmHWM") - before};
}

/** Slope of a straight line through (log x, log y). */
function exponent(x: number[], y: number[]): number {
  const [u, v] = [x, y].map((values) => values.map(Math.log));
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [mu, mv] = [mean(u), mean(v)];
  return (
    u.reduce((sum, value, i) => sum + (value - mu) * (v[i] - mv), 0) /
    u.reduce((sum, value) => sum + (value - mu) ** 2, 0)
  );
}

function elsewhere(index: number, value: number): Promise<Point> {
  return new Promise((resolve, reject) => {
    const child = fork(__filename, ["--point", `${index}`, `${value}`], {execArgv: process.execArgv, stdio: "inherit"});
    child.once("message", (answer) => resolve(answer as Point));
    child.once("exit", (code) => code && reject(new Error(`growth: ${series[index].name} at ${value} failed`)));
  });
}

async function main(): Promise<void> {
  const options = {only: {type: "string", default: ""}, json: {type: "boolean", default: false}} as const;
  const {values} = parseArgs({options});
  const results = [];
  for (const [index, {name, size, values: sizes, arithmetic}] of series.entries()) {
    if (!name.includes(values.only)) continue;
    const points: Point[] = [];
    for (const value of sizes) points.push(await elsewhere(index, value));
    const x = points.map(({value}) => value);
    const time = exponent(
      x,
      points.map((each) => each.time),
    );
    const memory = exponent(
      x,
      points.map((each) => each.memory),
    );
    results.push({name, size, arithmetic, time, memory, points});
    if (values.json) continue;
    process.stdout.write(
      `| ${name} | ${points.map((each) => `${each.value}: ${each.time.toPrecision(3)} ms, ${Math.round(each.memory)} MiB`).join("; ")} ` +
        `| ${time.toFixed(2)} | ${memory.toFixed(2)} | ${arithmetic} |\n`,
    );
  }
  if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`);
}

if (process.argv[2] === "--point") {
  void point(Number(process.argv[3]), Number(process.argv[4])).then((answer) =>
    process.send!(answer, () => process.exit(0)),
  );
} else void main();
