/** Trained models as artefacts: a finished training is loaded, an interrupted one resumes, any other one starts. */
import {existsSync} from "node:fs";
import {mkdir, readFile, writeFile} from "node:fs/promises";
import path from "node:path";
import {checkParts, anything, list, where, printAs} from "@lola-ts/core";
import {central} from "lola/evaluate";
import type {Model} from "lola/nn";
import {tf, type Compiled, type Ranks} from "@lola-ts/engine";
import {
  adamW,
  loadCheckpoint,
  saveCheckpoint,
  type Checkpoint,
  type History,
  train,
  type TrainOptions,
  psgd,
  rankRows,
  learningRate,
  soap,
} from "lola/train";
import {
  type Artifacts,
  type Recipe,
  interruptible,
  formatSeconds,
  track,
  type Progress,
  StepTime,
  currentWork,
} from "@lola-ts/cache";
import type {TrainingConfig} from "../config";
import {isHalf, roundedWeights} from "../pretrained/packed-numbers";
import {storedRuns} from "../stored-runs";
import type {Job} from "../model-changes";
import type {Context} from "./context";

export interface Trained<M> {
  readonly model: M;
  readonly key: string;
  readonly history: History;
  /** Wall-clock time of the whole training. */
  readonly seconds: number;
}

/** By how many processes a model is trained; not part of its recipe, because its weights are the same to rounding. */
export interface Parallel {
  /**
   * Number of processes on this machine that train together, each on its rows of every batch; or the ranks, elsewhere too, one
   * of which this process is. Default: 1.
   */
  readonly parallel?: number | Ranks;
}

export interface TrainingTask extends Pick<TrainOptions, "loss" | "nextBatch" | "validate"> {
  readonly label: string;
  readonly config: TrainingConfig;
  readonly seed: number;
  readonly initialise?: () => void;
  /** Makes the artefact in another process, whose progress a line shows; without it, it is made here. */
  readonly runInSubprocess?: (line: Progress) => Promise<void>;
  readonly ranks?: Ranks;
}

/** Get the store of trained models: one that makes none where these are only tested. */
export const modelStore = ({artifacts, testSet}: Context): Artifacts => (testSet ? artifacts.finished() : artifacts);

/**
 * Let other processes train; their data are made here, before. A process that is a rank itself trains here.
 *
 * @returns nothing where the training is done in this process.
 * @throws RangeError for several processes where trainings run in this one.
 */
export function elsewhere(
  {trainer, config, artifacts, testSet}: Context,
  job: Job,
  parallel: number | Ranks,
  data: readonly {readonly open: () => Promise<unknown>}[] = [],
): TrainingTask["runInSubprocess"] {
  if (typeof parallel !== "number" || testSet) return undefined;
  if (!trainer && parallel > 1) {
    throw new RangeError(
      `${job.stage}: expected parallel to be 1 where trainings run in this process, as on a GPU, found ${parallel}: npm run lola -- train starts one rank for each GPU.`,
    );
  }
  if (!trainer) return undefined;
  return async (line) => {
    for (const {open} of data) await open();
    await trainer.run({config, root: artifacts.root, job}, parallel, line);
  };
}

/** List the rows of a batch that this process makes; nothing if it makes all of them. */
export function ownRows(
  {batch, microBatches}: TrainingConfig,
  parallel: Parallel["parallel"] = 1,
): number[] | undefined {
  const isHere = typeof parallel !== "number";
  const rows = rankRows(batch, isHere ? parallel : {rank: 0, count: parallel}, microBatches);
  return isHere ? rows : undefined;
}

/** Validate a model about twenty times in its training, by a recorded loss of its weights and of what is held out. */
export const validationOf = (
  model: Model,
  steps: number,
  loss: Compiled,
  heldOut: () => tf.Tensor[] | Promise<tf.Tensor[]>,
): TrainOptions["validate"] => ({
  every: Math.max(1, Math.round(steps / 20)),
  error: async () => {
    const [value] = loss(model.weights, ...(await heldOut()));
    const [error] = value.dataSync();
    value.dispose();
    return error;
  },
});

const optimisers = {
  adamw: (weightDecay: number) => adamW({betas: [0.9, 0.99], weightDecay}),
  soap: (weightDecay: number) => soap({weightDecay}),
  psgd: (weightDecay: number) => psgd({weightDecay}),
};

/** Round the weights of a checkpoint to the bits of shipped ones. */
function roundedCheckpoint({weights, average, ...rest}: Checkpoint): Checkpoint {
  return {...rest, weights: roundedWeights(weights), ...(average && {average: roundedWeights(average)})};
}

/** Checkpoints in one training: an interrupted one loses at most this share. */
const SAVES = 5;

