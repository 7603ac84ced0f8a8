/**
 * Eigenvalues and roots of small symmetric matrices in float64, by Jacobi's rotations: each one makes one pair of
 * off-diagonal entries zero, and sweeps over all pairs converge quadratically.
 */

/** $A = V \operatorname{diag}(\lambda) V^\top$. */
export interface Eigen {
  /** $\lambda$, in no particular order. */
  readonly values: Float64Array;
  /** $V$, row-major: column $j$ is the eigenvector of `values[j]`. */
  readonly vectors: Float64Array;
}

/**
 * Decompose a symmetric matrix; only its symmetric part counts.
 *
 * @param matrix $n \times n$ numbers, row-major.
 * @throws RangeError if there are not $n^2$ numbers or one is not finite.
 */
export function symmetricEigen(matrix: ArrayLike<number>, n: number): Eigen {
  if (matrix.length !== n * n) {
    throw new RangeError(`symmetricEigen: expected ${n * n} numbers for ${n} rows, found ${matrix.length}`);
  }
  const a = Float64Array.from({length: n * n}, (_, i) => (matrix[i] + matrix[(i % n) * n + Math.floor(i / n)]) / 2);
  const scale = a.reduce((sum, value) => sum + value * value, 0);
  if (!Number.isFinite(scale)) throw new RangeError("symmetricEigen: expected finite numbers, found others");
  const vectors = new Float64Array(n * n); // transposed while rotating, so that rows are contiguous
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;

  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += a[p * n + q] ** 2;
    if (off <= 1e-34 * scale) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, n, p, q);
  }
  return {values: Float64Array.from({length: n}, (_, i) => a[i * n + i]), vectors: transpose(vectors, n)};
}

/** Rotate rows and columns $p$ and $q$ by the angle that makes $a_{pq}$ zero. */
function rotate(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q];
  if (apq === 0) return;
  const theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1)); // tangent, the smaller root
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  turn(a, p * n, q * n, 1, n, c, s);
  turn(a, p, q, n, n, c, s);
  a[p * n + q] = a[q * n + p] = 0;
  turn(vectors, p * n, q * n, 1, n, c, s);
}

/** Rotate two rows or columns that begin at `x` and `y`. */
function turn(a: Float64Array, x: number, y: number, step: number, n: number, c: number, s: number): void {
  for (let i = 0; i < n; i++, x += step, y += step) {
    const [u, v] = [a[x], a[y]];
    a[x] = c * u - s * v;
    a[y] = s * u + c * v;
  }
}

function transpose(a: Float64Array, n: number): Float64Array {
  return Float64Array.from({length: n * n}, (_, i) => a[(i % n) * n + Math.floor(i / n)]);
}

/**
 * Compute the root of a covariance, the symmetric $R$ with $R R = A$; eigenvalues that rounding made negative count as 0.
 *
 * @throws RangeError as {@link symmetricEigen}.
 */
export function symmetricRoot(matrix: ArrayLike<number>, n: number): Float64Array {
  const {values, vectors} = symmetricEigen(matrix, n);
  const roots = values.map((value) => Math.sqrt(Math.max(0, value)));
  const root = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += vectors[i * n + k] * roots[k] * vectors[j * n + k];
      root[i * n + j] = root[j * n + i] = sum;
    }
  }
  return root;
}
