/** One trial of a sweep: train its model, and measure it. */
import {type Split, machineName} from "@lola-ts/core";
import {horizons, valueMoments, quantile} from "lola/evaluate";
import type {Measure, Measured, Trial} from "@lola-ts/sweeps";
import type {Config} from "../config";
import {stageVersions} from "../pretrained/find-shipped";
import type {AutoencoderChanges} from "../stages/autoencoders";
import type {EmulatorChanges, EmulatorSpec} from "../stages/emulators";
import type {Evaluation} from "../stages/evaluation";
import type {MethodChoice} from "../stages/methods";
import type {Latents} from "../stages/latents";
import type {Trained} from "../stages/training";
import {artifactKey, type Artifacts} from "../store/artifacts";
import {measuresOf, subjectOf, variantConfig, type Subject, type SweepPlan} from "./sweep-plan";

export interface TrialLab {
  readonly config: Config;
  autoencoder(latentChannels: number, changes?: AutoencoderChanges): Promise<Trained<object>>;
  emulator(method: EmulatorSpec, changes?: EmulatorChanges): Promise<Trained<object>>;
  latents(latentChannels: number, split: Split, changes?: AutoencoderChanges): Promise<Latents>;
  evaluation(options: {methods: readonly MethodChoice[]}): Promise<Evaluation>;
  release(): Promise<void>;
}

export interface SweepLab {
  readonly config: Config;
  readonly artifacts: Artifacts;
  readonly trainer?: object;
  readonly folder: string;
  apart(config: Config): TrialLab;
}

const POINTS = 200;

const LABEL = "trial";

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

export async function runTrial(lab: SweepLab, plan: SweepPlan, {method, overrides, seed}: Trial): Promise<Measured> {
  const config = variantConfig(plan.config, overrides);
  const measures = measuresOf(config, method, plan.measures);
  const subject = subjectOf(config, method);
  const own = lab.apart(config);
  try {
    const model = subject.kind === "autoencoder" ? ofAutoencoder(own, subject) : ofEmulator(own, subject);
    const {history, seconds, key} = await model.train();
    const steps = history.loss.length;
    const values: Record<string, number> = {};
    for (const measure of measures) {
      if (measure.kind === "score" || measure.kind === "latents") values[measure.name] = await model.value(measure);
      else if (measure.kind === "time") values[measure.name] = measure.per === "step" ? seconds / steps : seconds;
      else values[measure.name] = history.validation.at(-1)?.[1] ?? NaN;
    }
    const {validation} = history;
    const loss = thinned(history.loss);
    return {values, steps, seconds, validation, loss, key, finished: Date.now(), machine: machineName()};
  } finally {
    await own.release();
  }

  function ofAutoencoder(lab: TrialLab, {latentChannels}: Subject & {kind: "autoencoder"}) {
    const loss = measures.find((measure) => measure.kind === "loss");
    const changes: AutoencoderChanges = {seed, ...(loss?.kind === "loss" && {validation: loss.loss})};
    return {
      train: () => lab.autoencoder(latentChannels, changes),
      value: async (measure: Measure) => {
        const {data} = (await lab.latents(latentChannels, "valid", changes)).states;
        const {statistic} = measure as Measure & {kind: "latents"};
        return typeof statistic === "number" ? quantile(Array.from(data), statistic) : valueMoments(data)[statistic];
      },
    };
  }

  function ofEmulator(lab: TrialLab, {spec}: Subject & {kind: "emulator"}) {
    const ownAutoencoder = plan.autoencoders && spec.latentChannels !== null;
    const changes: EmulatorChanges = {seed, ...(ownAutoencoder && {autoencoder: {seed}})};
    return {
      train: () => lab.emulator(spec, changes),
      value: async (measure: Measure) => {
        const {metric, horizon} = measure as Measure & {kind: "score"};
        const evaluation = await lab.evaluation({methods: [{...spec, changes, label: LABEL}]});
        const {rows} = evaluation.scores.find(({labels}) => labels.method === LABEL)!;
        return horizons(rows, [horizon], config.stride).find((found) => found.metric === metric)?.value ?? NaN;
      },
    };
  }
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
