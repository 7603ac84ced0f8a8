/**
 * Long-time behaviour: does an emulator stay on the simulator's attractor? Kolmogorov flow is run for a thousand units of time.
 * States are measured and not kept.
 */
import ndarray, {type NdArray} from "ndarray";
import {checkOptions, flat, list, number, optional, section, stack, type TableRow} from "@lola-ts/core";
import {lines, rateLabel, type Figure} from "@lola-ts/figures";
import {decodeStates, methodName, reconstruction, type Lab} from "@lola-ts/laboratory";
import {Artifacts, interruptible, track, type Recipe} from "@lola-ts/cache";
import {
  emulatorName,
  emulatorOf,
  rolloutVersion,
  statesPerCall,
  emulatorRule,
  ensembleOptions,
  labRule,
  latentData,
  pixelData,
  requestOf,
  type Dataset,
  type EmulatorSpec,
  openContext,
  rolloutSource,
} from "@lola-ts/laboratory/stages";
import {unstandardize} from "lola/data";
import {rolloutEnsemble, type Emulator} from "lola/emulate";
import type {Autoencoder} from "lola/models";
import {powerSpectrum, quantile, summary} from "lola/evaluate";
import {fieldsOf, statesOf, systemOf} from "@lola-ts/simulators";
import {requireKolmogorov} from "./lyapunov";

/** Added to the version of rollouts; raise it when long runs get other numbers for another reason. */
const LONG_RUN_VERSION = 0;

/** Windows of a chunk, whose states are in memory, and states from one that is measured to the next. */
const [WINDOWS, EVERY] = [25, 5];

/** Cells of the distribution of vorticity, from -{@link WIDEST} to it in units of the field's deviation; the outer two are open. */
const [CELLS, WIDEST] = [80, 8];

/** Share of the simulator's states inside of its band. */
const BAND = 0.99;

/** Share of a run, in every part of which after a departure this share of the states is outside. */
const [AWAY, MOST] = [0.1, 0.9];

/** Rings of less power, relative to the sum over the simulator's rings, are not compared: they hold its rounding errors. */
const FAINT = 1e-6;

/** Measured states that a point of the figure is the mean of. */
const BIN = 20;

export const longRunStatistics = ["energy", "enstrophy", "spectrum", "vorticity"] as const;

export interface LongRunOptions {
  /** Emulators to run. Default: all of the comparison. */
  readonly methods?: readonly EmulatorSpec[];
  /** Units of simulation time. Default: 1000. */
  readonly time?: number;
}

const rule = section<LongRunOptions>({
  methods: optional(list(emulatorRule)),
  time: optional(number({above: 0})),
});

/** A state in numbers. */
export interface Measured {
  readonly energy: number;
  readonly enstrophy: number;
  /** Power of vorticity in each ring. */
  readonly power: readonly number[];
  /** Shares of the points in each cell of vorticity. */
  readonly shares: readonly number[];
}

/**
 * A trajectory: each statistic of every measured state, and means over them. Spectra are compared with the simulator's mean by the
 * root mean square of $\ln (p / \bar p)$ over rings, and distributions by the Wasserstein distance.
 */
export type Run = Means & Readonly<Record<(typeof longRunStatistics)[number], readonly number[]>>;

/** Runs of one method, in the order of `LongRun.blocks`. */
export interface MethodRuns {
  readonly method: string;
  /** Compression rate; none of the simulator. */
  readonly compression?: number;
  readonly runs: readonly Run[];
  /** Percent of the simulator's states, at each trajectory's Reynolds number, whose spectrum is outside once they are decoded. */
  readonly decoded?: readonly number[];
}

/** Runs of methods beside their simulator. */
export class LongRun {
  /**
   * @param methods the simulator first.
   * @param blocks Reynolds number of each trajectory.
   * @param step time between two measured states.
   */
  constructor(
    readonly methods: readonly MethodRuns[],
    readonly blocks: readonly number[],
    readonly step: number,
    readonly caption: string,
  ) {}