/** Train a model, unless the artefact of its recipe is there. The model gets the trained weights, averaged if `ema` is set. */
export async function trained<M extends Model>(
  artifacts: Artifacts,
  recipe: Recipe,
  model: M,
  task: TrainingTask,
): Promise<Trained<M>> {
  if (task.ranks && task.ranks.rank > 0 && !(await artifacts.has(recipe)))
    return trainBeside(artifacts, recipe, model, task);
  const elsewhere = task.runInSubprocess && !(await artifacts.hasWaited(recipe));
  if (elsewhere) {
    const resume = checkpointToResume(artifacts, recipe); // says here what is wrong with it: the other process has no output
    const options = {initial: resume?.step, time: timeOfStep(artifacts, recipe)};
    await track(task.label, task.config.steps, (line) => task.runInSubprocess!(line), options);
  }
  const {
    path: folder,
    key,
    fresh,
  } = await artifacts.obtain(recipe, async (temporary) => {
    const {checkpoint, seconds} = await run(artifacts, recipe, model, task);
    await mkdir(temporary);
    const {weights: precision} = task.config;
    const rounded = precision === "bfloat16" ? roundedCheckpoint(checkpoint) : checkpoint;
    await saveCheckpoint(path.join(temporary, "model.safetensors"), rounded, {half: isHalf(precision)});
    const {step: steps, history} = checkpoint;
    const summary = {seconds, steps, validation: history.validation}; // for lists of runs, which read no checkpoint
    await writeFile(path.join(temporary, "training.json"), JSON.stringify(summary));
  });
  const checkpoint = loadCheckpoint(path.join(folder, "model.safetensors"), {config: recipe.config});
  const {seconds} = JSON.parse(await readFile(path.join(folder, "training.json"), "utf8")) as {seconds: number};
  const cost = `trained for ${task.config.steps} steps in ${formatSeconds(seconds)}`;
  const made = fresh || elsewhere === true;
  currentWork()?.note({
    stage: recipe.stage,
    fresh: made,
    sentence: `${task.label}: ${made ? "" : "loaded, "}${cost}`,
  });
  model.weights = tf.tensor1d(model.layout.fromOfficial(checkpoint.average ?? checkpoint.weights));
  return printAs({model, key, history: checkpoint.history, seconds}, inOneLine);
}

/** Time of a training's step; before one was measured here, the median of stored trainings of the same name. */
export function timeOfStep({root}: Artifacts, {stage, name}: Recipe): StepTime {
  return new StepTime(root, name, 1, () => {
    const runs = storedRuns(root, [stage]).filter((run) => run.name === name && run.seconds && run.steps);
    return central(
      runs.map(({seconds, steps}) => seconds! / steps!),
      "median",
    );
  });
}

async function trainBeside<M extends Model>(artifacts: Artifacts, recipe: Recipe, model: M, task: TrainingTask) {
  const {checkpoint, seconds} = await run(artifacts, recipe, model, task);
  model.weights = tf.tensor1d(model.layout.fromOfficial(checkpoint.average ?? checkpoint.weights));
  return {model, key: artifacts.key(recipe), history: checkpoint.history, seconds};
}

function inOneLine({model, history, seconds, key}: Trained<object>): string {
  const [, error] = history.validation.at(-1) ?? [];
  const validation = error === undefined ? "" : `, validation ${error.toPrecision(3)}`;
  const effort = `${history.loss.length} steps in ${formatSeconds(seconds)}`;
  return `Trained ${model.constructor.name}: ${effort}${validation}, key ${key}`;
}

/** Load what an interrupted training left, if there is any. A damaged file is reported, and not used. */
function checkpointToResume(artifacts: Artifacts, recipe: Recipe): Checkpoint | undefined {
  const partial = artifacts.partial(recipe);
  if (!existsSync(partial)) return undefined;
  try {
    return loadCheckpoint(partial, {config: recipe.config});
  } catch (error) {
    artifacts.report(`${(error as Error).message} The training starts from its beginning.`);
    return undefined;
  }
}

async function run(
  artifacts: Artifacts,
  recipe: Recipe,
  model: Model,
  {label, config, seed, initialise, loss, nextBatch, validate, ranks}: TrainingTask,
): Promise<{checkpoint: Checkpoint; seconds: number}> {
  const partial = artifacts.partial(recipe);
  const resume = checkpointToResume(artifacts, recipe);
  if (initialise) initialise();
  else model.initialise(seed);
  const {steps, learningRate: rate, warmup, decay, epoch, clip, ema, microBatches} = config;
  const {optimiser, weightDecay = 0} = config;
  const begin = performance.now();
  const initial = resume?.step ?? 0;
  const checkpoint = await track(
    label,
    steps,
    (progress) =>
      interruptible((signal) =>
        train(model, {
          loss,
          nextBatch,
          validate,
          steps,
          clip,
          ema,
          microBatches,
          seed,
          resume,
          signal,
          config: recipe.config,
          optimiser: optimisers[optimiser](weightDecay),
          learningRate: learningRate({rate, steps, warmup, decay, epoch}),
          ranks,
          save: ranks && ranks.rank > 0 ? undefined : (state) => saveCheckpoint(partial, state),
          saveEvery: Math.ceil(steps / SAVES),
          onProgress: ({step, loss, validation}) =>
            progress.update(step, validation === undefined ? {loss} : {loss, validation}),
        }),
      ),
    {initial, time: timeOfStep(artifacts, recipe)},
  );
  const perStep = (performance.now() - begin) / 1000 / Math.max(1, steps - initial);
  return {checkpoint, seconds: perStep * steps};
}

export interface ValidationCurve {
  readonly steps: number[];
  readonly loss: number[];
}

const pairs = where(list(anything, {empty: true}), "a list of pairs [step, error]", (all: unknown[]) =>
  all.every((pair) => Array.isArray(pair) && pair.length === 2 && typeof pair[0] === "number"),
);

/** Split a training's validation history into its steps and its errors. @throws RangeError unless it is a list of pairs. */
export function validationCurve(history: Pick<History, "validation">): ValidationCurve {
  checkParts("validationCurve", {validation: pairs}, history);
  const {validation} = history;
  return {steps: validation.map(([step]) => step), loss: validation.map(([, error]) => error)};
}
