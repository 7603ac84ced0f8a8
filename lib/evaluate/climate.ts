/**
 * Scores in units of the climate. A score that is divided by the deviation of the very truth that it scores is not proper: an
 * ensemble gains by betting on truths of small deviation (Lerch et al., 2017). The deviation of the training split depends on
 * field and lead time only, so that a division by it changes no order of forecasts.
 */
import {
  arrayOf,
  checkOptions,
  having,
  list,
  number,
  optional,
  records,
  trajectories as trajectoriesRule,
} from "@lola-ts/core";
import type {Forecast} from "./baselines";
import type {MetricRow} from "./evaluate";
import {dense, type FieldArray} from "./fields";

const meanRule = arrayOf("1, L, X, Y, C", "1, L, X, Y, Z, C");

/**
 * Compute the climatological deviation of each field at each state, $\sqrt{\langle (x - m)^2 \rangle}$ over training
 * trajectories and points with the training mean $m$: the RMSE of the climate as a forecast.
 *
 * @param trajectories each [L, X, Y, C] or [L, X, Y, Z, C], may be a generator that reads them one by one.
 * @param mean their mean, see `trainingMean`.
 * @returns for each of L states the deviations of C fields, in their units.
 * @throws RangeError if there is no trajectory, or one has another shape than the mean.
 */
export function trainingDeviation(trajectories: Iterable<FieldArray>, mean: Forecast): number[][] {
  checkOptions("trainingDeviation", having("a list of arrays", Symbol.iterator), trajectories, "trajectories");
  const centre = dense(mean, "trainingDeviation: mean", meanRule);
  const [, states, ...rest] = centre.shape;
  const channels = rest[rest.length - 1];
  const points = centre.data.length / states / channels;
  const sums = new Float64Array(states * channels);
  let count = 0;
  for (const trajectory of trajectories) {
    const {data, shape} = dense(trajectory, "trainingDeviation: trajectory", trajectoriesRule);
    if (shape.join() !== [states, ...rest].join()) {
      throw new RangeError(
        `trainingDeviation: expected trajectories of shape [${[states, ...rest]}], found one of [${shape}].`,
      );
    }
    for (let i = 0, at = 0; i < states; i++) {
      for (let p = 0; p < points * channels; p++, at++) {
        sums[i * channels + (p % channels)] += (data[at] - centre.data[at]) ** 2;
      }
    }
    count++;
  }
  if (count === 0) throw new RangeError("trainingDeviation: expected at least one trajectory, found none.");
  const deviation = (i: number, c: number) => Math.sqrt(sums[i * channels + c] / (count * points));
  return Array.from({length: states}, (_, i) => Array.from({length: channels}, (__, c) => deviation(i, c)));
}

export interface Climate {
  /** Names of the fields, one per channel. */
  readonly fields: readonly string[];
  /** Deviations of the fields for each state from the first one on, see {@link trainingDeviation}. */
  readonly deviation: readonly (readonly number[])[];
  /** Index of the first state. Default: 0. */
  readonly firstState?: number;
  /** Added to the variance. Default: 1e-6. */
  readonly epsilon?: number;
}

const VARIOGRAMS = ["variogramLow", "variogramMid", "variogramHigh"] as const;

const rowsRule = records("rows", "field", "state", "vrmse", "rmse", "crps", "energy");

/**
 * Add proper scores to rows: `crpsClimate` and `energyClimate` are the fair CRPS and energy score divided by the climatological
 * deviation $\sqrt{\sigma^2 + \epsilon}$ in place of the truth's own, which the rows give as rmse / vrmse. Variogram scores, in
 * units of the field, are divided by it as well.
 *
 * @param rows of `evaluateRollout`.
 * @throws RangeError for a row whose field or state the climate does not have.
 */
export function onClimate(rows: readonly MetricRow[], climate: Climate): MetricRow[] {
  checkOptions("onClimate", rowsRule, rows, "rows");
  checkOptions("onClimate", list(list(number({min: 0}))), climate.deviation, "deviation");
  checkOptions("onClimate", optional(number({min: 0})), climate.epsilon, "epsilon");
  const {fields, deviation, firstState = 0, epsilon = 1e-6} = climate;
  return rows.map((row) => {
    const {field, state, rmse, vrmse, crps, energy} = row;
    const sigma = deviation[state - firstState]?.[fields.indexOf(field)];
    if (sigma === undefined) {
      throw new RangeError(`onClimate: expected a deviation of ${field} at state ${state}, found none.`);
    }
    const scale = Math.sqrt(sigma ** 2 + epsilon);
    const own = rmse === 0 && vrmse === 0 ? 1 : rmse / vrmse;
    const variograms = VARIOGRAMS.filter((name) => name in row).map((name) => [name, row[name]! / scale]);
    return {
      ...row,
      ...(Object.fromEntries(variograms) as Partial<MetricRow>),
      crpsClimate: (crps * own) / scale,
      energyClimate: (energy * own) / scale,
    };
  });
}