  /**
   * Tabulate who stays on the simulator's attractor, a row per trajectory. A statistic of a state is outside where it is not among
   * the central 99 % of the simulator's states at that Reynolds number; a run of the simulator is compared with its other run.
   * A trajectory leaves at the first time from which on a statistic is outside in nine of ten states of every tenth of the run. A
   * state that is not a number is outside. The simulator's own states, encoded and decoded, say what the autoencoder changes.
   */
  rows(): TableRow[] {
    return this.methods.flatMap(({method, compression, runs, decoded}) =>
      runs.map((run, n): TableRow => {
        const others = this.simulated(n).filter((other, _, all) => all.length === 1 || other !== run);
        const outside = longRunStatistics.map((name) =>
          areOutside(run[name], others.map((other) => other[name]).flat()),
        );
        const shares = longRunStatistics.map((name, i): [string, number] => {
          return [`${name} outside, %`, percent(outside[i])];
        });
        const level = summary(others.map(({energy}) => summary(energy).value)).value;
        const departures = longRunStatistics.flatMap((name, i) => {
          const at = leaves(outside[i]);
          return at === undefined ? [] : [{name, time: (at + 1) * this.step}];
        });
        return {
          ...{method, "÷": compression ?? null, "Reynolds number": this.blocks[n], ...Object.fromEntries(shares)},
          "decoded spectrum outside, %": decoded?.[n] ?? null,
          "energy / simulator's": summary(run.energy).value / level,
          "leaves by": departures.map(({name}) => name).join(", ") || null,
          "leaves at": departures.length > 0 ? Math.min(...departures.map(({time}) => time)) : null,
        };
      }),
    );
  }

  /** Find the simulator's runs at the Reynolds number of a trajectory. */
  private simulated(trajectory: number): readonly Run[] {
    return this.methods[0].runs.filter((_, n) => this.blocks[n] === this.blocks[trajectory]);
  }

  /** Draw energy and enstrophy over time and the mean spectrum, relative to the simulator's, and the distribution of vorticity. */
  figure(): Figure {
    const simulated = this.blocks.map((_, n) => this.simulated(n));
    const draw = (of: (run: Run, n: number) => readonly number[], x: (i: number) => number) =>
      this.methods.map(({method, compression, runs}) => {
        const y = meanOf(runs.map(of));
        const shown = [...y.keys()].filter((i) => y[i] > 0 && y[i] < Infinity);
        const name = compression === undefined ? method : `${method} ${rateLabel(compression)}`;
        return {name, x: shown.map(x), y: shown.map((i) => y[i])};
      });
    const over = (name: "energy" | "enstrophy") => {
      const level = simulated.map((runs) => summary(runs.flatMap((run) => run[name])).value);
      const bins = (values: readonly number[]) =>
        Array.from({length: Math.ceil(values.length / BIN)}, (_, i) => values.slice(i * BIN, (i + 1) * BIN));
      const ratios = (run: Run, n: number) => bins(run[name]).map((values) => summary(values).value / level[n]);
      return draw(ratios, (bin) => (bin + 0.5) * BIN * this.step);
    };
    const power = simulated.map((runs) => averaged(runs).power);
    const compared = power.map(comparedRings);
    const excess = draw(
      (run, n) => run.power.map((value, i) => (compared[n].includes(i) ? value / power[n][i] : NaN)),
      (i) => i + 1,
    );
    const shares = draw(
      (run) => run.shares,
      (cell) => ((cell + 0.5) / CELLS - 0.5) * 2 * WIDEST,
    );
    const panels = [
      {x: "Time", y: "Energy / simulator's", zoomed: true, curves: over("energy")},
      {x: "Time", y: "Enstrophy / simulator's", zoomed: true, curves: over("enstrophy")},
      {x: "Ring", y: "Power / simulator's", logarithmic: true, logarithmicY: true, curves: excess},
      {x: "Vorticity / deviation", y: "Share of points", logarithmicY: true, curves: shares},
    ];
    return lines(panels, {caption: this.caption});
  }
}

/** Average numbers place by place. */
const meanOf = (rows: readonly (readonly number[])[]): number[] =>
  rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0) / rows.length);

type Means = Pick<Measured, "power" | "shares">;

const averaged = (all: readonly Means[]): Means => ({
  power: meanOf(all.map(({power}) => power)),
  shares: meanOf(all.map(({shares}) => shares)),
});

/** Find which values are not among the central {@link BAND} of others. */
function areOutside(values: readonly number[], others: readonly number[]): boolean[] {
  const [low, high] = [(1 - BAND) / 2, (1 + BAND) / 2].map((share) => quantile(others, share));
  return values.map((value) => !(value >= low && value <= high));
}

