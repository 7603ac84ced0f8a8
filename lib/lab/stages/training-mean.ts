/** The mean of the training trajectories, state by state: a trivial forecast, kept so that scoring needs no training data. */
import type {NdArray} from "ndarray";
import {trainingMean, type Forecast} from "../../evaluate/baselines";
import {sizeOf} from "../../core/shape";
import type {Artifacts, Recipe} from "../store/artifacts";
import type {Config} from "../config";
import type {Dataset} from "./dataset";

/** Raise it when the mean is computed to other numbers. */
export const TRAINING_MEAN_VERSION = 1;

/** Read the states of training trajectories from lead time 0 on, one by one. */
function* readTraining(dataset: Dataset, known: number): Generator<NdArray<Float32Array>> {
  const {start, length} = dataset.testWindow;
  const window = {start: start + known, length: length - known};
  for (let n = 0; n < dataset.wells.train.length; n++) yield dataset.read("train", n, window);
}

/**
 * Compute (or load) the mean of the training trajectories from lead time 0 on.
 *
 * @param known states that are given before lead time 0.
 * @param training gets the dataset with its training split, if it has to be computed.
 * @returns [1, T, X, Y(, Z), C] in physical units.
 */
export async function obtainTrainingMean(
  {system, preset}: Config,
  dataset: Dataset,
  artifacts: Artifacts,
  known: number,
  training: () => Promise<Dataset>,
): Promise<Forecast> {
  const {testWindow} = dataset;
  const [, , ...state] = dataset.shape("test");
  const shape = [1, testWindow.length - known, ...state];
  const recipe: Recipe = {
    stage: "dataset",
    name: `${system}-${preset}-training-mean`,
    version: TRAINING_MEAN_VERSION,
    config: {window: testWindow, known},
    inputs: [dataset.key],
    bytes: 4 * sizeOf(shape),
  };
  const data = await artifacts.obtainFloats(
    recipe,
    async () => trainingMean(readTraining(await training(), known)).data as Float32Array,
  );
  return {data, shape};
}
