/**
 * Ensembles of one forecast: of several emulators, such as those of a few seeds; of one emulator that sees a trajectory under
 * several symmetries; and of a solver's answer dressed with its own errors. The mean of an ensemble's latents, decoded once.
 *
 * A mirrored, turned or moved flow is a flow again, but a network that was trained on such copies forecasts each of them a little
 * differently. Members that see one trajectory in different ways disagree where the network errs, and errors that are not common
 * to them cancel in their mean.
 */
import ndarray, {type NdArray} from "ndarray";
import {flat, stack, Rng, sizeOf, type StridedArray} from "@lola-ts/core";
import {
  augment,
  augmentation,
  Gather,
  inverseAugmentation,
  randomAugmentation,
  type Augmentation,
  type StateWindow,
  unstandardize,
} from "lola/data";
import type {NoiseSeed} from "lola/emulate";
import type {Autoencoder} from "lola/models";
import type {AutoencoderSource} from "./autoencoders";
import {artifactKey, type Recipe} from "@lola-ts/cache";
import type {Dataset} from "./dataset";
import {encodeStates, trajectoryAt, decodeStates} from "./latents";
import {
  type MemberViews,
  type Restore,
  type Rollout,
  type RolloutSource,
  type RolloutWork,
  emulatorOf,
  noiseOf,
  obtainEnsemble,
  rolloutSettings,
} from "./rollouts";
import {dressingFactor, type DressedErrors} from "lola/evaluate";
import {emulatorTitle, type Emulator, type EmulatorData} from "./emulators";
import type {Trained} from "./training";

function joinRollouts(rollouts: readonly Rollout[]): Rollout {
  const [{method, trajectories, autoencoder, states}] = rollouts;
  const [count, , ...rest] = states.shape;
  const same = ({states: {shape}, ...other}: Rollout) =>
    other.trajectories.join() === trajectories.join() && shape.slice(2).join() === rest.join();
  if (!rollouts.every(same))
    throw new RangeError("joinRollouts: expected rollouts of the same trajectories and states.");
  const members = rollouts.reduce((sum, one) => sum + one.states.shape[1], 0);
  const shape = [count, members, ...rest];
  const data = new Float32Array(sizeOf(shape));
  let at = 0;
  for (let n = 0; n < count; n++) {
    for (const one of rollouts) {
      const own = trajectoryAt(one.states, n).data;
      data.set(own, at);
      at += own.length;
    }
  }
  return {
    ...{method, trajectories, autoencoder, key: joinedKey(rollouts), states: ndarray(data, shape)},
    ...(rollouts.some(({restore}) => restore) && {restore: joinedRestore(rollouts)}),
  };
}

/** Undo the symmetries of each rollout's members. */
function joinedRestore(rollouts: readonly Rollout[]): Restore {
  return (trajectory, states) => {
    const out = Float32Array.from(flat(states));
    const [count] = states.shape;
    const size = out.length / count;
    let at = 0;
    for (const {states: own, restore} of rollouts) {
      const members = Math.min(own.shape[1], count - at);
      if (members <= 0) break;
      if (restore) out.set(flat(restore(trajectory, states.lo(at).hi(members))), at * size);
      at += members;
    }
    return ndarray(out, [...states.shape]);
  };
}

function joinedKey(rollouts: readonly {readonly key: string}[]): string {
  return artifactKey(
    "members",
    rollouts.map(({key}) => key),
  );
}

export function joinedSource(sources: readonly RolloutSource[]): RolloutSource {
  const [{method, autoencoder, seed}] = sources;
  const open: RolloutSource["open"] = async (...which) => {
    const rollouts: Rollout[] = [];
    for (const source of sources) rollouts.push(await source.open(...which));
    return joinRollouts(rollouts);
  };
  return {method, autoencoder, key: joinedKey(sources), seed, open};
}

/** Make the generator of a purpose; a seed of parts names the purpose itself. */
const drawsOf = (purpose: string, seed: NoiseSeed, ...parts: readonly (string | number)[]): Rng =>
  typeof seed === "number" ? Rng.from(purpose, seed, ...parts) : Rng.from(...seed, ...parts);

/** Views of the test trajectories by members that see them under symmetries, drawn by the seed; the first member sees them as they are. */
export class SymmetricViews implements MemberViews {
  constructor(
    private readonly dataset: Pick<Dataset, "source" | "symmetries" | "wells">,
    private readonly options: {readonly seed: NoiseSeed; readonly members: number},
    private readonly autoencoder?: Autoencoder,
  ) {}

