/** The problems on which the golden optimiser trajectories were recorded, and how they are trained. */
import {Layout, type NamedArray, type BoundParameters} from "../../lib/nn/module";
import {compile, type Compiled, tf, Random} from "@lola-ts/engine";
import {adamW} from "../../lib/train/optimisers/adamw";
import {clipFactor, globalNorm, scaleGradient} from "../../lib/train/clip";
import {psgd} from "../../lib/train/optimisers/psgd";
import {learningRate, type Decay} from "../../lib/train/learning-rate";
import {soap} from "../../lib/train/optimisers/soap";
import type {Optimiser} from "../../lib/train/optimisers/optimiser";
import {specsOf} from "../train/optimisers/specs";
import type {Reference} from "./reference";

/** Arguments of the official `get_optimizer`, as far as a topic gives them, with the clipping and the number of steps. */
export interface OptimiserConfig {
  optimizer: "adamw" | "soap" | "psgd";
  betas?: number[];
  eps?: number;
  learning_rate: number;
  weight_decay?: number;
  scheduler: string | null;
  warmup?: number | null;
  precondition_frequency?: number;
  precondition_frequency_decay?: number;
  precondition_warmup?: number;
  precondition_size?: number;
  grad_clip: number | null;
  steps: number;
}

/** Make the optimiser that a configuration describes. */
export function optimiserOf(config: OptimiserConfig): Optimiser {
  const {betas = [0.9, 0.99, 0.99], eps, weight_decay: weightDecay, precondition_frequency: frequency} = config;
  const [beta1, beta2, beta3] = betas;
  const preconditionSize = config.precondition_size;
  switch (config.optimizer) {
    case "adamw":
      return adamW({betas: [beta1, beta2], eps, weightDecay});
    case "soap": {
      const warmup = config.precondition_warmup;
      return soap({betas: [beta1, beta2, beta3], eps, weightDecay, frequency, warmup, preconditionSize});
    }
    case "psgd": {
      const frequencyDecay = config.precondition_frequency_decay;
      return psgd({beta: beta1, weightDecay, frequency, frequencyDecay, preconditionSize});
    }
  }
}

/** Something to minimise. The loss of step k depends on the parameters and may depend on the step. */
export interface Problem {
  initial: ReadonlyMap<string, NamedArray>;
  loss: (p: BoundParameters, step: number) => tf.Scalar;
}

/** The problem whose tensors lie below `topic`. @throws Error if there is none that these tests know. */
export function problemOf(vectors: Reference, topic: string): Problem {
  const input = (name: string) => {
    const {shape, data} = vectors.tensor(`${topic}/in/${name}`);
    return tf.tensor(data, shape);
  };
  const initial = (names: string[]) => new Map(names.map((name) => [name, vectors.tensor(`${topic}/in/${name}`)]));
  const names = [...vectors.below(`${topic}/steps/`).keys()];
  if (names.includes("w1")) return {initial: initial(names), loss: perceptron(input)};
  if (names.includes("matrix")) return {initial: initial(names), loss: noisyRegression(input)};
  if (names.length > 0)
    throw new Error(`optim: expected parameters w1, ... or matrix, ..., found ${names.join(", ")}.`);
  const [, inputs] = vectors.tensor(`${topic}/in/x`).shape;
  const [, outputs] = vectors.tensor(`${topic}/in/y`).shape;
  const zeros = {shape: [outputs, inputs], data: new Float32Array(outputs * inputs)};
  return {initial: new Map([["w", zeros]]), loss: regression(input)};
}

type Inputs = (name: string) => tf.Tensor;

/** $4 \langle (f(x) - y)^2 \rangle$ for layers $w_i, b_i$ with SiLU between them. */
function perceptron(input: Inputs): Problem["loss"] {
  return (p) => {
    let out = input("x");
    for (let i = 1; p.has(`w${i}`); i++) {
      if (i > 1) out = out.mul(out.sigmoid());
      out = tf.matMul(out, p.get(`w${i}`), false, true).add(p.get(`b${i}`));
    }
    return tf.mean<tf.Scalar>(tf.squaredDifference(out, input("y"))).mul(4);
  };
}

