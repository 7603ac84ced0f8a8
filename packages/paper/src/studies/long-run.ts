/**
 * Long-time behaviour: does an emulator stay on the simulator's attractor? Kolmogorov flow is run for a thousand units of time, and
 * every state leaves its energy, enstrophy, spectrum and distribution of vorticity; the states themselves are not kept.
 */
import ndarray, {type NdArray} from "ndarray";
import {checkOptions, flat, list, number, optional, section, sizeOf, stack, type TableRow} from "@lola-ts/core";
import {lines, type ErrorCurve, type Figure} from "@lola-ts/figures";
import {decodeStates, methodName, parameterBlocks, trajectoryAt, type Lab} from "@lola-ts/laboratory";
import {
  emulatorName,
  emulatorOf,
  emulatorRule,
  ensembleOptions,
  interruptible,
  labRule,
  requestOf,
  ROLLOUT_VERSION,
  rolloutSettings,
  samplerSettings,
  track,
  type EmulatorSpec,
  type Recipe,
} from "@lola-ts/laboratory/stages";
import {unstandardize} from "lola/data";
import {rolloutEnsemble, type Emulator} from "lola/emulate";
import {powerSpectrum, quantile, rings} from "lola/evaluate";
import {fieldsOf, statesOf, systemOf} from "@lola-ts/simulators";
import {requireKolmogorov} from "./lyapunov";

/** Windows of a chunk: its states are in memory, and it is kept once it is done. */
const WINDOWS = 25;

/** Cells of the distribution of vorticity, from -{@link WIDEST} to it in units of the field's deviation; the outer two are open. */
const [CELLS, WIDEST] = [80, 8];

/** Share of the simulator's states inside of its band. */
const BAND = 0.99;

/** Share of a run that what leaves the band has to stay away. */
const AWAY = 0.1;

/** Rings with a smaller share of the simulator's enstrophy are not compared. */
const FAINT = 1e-6;

export const longRunStatistics = ["energy", "enstrophy", "spectrum", "vorticity"] as const;
type Statistic = (typeof longRunStatistics)[number];

export interface LongRunOptions {
  /** Emulators to run. Default: diffusion and solver at the middle rate. */
  readonly methods?: readonly EmulatorSpec[];
  /** Units of simulation time. Default: 1000. */
  readonly time?: number;
}

const rule = section<LongRunOptions>({
  methods: optional(list(emulatorRule)),
  time: optional(number({above: 0})),
});

/** What is kept of the states of one trajectory: an array a state. */
export interface StateStatistics {
  readonly energy: readonly number[];
  readonly enstrophy: readonly number[];
  /** Power of vorticity in each ring. */
  readonly spectrum: readonly Float32Array[];
  /** Shares of the points in each cell of vorticity. */
  readonly vorticity: readonly Float32Array[];
}

/** A run of one method. */
export interface MethodRun {
  readonly method: string;
  /** By Reynolds number, in the order of `LongRun.blocks`. */
  readonly runs: readonly StateStatistics[];
}

/** When statistics leave the band: the first time after which they stay outside to the end, undefined if they do not. */
export type Departures = Readonly<Record<Statistic, number | undefined>> & {
  /** Time of the first state that is not a number. */
  readonly lost?: number;
};

/** Runs of methods beside their simulator. */
export class LongRun {
  /** @param methods the simulator first. @param step time between two states. */
  constructor(
    readonly methods: readonly MethodRun[],
    readonly blocks: readonly string[],
    readonly step: number,
    readonly caption: string,
  ) {}

  /**
   * Tabulate when each method leaves the simulator's attractor, a row per method and Reynolds number. A statistic of a state is
   * outside where it is beyond the central 99 % of the simulator's states at that Reynolds number. It leaves at the first time
   * after which every state is outside, if these are a tenth of the run or more. Spectra are compared by the root mean square
   * of $\ln (p / \bar p)$ over rings, distributions by their Wasserstein distance from the simulator's mean, both one-sided. A state
   * that is not a number is outside, and is named with its time.
   */
  rows(): TableRow[] {
    return this.methods.flatMap(({method, runs}) =>
      runs.map((run, i) => {
        const {lost, ...left} = departures(run, this.methods[0].runs[i], this.step);
        const times = Object.fromEntries(Object.entries(left).map(([name, time]) => [`${name} leaves`, time ?? null]));
        return {method, block: this.blocks[i], ...times, "not a number from": lost ?? null};
      }),
    );
  }

