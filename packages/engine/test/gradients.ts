import {tf} from "../src/backend";
import {jvp} from "../src/autodiff/jacobian";
import {Random} from "../src/random";
import {relativeError} from "../../../test/reference/reference";

/** Standard normal numbers. */
export const normal = (shape: number[], seed: number) => tf.tidy(() => Random.of(seed).normal(shape));

export type Operation = (...inputs: tf.Tensor[]) => tf.Tensor;

/** Gradients of $\langle f, w \rangle$ with respect to each input. */
function gradients(f: Operation, inputs: tf.Tensor[], weights: tf.Tensor): tf.Tensor[] {
  return tf.grads((...args) =>
    f(...args)
      .mul(weights)
      .sum(),
  )(inputs);
}

/**
 * Largest relative difference between the gradients of an operation and those that the tape derives from a plain
 * composition; also checks that their values agree.
 */
export function compareWithTape(f: Operation, plain: Operation, inputs: tf.Tensor[]): number {
  return tf.tidy(() => {
    const y = plain(...inputs);
    expect(relativeError(f(...inputs).dataSync(), y.dataSync())).toBeLessThan(1e-5);
    const weights = normal(y.shape, 99);
    const theirs = gradients(plain, inputs, weights);
    return Math.max(
      ...gradients(f, inputs, weights).map((ours, i) => relativeError(ours.dataSync(), theirs[i].dataSync())),
    );
  });
}

/** Sum of products in double precision. */
export function dot(a: tf.Tensor, b: tf.Tensor): number {
  const u = a.dataSync();
  const v = b.dataSync();
  let sum = 0;
  for (let i = 0; i < u.length; i++) sum += u[i] * v[i];
  return sum;
}

const norm = (a: tf.Tensor) => Math.sqrt(dot(a, a));

/**
 * Derivative along a direction by central differences of fourth order: of a smooth f they are off by its rounding, divided by the
 * step.
 */
function difference(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, direction: tf.Tensor, step: number): tf.Tensor {
  const at = (steps: number) => f(x.add(direction.mul(steps * step)));
  return at(1)
    .sub(at(-1))
    .mul(8)
    .sub(at(2).sub(at(-2)))
    .div(12 * step);
}

/** Errors of an operation's derivatives, the largest over its inputs. */
export interface DerivativeErrors {
  /** Gradients against differences, relative to the gradient's length. */
  gradient: number;
  /** Jacobian-vector products against differences, relative to their length. */
  tangent: number;
  /** $\langle u, J v \rangle - \langle J^T u, v \rangle$, relative to the lengths. */
  adjoint: number;
}

/** Compare gradients and Jacobian-vector products of an operation with finite differences and with each other. */
export function derivativeErrors(f: Operation, inputs: tf.Tensor[], step = 2e-2): DerivativeErrors {
  return tf.tidy(() => {
    const weights = normal(f(...inputs).shape, 99);
    const gradient = gradients(f, inputs, weights);
    const errors = inputs.map((x, i) => {
      const along = (moved: tf.Tensor) => f(...inputs.map((input, j) => (j === i ? moved : input)));
      const direction = normal(x.shape, 100 + i);
      const change = difference(along, x, direction, step);
      const moved = jvp(along)(x, direction);
      const derivative = dot(gradient[i], direction);
      const length = norm(gradient[i]);
      return {
        gradient: Math.abs(derivative - dot(weights, change)) / length,
        tangent: norm(moved.sub(change)) / norm(change),
        adjoint: Math.abs(derivative - dot(weights, moved)) / (length * norm(direction)),
      };
    });
    const largest = (key: keyof DerivativeErrors) => Math.max(...errors.map((error) => error[key]));
    return {gradient: largest("gradient"), tangent: largest("tangent"), adjoint: largest("adjoint")};
  });
}
