/**
 * Forecasts of a method: its own rollouts, the joined ones of several training seeds, a solver's answer dressed with its own
 * errors, or the mean of an ensemble's latents, decoded once.
 */
import ndarray, {type NdArray} from "ndarray";
import {flat, type Rng, sizeOf, type StridedArray} from "@lola-ts/core";
import {unstandardize} from "lola/data";
import {dressingFactor, type DressedErrors} from "lola/evaluate";
import {artifactKey, node, type Recipe} from "@lola-ts/cache";
import {datasetWith, type OpenContext} from "./context";
import {type EmulatorChanges, type EmulatorSpec} from "../model-changes";
import {emulatorData, emulatorStage, emulatorTitle} from "./emulators";
import {trajectoryAt, decodeStates} from "./latents";
import {
  type Rollout,
  type RolloutSource,
  decoderOf,
  emulatorOf,
  isDeterministic,
  noiseOf,
  obtainEnsemble,
  rolloutSettings,
  storedSource,
} from "./rollouts";
import {drawsOf, type Restore} from "./symmetries";

/**
 * Describe the rollouts of a method, of several training seeds as one ensemble; all is made, or read, when it is opened.
 *
 * @throws RangeError for `dressing` of a method that has members of its own.
 */
export function rolloutSource(base: OpenContext, method: EmulatorSpec, changes: EmulatorChanges = {}): RolloutSource {
  const {seeds = 1, ...single} = changes;
  const {config} = base;
  if (seeds > 1) {
    const {seed = config.seed} = changes;
    return joinedSource(
      Array.from({length: seeds}, (_, i) => rolloutSource(base, method, {...single, seed: seed + i})),
    );
  }
  const context = {...base, config: {...config, rollout: {...config.rollout, ...changes.rollout}}};
  const source = storedSource(context, method, changes);
  const {dressing, average} = context.config.rollout;
  if (average) return averagedSource(source);
  if (!dressing) return source;
  if (!isDeterministic(context.config.rollout, method)) {
    const found = `${method.kind} with members of its own`;
    throw new RangeError(`rollout.dressing: expected a solver with one answer, found ${found}.`);
  }
  return dressedSource(source, dressing, {context, method, changes});
}

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

/** Raise it when rivals of the same rollouts get other members. */
const DRESSING_VERSION = 1;

/** Points of a field from which its factor is fitted, at most. */
const FITTED = 512;

export type Dressing = "noise" | "residuals";

interface DressingData {
  readonly context: OpenContext;
  readonly method: EmulatorSpec;
  readonly changes: EmulatorChanges;
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
function dressedSource(source: RolloutSource, dressing: Dressing, data: DressingData): RolloutSource {
  const {config} = data.context;
  const {members} = config.rollout;
  const seed = noiseOf(config, "dressing", data.changes.seed);
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

async function learnErrors({context: open, method, changes}: DressingData): Promise<LearnedErrors> {
  const {config, artifacts} = open;
  const autoencoder = await decoderOf(open, method, changes)?.get();
  const dataset = await datasetWith(open, "valid");
  const trained = await node(emulatorStage, open, {method, changes}).get();
  const {states, labels, key} = await emulatorData(open, method, "valid", changes.autoencoder);
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
function averagedSource(source: RolloutSource): RolloutSource {
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
