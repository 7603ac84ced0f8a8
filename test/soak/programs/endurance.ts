/**
 * Programs of one long process each: 20 000 training steps of a small model, 30 whole experiments, or 200 interrupts of a
 * training. They tell memory and tensors as one JSON line each.
 */
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import {Lab} from "@lola-ts/laboratory";
import {preset} from "@lola-ts/laboratory/stages";
import {Artifacts, interruptible} from "@lola-ts/cache";
import {tf} from "@lola-ts/engine";
import {soap} from "../../../lib/train/optimisers/soap";
import type {Checkpoint} from "../../../lib/train/checkpoint";
import {AbortedError, train} from "../../../lib/train/loop";
import {draw, FIELDS, tinyAutoencoder} from "../../tiny";

/** Memory and tensors of a process at one moment. */
export interface Sample {
  /** Steps, experiments or interrupts so far. */
  readonly done: number;
  /** Resident bytes after a collection of garbage. */
  readonly resident: number;
  readonly tensors: number;
}

function sample(done: number): void {
  global.gc?.();
  const found: Sample = {done, resident: process.memoryUsage.rss(), tensors: tf.memory().numTensors};
  process.stdout.write(`${JSON.stringify(found)}\n`);
}

async function steps(count: number): Promise<void> {
  const model = tinyAutoencoder({dropout: 0.1, latentNoise: 0.1});
  const state = draw([4, 8, 8, FIELDS]);
  const last = {at: 0};
  await train(model, {
    steps: count,
    optimiser: soap({}),
    learningRate: () => 1e-3,
    loss: (p, batch, random) => model.loss(p, batch, {random}),
    nextBatch: () => [state.clone()],
    onProgress: ({step}) => {
      if (step - last.at < count / 60) return;
      last.at = step;
      sample(step);
    },
  });
}

async function experiments(count: number, root: string): Promise<void> {
  const smoke = preset("euler", "smoke");
  for (let i = 1; i <= count; i++) {
    const lab = new Lab(
      {...smoke, latentChannels: [16], seed: i},
      new Artifacts(path.join(root, `${i}`), () => undefined),
    );
    await lab.evaluation();
    for (const {model} of [...(await lab.autoencoders()), ...(await lab.emulators())]) model.dispose();
    sample(i);
  }
}

/** Train again after each interrupt, which comes from outside. */
async function interrupts(count: number): Promise<void> {
  process.on("SIGINT", () => undefined); // as a notebook's kernel has it, between two trainings
  const model = tinyAutoencoder();
  const state = draw([4, 8, 8, FIELDS]);
  let resume: Checkpoint | undefined;
  const work = (signal: AbortSignal) =>
    train(model, {
      steps: 1e9,
      optimiser: soap({}),
      learningRate: () => 1e-3,
      loss: (p, batch, random) => model.loss(p, batch, {random}),
      nextBatch: () => [state.clone()],
      resume,
      signal,
    });
  for (let done = 1; done <= count; done++) {
    process.stdout.write("training\n");
    const stop: unknown = await interruptible(work).catch((error: unknown) => error);
    if (!(stop instanceof AbortedError) || stop.checkpoint.history.loss.some((loss) => !Number.isFinite(loss)))
      throw stop;
    resume = stop.checkpoint;
    sample(done);
  }
}

async function main([kind, count]: string[]): Promise<void> {
  const root = mkdtempSync(path.join(tmpdir(), "lola-soak-"));
  process.env.LOLA_OUT = root;
  try {
    if (kind === "steps") await steps(Number(count));
    else if (kind === "experiments") await experiments(Number(count), root);
    else await interrupts(Number(count));
    process.stdout.write("finished\n");
  } finally {
    rmSync(root, {recursive: true});
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