/** A linear model and a kernel, with other data in each step. */
function noisyRegression(input: Inputs): Problem["loss"] {
  return (p, step) => {
    const at = (name: string) => input(name).gather(step);
    const inputsLast = (x: tf.Tensor) => x.transpose([...x.shape.keys()].slice(2).concat(1, 0)); // [..., in, out]
    const out = tf.matMul(at("x"), p.get("matrix"), false, true).add(p.get("bias"));
    const distance = tf.squaredDifference(p.get("kernel"), inputsLast(at("target")));
    const penalty = tf.mean(distance.mul(inputsLast(input("curvature"))));
    return tf.mean<tf.Scalar>(tf.squaredDifference(out, at("y"))).add(penalty.div(2));
  };
}

/** $\langle (x w^\top - y)^2 \rangle$. */
function regression(input: Inputs): Problem["loss"] {
  return (p) => tf.mean<tf.Scalar>(tf.squaredDifference(tf.matMul(input("x"), p.get("w"), false, true), input("y")));
}

export interface Trajectory {
  /** Parameters before the first step and after each. */
  parameters: Map<string, number[]>;
  /** Loss before each step, and at the end with the data of the first. */
  loss: number[];
  norm: number[];
  rate: number[];
}

/** Train as the official loop does: gradient, clipping, update, schedule. */
export function descend(
  {initial, loss}: Problem,
  config: OptimiserConfig,
  {compiled = false, seed = 0} = {},
): Trajectory {
  const layout = new Layout(specsOf(Object.fromEntries([...initial].map(([name, {shape}]) => [name, shape]))));
  const optimiser = optimiserOf(config);
  const {learning_rate: rate, steps, scheduler, warmup, grad_clip: clip} = config;
  const schedule = learningRate({rate, steps, decay: (scheduler ?? "constant") as Decay, warmup: warmup ?? 0});
  const out: Trajectory = {
    parameters: new Map([...initial.keys()].map((name) => [name, []])),
    loss: [],
    norm: [],
    rate: [],
  };
  const keep = (flat: tf.Tensor1D) =>
    layout
      .toOfficial(flat.dataSync() as Float32Array)
      .forEach(({data}, name) => out.parameters.get(name)!.push(...data));

  let weights = tf.tensor1d(layout.fromOfficial(initial));
  let state = optimiser.initial(layout);
  const update = updates(optimiser, layout, compiled);
  keep(weights);
  for (let k = 0; k < steps; k++) {
    out.rate.push(schedule(k));
    const updated = tf.tidy(() => {
      const {value, grad} = tf.valueAndGrad((w) => loss(layout.bind(w as tf.Tensor1D), k))(weights);
      const norm = globalNorm(grad as tf.Tensor1D);
      out.loss.push(value.dataSync()[0]);
      out.norm.push(norm.dataSync()[0]);
      const gradient = clip === null ? grad : scaleGradient(grad as tf.Tensor1D, clipFactor(norm, clip));
      const {key} = Random.of(seed, k);
      return update(optimiser.variant(k))(weights, gradient, tf.scalar(schedule(k)), tf.scalar(k), key, ...state);
    });
    tf.dispose([weights, ...state].filter((tensor) => !updated.includes(tensor)));
    [weights, ...state] = updated as [tf.Tensor1D, ...tf.Tensor[]];
    keep(weights);
  }
  out.loss.push(tf.tidy(() => loss(layout.bind(weights), 0).dataSync()[0]));
  tf.dispose([weights, ...state]);
  return out;
}

/** The optimiser's update by variant, as functions of tensors. */
function updates(optimiser: Optimiser, layout: Layout, compiled: boolean) {
  const variants = new Map<string, Compiled | ((...inputs: tf.Tensor[]) => tf.Tensor[])>();
  return (variant: string) => {
    const update = (...inputs: tf.Tensor[]) => {
      const [weights, gradient, rate, step, key, ...state] = inputs as [
        ...[tf.Tensor1D, tf.Tensor1D, tf.Scalar, tf.Scalar, tf.Tensor1D],
        ...tf.Tensor[],
      ];
      const random = new Random(key);
      const updated = optimiser.update({weights, gradient, state, learningRate: rate, step, layout, random, variant});
      return [updated.weights, ...updated.state];
    };
    if (!variants.has(variant)) variants.set(variant, compiled ? compile(update, variant) : update);
    return variants.get(variant)!;
  };
}
