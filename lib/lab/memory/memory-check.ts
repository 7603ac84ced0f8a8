/** Trainings that do not fit into this machine's memory are refused, with the option that helps. */
import {machineMemory} from "../../core/machine-memory";
import type {Config} from "../config";
import {emulatorName} from "../stages/emulators";
import type {Job} from "../workers/trainer";
import {trainingMemory} from "./training-memory";

/** A training that needs less. */
interface Remedy {
  /** "latent.training.microBatches = 4". */
  readonly words: string;
  readonly config: Config;
  readonly job: Job;
}

/**
 * Check that a training fits into memory, before it does anything.
 *
 * @param limit bytes that there are. Default: the machine's, or what its control group grants.
 * @throws RangeError naming the bytes that it needs, those that there are, and the option that helps.
 */
export function requireTrainingMemory(config: Config, job: Job, limit = machineMemory()): void {
  const need = trainingMemory(config, job);
  if (need.total <= limit) return;
  const {activations, parameters, data} = need;
  const what =
    job.stage === "autoencoder" ? `autoencoder, ${job.latentChannels} latent channels` : emulatorName(job.method);
  const remedy = remedies(config, job).find((one) => trainingMemory(one.config, one.job).total <= limit);
  const advice = remedy
    ? `${remedy.words} needs about ${inGigabytes(trainingMemory(remedy.config, remedy.job).total)}`
    : "no smaller batch helps: choose a smaller network, or a machine with more memory";
  throw new RangeError(
    `${what}: expected a training that fits into ${inGigabytes(limit)} of memory, found one that needs about ` +
      `${inGigabytes(need.total)} (activations ${inGigabytes(activations)}, parameters and moments ` +
      `${inGigabytes(parameters)}, data ${inGigabytes(data)}); ${advice}.`,
  );
}

/** Write a number of bytes: "0.62 GB". */
export const inGigabytes = (bytes: number): string => `${Number((bytes / 1e9).toPrecision(2))} GB`;

/** List what makes a training smaller and leaves its result as it is: data on the disk, micro-batches, checkpointing, both. */
function remedies(config: Config, job: Job): Remedy[] {
  const section = job.stage === "autoencoder" ? "autoencoder" : job.method.latentChannels === null ? "pixel" : "latent";
  const network = job.stage === "autoencoder" ? "autoencoder.model" : section;
  const {batch, microBatches = 1} = {...config[section]!.training, ...job.changes.training};
  const divisors = Array.from({length: batch}, (_, i) => i + 1).filter((n) => n > microBatches && batch % n === 0);
  const split = divisors.map((parts) => ({
    words: `${section}.training.microBatches = ${parts}`,
    config,
    job: withTraining(job, parts),
  }));
  const again = {words: `${network}.checkpointing = true`, config, job: withCheckpointing(job)};
  const both = split.map((one) => ({
    ...one,
    words: `${again.words} with ${one.words}`,
    job: withCheckpointing(one.job),
  }));
  const all = [...split, again, ...both];
  const onDisk = {...config, memory: 0};
  const unread = [{words: "memory = 0 (data stay on the disk)", config: onDisk, job}];
  return [...all, ...unread, ...all.map((one) => ({...one, config: onDisk, words: `memory = 0 with ${one.words}`}))];
}

function withTraining<T extends Job>(job: T, microBatches: number): T {
  return {...job, changes: {...job.changes, training: {...job.changes.training, microBatches}}};
}

function withCheckpointing(job: Job): Job {
  return job.stage === "autoencoder"
    ? {...job, changes: {...job.changes, model: {...job.changes.model, checkpointing: true}}}
    : {...job, changes: {...job.changes, network: {...job.changes.network, checkpointing: true}}};
}
