/**
 * How cost grows: time and memory against one size at a time, as straight lines in log-log coordinates.
 *
 *     node -r ./environment/typescript.cjs test/bench/growth.ts [--only loader,tokens] [--results FILE] [--figure FILE]
 *
 * --results keeps what was measured in a file of JSON, beside what it holds of other series: so a run can be done in
 * parts. --figure draws all that is known. Time and memory of a point are measured in processes of their own: memory is
 * what a warm run, begun without garbage, has at its peak above the process that has loaded the library.
 */
import {existsSync, readFileSync, writeFileSync} from "node:fs";
import {parseArgs} from "node:util";
import {closeExport, toPng} from "../../packages/figures/src/render/export";
import {tf} from "@lola-ts/engine";
import {countOf} from "./binding-times";
import {growthFigure} from "./growth-figure";
import {series, type Series} from "./growth-series";
import {share} from "./kernels";
import {beginPeak, measured, peak, resident} from "./memory";
import {fitPowerLaw, type PowerLaw} from "./power-law";
import {loadProfiler} from "./profiler";
import {answer, isSubprocess, runInSubprocess} from "./subprocess";
import type {Running} from "./suite";

export interface Point {
  readonly value: number;
  /** Milliseconds of the quickest run. */
  readonly time: number;
  /** MiB at the peak of a run, above the process that has loaded the library. */
  readonly memory: number;
  /** Convolutions and matrix products of a run, where they are counted. */
  readonly gflop?: number;
  /** Share of a run's time in attention's products, and in its softmax. */
  readonly attention?: {readonly products: number; readonly softmax: number};
}

export interface Result {
  readonly name: string;
  readonly size: string;
  readonly points: readonly Point[];
  readonly time: PowerLaw;
  readonly memory: PowerLaw;
  /** Exponents that time and memory must not exceed. */
  readonly bound: {readonly time: number; readonly memory: number};
}

/** Milliseconds over which a point is timed, and fewest runs of a measurement. */
const SPAN = 2000;
const RUNS = 3;
/** How much an exponent may be above its bound. */
const MARGIN = 0.1;

/** Start a series in this process and warm it up. */
async function warm({start}: Series, value: number): Promise<Running> {
  const running = await start(value);
  for (let i = 0; i < 2; i++) await running.run(); // records
  return running;
}

/** What is measured of a point, each in a process of its own. */
const MEASURES = {
  async time(one: Series, value: number): Promise<Omit<Point, "value" | "memory">> {
    const running = await warm(one, value);
    const times: number[] = [];
    for (const begin = performance.now(); performance.now() - begin < SPAN || times.length < RUNS;) {
      const from = performance.now();
      await running.run();
      times.push(performance.now() - from);
    }
    const attention = one.attention ? await attended(running) : undefined;
    await running.close?.();
    const gflop = one.implied ? undefined : await countOf(() => one.start(value));
    return {time: Math.min(...times), gflop, attention};
  },

  async memory(one: Series, value: number): Promise<Pick<Point, "memory">> {
    tf.zeros([1]).dataSync(); // the engine is there
    const before = resident();
    const running = await warm(one, value);
    const peaks: number[] = [];
    for (let i = 0; i < RUNS; i++) {
      beginPeak();
      await running.run();
      peaks.push(peak() - before);
    }
    await running.close?.();
    return {memory: median(peaks)};
  },
};
type Measure = keyof typeof MEASURES;

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Share of the time of a recorded step in the products and the softmax of attention. */
async function attended(running: Running): Promise<Point["attention"]> {
  const profiler = loadProfiler();
  profiler.start();
  const begin = performance.now();
  await running.run();
  const wall = performance.now() - begin;
  const {kernels} = share(profiler.stop(), 1);
  const of = (type: RegExp) =>
    kernels.reduce((sum, kernel) => sum + (type.test(kernel.type) ? kernel.ms : 0), 0) / wall;
  return {products: of(/BatchMatMul/), softmax: of(/Softmax/)};
}

function measureAlone<M extends Measure>(what: M, index: number, value: number): ReturnType<(typeof MEASURES)[M]> {
  const env = what === "memory" ? {...process.env, ...measured} : process.env;
  const options = {subject: `${series[index].name} at ${value}`, env, exposeGc: true};
  return runInSubprocess(__filename, [what, `${index}`, `${value}`], options) as ReturnType<(typeof MEASURES)[M]>;
}

/** Measure a series, point by point. */
async function measure(index: number): Promise<Result> {
  const {name, size, values, implied} = series[index];
  const points: Point[] = [];
  for (const value of values) {
    const [time, memory] = [await measureAlone("time", index, value), await measureAlone("memory", index, value)];
    points.push({value, ...time, ...memory});
  }
  const along = (y: (point: Point) => number) => fitPowerLaw(values, points.map(y));
  const counted = implied ? 0 : along(({gflop}) => gflop!).exponent;
  const bound = implied ?? {time: counted, memory: counted};
  return {name, size, points, bound, time: along(({time}) => time), memory: along(({memory}) => memory)};
}

const round = (value: number) => Number(value.toPrecision(3)).toString();
const percent = (value: number) => `${Math.round(100 * value)} %`;

/** A row of the table, and the points under it. */
function rows({name, size, points, time, memory, bound}: Result): string {
  const values = points.map(({value}) => value).join(", ");
  const exponents = [time, memory].map(({exponent, off}) => `${exponent.toFixed(2)} (${percent(off - 1)})`);
  const bounds = [bound.time, bound.memory].map((each) => each.toFixed(2)).join(", ");
  const faster = (["time", "memory"] as const).filter((cost) => ({time, memory})[cost].exponent > bound[cost] + MARGIN);
  const verdict = faster.length === 0 ? "not faster than its arithmetic" : `faster: ${faster.join(", ")}`;
  const lines = points.map(({value, gflop, attention, ...cost}) => {
    const counted = gflop === undefined ? "" : `, ${round(gflop)} GFLOP`;
    const shares =
      attention && `, attention's products ${percent(attention.products)}, softmax ${percent(attention.softmax)}`;
    return `    ${value}: ${round(cost.time)} ms, ${round(cost.memory)} MiB${counted}${shares ?? ""}`;
  });
  return [`| ${[name, `${size}: ${values}`, ...exponents, bounds, verdict].join(" | ")} |`, ...lines, ""].join("\n");
}

async function main(): Promise<void> {
  const options = {only: {type: "string", default: ""}, results: {type: "string"}, figure: {type: "string"}} as const;
  const {only, results: file, figure} = parseArgs({options}).values;
  const known = file && existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Result[]) : [];
  process.stdout.write("| what | sizes | time (off by) | memory (off by) | arithmetic: time, memory | verdict |\n");
  for (const [index, {name}] of series.entries()) {
    if (!only.split(",").some((part) => name.includes(part))) continue;
    const result = await measure(index);
    const place = known.findIndex((each) => each.name === name);
    known.splice(place < 0 ? known.length : place, place < 0 ? 0 : 1, result);
    process.stdout.write(rows(result));
    if (file) writeFileSync(file, JSON.stringify(known, undefined, 1));
  }
  if (!figure) return;
  writeFileSync(figure, await toPng(growthFigure(known)));
  await closeExport();
}

if (isSubprocess) {
  const [what, index, value] = process.argv.slice(2);
  void MEASURES[what as Measure](series[Number(index)], Number(value)).then(answer);
} else void main();