  /** Draw energy and enstrophy over time, and the mean spectrum and distribution of vorticity, at one Reynolds number. */
  figure({block = 0}: {readonly block?: number} = {}): Figure {
    const runs = this.methods.map(({method, runs: all}) => ({method, run: all[block]}));
    const over = (name: "energy" | "enstrophy") =>
      runs.map(({method, run}) =>
        thinned(
          method,
          run[name].map((_, i) => (i + 1) * this.step),
          run[name],
        ),
      );
    const means = (name: "spectrum" | "vorticity", x: readonly number[], lowest: number) =>
      runs.map(({method, run}): ErrorCurve => {
        const y = meanOf(run[name].filter((values) => values.every(Number.isFinite)));
        const shownAt = x.flatMap((_, i) => (y[i] > lowest ? [i] : []));
        return {name: method, x: shownAt.map((i) => x[i]), y: shownAt.map((i) => y[i])};
      });
    const wavenumbers = this.methods[0].runs[block].spectrum[0].length;
    const k = Array.from({length: wavenumbers}, (_, i) => i + 1);
    const centres = Array.from({length: CELLS}, (_, i) => ((i + 0.5) / CELLS - 0.5) * 2 * WIDEST);
    const panels = [
      {x: "Time", y: "Energy", curves: over("energy")},
      {x: "Time", y: "Enstrophy", curves: over("enstrophy")},
      {x: "Ring", y: "Power of vorticity", logarithmic: true, logarithmicY: true, curves: means("spectrum", k, 1e-12)},
      {x: "Vorticity / deviation", y: "Share", logarithmicY: true, curves: means("vorticity", centres, 0)},
    ];
    return lines(panels, {caption: `${this.blocks[block]}. ${this.caption}`});
  }
}

/** Points of a curve over time. */
const POINTS = 400;

function thinned(name: string, x: readonly number[], y: readonly number[]): ErrorCurve {
  const every = Math.ceil(x.length / POINTS);
  const shownAt = x.flatMap((_, i) => (i % every === 0 && Number.isFinite(y[i]) ? [i] : []));
  return {name, x: shownAt.map((i) => x[i]), y: shownAt.map((i) => y[i])};
}

function meanOf(all: readonly Float32Array[]): Float64Array {
  const sum = new Float64Array(all[0]?.length ?? 0);
  for (const values of all) values.forEach((value, i) => (sum[i] += value / all.length));
  return sum;
}

/** Compute when the statistics of a run leave the band of its simulator's. */
export function departures(run: StateStatistics, simulator: StateStatistics, step: number): Departures {
  const spectrum = meanOf(simulator.spectrum);
  const total = spectrum.reduce((sum, power) => sum + power, 0);
  const seen = [...spectrum.keys()].filter((i) => spectrum[i] > FAINT * total);
  const vorticity = meanOf(simulator.vorticity);
  const scalars: Readonly<Record<Statistic, (of: StateStatistics) => readonly number[]>> = {
    energy: (of) => of.energy,
    enstrophy: (of) => of.enstrophy,
    spectrum: (of) =>
      of.spectrum.map((values) =>
        Math.sqrt(seen.reduce((sum, i) => sum + Math.log(values[i] / spectrum[i]) ** 2, 0) / seen.length),
      ),
    vorticity: (of) => of.vorticity.map((values) => distance(values, vorticity)),
  };
  const entries = longRunStatistics.map((name) => {
    const values = scalars[name];
    const tail = name === "energy" || name === "enstrophy" ? (1 - BAND) / 2 : 0;
    const reference = [...values(simulator)];
    const at = leaves(values(run), [
      tail === 0 ? -Infinity : quantile(reference, tail),
      quantile(reference, tail === 0 ? BAND : 1 - tail),
    ]);
    return [name, at === undefined ? undefined : (at + 1) * step];
  });
  const lost = run.enstrophy.findIndex((value) => !Number.isFinite(value));
  return {
    ...(Object.fromEntries(entries) as Record<Statistic, number | undefined>),
    ...(lost >= 0 && {lost: (lost + 1) * step}),
  };
}

/** Wasserstein distance of two distributions over the same cells, in units of the field's deviation. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [gap, sum] = [0, 0];
  for (let i = 0; i < CELLS; i++) {
    gap += a[i] - b[i];
    sum += Math.abs(gap);
  }
  return (sum * 2 * WIDEST) / CELLS;
}

/**
 * Find the first of the values from which on all are outside of a band to the end, if these are a tenth of all or more, or end as NaN.
 * A value that is not a number is outside.
 */
export function leaves(values: readonly number[], [low, high]: readonly [number, number]): number | undefined {
  const at = 1 + values.map((value) => value >= low && value <= high).lastIndexOf(true);
  const isLong = values.length - at >= AWAY * values.length;
  return at < values.length && (isLong || Number.isNaN(values[values.length - 1])) ? at : undefined;
}

/**
 * Run emulators and their simulator for a long time, from the first test trajectory of each Reynolds number. A diffusion model
 * has one member. Every chunk of a hundred states is kept as soon as it is done, so that a run that was stopped continues.
 *
 * @throws RangeError for a laboratory of another system than Kolmogorov flow; LabError `interrupted`.
 * @example
 * const run = await longRun(openTrained(lab));
 * await lab.showTable(run.rows(), run.caption);
 * await lab.show(run.figure());
 */
