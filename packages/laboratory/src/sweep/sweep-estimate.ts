/**
 * About how long a sweep takes and how large it becomes, from trainings that were measured here before; and how much memory its
 * trainings take, from their configurations.
 */
import {autoencoderSteps} from "../stages/autoencoders";
import type {Config} from "../config";
import {trainingMemory} from "../training-memory";
import {storedRuns, type StoredRun} from "../runs/stored-runs";
import {central} from "lola/evaluate";
import type {Trial} from "@lola-ts/sweeps";
import {emulatorName} from "../stages/emulators";
import type {Job} from "../workers/trainer";
import {subjectOf, variantConfig} from "./sweep-plan";

/** What is expected of trainings. */
export interface SweepEstimate {
  /** Seconds of all trainings, one after the other; undefined if no training of a model like one of them was measured. */
  readonly seconds?: number;
  readonly bytes?: number;
  /** Models without a measured step time. */
  readonly unknown: readonly string[];
}

/** Estimate the bytes of memory that the training of a trial takes at its peak. */
export function trialMemory(base: Config, {method, overrides}: Trial): number {
  const config = variantConfig(base, overrides);
  const subject = subjectOf(config, method);
  const job: Job =
    subject.kind === "autoencoder"
      ? {stage: "autoencoder", latentChannels: subject.latentChannels, changes: {}}
      : {stage: "emulator", method: subject.spec, changes: {}};
  return trainingMemory(config, job).total;
}

/** Estimate trials: their steps, times the median time of a step of the same model of the same preset, whatever its options. */
export function estimateTrials(root: string, base: Config, trials: readonly Trial[]): SweepEstimate {
  const runs = storedRuns(root).filter(
    ({state, steps, seconds}) => state === "finished" && steps && seconds !== undefined,
  );
  const parts = trials.map((trial) => {
    const config = variantConfig(base, trial.overrides);
    const {what, steps} = trainingOf(config, trial);
    const own = runs.filter(({name}) => name === `${config.system}-${config.preset}-${what}`);
    return {
      what,
      seconds: steps * perStep(own),
      bytes: central(
        own.map(({bytes}) => bytes),
        "median",
      ),
    };
  });
  const unknown = [...new Set(parts.filter(({seconds}) => Number.isNaN(seconds)).map(({what}) => what))];
  if (unknown.length > 0) return {unknown};
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  return {seconds: sum(parts.map(({seconds}) => seconds)), bytes: sum(parts.map(({bytes}) => bytes)), unknown};
}

const perStep = (runs: readonly StoredRun[]) =>
  central(
    runs.map(({steps, seconds}) => seconds! / steps!),
    "median",
  );

function trainingOf(config: Config, {method, share}: Trial): {what: string; steps: number} {
  const subject = subjectOf(config, method);
  if (subject.kind === "autoencoder") {
    const {latentChannels} = subject;
    return {what: `c${latentChannels}`, steps: share * autoencoderSteps(config, latentChannels).steps};
  }
  const {spec} = subject;
  const own = spec.latentChannels === null ? config.pixel : config.latent;
  return {what: emulatorName(spec), steps: share * (own ?? config.latent).training.steps};
}
