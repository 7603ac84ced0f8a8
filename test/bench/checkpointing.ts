/**
 * Peak memory of a training step against depth, with and without gradient checkpointing. Each case runs in a process of
 * its own: `node -r ./environment/typescript.cjs test/bench/checkpointing.ts [transformer|autoencoder]`.
 *
 * A line per case: MiB above the process with its model, for the first step, which runs operation by operation while it is
 * recorded, and for the recorded ones; seconds per recorded step.
 */
import {execFileSync} from "node:child_process";
import {Autoencoder} from "../../lib/models/autoencoder";
import {Solver} from "../../lib/models/solver";
import {tf, Random} from "@lola-ts/engine";
import {adamW} from "../../lib/train/optimisers/adamw";
import {beginState, disposeState, type Trainable} from "../../lib/train/state";
import {TrainingStep, type Loss} from "../../lib/train/training-step";
import {beginPeak, measured, peak, resident} from "./memory";

interface Case {
  readonly model: "transformer" | "autoencoder";
  readonly depth: number;
  readonly checkpointing: boolean;
}

const DEPTHS = [2, 4, 8, 16];
const STEPS = 2;

/** A solver of width 256 on 16 windows of 5 x 8 x 8 tokens. */
function transformer({depth, checkpointing}: Case): {model: Trainable; loss: Loss; batch: tf.Tensor[]} {
  const model = Solver.create(
    {
      channels: 16,
      embFeatures: 64,
      labelFeatures: 5,
      spatial: 3,
      patchSize: 1,
      hidChannels: 256,
      hidBlocks: depth,
      attentionHeads: 4,
      dropout: 0.05,
      checkpointing,
    },
    0,
  );
  const mask = tf.tensor1d([1, 0, 0, 0, 0]);
  return {
    model,
    loss: (p, batch, random) => model.loss(p, batch, {random}),
    batch: [Random.of(1).normal([16, 5, 8, 8, 16]), mask, Random.of(2).normal([16, 5])],
  };
}

/** An autoencoder of two levels with the given number of residual blocks in all, on 8 states of 64 x 64 cells. */
function autoencoder({depth, checkpointing}: Case): {model: Trainable; loss: Loss; batch: tf.Tensor[]} {
  const model = Autoencoder.create(
    {
      pixChannels: 5,
      latChannels: 16,
      hidChannels: [64, 128],
      hidBlocks: [depth / 2, depth / 2],
      periodic: true,
      dropout: 0.05,
      checkpointing,
    },
    0,
  );
  return {
    model,
    loss: (p, batch, random) => model.loss(p, batch, {random}),
    batch: [Random.of(1).normal([8, 64, 64, 5])],
  };
}

/** Run one case in this process. */
function measure(one: Case) {
  const {model, loss, batch} = (one.model === "transformer" ? transformer : autoencoder)(one);
  const optimiser = adamW();
  const step = new TrainingStep({layout: model.layout, loss, optimiser, clip: 1, compiled: true});
  let state = beginState(model, {optimiser, steps: STEPS + 1});
  const advance = (index: number) => {
    const random = Random.of(0, index);
    const next = step.run(state, batch, {index, rate: 1e-4, random});
    const [value] = next.metrics.dataSync();
    tf.dispose([next.metrics, random.key]);
    disposeState(state);
    state = next.state;
    return value;
  };
  beginPeak();
  const base = resident();
  advance(0);
  const recording = peak() - base;
  beginPeak();
  const begin = performance.now();
  const losses = Array.from({length: STEPS}, (_, i) => advance(i + 1));
  const seconds = (performance.now() - begin) / 1000 / STEPS;
  const round = (value: number) => Number(value.toPrecision(4));
  const used = {parameters: model.layout.size, recording: round(recording), compiled: round(peak() - base)};
  return {...one, ...used, seconds: round(seconds), loss: losses[STEPS - 1]};
}

function main(): void {
  const [argument] = process.argv.slice(2);
  if (argument?.startsWith("{")) {
    process.stdout.write(`${JSON.stringify(measure(JSON.parse(argument) as Case))}\n`);
    return;
  }
  for (const model of ["transformer", "autoencoder"].filter((name) => !argument || name === argument)) {
    for (const depth of DEPTHS) {
      for (const checkpointing of [false, true]) {
        const options = ["--expose-gc", ...process.execArgv, __filename, JSON.stringify({model, depth, checkpointing})];
        const env = {...process.env, ...measured};
        process.stdout.write(execFileSync(process.execPath, options, {env, stdio: ["ignore", "pipe", "inherit"]}));
      }
    }
  }
}

main();
