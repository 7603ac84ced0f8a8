/** What a planned sweep takes, estimated before it starts: core-seconds, memory and disk. */
import {sizeOf} from "@lola-ts/core";
import {transformerOf} from "lola/models";
import {transformerOperations} from "lola/nn";
import {systemOf, type SimulationConfig} from "@lola-ts/simulators";
import type {Trial} from "@lola-ts/sweeps";
import {isUntrained} from "../config";
import {formatSeconds} from "../notebook/progress";
import {isDeterministic} from "../stages/rollouts";
import {emulatorSizes, inGigabytes, trainingMemory} from "../training-memory";
import type {PlanFile} from "./plan-file";
import {subjectOf, variantConfig, type SweepPlan} from "./sweep-plan";

/** Operations of a training step, in forward passes. */
const BACKWARD = 3;

/** Bytes of the scores of a field of a state. */
const ROW = 700;

export interface TrialCost {
  /** Core-seconds of the training. */
  readonly training: number;
  /** Core-seconds of rollouts and scores. */
  readonly scoring: number;
  /** Bytes of memory of the training. */
  readonly memory: number;
  /** Bytes of weights, rollouts and scores on the disk. */
  readonly disk: number;
}

/** Estimate a trial of an emulator by the costs that its plan states. */
export function trialCost(plan: SweepPlan & {readonly file: PlanFile}, {method, overrides}: Trial): TrialCost {
  const config = variantConfig(plan.config, overrides);
  const subject = subjectOf(config, method);
  if (subject.kind === "autoencoder")
    throw new RangeError("sweep: expected kinds of a plan to be emulators, found autoencoder.");
  const {spec} = subject;
  const {step, speed, scoring} = plan.file.cost;
  const {network, model, training, states} = emulatorSizes(config, {method: spec, changes: {}});
  const perStep =
    step + (BACKWARD * training.batch * transformerOperations(transformerOf(network, true), states)) / speed;
  const {frames} = config.data as SimulationConfig;
  const trajectories = plan.file.trajectories.number;
  const members = isDeterministic(config.rollout, spec) ? 1 : config.rollout.members;
  const windows = Math.ceil((frames - 1) / (config.window - (config.rollout.overlap ?? 1)));
  const calls = trajectories * members * windows * (spec.kind === "diffusion" ? config.rollout.steps : 1);
  const latents = sizeOf(states.slice(1)) * network.channels;
  const scored = trajectories * frames * systemOf(config.system).channels.length;
  return {
    training: training.steps * perStep,
    scoring: (calls * perStep) / BACKWARD / training.batch + trajectories * scoring,
    memory: trainingMemory(config, {stage: "emulator", method: spec, changes: {}}).total,
    disk: 4 * model.layout.size + 4 * trajectories * members * frames * latents + ROW * scored,
  };
}

/** Say what trials of a plan take: trials that share a training train once. */
export function costInWords(
  plan: SweepPlan & {readonly file: PlanFile},
  trials: readonly Trial[],
  parallel: number,
): string {
  const costs = trials.map((trial) => trialCost(plan, trial));
  const training = new Map<string, number>();
  trials.forEach(({method, overrides, seed}, i) => {
    const trained = Object.entries(overrides).filter(([option]) => !isUntrained(option));
    training.set(JSON.stringify([method, trained, seed]), costs[i].training);
  });
  const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);
  const memory = Math.max(0, ...costs.map((cost) => cost.memory));
  const [trained, scored] = [sum(training.values()), sum(costs.map(({scoring}) => scoring))];
  const hours = (seconds: number) => `${(seconds / 3600).toFixed(1)} core-hours`;
  return [
    `about ${hours(trained + scored)} (${hours(trained)} of ${training.size} trainings, ${hours(scored)} of scores)`,
    `${formatSeconds((trained + scored) / parallel)} with ${parallel} at a time`,
    `${inGigabytes(parallel * memory)} of memory`,
    `${inGigabytes(sum(costs.map(({disk}) => disk)))} of disk beside the data`,
  ].join("; ");
}
