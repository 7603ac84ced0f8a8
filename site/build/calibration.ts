/** Numbers by which the page tells how far a painted state lies from the data: fitted on training states, spread of validation states. */
import {inverse, Matrix} from "ml-matrix";
import {fitGaussian} from "lola/evaluate";
import type {Lesson} from "../live/engine/lesson";
import type {Calibration, Range} from "../live/engine/facts";
import {measure, type Reading} from "../live/engine/meter";

const DIGITS = 6;

/** Variance that is added to each channel of a latent. */
const FLOOR = 1e-3;

const rounded = (values: ArrayLike<number>) => Array.from(values, (value) => Number(value.toPrecision(DIGITS)));

/**
 * Calibrate the meter of a rate.
 *
 * @param training standardised states of trajectories, each [T, X, Y, C]; `validation` likewise.
 */
export async function calibrate(
  lesson: Lesson,
  latentChannels: number,
  training: readonly Float32Array[],
  validation: readonly Float32Array[],
): Promise<Calibration> {
  const columns: Float32Array[] = [];
  for (const states of training) columns.push((await lesson.encode(latentChannels, states)).values);
  const data = Float32Array.from(columns.flatMap((values) => Array.from(values)));
  const {mean, covariance} = fitGaussian({data, shape: [data.length / latentChannels, latentChannels]});
  const spread = Matrix.from1DArray(latentChannels, latentChannels, Array.from(covariance));
  const precision = inverse(spread.add(Matrix.eye(latentChannels).mul(FLOOR))).to1DArray();
  const gaussian = {mean: rounded(mean), precision: rounded(precision)};
  const readings: Reading[] = [];
  for (const states of validation) readings.push(...(await measure(lesson, latentChannels, states, gaussian)));
  return {
    ...gaussian,
    distance: rangeOf(readings, "distance"),
    loss: rangeOf(readings, "loss"),
    states: readings.length,
  };
}

function rangeOf(readings: readonly Reading[], name: keyof Reading): Range {
  const sorted = readings.map((reading) => reading[name]).sort((a, b) => a - b);
  const [low, middle, high] = rounded([sorted[0], sorted[sorted.length >> 1], sorted[sorted.length - 1]]);
  return [low, middle, high];
}
