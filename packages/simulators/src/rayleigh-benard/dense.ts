/** Products and inverses of small dense matrices in float64, row-major where nothing else is said. */

/** Multiply a `rows` x `inner` matrix by an `inner` x `columns` one. */
export function matrixProduct(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): Float64Array {
  const result = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const factor = a[i * inner + k];
      for (let j = 0; j < columns; j++) result[i * columns + j] += factor * b[k * columns + j];
    }
  }
  return result;
}

/** Store a row-major matrix column by column, or the other way round a matrix of as many columns as `rows`. */
export function transposed(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(rows * columns);
  for (let i = 0, c = 0; i < rows; i++) for (let j = 0; j < columns; j++, c++) result[j * rows + i] = matrix[c];
  return result;
}

/**
 * Invert an $n \times n$ matrix by elimination with row exchanges (Gauss and Jordan). Columns of the inverse take the places of
 * columns that are eliminated.
 */
export function inverse(matrix: Float64Array, n: number): Float64Array {
  const a = matrix.slice();
  const places = Int32Array.from({length: n}, (_, i) => i); // rows of the matrix in the order of the exchanges
  for (let column = 0; column < n; column++) {
    const q = column * n;
    let pivot = column;
    for (let i = column + 1; i < n; i++) {
      if (Math.abs(a[i * n + column]) > Math.abs(a[pivot * n + column])) pivot = i;
    }
    const value = a[pivot * n + column];
    if (!(Math.abs(value) > 0)) throw new RangeError(`inverse: expected a regular matrix, found pivot ${value}.`);
    exchangeRows(a, n, column, pivot);
    exchangeRows(places, 1, column, pivot);
    a[q + column] = 1;
    for (let j = 0; j < n; j++) a[q + j] /= value;
    for (let i = 0; i < n; i++) {
      const p = i * n;
      const factor = a[p + column];
      if (i === column || factor === 0) continue;
      a[p + column] = 0;
      for (let j = 0; j < n; j++) a[p + j] -= factor * a[q + j];
    }
  }
  const result = new Float64Array(n * n);
  for (let i = 0, c = 0; i < n; i++) for (let j = 0; j < n; j++, c++) result[i * n + places[j]] = a[c];
  return result;
}

function exchangeRows(m: Float64Array | Int32Array, n: number, i: number, k: number): void {
  if (i === k) return;
  const row = m.slice(i * n, (i + 1) * n);
  m.copyWithin(i * n, k * n, (k + 1) * n);
  m.set(row, k * n);
}

/**
 * Multiply a part of a stack of matrices by a complex vector, its real and imaginary parts apart:
 * $y_i = \sum_j a_{ij} x_j$, from `x[from]` to `y[to]`. The matrix, `rows` x `columns`, begins at `a[at]` and is stored column
 * by column.
 *
 * Four rows at a time, so that each number of the vector is read once for eight multiplications.
 */
export function multiplyComplex(
  a: Float64Array,
  at: number,
  rows: number,
  columns: number,
  xRe: Float64Array,
  xIm: Float64Array,
  from: number,
  yRe: Float64Array,
  yIm: Float64Array,
  to: number,
): void {
  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    let re0 = 0;
    let re1 = 0;
    let re2 = 0;
    let re3 = 0;
    let im0 = 0;
    let im1 = 0;
    let im2 = 0;
    let im3 = 0;
    let p = at + i;
    for (let x = from, end = from + columns; x < end; x++, p += rows) {
      const re = xRe[x];
      const im = xIm[x];
      const a0 = a[p];
      const a1 = a[p + 1];
      const a2 = a[p + 2];
      const a3 = a[p + 3];
      re0 += a0 * re;
      im0 += a0 * im;
      re1 += a1 * re;
      im1 += a1 * im;
      re2 += a2 * re;
      im2 += a2 * im;
      re3 += a3 * re;
      im3 += a3 * im;
    }
    const y = to + i;
    yRe[y] = re0;
    yIm[y] = im0;
    yRe[y + 1] = re1;
    yIm[y + 1] = im1;
    yRe[y + 2] = re2;
    yIm[y + 2] = im2;
    yRe[y + 3] = re3;
    yIm[y + 3] = im3;
  }
  for (; i < rows; i++) {
    let re = 0;
    let im = 0;
    for (let x = from, p = at + i, end = from + columns; x < end; x++, p += rows) {
      re += a[p] * xRe[x];
      im += a[p] * xIm[x];
    }
    yRe[to + i] = re;
    yIm[to + i] = im;
  }
}
