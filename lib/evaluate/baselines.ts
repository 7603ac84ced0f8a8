/**
 * Forecasts that know nothing of dynamics. An emulator that does not beat all of them has learned nothing useful,
 * however small its error looks. Each is an ensemble of one member, [1, L, X, Y, C], to pass to `evaluateRollout`.
 */
import {checkOptions, having, trajectories as rule, sizeOf} from "@lola-ts/core";
import {dense, type FieldArray} from "./fields";

export interface Forecast {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Repeat the first frame of a trajectory [L, X, Y, C] (persistence). */
export function firstFrame(truth: FieldArray): Forecast {
  const {data, shape} = dense(truth, "firstFrame: truth", rule);
  const size = sizeOf(shape.slice(1));
  return {data: Float32Array.from({length: shape[0] * size}, (_, i) => data[i % size]), shape: [1, ...shape]};
}

/**
 * Predict, everywhere and always, the spatial mean of each field of the first frame; its VRMSE is 1 if means are
 * conserved.
 */
export function spatialMean(truth: FieldArray): Forecast {
  const {data, shape} = dense(truth, "spatialMean: truth", rule);
  const channels = shape[shape.length - 1];
  const points = sizeOf(shape.slice(1, -1));
  const means = new Float64Array(channels);
  for (let i = 0; i < points * channels; i++) means[i % channels] += data[i] / points;
  return {
    data: Float32Array.from({length: shape[0] * points * channels}, (_, i) => means[i % channels]),
    shape: [1, ...shape],
  };
}

/**
 * Average the training trajectories frame by frame: the climatology, the same forecast for every test trajectory.
 *
 * @param trajectories each [L, X, Y, C], may be a generator that reads them one by one.
 * @throws RangeError if there is none or shapes differ.
 */
export function trainingMean(trajectories: Iterable<FieldArray>): Forecast {
  checkOptions("trainingMean", having("a list of arrays", Symbol.iterator), trajectories, "trajectories");
  let sums: Float64Array | undefined;
  let shape: readonly number[] = [];
  let count = 0;
  for (const trajectory of trajectories) {
    const {data, shape: found} = dense(trajectory, "trainingMean: trajectory", rule);
    if (!sums) {
      shape = found;
      sums = new Float64Array(sizeOf(found));
    } else if (found.join() !== shape.join()) {
      throw new RangeError(`trainingMean: expected trajectories of shape [${shape}], found one of [${found}].`);
    }
    for (let i = 0; i < sums.length; i++) sums[i] += data[i];
    count++;
  }
  if (!sums) throw new RangeError("trainingMean: expected at least one trajectory, found none.");
  return {data: Float32Array.from(sums, (sum) => sum / count), shape: [1, ...shape]};
}
