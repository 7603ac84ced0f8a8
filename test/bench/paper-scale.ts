/**
 * The paper's models on this machine: seconds and peak memory of one forward pass of the latent emulator (Euler) and of one
 * encoding and decoding of a 512 x 128 state (Rayleigh-Bénard). Nothing is asserted. Each part runs in a process of its
 * own: `node -r ./environment/typescript.cjs test/bench/paper-scale.ts [emulator|autoencoder]`.
 *
 * A line per step; the first call of a network records it, the second is what a user waits for.
 */
import {execFileSync} from "node:child_process";
import {Autoencoder} from "../../lib/models/autoencoder";
import {systemOf} from "@lola-ts/simulators";
import {contextMask} from "../../lib/models/context";
import {KarrasDenoiser} from "../../lib/diffusion/denoiser";
import {emulatorNetwork, preset} from "@lola-ts/laboratory/stages";
import type {Model} from "../../lib/nn/module";
import {tf, compile, Random} from "@lola-ts/engine";
import {peak} from "./memory";

const PARTS = ["emulator", "autoencoder"] as const;
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

function emulator(): void {
  const {latent, window} = preset("euler", "paper");
  const {scalars, axes, well, paper} = systemOf("euler");
  const labelFeatures = scalars.length + 2 * axes.length;
  const network = emulatorNetwork(latent, {channels: CHANNELS, labelFeatures, space: axes.length});
  const model = initialised("emulator", new KarrasDenoiser({network, schedule: {name: "log-logit"}}));
  const mask = tf.tensor1d(contextMask(window, 1));
  const label = Random.of(1).normal([1, labelFeatures]);
  const x = Random.of(2).normal([1, window, ...well!.grid.map((cells) => cells / paper!.downsampling), CHANNELS]);
  const denoise = compile((weights, x, mask, label) => {
    const p = model.layout.bind(weights as tf.Tensor1D);
    return [model.posterior(p, x, 0.5, {mask, label: label as tf.Tensor2D}).mean];
  }, "denoise");
  twice("emulator", "denoise", () => denoise(model.weights, x, mask, label)[0]);
}

function autoencoder(): void {
  const {channels, well} = systemOf("rayleigh-benard");
  const {model: architecture} = preset("rayleigh-benard", "paper").autoencoder;
  const config = {...architecture, pixChannels: channels.length, latChannels: CHANNELS};
  const model = initialised("autoencoder", new Autoencoder(config));
  const x = Random.of(1).normal([1, ...well!.grid, channels.length]);
  const z = twice("autoencoder", "encode", () => model.encode(x));
  twice("autoencoder", "decode", () => model.decode(z));
}

function main(): void {
  const [part, own] = process.argv.slice(2);
  if (own) return (part === "emulator" ? emulator : autoencoder)();
  for (const name of PARTS.filter((one) => !part || one === part)) {
    execFileSync(process.execPath, [...process.execArgv, __filename, name, "here"], {stdio: "inherit"});
  }
}

main();
