/**
 * The paper's models on this machine, at full size: seconds and peak memory of a call of the latent emulator (Euler), of one
 * encoding and decoding of a state (Rayleigh-Bénard), and of a training step of each, in micro-batches of one example with
 * checkpointing. Nothing is asserted. Each part runs in a process of its own:
 *
 *     node -r ./environment/typescript.cjs test/bench/paper-scale.ts [emulator|autoencoder|train-emulator|train-autoencoder]
 *
 * A line per step; the first call of a network records it, the second is what a user waits for. A training step has two
 * micro-batches, which are all that its memory depends on; the time of the paper's batch is in proportion. The autoencoder
 * trains with AdamW, because the factors of the paper's PSGD need about 8 GiB more.
 */
import {execFileSync} from "node:child_process";
import {Autoencoder} from "../../lib/models/autoencoder";
import {systemOf} from "@lola-ts/simulators";
import {contextMask} from "../../lib/models/context";
import {KarrasDenoiser} from "../../lib/diffusion/denoiser";
import {emulatorNetwork, preset} from "@lola-ts/laboratory/stages";
import type {Model} from "../../lib/nn/module";
import type {Loss} from "../../lib/train";
import {tf, compile, Random} from "@lola-ts/engine";
import {peak} from "./memory";
import {training} from "./suite";

const PARTS = ["emulator", "autoencoder", "train-emulator", "train-autoencoder"] as const;
type Part = (typeof PARTS)[number];

const CHANNELS = 64;

/** Time a step and print its record. */
function timed<T>(part: Part, step: string, run: () => T, metadata: (result: T) => object = () => ({})): T {
  const begin = performance.now();
  const result = run();
  const seconds = Number(((performance.now() - begin) / 1000).toPrecision(3));
  const record = {part, step, ...metadata(result), seconds, peakMiB: Math.round(peak())};
  process.stdout.write(`${JSON.stringify(record)}\n`);
  return result;
}

const initialised = <M extends Model>(part: Part, model: M): M =>
  timed(
    part,
    "initialise",
    () => model.initialise(0),
    ({layout}) => ({parameters: layout.size}),
  );

/** Run a network twice; only shapes and one number leave it. */
function twice(part: Part, step: string, run: () => tf.Tensor): tf.Tensor {
  const call = (label: string) =>
    timed(
      part,
      label,
      () => {
        const y = run();
        y.min().dataSync();
        return y;
      },
      ({shape}) => ({output: shape.join(" x ")}),
    );
  call(`${step}, first`).dispose();
  return call(`${step}, second`);
}

function trainTwice(part: Part, model: Model, loss: Loss, example: tf.Tensor[]): void {
  const batch = example.map((x) => tf.concat([x, x], 0));
  const running = training(model, loss, batch, {microBatches: 2});
  for (const which of ["first", "second"]) timed(part, `train, ${which}`, () => running.run());
}

function denoiser(part: Part, checkpointing: boolean) {
  const {latent, window} = preset("euler", "paper");
  const {scalars, axes, well, paper} = systemOf("euler");
  const labelFeatures = scalars.length + 2 * axes.length;
  const config = {...latent, checkpointing};
  const network = emulatorNetwork(config, {channels: CHANNELS, labelFeatures, space: axes.length});
  const model = initialised(part, new KarrasDenoiser({network, schedule: {name: "log-logit"}}));
  const mask = tf.tensor1d(contextMask(window, 1));
  const label = Random.of(1).normal([1, labelFeatures]);
  const x = Random.of(2).normal([1, window, ...well!.grid.map((cells) => cells / paper!.downsampling), CHANNELS]);
  return {model, mask, label, x};
}

function emulator(): void {
  const {model, mask, label, x} = denoiser("emulator", false);
  const denoise = compile((weights, x, mask, label) => {
    const p = model.layout.bind(weights as tf.Tensor1D);
    return [model.posterior(p, x, 0.5, {mask, label: label as tf.Tensor2D}).mean];
  }, "denoise");
  twice("emulator", "denoise", () => denoise(model.weights, x, mask, label)[0]);
}

function trainEmulator(): void {
  const {model, mask, label, x} = denoiser("train-emulator", true);
  const loss: Loss = (p, batch, random) => model.loss(p, batch, {random});
  trainTwice("train-emulator", model, loss, [x, mask.expandDims(0), label]);
}

function encoder(part: Part, checkpointing: boolean) {
  const {channels, well} = systemOf("rayleigh-benard");
  const {model: architecture} = preset("rayleigh-benard", "paper").autoencoder;
  const config = {...architecture, checkpointing, pixChannels: channels.length, latChannels: CHANNELS};
  const model = initialised(part, new Autoencoder(config));
  return {model, x: Random.of(1).normal([1, ...well!.grid, channels.length])};
}

function autoencoder(): void {
  const {model, x} = encoder("autoencoder", false);
  const z = twice("autoencoder", "encode", () => model.encode(x));
  twice("autoencoder", "decode", () => model.decode(z));
}

function trainAutoencoder(): void {
  const {model, x} = encoder("train-autoencoder", true);
  trainTwice("train-autoencoder", model, (p, batch, random) => model.loss(p, batch, {random}), [x]);
}

const RUN: Record<Part, () => void> = {
  emulator,
  autoencoder,
  "train-emulator": trainEmulator,
  "train-autoencoder": trainAutoencoder,
};

function main(): void {
  const [part, own] = process.argv.slice(2);
  if (own) return RUN[part as Part]();
  for (const name of PARTS.filter((one) => !part || one === part)) {
    execFileSync(process.execPath, [...process.execArgv, __filename, name, "here"], {stdio: "inherit"});
  }
}

main();
