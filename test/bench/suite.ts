/**
 * What is timed: one entry per thing that a user waits for. An entry with a target is also timed in PyTorch.
 */
import * as models from "./models";
import {MaskedDenoiser} from "../../lib/diffusion/denoiser";
import {Sampler} from "../../lib/diffusion/samplers/sampler";
import {
  diffusionEmulator,
  solverEmulator,
  stochasticSolverEmulator,
  type DisposableEmulator,
} from "../../lib/emulate/emulators";
import type {Layout, Model} from "../../lib/nn/module";
import {tf, compile, Random, type Compiled} from "@lola-ts/engine";
import {adamW} from "../../lib/train/optimisers/adamw";
import type {Optimiser} from "../../lib/train/optimisers/optimiser";
import {psgd} from "../../lib/train/optimisers/psgd";
import {soap} from "../../lib/train/optimisers/soap";
import {beginState, disposeState, type TrainState} from "../../lib/train/state";
import {TrainingStep, type Loss} from "../../lib/train/training-step";
import {others} from "./others";

/** Something that can be run again and again. */
export interface Running {
  run(): void | Promise<void>;
  close?(): void | Promise<void>;
}

export interface Benchmark {
  readonly name: string;
  /** What one run does. */
  readonly what: string;
  /** Largest ratio to PyTorch's time that is aimed at; what has none is not timed there. */
  readonly target?: number;
  /** Variants of PyTorch: eager, compiled, autotuned, each with details after a dash. Default: these three. */
  readonly peers?: readonly string[];
  /** Forecasts or samples that one run makes. */
  readonly items?: number;
  start(): Running | Promise<Running>;
}

/** Name the variants of PyTorch that a benchmark is timed beside. */
export const peersOf = ({peers, target}: Benchmark): readonly string[] =>
  peers ?? (target === undefined ? [] : ["eager", "compiled", "autotuned"]);

/** Training steps as the trainer runs them, by default with AdamW and of whole batches. */
export function training(
  model: Model,
  loss: Loss,
  batch: tf.Tensor[],
  {optimiser = adamW(), microBatches}: {optimiser?: Optimiser; microBatches?: number} = {},
) {
  const step = new TrainingStep({layout: model.layout, loss, optimiser, clip: 1, compiled: true, microBatches});
  let state: TrainState = beginState(model, {optimiser, steps: 1e9});
  let index = 0;
  return {
    run() {
      const random = Random.of(0, index);
      const next = step.run(state, batch, {index, rate: 1e-4, random});
      next.metrics.dataSync();
      tf.dispose([next.metrics, random.key]);
      disposeState(state);
      state = next.state;
      index++;
    },
    close() {
      disposeState(state);
      step.dispose();
      tf.dispose(batch);
      model.dispose();
    },
  };
}

/** What a training step does with a gradient, as the trainer runs it: clipping, AdamW, the weights' average, the guard. */
function wholeUpdate(model: Model): Running {
  const optimiser = adamW();
  const loss: Loss = () => tf.scalar(0);
  const step = new TrainingStep({layout: model.layout, loss, optimiser, clip: 1, ema: 0.999, compiled: true});
  const gradient = Random.of(5).normal([model.layout.size]);
  let state: TrainState = beginState(model, {optimiser, steps: 1e9, ema: 0.999});
  let index = 0;
  return {
    run() {
      const random = Random.of(0, index);
      const next = step.apply([tf.scalar(1), gradient.clone()], state, {index, rate: 1e-4, random});
      next.metrics.dataSync();
      tf.dispose([next.metrics, random.key]);
      disposeState(state);
      state = next.state;
      index++;
    },
    close() {
      disposeState(state);
      step.dispose();
      gradient.dispose();
      model.dispose();
    },
  };
}

/** Updates alone, for a given gradient. */
function updates(layout: Layout, optimiser: Optimiser, variants: (step: number) => string): Running {
  const gradient = Random.of(5).normal([layout.size]).mul(1e-3);
  let weights = tf.tensor1d(layout.initialise(0));
  let state = optimiser.initial(layout);
  const compiled = new Map<string, Compiled>();
  let index = 0;
  const record = (variant: string) =>
    compile((flat, gradient, rate, step, key, ...previous) => {
      const random = new Random(key as tf.Tensor1D);
      const inputs = {
        weights: flat as tf.Tensor1D,
        gradient: gradient as tf.Tensor1D,
        state: previous,
        layout,
        variant,
      };
      const next = optimiser.update({...inputs, learningRate: rate as tf.Scalar, step: step as tf.Scalar, random});
      return [next.weights, ...next.state];
    }, `update_${optimiser.name}`);
  return {
    run() {
      const variant = variants(index);
      const update = compiled.get(variant) ?? record(variant);
      compiled.set(variant, update);
      const inputs = [tf.scalar(1e-4), tf.scalar(index), Random.of(0, index).key];
      const [next, ...rest] = update(weights, gradient, ...inputs, ...state);
      tf.dispose([weights, ...state, ...inputs]);
      [weights, state] = [next as tf.Tensor1D, rest];
      weights.slice(0, 1).dataSync();
      index++;
    },
    close() {
      compiled.forEach((update) => update.dispose());
      tf.dispose([weights, gradient, ...state]);
    },
  };
}

