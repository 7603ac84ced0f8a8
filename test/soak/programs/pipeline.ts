/**
 * Program of a soaked process: all stages of a small experiment and the exports of its models, in the folders that LOLA_DATA
 * and LOLA_OUT name. It writes an event per line, see {@link PipelineEvent}, and ends with the hashes of all that the laboratory
 * returned, or with the sentence of an error.
 */
import childProcess from "node:child_process";
import {createHash} from "node:crypto";
import path from "node:path";
import {flat, SPLITS} from "@lola-ts/core";
import type {ProgressMessage} from "@lola-ts/cache";
import {type Lab, openLab} from "@lola-ts/laboratory";
import {runSweep} from "@lola-ts/sweeps";
import type {WorkerMessage} from "../../../packages/laboratory/src/workers/trainer";
import {exportRun, saveRun, type Run} from "@lola-ts/official-runs";
import {CHANNELS, RATES, SMALL} from "./sizes";

/** What a soaked process says. */
export type PipelineEvent =
  | {readonly stage: string}
  | {readonly progress: ProgressMessage}
  | {readonly hashes: Readonly<Record<string, string>>}
  | {readonly error: string; readonly stack?: string};

const say = (event: PipelineEvent): void => void process.stdout.write(`${JSON.stringify(event)}\n`);

/** Pass on what training processes tell of their steps. @returns function that ends it: trainings of a sweep share a label. */
function overhearTrainings(): () => void {
  let isHeard = true;
  const {fork} = childProcess;
  childProcess.fork = ((...options: Parameters<typeof fork>) => {
    const child = fork(...options);
    child.on("message", (message: WorkerMessage) => {
      if (isHeard && "progress" in message) say({progress: message.progress});
    });
    return child;
  }) as typeof fork;
  return () => void (isHeard = false);
}

function hash(values: Float32Array | string): string {
  const bytes =
    typeof values === "string" ? values : new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return createHash("sha256").update(bytes).digest("hex");
}

/** Save and export a run. */
async function writeRuns(name: string, run: Run): Promise<void> {
  const folder = path.join(process.env.LOLA_OUT!, "runs", name);
  await saveRun(path.join(folder, "lab"), run);
  await exportRun(path.join(folder, "official"), run);
}

async function runPipeline(lab: Lab): Promise<Record<string, string>> {
  const endOverhearing = overhearTrainings();
  const hashes: Record<string, string> = {};
  say({stage: "dataset"});
  const dataset = await lab.dataset();
  for (const split of SPLITS) hashes[`states, ${split}`] = hash(flat(dataset.states(split)));
  say({stage: "autoencoder"});
  const [{model: autoencoder}] = await lab.autoencoders();
  hashes.autoencoder = hash(autoencoder.weights.dataSync<"float32">());
  say({stage: "latents"});
  for (const split of SPLITS) hashes[`latents, ${split}`] = hash(flat((await lab.latents(CHANNELS, split)).states));
  say({stage: "emulator"});
  const emulators = await lab.emulators();
  for (const {label, model} of emulators) hashes[label] = hash(model.weights.dataSync<"float32">());
  say({stage: "rollout"});
  for (const {states, key} of await lab.rollouts()) hashes[`rollout ${key}`] = hash(flat(states));
  say({stage: "evaluation"});
  hashes.scores = hash(JSON.stringify((await lab.evaluation()).results()));
  say({stage: "sweeps"});
  endOverhearing();
  const sweep = await runSweep(lab, RATES, {methods: "solver", measure: "vrmse@1:4", name: "soak"});
  for (const {error} of sweep.failures) throw new Error(error); // of a training that was killed
  hashes.sweep = hash(JSON.stringify(sweep.trials.map(({measured}) => measured?.values)));
  say({stage: "export"});
  await writeRuns("autoencoder", {kind: "autoencoder", model: autoencoder});
  for (const {method, model, label} of emulators) {
    if (method.latentChannels === null) continue; // the official code has no pixel solver
    const run = method.kind === "diffusion" ? {kind: "denoiser", model} : {kind: "solver", model};
    await writeRuns(label, run as Run);
  }
  return hashes;
}

async function main(): Promise<void> {
  try {
    const lab = openLab({system: "euler", preset: "smoke", change: SMALL, name: "soak"});
    say({hashes: await runPipeline(lab)});
  } catch (error) {
    const {message, stack} = error as Error;
    say({error: message, stack});
    process.exitCode = 1;
  }
}

void main();
