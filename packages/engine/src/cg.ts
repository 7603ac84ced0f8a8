/**
 * The conjugate gradient method for symmetric positive definite matrices, as a fixed number of operations that can be
 * recorded. Each row of a batch has its own system.
 *
 * @see Hestenes & Stiefel, "Methods of Conjugate Gradients for Solving Linear Systems", 1952
 */
import {requireInteger} from "@lola-ts/core";
import {attr, rawOp, tf} from "./backend";

const ratio = (a: tf.Tensor, b: tf.Tensor) => rawOp("DivNoNan", [a, b], [attr.type("T", "float32")]);

export interface CGOptions {
  /** Number of products with the matrix. Default: 1. */
  iterations?: number;
}

/**
 * Solve $M x = b$ approximately, from $x = 0$: iteration $n$ minimises $\langle x, M x \rangle / 2 - \langle x, b \rangle$
 * over the Krylov space of $b, M b, \dots, M^{n-1} b$.
 *
 * With one iteration, $x = b \, \langle b, b \rangle / \langle b, M b \rangle$.
 *
 * @param matrix the product $v \mapsto M v$ of tensors of the shape of b.
 * @param b right-hand sides $[B, \dots]$.
 * @returns solutions of the shape of b.
 * @throws RangeError unless the number of iterations is a positive integer.
 */
export function cg(matrix: (v: tf.Tensor) => tf.Tensor, b: tf.Tensor, {iterations = 1}: CGOptions = {}): tf.Tensor {
  requireInteger("cg", "iterations", iterations);
  return tf.tidy(() => {
    const axes = b.shape.map((_, axis) => axis).slice(1);
    const dot = (u: tf.Tensor, v: tf.Tensor) => u.mul(v).sum(axes, true);
    let x = tf.zerosLike(b);
    let rest = b;
    let direction = b;
    let square = dot(rest, rest);
    for (let i = 0; i < iterations; i++) {
      const image = matrix(direction);
      const step = ratio(square, dot(direction, image));
      x = x.add(direction.mul(step));
      rest = rest.sub(image.mul(step));
      const next = dot(rest, rest);
      direction = rest.add(direction.mul(ratio(next, square)));
      square = next;
    }
    return x;
  });
}