const percent = (flags: readonly boolean[]) => summary(flags.map((flag) => 100 * Number(flag))).value;

/** Find the first state outside from which on every tenth of the run is outside in nine of ten states. */
export function leaves(outside: readonly boolean[]): number | undefined {
  const width = Math.ceil(AWAY * outside.length);
  const isAway = (at: number) => summary(outside.slice(at, at + width).map(Number)).value >= MOST;
  let first: number | undefined;
  for (let at = outside.length - width; at >= 0 && isAway(at); at--) if (outside[at]) first = at;
  return first;
}

function comparedRings(power: readonly number[]): number[] {
  const total = power.reduce((sum, value) => sum + value, 0);
  return [...power.keys()].filter((i) => power[i] > FAINT * total);
}

/** Compute the statistics of a trajectory from its states. @param simulator means of its simulator. */
export function runOf(states: readonly Measured[], simulator: Means): Run {
  const compared = comparedRings(simulator.power);
  const ratio = (power: readonly number[]) =>
    Math.sqrt(summary(compared.map((i) => Math.log(power[i] / simulator.power[i]) ** 2)).value);
  return {
    ...meansOf(states),
    energy: states.map(({energy}) => energy),
    enstrophy: states.map(({enstrophy}) => enstrophy),
    spectrum: states.map(({power}) => ratio(power)),
    vorticity: states.map(({shares}) => distance(shares, simulator.shares)),
  };
}

/** Average the states that are numbers. */
export function meansOf(states: readonly Measured[]): Means {
  const finite = states.filter(({enstrophy}) => Number.isFinite(enstrophy));
  return averaged(finite.length > 0 ? finite : states);
}

/** Wasserstein distance of two distributions over the same cells, in units of the field's deviation. */
function distance(a: readonly number[], b: readonly number[]): number {
  let [gap, sum] = [0, 0];
  a.forEach((share, i) => {
    gap += share - b[i];
    sum += Math.abs(gap);
  });
  return (sum * 2 * WIDEST) / CELLS;
}

/** Measure a state [X, Y, C] of vorticity and velocity. @param deviation of vorticity. */
export function measure(state: NdArray<Float32Array>, deviation: number): Measured {
  const [nx, ny, channels] = state.shape;
  const data = flat(state);
  const field = (channel: number) => Float64Array.from({length: nx * ny}, (_, p) => data[p * channels + channel]);
  const square = (values: Float64Array) => values.reduce((sum, value) => sum + (value * value) / 2, 0) / (nx * ny);
  const [vorticity, u, v] = [0, 1, 2].map(field);
  const shares = new Float64Array(CELLS);
  for (const value of vorticity) {
    const cell = Math.floor(((value / deviation / WIDEST + 1) / 2) * CELLS);
    shares[Math.max(0, Math.min(CELLS - 1, cell))] += 1 / vorticity.length;
  }
  const power = powerSpectrum([vorticity], [nx, ny]);
  return {energy: square(u) + square(v), enstrophy: square(vorticity), power: [...power], shares: [...shares]};
}

/**
 * Run emulators and their simulator for a long time from the first test trajectories of each Reynolds number, or find their runs. A
 * diffusion model has one member. A run that was stopped continues: each chunk of its states is kept until it is done.
 *
 * @throws RangeError for a laboratory of another system than Kolmogorov flow; LabError `interrupted`.
 * @example
 * const run = await longRun(openTrained(lab));
 * await lab.show(run.figure(), {rows: run.rows()});
 */
