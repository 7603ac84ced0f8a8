/** Trains two autoencoders of different rates on smooth fields; prints the losses of each. Its processor is the environment's. */
import {Rng} from "@lola-ts/core";
import {Autoencoder} from "../../lib/models/autoencoder";
import {tf} from "@lola-ts/engine";
import {learningRate} from "../../lib/train/learning-rate";
import {train} from "../../lib/train/loop";
import {adamW} from "../../lib/train/optimisers/adamw";

const [batch, size, steps] = [8, 16, 60];

/** A sum of three waves of random direction and phase. */
function nextBatch(step: number): tf.Tensor[] {
  const rng = Rng.from("fields", step);
  const values = Array.from({length: batch}, () => {
    const waves = Array.from({length: 3}, () => [rng.normal(), rng.normal(), 7 * rng.uniform()]);
    const field = (i: number) =>
      waves.map(([x, y, phase]) => Math.sin((x * Math.floor(i / size) + y * (i % size)) / 3 + phase));
    return Array.from({length: size * size}, (_, i) => field(i).reduce((a, b) => a + b));
  });
  return [tf.tensor(values.flat(), [batch, size, size, 1])];
}

async function lossesOf(latChannels: number): Promise<number[]> {
  const model = Autoencoder.create(
    {pixChannels: 1, latChannels, hidChannels: [8, 16], hidBlocks: [1, 1], patchSize: 2},
    1,
  );
  const {history} = await train(model, {
    loss: (p, states) => model.loss(p, states),
    nextBatch,
    optimiser: adamW(),
    steps,
    learningRate: learningRate({rate: 0.01, steps, warmup: 5}),
  });
  return [...history.loss];
}

void (async () => process.stdout.write(`losses ${JSON.stringify({8: await lossesOf(8), 1: await lossesOf(1)})}\n`))();
