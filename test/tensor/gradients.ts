import {tf} from "../../lib/tensor/backend";
import {Random} from "../../lib/tensor/random";
import {relativeError} from "../reference/reference";

/** Standard normal numbers. */
export const normal = (shape: number[], seed: number) => tf.tidy(() => Random.of(seed).normal(shape));

type Operation = (...inputs: tf.Tensor[]) => tf.Tensor;

/**
 * Largest relative difference between the gradients of an operation and those that the tape derives from a plain
 * composition; also checks that their values agree.
 */
export function compareWithTape(f: Operation, plain: Operation, inputs: tf.Tensor[]): number {
  return tf.tidy(() => {
    const y = plain(...inputs);
    expect(relativeError(f(...inputs).dataSync(), y.dataSync())).toBeLessThan(1e-5);
    const weights = normal(y.shape, 99);
    const gradients = (g: Operation) =>
      tf.grads((...args) =>
        g(...args)
          .mul(weights)
          .sum(),
      )(inputs);
    const theirs = gradients(plain);
    return Math.max(...gradients(f).map((ours, i) => relativeError(ours.dataSync(), theirs[i].dataSync())));
  });
}
