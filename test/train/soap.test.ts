import {Layout} from "../../lib/nn/module";
import {soap} from "../../lib/train/soap";
import {tf} from "../../lib/tensor/backend";
import {reference, relativeError} from "../reference/reference";
import {run, specsOf, type Problem} from "./golden";

const vectors = reference("optim");
const config = vectors.config.soap;

/** Tensor `name` of step `k` (of all steps if there is none). */
function input(name: string, k?: number): tf.Tensor {
  const {shape, data} = vectors.tensor(`soap/in/${name}`);
  const tensor = tf.tensor(data, shape);
  return k === undefined ? tensor : tensor.gather(k);
}

const kernelLayout = (x: tf.Tensor) => x.transpose([2, 3, 1, 0]); // [out, in, kh, kw] to [kh, kw, in, out]

const problem: Problem = {
  vectors,
  topic: "soap",
  parameters: ["matrix", "bias", "kernel"],
  optimiser: soap({
    betas: config.betas,
    eps: config.eps,
    weightDecay: config.weight_decay,
    frequency: config.precondition_frequency,
    preconditionSize: config.precondition_size,
  }),
  loss: (p, k) => {
    const out = tf.matMul(input("x", k), p.get("matrix"), false, true).add(p.get("bias"));
    const distance = tf.squaredDifference(p.get("kernel"), kernelLayout(input("target", k)));
    const penalty = tf.mean(distance.mul(kernelLayout(input("curvature"))));
    return tf.mean<tf.Scalar>(tf.squaredDifference(out, input("y", k))).add(penalty.div(2));
  },
  steps: config.steps,
  rate: config.learning_rate,
  clip: config.grad_clip,
  scheduler: config.scheduler,
};

describe.each([
  ["eager", false],
  ["recorded", true],
])("soap, %s", (_, compiled) => {
  const result = run({...problem, compiled});

  test.each(problem.parameters)("%s follows the official trajectory", (name) => {
    const {data} = vectors.tensor(`soap/steps/${name}`);
    const ours = result.steps.flatMap((step) => [...step.get(name)!]);
    expect(relativeError(ours, data)).toBeLessThan(name === "bias" ? 1e-5 : 1e-4); // eigenvectors cost digits
  });

  test("loss and gradient norm are the official ones", () => {
    expect(relativeError(result.loss, vectors.tensor("soap/out/loss").data)).toBeLessThan(1e-4);
    expect(relativeError(result.norm, vectors.tensor("soap/out/grad_norm").data)).toBeLessThan(1e-4);
    expect(relativeError(result.lr, vectors.tensor("soap/out/lr").data)).toBeLessThan(1e-6);
  });
});

/** Weights after three steps with the given gradients. */
function weightsAfter(
  shapes: Record<string, number[]>,
  gradients: Float32Array[],
  preconditionSize?: number,
): Float32Array {
  return tf.tidy(() => {
    const layout = new Layout(specsOf(shapes));
    const optimiser = soap({frequency: 2, preconditionSize});
    let weights: tf.Tensor1D = tf.zeros([layout.size]);
    let state = optimiser.initial(layout);
    gradients.forEach((data, k) => {
      ({weights, state} = optimiser.update({
        weights,
        gradient: tf.tensor1d(data),
        state,
        learningRate: tf.scalar(0.1),
        step: tf.scalar(k),
        layout,
        variant: optimiser.variant(k),
      }));
    });
    return weights.dataSync() as Float32Array;
  });
}

const noise = (size: number, seed: number) =>
  tf.tidy(() => tf.randomNormal([size], 0, 1, "float32", seed).dataSync() as Float32Array);

test("parameters of equal shape do not mix", () => {
  const gradients = [1, 2, 3, 4].map((k) => noise(24, k));
  const together = weightsAfter(
    {a: [4, 3], c: [2], b: [4, 3]},
    gradients.map((g) => Float32Array.from([...g.slice(0, 12), 1, 1, ...g.slice(12)])),
  );
  const a = weightsAfter(
    {a: [4, 3]},
    gradients.map((g) => g.slice(0, 12)),
  );
  const b = weightsAfter(
    {b: [4, 3]},
    gradients.map((g) => g.slice(12)),
  );
  expect(relativeError(together.slice(0, 12), a)).toBeLessThan(1e-5);
  expect(relativeError(together.slice(14), b)).toBeLessThan(1e-5);
});

test("is equivariant to a rotation of an axis", () => {
  const angle = 0.7;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const rotate = (g: Float32Array) =>
    g.map((value, i) => (i < 3 ? c * value - s * g[i + 3] : i < 6 ? s * g[i - 3] + c * value : value)); // two of the rows
  const gradients = [1, 2, 3, 4, 5].map((k) => noise(9, k));
  const rotated = weightsAfter({w: [3, 3]}, gradients.map(rotate));
  expect(relativeError(rotated, rotate(weightsAfter({w: [3, 3]}, gradients)))).toBeLessThan(1e-4);
});

test("axes of length 1 and axes beyond preconditionSize have no basis", () => {
  const layout = new Layout(specsOf({row: [1, 4], tall: [9, 2], kernel: [3, 1, 1, 3], scalar: [], vector: [5]}));
  const shapes = tf.tidy(() =>
    soap({preconditionSize: 8})
      .initial(layout)
      .map(({shape}) => shape),
  );
  const sizes = [
    [1, 4, 4],
    [1, 2, 2],
    [2, 3, 3],
  ]; // row; tall's columns; kernel's window and outputs
  expect(shapes).toEqual([[layout.size], [layout.size], ...sizes, ...sizes]);
});

test("where no axis has a basis it is Adam from the second step on", () => {
  const gradients = [1, 2].map((k) => noise(6, k));
  const weights = weightsAfter({w: [2, 3]}, gradients, 1);
  gradients[1].forEach((g, i) => expect(weights[i]).toBeCloseTo(-0.1 * Math.sign(g), 5));
});

test("refuses a frequency that is no positive integer", () => {
  expect(() => soap({frequency: 0})).toThrow("expected a frequency that is a positive integer, found 0");
});