export function autoencoderTraining(size: models.AutoencoderCase, batch = models.AE_BATCH): Running {
  const model = models.makeAutoencoder(size);
  return training(model, models.autoencoderLoss(model), [models.states(size, batch)]);
}

function encodeDecode(): Running {
  const model = models.makeAutoencoder(models.AE2D);
  const x = models.states(models.AE2D);
  return {
    run: () => tf.tidy(() => void model.decode(model.encode(x)).dataSync()),
    close: () => (model.dispose(), x.dispose()),
  };
}

export function denoiserTraining(size: models.TransformerCase, batch = models.VIT_BATCH): Running {
  const model = models.makeDenoiser(size);
  const inputs = [models.windows(size, batch), models.contextOf(size), models.labels(batch)];
  return training(model, models.denoiserLoss(model), inputs);
}

function denoiserForward(size: models.TransformerCase): Running {
  const model = models.makeDenoiser(size);
  const inputs = [models.windows(size), models.contextOf(size), models.labels()];
  const forward = compile(
    (weights, x, mask, label) => [
      model.posterior(model.layout.bind(weights as tf.Tensor1D), x, 0.5, {mask, label: label as tf.Tensor2D}).mean,
    ],
    "forward",
  );
  return {
    run: () => tf.tidy(() => void forward(model.weights, ...inputs)[0].dataSync()),
    close: () => (forward.dispose(), model.dispose(), tf.dispose(inputs)),
  };
}

const ENSEMBLE = 16;

export function sampling(members = ENSEMBLE): Running {
  const size = models.VIT;
  const model = models.makeDenoiser(size);
  const sampler = new Sampler({steps: 16, order: 3});
  const mask = models.contextOf(size);
  const noise = models.windows(size, members);
  const label = models.labels(members);
  const draw = compile((weights, start, y, b, theta) => {
    const bound = model.condition(model.layout.bind(weights as tf.Tensor1D), theta as tf.Tensor2D);
    return [sampler.sample(new MaskedDenoiser(bound, y, b), sampler.start(model.schedule, start))];
  }, "sampling");
  return {
    run: () => tf.tidy(() => void draw(model.weights, noise, noise, mask, label)[0].dataSync()),
    close: () => (draw.dispose(), model.dispose(), tf.dispose([noise, mask, label])),
  };
}

function pixelSolver(): Running {
  const model = models.makePixelSolver();
  const inputs = [models.windows(models.PIXELS, 8), models.contextOf(models.PIXELS), models.labels(8)];
  return training(model, models.solverLoss(model), inputs);
}

/** One forecast, or an ensemble, by an emulator as it is used: one call, with noise of its own for each. */
function forecast(emulator: DisposableEmulator, model: Model, members: number): Running {
  const [states, mask, label] = [
    models.windows(models.VIT, members),
    models.contextOf(models.VIT),
    models.labels(members),
  ];
  let i = 0;
  return {
    run: () => tf.tidy(() => void (emulator(states, mask, label, {i: i++, row: 0}) as tf.Tensor).dataSync()),
    close: () => (emulator.dispose(), model.dispose(), tf.dispose([states, mask, label])),
  };
}

const EMULATORS = {
  solver: (members: number) => {
    const model = models.makeSolver(models.VIT);
    return forecast(solverEmulator(model), model, members);
  },
  crps: (members: number) => {
    const model = models.makeStochasticSolver(models.VIT);
    return forecast(stochasticSolverEmulator(model, {seed: 0}), model, members);
  },
  diffusion: (members: number) => {
    const model = models.makeDenoiser(models.VIT);
    return forecast(diffusionEmulator(model, {seed: 0, steps: 16, order: 3}), model, members);
  },
};

/** Latency of a forecast and throughput of an ensemble, of windows of 320 tokens and width 128. */
const inference = [1, 64].flatMap((members) =>
  Object.entries(EMULATORS).map(([kind, start]): Benchmark => ({
    name: `${kind}-${members}`,
    what: `${members === 1 ? "one forecast" : `${members} forecasts`} of 5 states: ${kind}, width 128, 320 tokens`,
    target: members === 1 ? 0.9 : 1,
    items: members,
    start: () => start(members),
  })),
);