  contexts(trajectory: number, window: StateWindow): NdArray<Float32Array> {
    const {autoencoder} = this;
    const states = this.dataset.source("test").read(trajectory, window);
    const {fields} = this.dataset.wells.test;
    const views = stack(this.symmetriesOf(trajectory).map((change) => augment(states, fields, change)));
    return autoencoder ? encodeStates(autoencoder, views) : views;
  }

  restore(trajectory: number, states: NdArray<Float32Array>): NdArray<Float32Array> {
    const [members, length, ...grid] = states.shape;
    const {fields} = this.dataset.wells.test;
    const [from, out] = [flat(states), new Float32Array(states.size)];
    const changes = this.symmetriesOf(trajectory).slice(0, members);
    changes.forEach((change, k) => {
      const gather = new Gather(grid.slice(0, -1), fields, inverseAugmentation(change));
      const at = k * length * sizeOf(grid);
      gather.run(from, at, out, at, length);
    });
    return ndarray(out, [...states.shape]);
  }

  /** Draw the symmetry of each member; axes of different lengths keep their places, so that all members have one shape. */
  private symmetriesOf(trajectory: number): Augmentation[] {
    const {seed, members} = this.options;
    const symmetries = this.dataset.symmetries("test", trajectory);
    const isCube = symmetries.grid.every((cells) => cells === symmetries.grid[0]);
    const permute = symmetries.permute && isCube;
    return Array.from({length: members}, (_, k) => {
      if (k === 0) return augmentation(symmetries.grid.length);
      return randomAugmentation(drawsOf("members", seed, trajectory, k), {...symmetries, permute});
    });
  }
}

/** Raise it when rivals of the same rollouts get other members. */
const DRESSING_VERSION = 1;

/** Points of a field from which its factor is fitted, at most. */
const FITTED = 512;

export type Dressing = "noise" | "residuals";

export interface DressingData extends Pick<RolloutWork, "config" | "artifacts" | "method" | "trainingSeed"> {
  readonly emulator: () => Promise<Trained<Emulator>>;
  readonly dataset: () => Promise<Dataset>;
  readonly valid: () => Promise<EmulatorData>;
  readonly autoencoder?: AutoencoderSource;
}

/** Errors of validation forecasts, in units of each forecast's deviation over space. */
interface LearnedErrors {
  /** For each state and field, [T, C]: the factor of that deviation with the least CRPS. */
  readonly factors: Float64Array;
  /** For each validation trajectory, [T, points, C]: truth less forecast. */
  readonly residuals: readonly Float32Array[];
}

/**
 * Dress the one answer v of a solver: members are v + s(v) r, where s(v) is the deviation over space of each field and state of v.
 * As "noise" r is white and Gaussian, with the deviation per field and lead time that has the least CRPS on the validation split;
 * as "residuals" r is the error of a validation forecast, drawn without replacement, in the same units.
 */
export function dressedSource(source: RolloutSource, dressing: Dressing, data: DressingData): RolloutSource {
  const {config, trainingSeed = config.seed} = data;
  const {members} = config.rollout;
  const seed = noiseOf(config, "dressing", trainingSeed);
  const key = artifactKey({dressing, members, seed, version: DRESSING_VERSION}, [source.key]);
  let learned: Promise<LearnedErrors> | undefined;
  const dress = async (answer: Rollout): Promise<Rollout> => {
    const errors = await (learned ??= learnErrors(data));
    const restore: Rollout["restore"] = (trajectory, states) => {
      const random = (...parts: readonly (string | number)[]) => drawsOf("dressing", seed, trajectory, ...parts);
      return dressed(states, errors, {dressing, members, random});
    };
    return {...answer, key, restore};
  };
  return {...source, key, open: async (...which) => dress(await source.open(...which))};
}

/** Make the members of one answer, [1, T, X, Y(, Z), C] to [K, T, X, Y(, Z), C]. */
function dressed(
  states: NdArray<Float32Array>,
  {factors, residuals}: LearnedErrors,
  options: {dressing: Dressing; members: number; random: (...parts: readonly (string | number)[]) => Rng},
): NdArray<Float32Array> {
  const {dressing, members, random} = options;
  const answer = flat(states);
  const deviations = deviationsOf(states.pick(0));
  const cellOf = cells(states.pick(0));
  const order = random("residuals").shuffle(residuals.map((_, n) => n));
  const out = new Float32Array(members * answer.length);
  for (let k = 0; k < members; k++) {
    const noise = random(k);
    const residual = residuals[order[k % order.length]];
    for (let i = 0; i < answer.length; i++) {
      const cell = cellOf(i);
      const error = dressing === "noise" ? factors[cell] * noise.normal() : residual[i];
      out[k * answer.length + i] = answer[i] + deviations[cell] * error;
    }
  }
  return ndarray(out, [members, ...states.shape.slice(1)]);
}

