/** Program: train one step of an autoencoder on random states, and print this process's peak memory in bytes. */
import {Rng} from "@lola-ts/core";
import {Autoencoder, type AutoencoderConfig} from "lola/models";
import {tf} from "@lola-ts/engine";
import {train, adamW} from "lola/train";
import {peak} from "../../../../test/bench/memory";

interface Order {
  readonly model: AutoencoderConfig;
  readonly grid: readonly number[];
  readonly batch: number;
  readonly microBatches?: number;
}

async function main({model, grid, batch, microBatches}: Order): Promise<void> {
  const autoencoder = Autoencoder.create(model, 0);
  const generator = Rng.from("peak");
  const state = Float32Array.from({length: grid.reduce((a, b) => a * b, model.pixChannels)}, () => generator.normal());
  await train(autoencoder, {
    loss: (p, inputs) => autoencoder.loss(p, inputs),
    nextBatch: () => [tf.tidy(() => tf.tile(tf.tensor(state, [1, ...grid, model.pixChannels]), [batch, 1, 1, 1]))],
    optimiser: adamW(),
    learningRate: () => 1e-3,
    steps: 1,
    microBatches,
  });
  process.stdout.write(`${2 ** 20 * peak()}\n`); // resourceUsage().maxRSS begins with the memory of the parent process
}

void main(JSON.parse(process.argv[2]) as Order);
