/**
 * A whole Euler data set: random trajectories for each heat capacity and boundary, in one file per split, as The Well
 * keeps them. What a file looks like on disk is not known here: finished arrays go to a `write` function.
 */
import ndarray, {type NdArray} from "ndarray";
import type {Boundary} from "./euler";
import {simulateAll, type PoolOptions} from "./pool";
import type {Lines} from "./quadrants";
import {frameTimes, type Diagnostics, type SimulatedTrajectory, type TrajectoryRequest} from "./trajectory";

/** The Well's ratios of heat capacities, each with the gas and temperature (in degrees Celsius) it stands for. */
export const EULER_GASES: readonly {readonly gamma: number; readonly gas: string}[] = [
  {gamma: 1.13, gas: "C3H8_16"},
  {gamma: 1.22, gas: "C2H6_15"},
  {gamma: 1.3, gas: "CO2_20"},
  {gamma: 1.33, gas: "H2O_20"},
  {gamma: 1.365, gas: "Dry_air_1000"},
  {gamma: 1.4, gas: "Dry_air_20"},
  {gamma: 1.404, gas: "H2_100_Dry_air_-15"},
  {gamma: 1.453, gas: "H2_-76"},
  {gamma: 1.597, gas: "H2_-181"},
  {gamma: 1.76, gas: "Ar_-180"},
];

export type Split = "train" | "valid" | "test";

/** What to simulate. */
export interface EulerDataConfig {
  readonly boundaries: readonly Boundary[];
  /** Ratios of heat capacities; by default The Well's ten. */
  readonly gammas?: readonly number[];
  /** Trajectories of each split, per boundary; they are dealt to the gammas in turn. */
  readonly trajectories: Readonly<Record<Split, number>>;
  /** Output cells along $x$ and $y$; one number for both. */
  readonly grid: number | readonly [number, number];
  /** Simulation cells per output cell and axis. */
  readonly oversampling: number;
  /** Number of frames, the initial state included. */
  readonly frames: number;
  /** Time of the last frame. */
  readonly endTime: number;
  readonly lines: Lines;
  /** Another seed, another data set. */
  readonly seed: number;
}

/** The content of one finished file: B trajectories of T frames on X x Y cells. */
export interface SimulatedFile {
  /** The Well's name of the data set, e.g. `euler_multi_quadrants_periodicBC`. */
  readonly dataset: string;
  readonly split: Split;
  /** File name with its extension; the same in each split. */
  readonly name: string;
  readonly gamma: number;
  readonly boundary: Boundary;
  /** Times of the frames, `[T]`. */
  readonly times: Float32Array;
  /** Centres of the cells in the unit square, `[X]` and `[Y]`. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly fields: {
    /** Total energy per volume, `[B, T, X, Y]`. */
    readonly energy: NdArray<Float32Array>;
    readonly density: NdArray<Float32Array>;
    readonly pressure: NdArray<Float32Array>;
    /** `[B, T, X, Y, 2]`. */
    readonly momentum: NdArray<Float32Array>;
  };
  /** One per trajectory. */
  readonly diagnostics: readonly Diagnostics[];
}

/** What a data set cost and how sound it is. */
export interface EulerSummary {
  readonly files: number;
  readonly trajectories: number;
  readonly steps: number;
  /** Cell updates. */
  readonly updates: number;
  /** Expected to be 0. */
  readonly floors: number;
  readonly fallbacks: number;
  /** Largest drift of mass, momentum or energy on a periodic domain. */
  readonly drift: number;
  /** Seconds of all threads together. */
  readonly seconds: number;
}

/** Output cells along each axis. */
function gridOf({grid}: EulerDataConfig): readonly [number, number] {
  return typeof grid === "number" ? [grid, grid] : grid;
}

/** A file that is being filled. */
interface Draft {
  readonly file: SimulatedFile & {diagnostics: Diagnostics[]};
  readonly requests: TrajectoryRequest[];
}

/** Name The Well's data set of a boundary. */
export function eulerDatasetName(boundary: Boundary): string {
  return `euler_multi_quadrants_${boundary === "open" ? "openBC" : "periodicBC"}`;
}

/** Name the file of a boundary and gamma, e.g. `euler_multi_quadrants_openBC_gamma_1.4_Dry_air_20.hdf5`. */
export function eulerFileName(boundary: Boundary, gamma: number): string {
  const gas = EULER_GASES.find((entry) => entry.gamma === gamma)?.gas;
  return `${eulerDatasetName(boundary)}_gamma_${gamma}${gas === undefined ? "" : `_${gas}`}.hdf5`;
}

function checkConfig(config: EulerDataConfig, gammas: readonly number[]): void {
  const whole = (value: number, least: number): boolean => Number.isInteger(value) && value >= least;
  const fail = (name: string, expected: string, found: unknown): never => {
    throw new RangeError(`simulateEuler: expected ${name} to be ${expected}, found ${JSON.stringify(found)}`);
  };
  const {boundaries, trajectories, oversampling, frames, endTime, lines} = config;
  const grid = gridOf(config);
  const distinct = <T>(list: readonly T[]): boolean => list.length > 0 && new Set(list).size === list.length;
  if (!(distinct(boundaries) && boundaries.every((b) => b === "open" || b === "periodic"))) {
    fail("boundaries", 'a list of "open" and "periodic" without repetition', boundaries);
  }
  if (!(distinct(gammas) && gammas.every((gamma) => gamma > 1))) fail("gammas", "distinct and above 1", gammas);
  for (const [split, count] of Object.entries(trajectories)) {
    if (!whole(count, 0)) fail(`trajectories.${split}`, "a whole number", count);
  }
  if (!(grid.length === 2 && grid.every((n) => whole(n, 1)))) fail("grid", "two positive whole numbers", grid);
  if (!whole(oversampling, 1)) fail("oversampling", "a positive whole number", oversampling);
  if (!whole(frames, 2)) fail("frames", "a whole number above 1", frames);
  if (!(endTime > 0)) fail("endTime", "positive", endTime);
  if (lines !== "well" && lines !== "few") fail("lines", '"well" or "few"', lines);
}