async function learnErrors(data: DressingData): Promise<LearnedErrors> {
  const {config, artifacts, method} = data;
  const autoencoder = await data.autoencoder?.get();
  const [dataset, trained, {states, labels, key}] = [await data.dataset(), await data.emulator(), await data.valid()];
  const {testWindow: window, standardization} = dataset;
  const {context = 1} = config.rollout;
  const recipe: Recipe & {title: string} = {
    stage: "rollout",
    name: `${emulatorTitle(config, method)}-validation`,
    version: DRESSING_VERSION,
    config: {...rolloutSettings(config), start: window.start, length: window.length},
    inputs: [trained.key, key],
    title: "rollout, validation split",
  };
  const rolledOut = await obtainEnsemble({config, artifacts}, recipe, () => emulatorOf(config, trained.model), {
    first: labels.map((_, n) => states.read(n, {start: window.start, length: context})),
    labels,
    steps: window.length,
  });
  const residuals: Float32Array[] = [];
  const errors: DressedErrors[][] = [];
  for (const n of labels.keys()) {
    const latents = trajectoryAt(rolledOut, n);
    const decoded = autoencoder ? decodeStates(autoencoder, latents) : latents;
    const forecast = unstandardize(decoded, standardization).pick(0);
    const truth = dataset.read("valid", n, window);
    const [deviations, scales] = [deviationsOf(forecast), deviationsOf(truth)];
    const [u, v, cellOf] = [flat(truth), flat(forecast), cells(forecast)];
    const residual = new Float32Array(u.length);
    for (let i = 0; i < u.length; i++) residual[i] = (u[i] - v[i]) / (deviations[cellOf(i)] || Infinity);
    residuals.push(residual);
    deviations.forEach((deviation, cell) => {
      // in units of the forecast's deviation, and divided by the truth's, as scores are
      if (!(deviation > 0 && scales[cell] > 0)) return;
      (errors[cell] ??= []).push({
        errors: sampled(residual, forecast, cell),
        deviation: 1,
        scale: scales[cell] / deviation,
      });
    });
  }
  return {residuals, factors: Float64Array.from(errors, (own) => (own ? dressingFactor(own) : 0))};
}

function sizesOf({shape}: StridedArray<Float32Array>) {
  const [frames, ...field] = shape;
  const channels = field[field.length - 1];
  return {frames, channels, points: sizeOf(field) / channels};
}

/** Find the cell (state and field) of a value of a trajectory. */
function cells(trajectory: StridedArray<Float32Array>): (i: number) => number {
  const {channels, points} = sizesOf(trajectory);
  return (i) => Math.floor(i / (points * channels)) * channels + (i % channels);
}

/** Compute the deviation over space of each field and state, [T, C]. */
function deviationsOf(trajectory: StridedArray<Float32Array>): Float64Array {
  const {frames, channels, points} = sizesOf(trajectory);
  const [data, cellOf] = [flat(trajectory), cells(trajectory)];
  const [sums, squares] = [new Float64Array(frames * channels), new Float64Array(frames * channels)];
  for (let i = 0; i < data.length; i++) sums[cellOf(i)] += data[i];
  for (let i = 0; i < data.length; i++) squares[cellOf(i)] += (data[i] - sums[cellOf(i)] / points) ** 2;
  return squares.map((sum) => Math.sqrt(sum / points));
}

function sampled(data: Float32Array, trajectory: StridedArray<Float32Array>, cell: number): Float64Array {
  const {channels, points} = sizesOf(trajectory);
  const step = Math.ceil(points / FITTED);
  const start = Math.floor(cell / channels) * points * channels + (cell % channels);
  return Float64Array.from({length: Math.ceil(points / step)}, (_, i) => data[start + i * step * channels]);
}

/** Average the members of latents into one, which is decoded once: the mean of an ensemble in latent space. */
export function averagedSource(source: RolloutSource): RolloutSource {
  const average = ({states, ...rollout}: Rollout): Rollout => {
    const [count, members, ...rest] = states.shape;
    const size = sizeOf(rest);
    const values = flat(states);
    const mean = new Float32Array(count * size);
    for (let i = 0; i < values.length; i++) {
      mean[Math.floor(i / (members * size)) * size + (i % size)] += values[i] / members;
    }
    return {...rollout, key, states: ndarray(mean, [count, 1, ...rest])};
  };
  const key = artifactKey("latent mean", [source.key]);
  return {...source, key, open: async (...which) => average(await source.open(...which))};
}
