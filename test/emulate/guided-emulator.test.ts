import {Autoencoder} from "../../lib/models/autoencoder";
import {observeDecoded} from "../../lib/diffusion/guidance";
import {KarrasDenoiser} from "../../lib/diffusion/denoiser";
import {diffusionEmulator} from "../../lib/emulate/emulators";
import {guidedEmulator, type GeneratedStates} from "../../lib/emulate/guided-emulator";
import {rollout} from "../../lib/emulate/rollout";
import {tf, blockMeans} from "@lola-ts/engine";
import {relativeError} from "../reference/reference";
import {normal} from "../../packages/engine/test/gradients";

const denoiser = KarrasDenoiser.create(
  {
    network: {
      channels: 2,
      embFeatures: 8,
      labelFeatures: 1,
      hidChannels: 8,
      hidBlocks: 1,
      attentionHeads: 2,
      spatial: 3,
      patchSize: 1,
    },
    schedule: {name: "log-logit", sigmaMin: 1e-2, sigmaMax: 1e2},
  },
  2,
);

const observe = (x: tf.Tensor) => blockMeans(x, [2, 2]);
const truth = normal([2, 7, 4, 4, 2], 1);
const seen = observe(truth);
const label = normal([2, 1], 3) as tf.Tensor2D;
const options = {seed: 1, steps: 4};
const windows = {steps: 7, window: 4, context: 2, overlap: 1, label};

test("a guided rollout follows its observations where there are any, and leaks nothing", async () => {
  const calls: GeneratedStates[] = [];
  const guided = guidedEmulator(denoiser, {
    ...options,
    observe,
    varY: 1e-3,
    iterations: 2,
    observations: (states) => {
      calls.push(states);
      const count = Math.min(states.to, 6) - states.from; // the last state was not observed
      return count > 0 ? seen.slice([0, states.from], [-1, count]) : undefined;
    },
  });
  const free = diffusionEmulator(denoiser, options);
  const a = await rollout(guided, truth, windows);
  const b = await rollout(free, truth, windows);
  expect(calls).toEqual([
    {from: 2, to: 4, row: 0, rows: 2},
    {from: 4, to: 7, row: 0, rows: 2},
  ]);
  const misfit = (x: tf.Tensor, from: number, count: number) =>
    tf.tidy(() => {
      const part = (y: tf.Tensor) => y.slice([0, from], [-1, count]);
      return part(observe(x)).sub(part(seen)).square().mean().sqrt().dataSync()[0];
    });
  expect(misfit(a, 2, 4)).toBeLessThan(0.3 * misfit(b, 2, 4));
  expect(misfit(a, 6, 1)).toBeGreaterThan(0.5 * misfit(b, 6, 1));

  const before = tf.memory().numTensors;
  (await rollout(guided, truth, windows)).dispose();
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([a, b]);
  guided.dispose();
  free.dispose();
});

test("without observations it is the plain emulator", async () => {
  const guided = guidedEmulator(denoiser, {...options, observe, varY: 1, observations: () => undefined});
  const free = diffusionEmulator(denoiser, options);
  const a = await rollout(guided, truth, windows);
  const b = await rollout(free, truth, windows);
  expect(relativeError(a.dataSync(), b.dataSync())).toBeLessThan(1e-4); // the time is a float32 in one of them
  guided.dispose();
  free.dispose();
});

test("refuses observations of other shapes", async () => {
  const guided = guidedEmulator(denoiser, {
    ...options,
    observe,
    varY: 1,
    observations: ({from}) => seen.slice([0, from, 0], [-1, 2, 1]),
  });
  await expect(rollout(guided, truth, windows)).rejects.toThrow("expected an observation y [2, 2, 2, 2, 2]");
  guided.dispose();
});

test("a recorded guided emulator observes with the weights that a decoder has when it is called", async () => {
  const autoencoder = Autoencoder.create(
    {pixChannels: 1, latChannels: 2, spatial: 2, hidChannels: [4], hidBlocks: [1], saturation: "softclip2"},
    5,
  );
  const emulator = () =>
    guidedEmulator(denoiser, {
      ...options,
      observe: observeDecoded(autoencoder, (x) => x),
      observations: ({from, to}) => tf.zeros([1, to - from, 4, 4, 1]),
      varY: 1e-2,
    });
  const run = async (guided: ReturnType<typeof emulator>) => {
    const states = await rollout(guided, truth, windows);
    return [...states.dataSync()];
  };
  const recorded = emulator();
  const before = await run(recorded);
  autoencoder.weights = tf.tidy(() => autoencoder.weights.mul(0.5));
  const after = await run(recorded);
  const fresh = emulator();
  expect(after).toEqual(await run(fresh));
  expect(after).not.toEqual(before);
  recorded.dispose();
  fresh.dispose();
  autoencoder.weights.dispose();
});
