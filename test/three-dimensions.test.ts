import ndarray, {type NdArray} from "ndarray";
import {sizeOf, Rng} from "@lola-ts/core";
import {solverEmulator, diffusionEmulator} from "../lib/emulate/emulators";
import {augment, randomAugmentation, type FieldOrders} from "../lib/data/augment";
import {fitStandardization} from "../lib/data/fit";
import {MemorySource} from "../lib/data/source";
import {standardize, unstandardize, type Standardization} from "../lib/data/standardize";
import {systemOf} from "@lola-ts/simulators";
import {Batches} from "../lib/data/batches";
import {evaluateRollout, metricNames} from "../lib/evaluate/evaluate";
import {horizons} from "../lib/evaluate/horizons";
import {decodeStates, encodeStates} from "@lola-ts/laboratory";
import {rolloutEnsemble} from "../lib/emulate/rollout";
import {tf} from "@lola-ts/engine";
import {adamW} from "../lib/train/optimisers/adamw";
import {train} from "../lib/train/loop";
import {learningRate} from "../lib/train/learning-rate";
import {relativeError} from "./reference/reference";
import {LABEL, LATENT, tinyAutoencoder, tinyDenoiser, tinyNetwork, tinySolver} from "./tiny";

const TRAJECTORIES = 2;
const STATES = 6;
const SIDE = 8;
const system = systemOf("gravity-cooling");
const {fields, axes, channels} = system;
const shape = [TRAJECTORIES, STATES, SIDE, SIDE, SIDE, channels.length];
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Travelling waves on a cube, positive where a field is. */
function waves(): NdArray<Float32Array> {
  const x = ndarray(new Float32Array(sizeOf(shape)), shape);
  for (let n = 0; n < TRAJECTORIES; n++)
    for (let i = 0; i < STATES; i++)
      for (let cell = 0; cell < SIDE ** 3; cell++) {
        const at = [Math.floor(cell / SIDE ** 2), Math.floor(cell / SIDE) % SIDE, cell % SIDE];
        channels.forEach((_, c) => {
          const phase = (2 * Math.PI * sum(at.map((k, axis) => k * (1 + ((c + axis) % 2))))) / SIDE;
          const value = Math.sin(phase + 0.3 * i + n + c);
          x.set(n, i, ...at, c, c < 3 ? Math.exp(value) : value);
        });
      }
  return x;
}

const physical = waves();
const one = (n: number) => physical.pick(n, null, null, null, null, null);
let constants: Standardization;
let x: NdArray<Float32Array>;
beforeAll(async () => {
  constants = await fitStandardization(new MemorySource(physical), {transform: system.transform, fields});
  x = standardize(physical, constants);
});
const label = ndarray(new Float32Array(TRAJECTORIES * LABEL).fill(0.5), [TRAJECTORIES, LABEL]);

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

test("standardised cubes have mean 0 and deviation 1, and come back", () => {
  channels.forEach((_, c) => {
    const values = [...x.data].filter((__, i) => i % channels.length === c);
    const mean = sum(values) / values.length;
    expect(Math.abs(mean)).toBeLessThan(1e-3);
    if (c < 3) expect(sum(values.map((value) => (value - mean) ** 2)) / values.length).toBeCloseTo(1, 3);
  });
  expect(relativeError(unstandardize(x, constants).data, physical.data)).toBeLessThan(1e-5);
});

test("augmentation of cubes commutes with their standardisation and keeps every value", () => {
  const generator = Rng.from("cubes");
  const periodic = axes.map(() => [2, 2] as const);
  for (let i = 0; i < 5; i++) {
    const change = randomAugmentation(generator, {grid: [SIDE, SIDE, SIDE], boundary: periodic});
    const a = standardize(augment(one(0), fields, change), constants);
    const b = augment(one(0), fields, change);
    const c = augment(standardize(one(0), constants), fields, change);
    expect(relativeError(a.data, c.data)).toBeLessThan(1e-6);
    const magnitudes = (data: Float32Array) => Float32Array.from(data, Math.abs).sort();
    expect(magnitudes(b.data)).toEqual(magnitudes(Float32Array.from(one(0).data.subarray(0, b.size))));
  }
});

