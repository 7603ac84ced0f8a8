/**
 * Chebyshev polynomials on the interval $[0, 1]$: functions are represented by their values at the Gauss-Lobatto nodes
 *
 * $$ z_j = \tfrac{1}{2} (1 - \cos(\pi j / N)), \qquad j = 0 \dots N, $$
 *
 * which are dense near both ends, where boundary layers are. Derivatives, integrals, coefficients and values at other
 * points are products with matrices, exact for polynomials of degree $N$.
 *
 * @see Trefethen, "Spectral Methods in MATLAB", chapters 6 and 12
 */

/** Evaluate $T_n(s)$ at $s = 2z - 1$. */
const chebyshev = (n: number, z: number): number => Math.cos(n * Math.acos(Math.min(1, Math.max(-1, 2 * z - 1))));

/** Nodes of a degree and the matrices that act on values at them, row-major. */
export class Chebyshev {
  /** $N$, even. */
  readonly degree: number;
  /** $N + 1$. */
  readonly size: number;
  /** Highest degree that products of functions keep: $N$ less an eighth. */
  readonly kept: number;
  /** $z_j$, ascending from 0 to 1. */
  readonly nodes: Float64Array;
  /** Matrix $D$ from values to derivatives, $(N + 1) \times (N + 1)$. */
  readonly derivative: Float64Array;
  /** Matrix from values to the coefficients of $T_0 \dots T_N$ in $2z - 1$, $(N + 1) \times (N + 1)$. */
  readonly coefficients: Float64Array;
  /** Weights of $\int_0^1$ (Clenshaw and Curtis), $N + 1$. */
  readonly weights: Float64Array;

  /** @throws RangeError unless the degree is even and at least 4. */
  constructor(degree: number) {
    if (!(Number.isInteger(degree) && degree >= 4 && degree % 2 === 0)) {
      throw new RangeError(`Chebyshev: expected an even degree of at least 4, found ${degree}.`);
    }
    this.degree = degree;
    this.size = degree + 1;
    this.kept = degree - Math.ceil(degree / 8);
    this.nodes = Float64Array.from({length: this.size}, (_, j) => Math.sin((Math.PI * j) / (2 * degree)) ** 2);
    this.derivative = derivativeMatrix(degree);
    this.coefficients = this.matrix(this.size, (n, j) => {
      const ends = (n % degree === 0 ? 2 : 1) * (j % degree === 0 ? 2 : 1);
      return ((2 / degree) * (-1) ** n * Math.cos((Math.PI * ((n * j) % (2 * degree))) / degree)) / ends;
    });
    this.weights = new Float64Array(this.size);
    for (let n = 0; n <= degree; n += 2) {
      for (let j = 0; j <= degree; j++) this.weights[j] += this.coefficients[n * this.size + j] / (1 - n * n);
    }
  }

  private matrix(rows: number, entry: (i: number, j: number) => number): Float64Array {
    return Float64Array.from({length: rows * this.size}, (_, c) => entry(Math.floor(c / this.size), c % this.size));
  }

  /** Make the matrix from values at the nodes to $\sum_n c_n f_n(z)$ at points, where $f_n$ takes the place of $T_n$. */
  private combine(points: ArrayLike<number>, f: (n: number, z: number) => number): Float64Array {
    const {size, coefficients} = this;
    const result = new Float64Array(points.length * size);
    for (let i = 0; i < points.length; i++) {
      for (let n = 0; n < size; n++) {
        const value = f(n, points[i]);
        for (let j = 0; j < size; j++) result[i * size + j] += value * coefficients[n * size + j];
      }
    }
    return result;
  }

  /** Make the matrix that evaluates at other points, points x $(N + 1)$. */
  evaluation(points: ArrayLike<number>): Float64Array {
    return this.combine(points, chebyshev);
  }

  /** Make the matrix of $\int_0^{z_i}$, $(N + 1) \times (N + 1)$. */
  integration(): Float64Array {
    const primitive = (n: number, z: number): number => {
      if (n === 0) return z;
      if (n === 1) return z * z - z;
      return (chebyshev(n + 1, z) / (n + 1) - chebyshev(n - 1, z) / (n - 1)) / 4;
    };
    return this.combine(this.nodes, (n, z) => primitive(n, z) - primitive(n, 0));
  }
}

/** Make $D$ from products of sines, which avoid cancellation; its diagonal makes the derivative of a constant vanish. */
function derivativeMatrix(degree: number): Float64Array {
  const size = degree + 1;
  const sine = (i: number): number => Math.sin((Math.PI * i) / (2 * degree));
  const matrix = new Float64Array(size * size);
  for (let i = 0; i <= degree / 2; i++) {
    let sum = 0;
    for (let j = 0; j < size; j++) {
      if (i === j) continue;
      const ends = (i === 0 ? 2 : 1) / (j % degree === 0 ? 2 : 1);
      const entry = ((-1) ** (i + j) * ends) / (sine(i + j) * sine(i - j));
      matrix[i * size + j] = entry;
      sum += entry;
    }
    matrix[i * size + i] = i === degree / 2 ? 0 : -sum;
  }
  // Upside down, the derivative has the other sign.
  for (let c = 0; c < (degree / 2) * size; c++) matrix[size * size - 1 - c] = -matrix[c];
  return matrix;
}