export async function longRun(lab: Lab, options: LongRunOptions = {}): Promise<LongRun> {
  checkOptions("longRun", labRule, lab, "lab");
  checkOptions("longRun", rule, options);
  const {frames, endTime} = requireKolmogorov("longRun", lab);
  const {middleRate: latentChannels} = lab;
  const {
    time = 1000,
    methods = [
      {kind: "diffusion", latentChannels},
      {kind: "solver", latentChannels},
    ],
  } = options;
  const step = endTime / (frames - 1);
  const dataset = await lab.dataset();
  const all = parameterBlocks(dataset);
  const blocks = [...new Set(all)];
  const setting: Setting = {
    lab,
    trajectories: blocks.map((block) => dataset.testTrajectories[all.indexOf(block)]),
    states: Math.round(time / step),
    step,
    deviation: dataset.standardization.std[0],
  };
  const runs: MethodRun[] = [{method: "simulator", runs: await follow(setting, await simulatorRunner(setting))}];
  for (const spec of methods) {
    runs.push({method: methodName(spec), runs: await follow(setting, await emulatorRunner(setting, spec))});
  }
  return new LongRun(runs, blocks, step, `${setting.states} states, ${time} units of time. ${lab.caption}`);
}

interface Setting {
  readonly lab: Lab;
  readonly trajectories: readonly number[];
  readonly states: number;
  readonly step: number;
  readonly deviation: number;
}

/** Advances the states of all trajectories together, chunk after chunk. */
export interface Runner {
  readonly name: string;
  /** Identifies all that its states depend on. */
  readonly key: string;
  /** States of each chunk; the first may have fewer. */
  readonly length: number;
  /** What the first chunk begins with. */
  readonly start: NdArray<Float32Array>;
  /** Shape of what later chunks begin with. */
  readonly carried: readonly number[];
  /** @returns states [N, T, X, Y, C] in physical units, and what the next chunk begins with. */
  run(
    from: NdArray<Float32Array>,
    chunk: number,
  ): Promise<{states: NdArray<Float32Array>; last: NdArray<Float32Array>}>;
  dispose?(): void;
}

/** Run a method chunk by chunk, and keep what is measured of each state. */
export async function follow(setting: Setting, runner: Runner): Promise<StateStatistics[]> {
  const {lab, trajectories, states, deviation} = setting;
  const {artifacts, config} = lab;
  const chunks = Math.ceil(states / runner.length);
  const [, , nx, ny] = (await lab.dataset()).shape("test");
  const width = 2 + rings([nx, ny]).k.length + CELLS;
  const records: Float32Array[][] = trajectories.map(() => []);
  const work = (progress: {update(done: number): void}) =>
    interruptible(async (signal) => {
      let [from, key] = [runner.start, runner.key];
      for (let chunk = 0; chunk < chunks; chunk++) {
        signal.throwIfAborted();
        const recipe: Recipe = {
          stage: "rollout",
          name: `${config.system}-${config.preset}-long-${runner.name}-${chunk}`,
          version: ROLLOUT_VERSION,
          config: {chunk, cells: CELLS, widest: WIDEST, deviation},
          inputs: [key],
        };
        const values = await artifacts.obtainFloats(recipe, async () => {
          const {states: generated, last} = await runner.run(from, chunk);
          const [statistics, carried] = [measured(generated, deviation), flat(last)];
          const out = new Float32Array(statistics.length + carried.length);
          out.set(statistics);
          out.set(carried, statistics.length);
          return out;
        });
        key = artifacts.key(recipe);
        const size = sizeOf(runner.carried);
        from = ndarray(values.slice(values.length - size), [...runner.carried]);
        const rows = (values.length - size) / width / trajectories.length;
        records.forEach((ofTrajectory, n) => {
          for (let i = 0; i < rows; i++)
            ofTrajectory.push(values.slice((n * rows + i) * width, (n * rows + i + 1) * width));
        });
        progress.update(chunk + 1);
        await new Promise(setImmediate);
      }
    });
  try {
    await track(`long run, ${runner.name}`, chunks, work);
  } finally {
    runner.dispose?.();
  }
  return records.map((all) => statisticsOf(all.slice(0, states)));
}

function statisticsOf(records: readonly Float32Array[]): StateStatistics {
  return {
    energy: records.map(([energy]) => energy),
    enstrophy: records.map(([, enstrophy]) => enstrophy),
    spectrum: records.map((record) => record.subarray(2, record.length - CELLS)),
    vorticity: records.map((record) => record.subarray(record.length - CELLS)),
  };
}

