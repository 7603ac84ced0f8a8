import {Layout} from "../../../lib/nn/module";
import {tf, Random} from "@lola-ts/engine";
import {soap, type SoapOptions} from "../../../lib/train/optimisers/soap";
import {relativeError} from "../../reference/reference";
import {specsOf} from "./specs";

/** Weights after a step with each gradient. */
function weightsAfter(
  shapes: Record<string, number[]>,
  gradients: Float32Array[],
  options: Pick<SoapOptions, "preconditionSize" | "weightDecay"> = {},
): Float32Array {
  return tf.tidy(() => {
    const layout = new Layout(specsOf(shapes));
    const optimiser = soap({frequency: 2, ...options});
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
        random: Random.of(0, k),
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
  const c = Math.cos(angle);
  const s = Math.sin(angle);
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
  const weights = weightsAfter({w: [2, 3]}, gradients, {preconditionSize: 1});
  gradients[1].forEach((g, i) => expect(weights[i]).toBeCloseTo(-0.1 * Math.sign(g), 5));
});

test("weights decay after their step, which decays with them, as in the official implementation", () => {
  const gradients = [1, 2].map((k) => noise(6, k));
  const [plain, decayed] = [0, 5].map((weightDecay) =>
    weightsAfter({w: [2, 3]}, gradients, {preconditionSize: 1, weightDecay}),
  );
  plain.forEach((weight, i) => expect(decayed[i]).toBeCloseTo(weight * (1 - 0.1 * 5), 6));
});

test("refuses a frequency that is no positive integer", () => {
  expect(() => soap({frequency: 0})).toThrow("expected frequency to be an integer of at least 1, found 0");
});

test("the bases are updated in every step of the warm-up, then once in `frequency` steps", () => {
  const {variant} = soap({frequency: 4, warmup: 3});
  expect([0, 1, 2, 3, 4, 5].map(variant)).toEqual(["first", "refresh", "refresh", "plain", "refresh", "plain"]);
});
