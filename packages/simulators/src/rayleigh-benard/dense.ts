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