export async function longRun(lab: Lab, options: LongRunOptions = {}): Promise<LongRun> {
  checkOptions("longRun", labRule, lab, "lab");
  checkOptions("longRun", rule, options);
  const {frames, endTime} = requireKolmogorov("longRun", lab);
  const {methods = lab.methods, time = 1000} = options;
  const dataset = await lab.dataset();
  const all = dataset.testTrajectories;
  const numberOf = (n: number) => Object.values(dataset.wells.test.trajectories[n].scalars)[0];
  const numbers = [...new Set(all.map(numberOf))];
  const [first, second] = [0, 1].map((place) =>
    numbers.flatMap((number) => all.filter((n) => numberOf(n) === number)[place] ?? []),
  );
  const trajectories = [...first, ...second];
  const blocks = trajectories.map(numberOf);
  const step = endTime / (frames - 1);
  const length = WINDOWS * statesPerCall(lab.config);
  const setting = {lab, dataset, numberOf, trajectories, blocks, step, length, states: Math.round(time / step)};
  const simulator = await follow(setting, {name: "simulator", key: dataset.key}, () => simulatorRunner(setting));
  const runs: MethodRuns[] = [{method: "simulator", runs: simulator.runs}];
  const one = {...setting, trajectories: first};
  const context = await openContext(lab);
  for (const spec of methods) {
    const {key, autoencoder: source} = rolloutSource(context, spec);
    const own = await follow(one, {name: emulatorName(spec), key}, () => emulatorRunner(one, spec), simulator);
    const decoded = source && (await decodedSpectra(one, await source.get(), simulator));
    runs.push({method: methodName(spec), compression: source?.compression ?? 1, runs: own.runs, decoded});
  }
  const caption = `${first.length} trajectories of ${time} units of time; simulator: ${trajectories.length}. ${lab.caption}`;
  return new LongRun(runs, blocks, EVERY * step, caption);
}

interface Setting {
  readonly lab: Lab;
  readonly dataset: Dataset;
  /** Find the Reynolds number of a test trajectory. */
  readonly numberOf: (trajectory: number) => number;
  readonly trajectories: readonly number[];
  readonly blocks: readonly number[];
  /** Time between two states. */
  readonly step: number;
  readonly states: number;
  /** Number of states of a chunk. */
  readonly length: number;
}

/** Compute which part of the simulator's stored states has a spectrum outside, in percent, once an autoencoder has decoded them. */
async function decodedSpectra(setting: Setting, autoencoder: Autoencoder, simulator: Followed): Promise<number[]> {
  const {lab, dataset, numberOf, trajectories, blocks} = setting;
  const {key} = await lab.autoencoder(autoencoder.config.latChannels);
  const recipe = recipeOf(setting, `autoencoder-c${autoencoder.config.latChannels}`, [key, dataset.key, simulator.key]);
  const rows = await lab.artifacts.obtainJson(recipe, () =>
    trajectories.map((_, n) => {
      const own = simulator.runs.filter((__, i) => blocks[i] === blocks[n]);
      const states = dataset.testTrajectories
        .filter((one) => numberOf(one) === blocks[n])
        .map((one) => reconstruction(dataset, autoencoder, one));
      const {spectrum} = runOf(measureAll(dataset, stack(states)).flat(), averaged(own));
      return {outside: percent(areOutside(spectrum, own.map((run) => run.spectrum).flat()))};
    }),
  );
  return rows.map(({outside}) => outside);
}

function recipeOf({lab: {config}, trajectories, states}: Setting, name: string, inputs: readonly string[]): Recipe {
  return {
    stage: "evaluation",
    name: `${config.system}-${config.preset}-long-${name}`,
    version: LONG_RUN_VERSION + rolloutVersion(config),
    config: {states, trajectories},
    inputs,
  };
}

interface Followed {
  readonly runs: readonly Run[];
  readonly key: string;
}

/** Run a method chunk by chunk, or find its run. */
async function follow(
  setting: Setting,
  {name, key}: {readonly name: string; readonly key: string},
  open: () => Runner | Promise<Runner>,
  simulator?: Followed,
): Promise<Followed> {
  const {trajectories, blocks, states, length} = setting;
  const {artifacts} = setting.lab;
  const recipe = recipeOf(setting, name, [key, ...(simulator ? [simulator.key] : [])]);
  const runs = await artifacts.obtainJson<Run[]>(recipe, async () => {
    const runner = await open();
    const chunks = Math.ceil(states / length);
    const store = new Artifacts(artifacts.partial(recipe), artifacts.report);
    const part = {stage: "rollout", version: recipe.version, inputs: [artifacts.key(recipe)]} as const;
    const work = (progress: {update(done: number): void}) =>
      interruptible(async (signal) => {
        const measured: Measured[][] = trajectories.map(() => []);
        let last: Chunk["last"] | undefined;
        for (let i = 0; i < chunks; i++) {
          signal.throwIfAborted();
          const before = last && ndarray(Float32Array.from(last.data), last.shape);
          const chunk = await store.obtainJson<Chunk>({...part, name: `${i}`, config: i}, async () => {
            const {states: made, last: end} = await runner.advance(before, i);
            return {measured: measureAll(setting.dataset, made), last: {data: [...flat(end)], shape: end.shape}};
          });
          chunk.measured.forEach((more, n) => measured[n].push(...more));
          last = chunk.last;
          progress.update(i + 1);
          await new Promise(setImmediate);
        }
        return measured;
      });
    try {
      const made = await track(`long run, ${name}`, chunks, work);
      const measured = made.map((all) => all.slice(0, Math.floor(states / EVERY)));
      const known = simulator?.runs ?? measured.map(meansOf);
      return measured.map((all, n) => runOf(all, averaged(known.filter((_, i) => blocks[i] === blocks[n]))));
    } finally {
      runner.dispose?.();
    }
  });
  return {runs, key: artifacts.key(recipe)};
}

