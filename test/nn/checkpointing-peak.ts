/**
 * Program: print the peak memory, in MiB, that the recorded gradient of a transformer adds to this process. The argument is
 * "plain" or "again", for blocks that are computed again.
 */
import {compile, tf} from "@lola-ts/engine";
import {Solver} from "../../lib/models/solver";
import {beginPeak, peak, resident} from "../bench/memory";
import {normal} from "../../packages/engine/test/gradients";

const model = Solver.create(
  {
    channels: 4,
    embFeatures: 16,
    labelFeatures: 5,
    spatial: 3,
    patchSize: 1,
    hidChannels: 64,
    hidBlocks: 8,
    attentionHeads: 2,
    checkpointing: process.argv[2] === "again",
  },
  0,
);
const batch = [normal([16, 5, 8, 8, 4], 1), tf.tensor1d([1, 0, 0, 0, 0]), normal([16, 5], 2)];
const step = compile((weights) => [
  tf.grad((flat) => model.loss(model.layout.bind(flat as tf.Tensor1D), batch))(weights),
]);

tf.dispose(step(model.weights)); // records it
beginPeak();
const base = resident();
tf.dispose(step(model.weights));
process.stdout.write(`${peak() - base}\n`);
