/**
 * Scoring an ensemble of 16 members, 26 states of 64 x 64 cells and 5 fields: all metrics of an evaluation, without and
 * with each system's distance between distributions, and the parts that are looked at by themselves.
 *
 * {@link metricsBenchmark} returns the numbers; run as a program, the file prints them.
 */
import {sizeOf, Rng} from "@lola-ts/core";
import {systemOf} from "@lola-ts/simulators";
import {buresMatrix, fitGaussian} from "../../lib/evaluate/bures";
import {evaluateRollout} from "../../lib/evaluate/evaluate";
import {crossSpectrum, powerSpectrum} from "../../lib/evaluate/spectrum";
import {slicedWasserstein} from "../../lib/evaluate/transport";

/** One measurement: the median over a few runs, after one that does not count. */
export interface MetricsTime {
  readonly name: string;
  readonly milliseconds: number;
}

const MEMBERS = 16;
const STATES = 26;
const CELLS = 64;
const FIELDS = 5;

function noise(generator: Rng, shape: readonly number[]) {
  const size = sizeOf(shape);
  return {data: Float32Array.from({length: size}, () => 2 + generator.uniform()), shape};
}

function time(name: string, work: () => unknown, runs = 5): MetricsTime {
  work();
  const times = Array.from({length: runs}, () => {
    const begin = performance.now();
    work();
    return performance.now() - begin;
  });
  return {name, milliseconds: times.sort((a, b) => a - b)[runs >> 1]};
}

/** Time everything. */
export async function metricsBenchmark(): Promise<MetricsTime[]> {
  const generator = Rng.from("bench", "metrics");
  const state = [STATES, CELLS, CELLS, FIELDS];
  const truth = noise(generator, state);
  const ensemble = noise(generator, [MEMBERS, ...state]);
  const fields = ["energy", "density", "pressure", "momentum_x", "velocity_y"];
  const [u, ...members] = Array.from({length: 1 + MEMBERS}, () => noise(generator, [CELLS * CELLS]).data);
  const grid = [CELLS, CELLS];
  const tokens = Array.from({length: 7}, () => noise(generator, [200, 64]));
  return [
    time("evaluateRollout", () => evaluateRollout(truth, ensemble, {fields})),
    time("evaluateRollout, SEMD", () =>
      evaluateRollout(truth, ensemble, {fields, transport: systemOf("euler").distribution}),
    ),
    time("evaluateRollout, Wasserstein", () =>
      evaluateRollout(truth, ensemble, {fields, transport: systemOf("rayleigh-benard").distribution}),
    ),
    time("powerSpectrum, 16 fields", () => powerSpectrum(members, grid), 50),
    time("crossSpectrum, 16 members", () => crossSpectrum(u, members, grid), 50),
    time("slicedWasserstein, 64 x 64", () => slicedWasserstein(u, members[0], grid), 50),
    time("buresMatrix, 7 groups of 200 tokens of 64", () => buresMatrix(tokens.map(fitGaussian))),
  ];
}

if (require.main === module) {
  void metricsBenchmark().then((times) => {
    for (const {name, milliseconds} of times) console.log(`${name.padEnd(44)} ${milliseconds.toFixed(2)} ms`);
  });
}
