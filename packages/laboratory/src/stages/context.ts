/** Where stages run: the configuration, the store, and the dataset once it is open. */
import {SPLITS, type Split} from "@lola-ts/core";
import {artifactKey, type Artifacts, type Memo} from "@lola-ts/cache";
import type {Config} from "../config";
import type {TestSet} from "../test-set";
import type {Trainer} from "../workers/trainer";
import {Dataset, datasetOptions, shipsStandardization} from "./dataset";

export interface Context {
  readonly config: Config;
  readonly artifacts: Artifacts;
  readonly memo: Memo;
  readonly trainer?: Trainer;
  /** Where trained models are tested on other trajectories: which models. Default: the dataset's own are trained. */
  readonly testSet?: TestSet;
}

/** A context whose dataset is open: the keys of all later stages are known. */
export interface OpenContext extends Context {
  readonly dataset: Dataset;
}

/** Open the dataset of a context. @param splits Default: all, or the test split where the constants of shipped models are there. */
export function openDataset({config, artifacts, memo, testSet}: Context, splits?: readonly Split[]): Promise<Dataset> {
  const key = artifactKey({options: datasetOptions(config), models: testSet?.models.data, splits});
  return memo.once(key, () => {
    if (testSet) return Dataset.beside(config, testSet.models, artifacts, splits);
    return Dataset.obtain(config, artifacts, shipsStandardization(config, artifacts) ? (splits ?? ["test"]) : SPLITS);
  });
}

export async function openContext(context: Context): Promise<OpenContext> {
  const {config, artifacts, memo, trainer, testSet} = context;
  return {config, artifacts, memo, trainer, testSet, dataset: await openDataset(context)};
}

/** Get the dataset with a split, which may not be open yet where models are shipped. */
export function datasetWith(context: OpenContext, split: Split): Promise<Dataset> {
  if (context.dataset.has(split)) return Promise.resolve(context.dataset);
  return openDataset(context, split === "train" && !context.testSet ? SPLITS : [split]);
}
