/** The problems on which the golden optimiser trajectories were recorded. */
import {Layout, type Specs} from "../../lib/nn/module";
import {clipToNorm, globalNorm} from "../../lib/train/clip";
import {learningRate} from "../../lib/train/schedule";
import type {Optimiser} from "../../lib/train/optimiser";
import type {Parameters} from "../../lib/nn/module";
import {compile} from "../../lib/tensor/compile";
import {tf} from "../../lib/tensor/backend";
import type {Reference} from "../reference/reference";

/** Make specs of the given official shapes; four axes are a convolution kernel. */
export function specsOf(shapes: Record<string, readonly number[]>): Specs {
  const zeros = (_: unknown, shape: readonly number[]) => new Float32Array(shape.reduce((a, b) => a * b, 1));
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const conv = shape.length === 4;
      const [out, inputs, ...window] = shape;
      return [name, {shape: conv ? [...window, inputs, out] : shape, init: zeros, kind: conv ? "conv" : "plain"}];
    }),
  );
}

export interface Problem {
  vectors: Reference;
  /** Prefix of the tensors, e.g. "adamw". */
  topic: string;
  parameters: readonly string[];
  optimiser: Optimiser;
  loss: (p: Parameters, step: number) => tf.Scalar;
  steps: number;
  rate: number;
  clip: number | null;
  scheduler: string | null;
  /** Record the update. */
  compiled?: boolean;
}

/** Run an optimiser as the official training loop does; all parameters, losses and norms along the way. */
export function run(problem: Problem): {
  steps: Map<string, Float32Array>[];
  loss: number[];
  norm: number[];
  lr: number[];
} {
  const {vectors, topic, parameters, optimiser, loss, steps, clip} = problem;
  const named = new Map(parameters.map((name) => [name, vectors.tensor(`${topic}/in/${name}`)]));
  const layout = new Layout(specsOf(Object.fromEntries([...named].map(([name, {shape}]) => [name, shape]))));
  const rate = learningRate({rate: problem.rate, steps, decay: problem.scheduler === "cosine" ? "cosine" : "constant"});
  const official = (weights: tf.Tensor1D) =>
    new Map([...layout.toOfficial(weights.dataSync() as Float32Array)].map(([name, {data}]) => [name, data]));

  let weights = tf.tensor1d(layout.fromOfficial(named));
  let state = optimiser.initial(layout);
  const out = {steps: [official(weights)], loss: [] as number[], norm: [] as number[], lr: [] as number[]};

  const updates = new Map(
    ["first", "plain", "refresh"].map((variant) => {
      const update = (w: tf.Tensor, gradient: tf.Tensor, eta: tf.Tensor, step: tf.Tensor, ...rest: tf.Tensor[]) => {
        const inputs = {
          weights: w as tf.Tensor1D,
          gradient: gradient as tf.Tensor1D,
          state: rest,
          learningRate: eta as tf.Scalar,
          step: step as tf.Scalar,
          layout,
          variant,
        };
        const updated = optimiser.update(inputs);
        return [updated.weights, ...updated.state];
      };
      return [
        variant,
        problem.compiled ? compile(update as (...t: tf.Tensor[]) => tf.Tensor[], variant) : update,
      ] as const;
    }),
  );

  for (let k = 0; k < steps; k++) {
    out.lr.push(rate(k));
    const updated = tf.tidy(() => {
      const {value, grad} = tf.valueAndGrad((w) => loss(layout.bind(w as tf.Tensor1D), k))(weights);
      const norm = globalNorm(grad as tf.Tensor1D);
      out.loss.push(value.dataSync()[0]);
      out.norm.push(norm.dataSync()[0]);
      const gradient = clip === null ? (grad as tf.Tensor1D) : clipToNorm(grad as tf.Tensor1D, norm, clip);
      const update = updates.get(optimiser.variant(k))! as (...inputs: tf.Tensor[]) => tf.Tensor[];
      return update(weights, gradient, tf.scalar(rate(k)), tf.scalar(k), ...state);
    });
    tf.dispose([weights, ...state].filter((tensor) => !updated.includes(tensor)));
    [weights, ...state] = updated as [tf.Tensor1D, ...tf.Tensor[]];
    out.steps.push(official(weights));
  }
  out.loss.push(tf.tidy(() => loss(layout.bind(weights), 0).dataSync()[0]));
  tf.dispose([weights, ...state]);
  return out;
}
