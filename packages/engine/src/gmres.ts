/**
 * The generalised minimal residual method, as a fixed number of operations that can be recorded.
 *
 * Iteration $n$ minimises $\| b - M x \|$ over the Krylov space of $b, M b, \dots, M^{n-1} b$. Each row of a batch has its
 * own system; the small least-squares problem is solved by Givens rotations of numbers $[B, 1]$.
 *
 * @see Saad & Schultz, "GMRES: A Generalized Minimal Residual Algorithm", 1986
 */
import {requireInteger} from "@lola-ts/core";
import {attr, rawOp, tf} from "./backend";

/** Relative length of the residual that rounding leaves where it should vanish. */
const ROUNDING = 1e-6;

const dot = (a: tf.Tensor, b: tf.Tensor) => a.mul(b).sum(1, true);
const ratio = (a: tf.Tensor, b: tf.Tensor) => rawOp("DivNoNan", [a, b], [attr.type("T", "float32")]);

export interface GMRESOptions {
  /** Number of products with the matrix; those beyond the size of the Krylov space change nothing. Default: 1. */
  iterations?: number;
}

/**
 * Solve $M x = b$ approximately, from $x = 0$.
 *
 * With one iteration, $x = b \, \langle b, M b \rangle / \langle M b, M b \rangle$.
 *
 * @param matrix the product $v \mapsto M v$ of tensors of the shape of b.
 * @param b right-hand sides $[B, \dots]$.
 * @returns solutions of the shape of b.
 * @throws RangeError unless the number of iterations is a positive integer.
 */
export function gmres(
  matrix: (v: tf.Tensor) => tf.Tensor,
  b: tf.Tensor,
  {iterations = 1}: GMRESOptions = {},
): tf.Tensor {
  requireInteger("gmres", "iterations", iterations);
  return tf.tidy(() => {
    const rows = b.reshape([b.shape[0], -1]);
    const size = dot(rows, rows).sqrt();
    const basis = [ratio(rows, size)];
    const rotations: [cos: tf.Tensor, sin: tf.Tensor][] = [];
    const triangle: tf.Tensor[][] = []; // by columns
    const right = [size];
    for (let j = 0; j < iterations; j++) {
      const image = matrix(basis[j].reshape(b.shape)).reshape(rows.shape);
      const {column, next} = orthogonalise(image, basis);
      rotations.forEach((rotation, i) => rotate(column, i, rotation));
      const length = column[j]
        .square()
        .add(column[j + 1].square())
        .sqrt();
      const rotation: [tf.Tensor, tf.Tensor] = [ratio(column[j], length), ratio(column[j + 1], length)];
      rotate(column, j, rotation);
      right.push(tf.zerosLike(size));
      rotate(right, j, rotation);
      rotations.push(rotation);
      triangle.push(column);
      basis.push(next);
    }
    const weights = backSubstitute(triangle, right);
    return tf.addN(weights.map((weight, i) => basis[i].mul(weight))).reshape(b.shape);
  });
}

/** Split a vector into coefficients along a basis, the length of the rest, and the rest's direction (or zero). */
function orthogonalise(image: tf.Tensor, basis: tf.Tensor[]): {column: tf.Tensor[]; next: tf.Tensor} {
  let rest = image;
  const coefficients = basis.map(() => tf.zeros([image.shape[0], 1]) as tf.Tensor);
  for (let pass = 0; pass < 2; pass++) {
    basis.forEach((vector, i) => {
      const along = dot(rest, vector);
      coefficients[i] = coefficients[i].add(along);
      rest = rest.sub(vector.mul(along));
    });
  }
  const length = dot(rest, rest).sqrt();
  const significant = length.greater(dot(image, image).sqrt().mul(ROUNDING)).cast("float32");
  return {column: [...coefficients, length.mul(significant)], next: ratio(rest.mul(significant), length)};
}

function rotate(entries: tf.Tensor[], i: number, [cos, sin]: [tf.Tensor, tf.Tensor]): void {
  const a = entries[i];
  const b = entries[i + 1];
  entries[i] = a.mul(cos).add(b.mul(sin));
  entries[i + 1] = b.mul(cos).sub(a.mul(sin));
}

function backSubstitute(columns: tf.Tensor[][], right: tf.Tensor[]): tf.Tensor[] {
  const n = columns.length;
  const solution = new Array<tf.Tensor>(n);
  for (let i = n - 1; i >= 0; i--) {
    let rest = right[i];
    for (let j = i + 1; j < n; j++) rest = rest.sub(columns[j][i].mul(solution[j]));
    solution[i] = ratio(rest, columns[i][i]);
  }
  return solution;
}