type States = NdArray<Float32Array>;

/** Measured states of each trajectory, and what the next chunk begins with. */
interface Chunk {
  readonly measured: readonly (readonly Measured[])[];
  readonly last: {readonly data: readonly number[]; readonly shape: number[]};
}

type Advanced = Readonly<Record<"states" | "last", States>>;

/** Advances the states of all trajectories together, chunk after chunk. */
interface Runner {
  /** @returns measured states [N, T, X, Y, C], in physical units, and what the next chunk begins with. */
  advance(before: States | undefined, chunk: number): Advanced | Promise<Advanced>;
  dispose?(): void;
}

/** Measure states [N, T, X, Y, C] in physical units. */
const measureAll = ({standardization: {std}}: Dataset, states: States): Measured[][] =>
  Array.from({length: states.shape[0]}, (_, n) =>
    Array.from({length: states.shape[1]}, (__, t) => measure(states.pick(n, t), std[0])),
  );

function simulatorRunner({lab: {config}, dataset, trajectories, step, length}: Setting): Runner {
  const system = systemOf(config.system);
  const {start} = dataset.testWindow;
  const [, , ...state] = dataset.shape("test");
  const advance = (before = stack(trajectories.map((n) => dataset.read("test", n, {start, length: 1})))) => {
    const all = trajectories.map((trajectory, n) => {
      const {request} = requestOf(config, dataset, trajectory);
      const longer = {...request, frames: length + 1, endTime: length * step};
      const {fields} = system.restart(longer, {state: fieldsOf(before.pick(n, 0), system)});
      return ndarray(statesOf(fields, system), [length + 1, ...state]);
    });
    const states = stack(all);
    return {states: states.lo(0, EVERY).step(1, EVERY), last: states.lo(0, length)};
  };
  return {advance};
}

async function emulatorRunner({lab, dataset, trajectories, length}: Setting, spec: EmulatorSpec): Promise<Runner> {
  const {config} = lab;
  const {latentChannels} = spec;
  const {model} = await lab.emulator(spec);
  const autoencoder = latentChannels !== null && (await lab.autoencoder(latentChannels)).model;
  const test = autoencoder
    ? latentData(dataset, await lab.latents(latentChannels, "test"))
    : pixelData(dataset, "test");
  const {context = 1, overlap = 1} = config.rollout;
  const labels = trajectories.map((n) => test.labels[n]);
  const {start} = dataset.testWindow;
  const emulator = emulatorOf(config, model);
  const advance = async (from: States | undefined, chunk: number) => {
    const before = from ?? stack(trajectories.map((n) => test.states.read(n, {start, length: context})));
    const [rows, known, ...state] = before.shape;
    const changed = {...config, rollout: {...config.rollout, context: known}};
    const options = ensembleOptions(changed, {labels, steps: known + length});
    // Noise depends on the place of a call, which continues from chunk to chunk.
    const later: Emulator = (states, mask, label, {i, row}) =>
      emulator(states, mask, label, {i: i + chunk * length, row});
    const ensemble = await rolloutEnsemble(later, before, options);
    const rolled = ndarray(ensemble.data, [rows, known + length, ...state]);
    const some = rolled.lo(0, known + EVERY - 1).step(1, EVERY);
    const standard = autoencoder ? decodeStates(autoencoder, some) : some;
    return {states: unstandardize(standard, dataset.standardization), last: rolled.lo(0, known + length - overlap)};
  };
  return {advance, dispose: () => emulator.dispose()};
}
