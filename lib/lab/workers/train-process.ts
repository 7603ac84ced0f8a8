/**
 * The program of a training process: it makes one artefact, as {@link Trainer} ordered, and ends.
 */
import {Artifacts} from "../store/artifacts";
import {Lab} from "../lab";
import type {TrainingOrder, WorkerMessage} from "./trainer";

const say = (word: WorkerMessage): Promise<void> => new Promise((resolve) => process.send?.(word, () => resolve()));

async function obey({config, root, job}: TrainingOrder): Promise<void> {
  const lab = new Lab(config, new Artifacts(root));
  try {
    if (job.stage === "autoencoder") await lab.autoencoder(job.latentChannels, job.changes);
    else await lab.emulator(job.method, job.changes);
    await say({finished: true});
  } catch (error) {
    await say({error: error instanceof Error ? error.message : String(error)});
    process.exitCode = 1;
  }
  process.disconnect();
}

process.on("disconnect", () => process.exit()); // the parent is gone, or all is said
process.once("message", (order: TrainingOrder) => void obey(order));
