/** One trial of a sweep: train its model, and measure it. */
import {type Split, machineName} from "@lola-ts/core";
import {horizons, valueMoments, quantile} from "lola/evaluate";
import type {Measure, Measured, Trial} from "@lola-ts/sweeps";
import type {Config} from "../config";
import {stageVersions} from "../pretrained/versions";
import type {AutoencoderChanges} from "../stages/autoencoders";
import type {EmulatorChanges, EmulatorSpec} from "../stages/emulators";
import type {Evaluation} from "../stages/evaluation";
import type {MethodChoice} from "../stages/methods";
import type {Latents} from "../stages/latents";
import type {Trained} from "../stages/training";
import {artifactKey, type Artifacts} from "../store/artifacts";
import {measuresOf, subjectOf, variantConfig, type SweepPlan} from "./sweep-plan";

/** The stages of a laboratory that a trial needs. */
export interface TrialLab {
  readonly config: Config;
  autoencoder(latentChannels: number, changes?: AutoencoderChanges): Promise<Trained<object>>;
  emulator(method: EmulatorSpec, changes?: EmulatorChanges): Promise<Trained<object>>;
  latents(latentChannels: number, split: Split, changes?: AutoencoderChanges): Promise<Latents>;
  evaluation(options: {methods: readonly MethodChoice[]}): Promise<Evaluation>;
  /** Dispose of the models that were loaded for the trial. */
  release(): Promise<void>;
}

/** A laboratory whose variants are tried. */
export interface SweepLab {
  readonly config: Config;
  readonly artifacts: Artifacts;
  /** Whether trainings run in other processes. */
  readonly trainer?: object;
  readonly folder: string;
  apart(config: Config): TrialLab;
}

/** Points of a loss that a trial keeps. */
const POINTS = 200;

/** Label of the emulator among those that are scored. */
const LABEL = "trial";

/** Versions of the stages that a trial's numbers depend on. */
export function trialVersions({system}: Config, method: string): Record<string, number> {
  const versions = stageVersions(system);
  const {dataset, standardization, autoencoder} = versions;
  return method.startsWith("autoencoder") ? {dataset, standardization, autoencoder} : versions;
}

/** Identify a trial by all that its numbers depend on, beside the data's files: options, seed, steps and versions. */
export function trialKey({config, measures, autoencoders}: SweepPlan, trial: Trial): string {
  const {method, overrides, seed} = trial;
  const changed = variantConfig(config, overrides);
  const versions = trialVersions(changed, method);
  const own = autoencoders && {autoencoders};
  return artifactKey({config: changed, method, seed, share: 1, measures, versions, ...own}); // stored trials have this share
}

/** Train a trial's model (or load it), and measure it. @throws whatever its stages throw. */
export async function runTrial(lab: SweepLab, plan: SweepPlan, trial: Trial): Promise<Measured> {
  const config = variantConfig(plan.config, trial.overrides);
  const measures = measuresOf(config, trial.method, plan.measures);
  const own = lab.apart(config);
  try {
    const {trained, score, latents} = await train(own, trial, measures, plan.autoencoders);
    const {history, seconds, key} = trained;
    const steps = history.loss.length;
    const values: Record<string, number> = {};
    for (const measure of measures) {
      if (measure.kind === "score") values[measure.name] = await score(measure);
      else if (measure.kind === "latents") values[measure.name] = statisticOf(await latents(), measure);
      else if (measure.kind === "time") values[measure.name] = measure.per === "step" ? seconds / steps : seconds;
      else values[measure.name] = history.validation.at(-1)?.[1] ?? NaN;
    }
    return {
      values,
      steps,
      seconds,
      validation: history.validation,
      loss: thinned(history.loss),
      key,
      finished: Date.now(),
      machine: machineName(),
    };
  } finally {
    await own.release();
  }
}

type Score = (measure: Measure & {kind: "score"}) => Promise<number>;

/** Compute a statistic of latents, all their values pooled. */
function statisticOf({states: {data}}: Latents, {statistic}: Measure & {kind: "latents"}): number {
  return typeof statistic === "number" ? quantile(Array.from(data), statistic) : valueMoments(data)[statistic];
}

/** A trained model of a trial, and ways to look at it. */
interface TrialModel {
  readonly trained: Trained<object>;
  readonly score: Score;
  /** Latents of the validation split. */
  readonly latents: () => Promise<Latents>;
}

async function train(
  lab: TrialLab,
  {method, seed}: Trial,
  measures: readonly Measure[],
  autoencoders?: SweepPlan["autoencoders"],
): Promise<TrialModel> {
  const {config} = lab;
  const subject = subjectOf(config, method);
  if (subject.kind === "autoencoder") {
    const {latentChannels} = subject;
    const loss = measures.find((measure) => measure.kind === "loss");
    const changes: AutoencoderChanges = {
      seed,
      ...(loss?.kind === "loss" && {validation: loss.loss}),
    };
    const none: Score = () => Promise.reject(new RangeError("sweep: an autoencoder has no score over a horizon."));
    const latents = () => lab.latents(latentChannels, "valid", changes);
    return {trained: await lab.autoencoder(latentChannels, changes), score: none, latents};
  }
  const {spec} = subject;
  const changes: EmulatorChanges = {
    seed,
    ...(autoencoders && spec.latentChannels !== null && {autoencoder: {seed}}),
  };
  const trained = await lab.emulator(spec, changes);
  const score: Score = async ({metric, horizon}) => {
    const evaluation = await lab.evaluation({methods: [{...spec, changes, label: LABEL}]});
    const {rows} = evaluation.scores.find(({labels}) => labels.method === LABEL)!;
    return horizons(rows, [horizon], config.stride).find((found) => found.metric === metric)?.value ?? NaN;
  };
  return {
    trained,
    score,
    latents: () => Promise.reject(new RangeError("sweep: an emulator has no latents of its own.")),
  };
}

/** Mean losses of about {@link POINTS} equal parts of a training, each with its last step. */
function thinned(loss: ArrayLike<number>): [number, number][] {
  const part = Math.ceil(loss.length / POINTS);
  return Array.from({length: Math.ceil(loss.length / part) || 0}, (_, i) => {
    const values = Array.from(loss)
      .slice(i * part, (i + 1) * part)
      .filter(Number.isFinite);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return [Math.min(loss.length, (i + 1) * part), mean];
  });
}