/** Train steps with products in bfloat16, beside PyTorch's in float32 and in its own mixture of both. */
const bfloat16Training = [
  ...Object.entries({"ae2d-train": models.AE2D, "ae2d-large-train": models.AE2D_LARGE, "ae3d-train": models.AE3D}).map(
    ([name, size]) => ({
      name: `${name}-bf16`,
      what: `${name}, bfloat16 convolutions`,
      target: 0.9,
      start: () => autoencoderTraining({...size, precision: "bfloat16"}),
    }),
  ),
  ...Object.entries({"vit-train": models.VIT, "vit-wide-train": models.VIT_WIDE}).map(([name, size]) => ({
    name: `${name}-bf16`,
    what: `${name}, bfloat16 linear layers`,
    target: 0.85,
    start: () => denoiserTraining({...size, precision: "bfloat16"}),
  })),
].map((entry): Benchmark => ({
  ...entry,
  peers: ["eager", "eager-bf16", "compiled", "compiled-bf16", "autotuned-bf16"],
}));

const parameters = () => models.makeAutoencoder(models.AE2D_LARGE).layout;

/** Everything that is timed. */
export const suite: readonly Benchmark[] = [
  {
    name: "ae2d-train",
    what: "autoencoder 32-64-128, train step, 8 states 64 x 64 x 5",
    target: 0.9,
    start: () => autoencoderTraining(models.AE2D),
  },
  {
    name: "ae2d-large-train",
    what: "autoencoder 64-128-256, train step, 8 states 64 x 64 x 5",
    target: 0.9,
    start: () => autoencoderTraining(models.AE2D_LARGE),
  },
  {
    name: "ae3d-train",
    what: "autoencoder 16-32-64, train step, 8 states 16 x 16 x 16 x 6",
    target: 0.9,
    start: () => autoencoderTraining(models.AE3D),
  },
  ...bfloat16Training,
  {
    name: "ae2d-encode-decode",
    what: "autoencoder 32-64-128, encode and decode 8 states 64 x 64 x 5",
    target: 0.8,
    start: encodeDecode,
  },
  {
    name: "vit-train",
    what: "denoiser of width 128, train step, 32 windows of 320 tokens",
    target: 0.7,
    start: () => denoiserTraining(models.VIT),
  },
  {
    name: "vit-wide-train",
    what: "denoiser of width 256, train step, 32 windows of 320 tokens",
    target: 0.75,
    start: () => denoiserTraining(models.VIT_WIDE),
  },
  {
    name: "vit-forward",
    what: "denoiser of width 128, one call, 32 windows of 320 tokens",
    target: 0.7,
    start: () => denoiserForward(models.VIT),
  },
  {
    name: "vit-wide-forward",
    what: "denoiser of width 256, one call, 32 windows of 320 tokens",
    target: 0.7,
    start: () => denoiserForward(models.VIT_WIDE),
  },
  {name: "sampling", what: "16 steps, ensemble of 16, width 128", target: 0.65, start: () => sampling()},
  {
    name: "pixel-train",
    what: "pixel solver of width 128, train step, 8 windows 5 x 64 x 64 x 5",
    target: 0.8,
    start: pixelSolver,
  },
  {
    name: "tour-train",
    what: "the tour's denoiser (width 64, 3 blocks), train step, 32 windows of 80 tokens",
    start: () => denoiserTraining(models.VIT_TOUR),
  },
  ...inference,
  {
    name: "adamw",
    what: "AdamW update, autoencoder 64-128-256",
    target: 1.1,
    peers: ["eager", "eager-fused", "compiled"],
    start: () => updates(parameters(), adamW(), () => "plain"),
  },
  {
    name: "update",
    what: "clipping, AdamW and the weights' average, autoencoder 64-128-256",
    target: 1.1,
    peers: ["eager", "eager-fused", "compiled"],
    start: () => wholeUpdate(models.makeAutoencoder(models.AE2D_LARGE)),
  },
  {
    name: "psgd",
    what: "PSGD update with its preconditioner's, autoencoder 64-128-256",
    target: 0.8,
    peers: ["eager", "compiled"],
    start: () => updates(parameters(), psgd(), () => "refresh"),
  },
  {
    name: "psgd-plain",
    what: "PSGD update while its preconditioner stays, autoencoder 64-128-256",
    target: 0.8,
    peers: ["eager", "compiled"],
    start: () => updates(parameters(), psgd(), () => "plain"),
  },
  {
    name: "soap",
    what: "SOAP update, mean of its variants, autoencoder 64-128-256",
    start: () => updates(parameters(), soap(), (step) => soap().variant(step)),
  },
  ...others,
];