/** Train a model on windows of latents for a few steps; returns the first and the last loss. */
async function learn(model: ReturnType<typeof tinyDenoiser>, latents: NdArray<Float32Array>) {
  const batches = new Batches(new MemorySource(latents), {window: 4, batch: 4, seed: 0});
  const {history} = await train(model, {
    steps: 30,
    optimiser: adamW(),
    learningRate: learningRate({rate: 1e-2, steps: 30}),
    loss: (p, batch, random) => model.loss(p, batch, {random}),
    nextBatch: (step) => {
      batches.seek(step);
      const {x: windows, shape: dimensions} = batches.next();
      return [tf.tensor(windows, [...dimensions]), tf.tensor1d([1, 0, 0, 0]), tf.fill([4, LABEL], 0.5)];
    },
  });
  const mean = (losses: ArrayLike<number>) => sum(Array.from(losses)) / losses.length;
  return {first: mean(history.loss.slice(0, 8)), last: mean(history.loss.slice(-8))};
}

test("cubes are encoded, emulated in latent space, decoded and scored", async () => {
  const autoencoder = tinyAutoencoder({spatial: 3, pixChannels: channels.length});
  const denoiser = tinyDenoiser(tinyNetwork(3));
  const solver = tinySolver(tinyNetwork(3));
  const side = SIDE / autoencoder.stride;

  const latents = encodeStates(autoencoder, x);
  expect(latents.shape).toEqual([TRAJECTORIES, STATES, side, side, side, LATENT]);
  const {first, last} = await learn(denoiser, latents);
  expect(last).toBeLessThan(first);

  const members = 3;
  const steps = STATES;
  const window = 4;
  for (const emulator of [diffusionEmulator(denoiser, {seed: 0, steps: 4}), solverEmulator(solver)]) {
    const made = await rolloutEnsemble(emulator, latents, {steps, window, members, label, contextSource: "input"});
    emulator.dispose();
    expect(made.shape).toEqual([TRAJECTORIES, members, steps, side, side, side, LATENT]);

    const decoded = unstandardize(decodeStates(autoencoder, made), constants);
    expect(decoded.shape).toEqual([TRAJECTORIES, members, ...shape.slice(1)]);
    const rows = Array.from({length: TRAJECTORIES}, (_, n) =>
      evaluateRollout(one(n), decoded.pick(n, null, null, null, null, null, null), {
        fields: channels,
        trajectory: n,
      }),
    ).flat();
    expect(rows).toHaveLength(TRAJECTORIES * steps * channels.length);
    for (const row of rows) for (const metric of metricNames) expect(Number.isFinite(row[metric])).toBe(true);
    expect(horizons(rows, [[1, 5]], 1).find(({metric}) => metric === "vrmse")!.samples).toHaveLength(TRAJECTORIES);
  }
  [autoencoder, denoiser, solver].forEach((model) => model.dispose());
});

test("a perfect forecast of cubes has no error, a rolled one has the right spectrum in the wrong place", () => {
  const truth = one(0);
  const rolled = augment(truth, fields as FieldOrders, {
    flip: [false, false, false],
    permutation: [0, 1, 2],
    shift: [3, 1, 2],
  });
  const score = (forecast: NdArray<Float32Array>) =>
    evaluateRollout(truth, {data: forecast.data, shape: [1, ...forecast.shape]}, {fields: channels});
  const perfect = score(ndarray(Float32Array.from(truth.data.subarray(0, truth.size)), truth.shape));
  for (const row of perfect) expect([row.vrmse, row.low, row.mid, row.high]).toEqual([0, 0, 0, 0]);
  for (const row of score(rolled)) {
    expect(row.vrmse).toBeGreaterThan(0.1);
    for (const band of ["low", "mid", "high"] as const) expect(row[band]).toBeLessThan(1e-2);
  }
});
