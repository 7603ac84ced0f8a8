/**
 * Program of a training process: make the artefact of an order of {@link Trainer}, then wait for the next one or end.
 */
import {errorMessage, hasCode} from "@lola-ts/core";
import {Ranks} from "@lola-ts/engine";
import {Artifacts} from "@lola-ts/cache";
import {Lab} from "../lab";
import type {TrainingOrder, WorkerMessage} from "./trainer";

const send = (message: WorkerMessage): Promise<void> =>
  new Promise((resolve) => process.send?.(message, () => resolve()));

/** Bytes of memory that a process may hold while it waits. */
const SMALL = 2 ** 30;

async function carryOut({config, root, job, join}: TrainingOrder): Promise<void> {
  try {
    const parallel = join && (await Ranks.join(join));
    const lab = new Lab(config, new Artifacts(root));
    if (job.stage === "autoencoder") await lab.autoencoder(job.latentChannels, {...job.changes, parallel});
    else await lab.emulator(job.method, {...job.changes, parallel});
    const waits = !join && process.memoryUsage.rss() < SMALL;
    await send({finished: true, waits});
    if (waits) return;
  } catch (error) {
    await send({error: errorMessage(error)});
    if (hasCode(error, "rank-lost")) process.kill(process.pid, "SIGKILL"); // a thread may wait for the lost rank forever
    process.exitCode = 1;
  }
  process.disconnect();
}

process.on("disconnect", () => process.exit()); // the parent is gone, or all is said
process.on("message", (order: TrainingOrder) => void carryOut(order));
