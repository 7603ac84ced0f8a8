/** How far are two consecutive states from each other? The yardstick of Tables 11 to 13. */
import type {NdArray} from "ndarray";
import {flat} from "../../core/array";
import {horizons} from "../../evaluate/horizons";
import {CONSECUTIVE} from "../../evaluate/paper/score-table";
import {withLabels, type Result} from "../../evaluate/tables/results";
import type {Config} from "../config";
import type {Dataset} from "../stages/dataset";
import type {Artifacts} from "../store/artifacts";
import {scoreForecast} from "../scoring/score";

/** Forecast each state by the one before it; the first, which has none, by itself. */
function previous(truth: NdArray<Float32Array>): {data: Float32Array; shape: number[]} {
  const data = Float32Array.from(flat(truth));
  const size = data.length / truth.shape[0];
  data.copyWithin(size, 0, data.length - size);
  return {data, shape: [1, ...truth.shape]};
}

/**
 * Score each state of the test trajectories as a forecast of the next one (or load the scores).
 *
 * @returns all metrics over the horizons of the configuration; the state at lead time 0 does not count.
 */
export async function consecutiveStates(config: Config, dataset: Dataset, artifacts: Artifacts): Promise<Result[]> {
  const {labels, rows} = await scoreForecast(config, dataset, artifacts, {
    name: "previous-state",
    labels: {method: CONSECUTIVE, space: "", compression: null},
    inputs: [],
    forecast: (_, truth) => previous(truth),
  });
  const later = rows.filter(({state}) => state > 0);
  return withLabels(horizons(later, config.horizons, config.stride), labels);
}