/** Measure states [N, T, X, Y, C] of vorticity and velocity: energy, enstrophy, spectrum and distribution of each. */
export function measured(states: NdArray<Float32Array>, deviation: number): Float32Array {
  const [trajectories, frames, nx, ny, channels] = states.shape;
  const data = flat(states);
  const points = nx * ny;
  const width = 2 + rings([nx, ny]).k.length + CELLS;
  const out = new Float32Array(trajectories * frames * width);
  const vorticity = new Float64Array(points);
  for (let n = 0; n < trajectories * frames; n++) {
    const record = out.subarray(n * width, (n + 1) * width);
    const cells = record.subarray(width - CELLS);
    let [energy, enstrophy] = [0, 0];
    for (let p = 0, at = n * points * channels; p < points; p++, at += channels) {
      const [w, u, v] = [data[at], data[at + 1], data[at + 2]];
      vorticity[p] = w;
      energy += (u * u + v * v) / 2 / points;
      enstrophy += (w * w) / 2 / points;
      const cell = Math.floor(((w / deviation / WIDEST + 1) / 2) * CELLS);
      cells[Math.max(0, Math.min(CELLS - 1, cell))] += 1 / points;
    }
    if (!Number.isFinite(energy + enstrophy)) {
      record.fill(NaN);
      continue;
    }
    [record[0], record[1]] = [energy, enstrophy];
    record.set(powerSpectrum([vorticity], [nx, ny]), 2);
  }
  return out;
}

async function simulatorRunner({lab, trajectories, step}: Setting): Promise<Runner> {
  const {config} = lab;
  const dataset = await lab.dataset();
  const system = systemOf(config.system);
  const length = WINDOWS * (config.window - 1);
  const {start} = dataset.testWindow;
  const [, , ...state] = dataset.shape("test");
  const run = (before: NdArray<Float32Array>) => {
    const all = trajectories.map((trajectory, n) => {
      const {request} = requestOf(config, dataset, trajectory);
      const longer = {...request, frames: length + 1, endTime: length * step};
      const {fields} = system.restart(longer, {state: fieldsOf(before.pick(n, 0), system)});
      return ndarray(statesOf(fields, system), [length + 1, ...state]);
    });
    const states = stack(all);
    return Promise.resolve({states: states.lo(0, 1), last: states.lo(0, length)});
  };
  return {
    name: "simulator",
    key: `${dataset.key} ${trajectories.join()} ${step} ${length}`,
    length,
    start: stack(trajectories.map((n) => dataset.read("test", n, {start, length: 1}))),
    carried: [trajectories.length, 1, ...state],
    run,
  };
}

/** Let the calls of an emulator continue an earlier rollout's: its noise depends on the place of a call. */
const continued =
  (emulator: Emulator, place: number): Emulator =>
  (states, mask, label, {i, row}) =>
    emulator(states, mask, label, {i: i + place, row});

async function emulatorRunner({lab, trajectories}: Setting, spec: EmulatorSpec): Promise<Runner> {
  const {config} = lab;
  const {latentChannels} = spec;
  const dataset = await lab.dataset();
  const {model, key} = await lab.emulator(spec);
  const latents = latentChannels === null ? undefined : await lab.latents(latentChannels, "test");
  const autoencoder = latentChannels === null ? undefined : (await lab.autoencoder(latentChannels)).model;
  const settings = rolloutSettings(config);
  const {window, context, overlap = 1} = settings;
  const length = WINDOWS * (window - overlap);
  const labels = trajectories.map((n) => (latents?.labels ?? dataset.labels("test"))[n]);
  const {start} = dataset.testWindow;
  const given = trajectories.map((n) =>
    latents
      ? trajectoryAt(latents.states, n).lo(start).hi(context)
      : dataset.source("test").read(n, {start, length: context}),
  );
  const [, , ...state] = latents?.states.shape ?? dataset.shape("test");
  const emulator = emulatorOf(config, model);
  return {
    name: emulatorName(spec),
    key: JSON.stringify([
      key,
      latents?.key ?? dataset.key,
      trajectories,
      config.seed,
      settings,
      samplerSettings(config),
      length,
    ]),
    length,
    start: stack(given),
    carried: [trajectories.length, overlap, ...state],
    run: async (before, chunk) => {
      const given = chunk === 0 ? context : overlap;
      const changed = {...config, rollout: {...config.rollout, context: given}};
      const options = ensembleOptions(changed, {labels, steps: overlap + length});
      const ensemble = await rolloutEnsemble(continued(emulator, chunk * length), before, options);
      const rolled = ndarray(ensemble.data, [trajectories.length, overlap + length, ...state]);
      const added = rolled.lo(0, given);
      const standard = autoencoder ? decodeStates(autoencoder, added) : added;
      return {states: unstandardize(standard, dataset.standardization), last: rolled.lo(0, length)};
    },
    dispose: () => emulator.dispose(),
  };
}
