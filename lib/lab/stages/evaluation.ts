/**
 * Stage 6: scores of every autoencoder, emulator and trivial forecast on the test trajectories, in physical units.
 */
import ndarray, {type NdArray} from "ndarray";
import {flat, type StridedArray} from "../../core/array";
import type {Autoencoder} from "../../models/autoencoder";
import {standardize, unstandardize} from "../../data/standardize";
import {firstFrame, spatialMean, trainingMean, type Forecast} from "../../evaluate/baselines";
import {evaluateRollout, horizons, leadTimes, type LeadRow, type MetricRow} from "../../evaluate/evaluate";
import {withLabels, type Labels, type Result} from "../../evaluate/paper-tables";
import type {Artifacts, Recipe} from "../store/artifacts";
import type {Dataset} from "./dataset";
import {decodeStates, encodeStates} from "./latents";
import type {Config} from "../config";
import {track} from "../notebook/progress";
import {decodeRollout, type Rollout} from "./rollouts";

/** Scores of one method. */
export interface MethodScores {
  readonly labels: Labels;
  /** One row per trajectory, state and field. */
  readonly rows: MetricRow[];
}

/** All methods' scores. */
export class Evaluation {
  constructor(
    private readonly config: Config,
    readonly scores: readonly MethodScores[],
  ) {}

  /** Averages over horizons, with standard errors over trajectories: the rows of Table 6. */
  results(): Result[] {
    const {config} = this;
    return this.scores.flatMap(({labels, rows}) => withLabels(horizons(rows, config.horizons, config.stride), labels));
  }

  /** Averages at each lead time: the curves of Figure 5; medians for the spectrum, whose means a few empty rings rule. */
  curves(): {method: string; compression?: number; rows: LeadRow[]}[] {
    return this.scores
      .filter(({labels}) => labels.method !== "autoencoder")
      .map(({labels: {method, compression}, rows}) => {
        const later = rows.filter(({state}) => state > 0);
        const means = leadTimes(later, this.config.stride);
        const medians = leadTimes(later, this.config.stride, {statistic: "median"});
        const joined = means.map((row, i) => ({
          ...row,
          low: medians[i].low,
          mid: medians[i].mid,
          high: medians[i].high,
        }));
        return {method, compression: compression ?? undefined, rows: joined};
      });
  }
}

/** Test trajectory n in physical units, [T, X, Y, C]. */
export function testTrajectory(dataset: Dataset, n: number): NdArray<Float32Array> {
  return dataset.read("test", n);
}

/** What an autoencoder makes of a test trajectory, in physical units. */
export function reconstruction(dataset: Dataset, autoencoder: Autoencoder, n: number): NdArray<Float32Array> {
  const states = standardize(testTrajectory(dataset, n), dataset.standardization);
  return unstandardize(decodeStates(autoencoder, encodeStates(autoencoder, states)), dataset.standardization);
}

/** An array of one more axis, of length 1, in front: an ensemble of one. */
function single(array: StridedArray<Float32Array>): NdArray<Float32Array> {
  return ndarray(flat(array), [1, ...array.shape]);
}

/** Read the training trajectories one by one. */
function* readAll(dataset: Dataset): Generator<NdArray<Float32Array>> {
  for (let n = 0; n < dataset.wells.train.length; n++) yield dataset.read("train", n);
}

/** Score what `forecast` makes of each test trajectory. */
async function score(
  config: Config,
  dataset: Dataset,
  artifacts: Artifacts,
  name: string,
  labels: Labels,
  inputs: readonly string[],
  forecast: (n: number, truth: NdArray<Float32Array>) => Forecast | NdArray<Float32Array>,
): Promise<MethodScores> {
  const count = Math.min(config.rollout.trajectories, dataset.wells.test.length);
  const recipe: Recipe = {
    stage: "evaluation",
    name: `${config.system}-${config.preset}-${name}`,
    config: {labels, count, transport: dataset.system.name},
    inputs: [dataset.key, ...inputs],
  };
  const rows = await artifacts.obtainJson(recipe, () =>
    track(`scoring, ${name}`, count, async (progress) => {
      const found: MetricRow[] = [];
      for (let n = 0; n < count; n++) {
        const truth = testTrajectory(dataset, n);
        const {channels} = dataset.wells.test;
        const options = {fields: channels, trajectory: n, transport: dataset.system.name};
        found.push(...evaluateRollout(truth, forecast(n, truth), options));
        progress.update(n + 1);
        await new Promise(setImmediate);
      }
      return found;
    }),
  );
  return {labels, rows};
}

/** What there is to score. */
export interface Contestants {
  readonly autoencoders: readonly {readonly model: Autoencoder; readonly key: string}[];
  readonly rollouts: readonly Rollout[];
}

/** Score everything (or load the scores). */
export async function evaluate(
  config: Config,
  dataset: Dataset,
  artifacts: Artifacts,
  {autoencoders, rollouts}: Contestants,
): Promise<Evaluation> {
  const name = dataset.system.short;
  const scores: MethodScores[] = [];
  const add = async (...args: [string, Omit<Labels, "dataset">, string[], Parameters<typeof score>[6]]) => {
    const [title, labels, keys, forecast] = args;
    scores.push(await score(config, dataset, artifacts, title, {dataset: name, ...labels}, keys, forecast));
  };

  for (const {model, key} of autoencoders) {
    const labels = {method: "autoencoder", space: "latent", compression: model.compression} as const;
    const title = `autoencoder-c${model.config.latChannels}`;
    await add(title, labels, [key], (n) => single(reconstruction(dataset, model, n)));
  }
  for (const rollout of rollouts) {
    const {kind, latentChannels} = rollout.method;
    const model = autoencoders.find(({model}) => model.config.latChannels === latentChannels)?.model;
    const method = kind === "diffusion" ? "diffusion" : "neural solver";
    const labels = {method, space: model ? "latent" : "pixel", compression: model?.compression ?? 1} as const;
    const title = `${kind}-${latentChannels ?? "pixel"}`;
    await add(title, labels, [rollout.key], (n) => decodeRollout(rollout, n, dataset.standardization, model));
  }
  const trivial = (method: string) => ({method, space: "", compression: null}) as const;
  let climatology: Forecast | undefined;
  await add("first-frame", trivial("first frame"), [], (_, truth) => firstFrame(truth));
  await add("spatial-mean", trivial("spatial mean"), [], (_, truth) => spatialMean(truth));
  await add("training-mean", trivial("training mean"), [], () => {
    climatology ??= trainingMean(readAll(dataset));
    return climatology;
  });
  return new Evaluation(config, scores);
}