/** Lay out an empty file and the requests that fill it. */
function draft(config: EulerDataConfig, boundary: Boundary, gamma: number, split: Split, count: number): Draft {
  const {oversampling, frames, endTime, lines, seed} = config;
  const grid = gridOf(config);
  const dataset = eulerDatasetName(boundary);
  const name = eulerFileName(boundary, gamma);
  const shape = [count, frames, ...grid];
  const size = count * frames * grid[0] * grid[1];
  const scalar = (): NdArray<Float32Array> => ndarray(new Float32Array(size), shape);
  const [x, y] = grid.map((n) => Float32Array.from({length: n}, (_, i) => (i + 0.5) / n));
  const momentum = ndarray(new Float32Array(2 * size), [...shape, 2]);
  return {
    file: {
      ...{dataset, split, name, gamma, boundary, x, y},
      times: Float32Array.from(frameTimes(config)),
      fields: {energy: scalar(), density: scalar(), pressure: scalar(), momentum},
      diagnostics: new Array<Diagnostics>(count),
    },
    requests: Array.from({length: count}, (_, index) => ({
      ...{gamma, boundary, lines, grid, oversampling, frames, endTime},
      seed: [dataset, name, split, index, seed],
    })),
  };
}

/** Lay out the files of a data set: trajectory n of a split and boundary goes to gamma n modulo their number. */
function drafts(config: EulerDataConfig, gammas: readonly number[]): Draft[] {
  const splits = ["train", "valid", "test"] as const;
  return splits
    .flatMap((split) =>
      config.boundaries.flatMap((boundary) =>
        gammas.map((gamma, g) => {
          const count = Math.max(0, Math.ceil((config.trajectories[split] - g) / gammas.length));
          return {split, boundary, gamma, count};
        }),
      ),
    )
    .filter(({count}) => count > 0)
    .map(({split, boundary, gamma, count}) => draft(config, boundary, gamma, split, count));
}

/** Take the trajectories of a file one by one with all fields as channels, $[T, X, Y, C]$ in the order of `fields`. */
export function* channelLast({fields}: SimulatedFile): Generator<NdArray<Float32Array>> {
  const [count, ...shape] = fields.energy.shape;
  const points = shape.reduce((product, n) => product * n, 1);
  const scalars = [fields.energy, fields.density, fields.pressure].map(({data}) => data);
  const channels = scalars.length + 2;
  for (let b = 0; b < count; b++) {
    const data = new Float32Array(points * channels);
    for (let i = 0, k = b * points; i < points; i++, k++) {
      scalars.forEach((field, c) => (data[i * channels + c] = field[k]));
      data[i * channels + 3] = fields.momentum.data[2 * k];
      data[i * channels + 4] = fields.momentum.data[2 * k + 1];
    }
    yield ndarray(data, [...shape, channels]);
  }
}

/** Copy a trajectory to its place in a file. */
function place({file}: Draft, slot: number, {fields, diagnostics}: SimulatedTrajectory): void {
  for (const name of ["energy", "density", "pressure", "momentum"] as const) {
    file.fields[name].data.set(fields[name], slot * fields[name].length);
  }
  file.diagnostics[slot] = diagnostics;
}

/**
 * Simulate an Euler data set.
 *
 * The seed of a trajectory is the hash of data set, file name, split, index in the file and `config.seed`. So the content
 * of every file is the same whatever the number of workers. The order in which files finish is not.
 *
 * @param config What to simulate.
 * @param write Called with each file as soon as it is complete, one at a time.
 * @throws RangeError if the config makes no sense, before anything is simulated.
 * @throws Error naming its seed if a trajectory fails, or whatever `write` throws.
 */
export async function simulateEuler(
  config: EulerDataConfig,
  write: (file: SimulatedFile) => Promise<void> | void,
  options: PoolOptions = {},
): Promise<EulerSummary> {
  const gammas = config.gammas ?? EULER_GASES.map(({gamma}) => gamma);
  checkConfig(config, gammas);
  const files = drafts(config, gammas);
  const slots = files.flatMap((file) => file.requests.map((request, slot) => ({file, request, slot})));
  const missing = new Map(files.map((file) => [file, file.requests.length]));
  const all: Diagnostics[] = [];
  let writing = Promise.resolve();

  await simulateAll(
    slots.map(({request}) => request),
    async (index, trajectory) => {
      const {file, slot} = slots[index];
      place(file, slot, trajectory);
      all.push(trajectory.diagnostics);
      const left = (missing.get(file) ?? 0) - 1;
      missing.set(file, left);
      if (left === 0) await (writing = writing.then(() => write(file.file)));
    },
    options,
  );

  const sum = (key: "steps" | "updates" | "floors" | "fallbacks" | "seconds"): number =>
    all.reduce((total, diagnostics) => total + diagnostics[key], 0);
  const drift = Math.max(0, ...all.flatMap((diagnostics) => Object.values(diagnostics.drift ?? {})));
  return {
    ...{files: files.length, trajectories: all.length, drift},
    ...{steps: sum("steps"), updates: sum("updates"), floors: sum("floors")},
    ...{fallbacks: sum("fallbacks"), seconds: sum("seconds")},
  };
}
