/**
 * Modes and values at the points of a grid, one into the other. Two real fields travel as the real and imaginary part of
 * one complex transform.
 */
import {fft, type FourierTransform} from "@lola-ts/core";

/**
 * Wave numbers of the modes that a field holds, a real field without mean in a periodic box:
 *
 * $$ \omega(x, y) = \sum_k \hat\omega_k \, e^{i k \cdot x}, \qquad \hat\omega_{-k} = \overline{\hat\omega_k}. $$
 *
 * One mode of each pair $\pm k$ is held, the one with $k_y > 0$, or $k_y = 0$ and $k_x > 0$. Long waves come first, in
 * shells of equal $\max |k_i|$.
 */
export interface Modes {
  /** Largest number of waves along $x$ and $y$. */
  readonly limit: readonly [number, number];
  /** Largest $k_x$ and $k_y$. */
  readonly largest: readonly [number, number];
  /** Waves along $x$, with their sign. */
  readonly i: Int32Array;
  /** Waves along $y$, 0 or more. */
  readonly j: Int32Array;
  /** $k_x$. */
  readonly kx: Float64Array;
  /** $k_y$. */
  readonly ky: Float64Array;
  /** $|k|^2$. */
  readonly square: Float64Array;
}

/** Coefficients $\hat\omega_k$ of the modes. */
export interface Coefficients {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export function zeros({kx}: Modes): Coefficients {
  return {re: new Float64Array(kx.length), im: new Float64Array(kx.length)};
}

/**
 * List the modes of up to `limit` waves along $x$ and $y$.
 *
 * @param length of the box along $x$; along $y$ it is $2 \pi$.
 */
export function modesOf(limit: readonly [number, number], length = 2 * Math.PI): Modes {
  const waves: (readonly [number, number])[] = [];
  for (let shell = 1; shell <= Math.max(...limit); shell++) {
    for (let i = -shell; i <= shell; i++) {
      for (let j = i > 0 ? 0 : 1; j <= shell; j++) {
        const onShell = Math.max(Math.abs(i), j) === shell;
        if (onShell && Math.abs(i) <= limit[0] && j <= limit[1]) waves.push([i, j]);
      }
    }
  }
  const kx = Float64Array.from(waves, ([i]) => (2 * Math.PI * i) / length);
  const ky = Float64Array.from(waves, ([, j]) => j);
  return {
    limit,
    largest: [(2 * Math.PI * limit[0]) / length, limit[1]],
    i: Int32Array.from(waves, ([i]) => i),
    j: Int32Array.from(waves, ([, j]) => j),
    kx,
    ky,
    square: kx.map((k, m) => k * k + ky[m] * ky[m]),
  };
}

/** Find the most waves along an axis of `points` points whose products are free of aliases: below a third of them. */
export function dealiased(points: number): number {
  return Math.floor((points - 1) / 3);
}

/** Find each mode of one list in another one; -1 where it is missing. */
export function positions(of: Modes, within: Modes): Int32Array {
  const width = 2 * within.limit[0] + 1;
  const key = (i: number, j: number) => j * width + i;
  const found = new Map<number, number>();
  within.i.forEach((i, m) => found.set(key(i, within.j[m]), m));
  return of.i.map((i, m) => (Math.abs(i) <= within.limit[0] ? (found.get(key(i, of.j[m])) ?? -1) : -1));
}

const wrap = (k: number, n: number): number => (k < 0 ? k + n : k);

/**
 * The transforms of one grid. Waves of both signs are in `spectrum`, `[nx, columns]` with columns for $k_y$ of the modes
 * only; points are in `grid`, `[ny, nx]`, so that both axes are transformed along whole rows.
 */
export class GridTransform {
  /** Complex coefficients, `[nx, columns]`. */
  readonly spectrum: {readonly re: Float64Array; readonly im: Float64Array};
  /** Values at the points, `[ny, nx]`. */
  readonly grid: {readonly re: Float64Array; readonly im: Float64Array};
  /** Index in `spectrum` of each mode. */
  readonly plus: Int32Array;
  /** Index in `spectrum` of the opposite of each mode. */
  readonly minus: Int32Array;
  private readonly columns: number;
  private readonly alongX: FourierTransform;
  private readonly alongY: FourierTransform;

  /** @param points along $x$ and $y$, more than twice the waves of the modes. */
  constructor(
    readonly modes: Modes,
    readonly points: readonly [number, number],
  ) {
    const [nx, ny] = points;
    const columns = 2 * modes.limit[1] + 1;
    this.columns = columns;
    this.alongX = fft(nx);
    this.alongY = fft(ny);
    this.spectrum = {re: new Float64Array(nx * columns), im: new Float64Array(nx * columns)};
    this.grid = {re: new Float64Array(nx * ny), im: new Float64Array(nx * ny)};
    const at = (i: number, j: number) => wrap(i, nx) * columns + wrap(j, columns);
    this.plus = modes.i.map((i, m) => at(i, modes.j[m]));
    this.minus = modes.i.map((i, m) => at(-i, -modes.j[m]));
  }

  /** Sum the waves in `spectrum` at the points of `grid`. The mean and waves beyond the modes are 0; `spectrum` is lost. */
  toGrid(): void {
    const {columns, spectrum, grid, modes} = this;
    const [nx, ny] = this.points;
    const [limitX, limitY] = modes.limit;
    for (const part of [spectrum.re, spectrum.im]) {
      part[0] = 0;
      part.fill(0, (limitX + 1) * columns, (nx - limitX) * columns);
    }
    this.alongX(spectrum.im, spectrum.re, columns); // exchanged parts make the inverse transform
    transpose(spectrum.re, grid.re, nx, columns, limitY, ny);
    transpose(spectrum.im, grid.im, nx, columns, limitY, ny);
    this.alongY(grid.im, grid.re, nx);
  }

  /** Find the waves in `spectrum` of the points in `grid`, times the number of points; `grid` is lost. */
  fromGrid(): void {
    const {columns, spectrum, grid, modes} = this;
    const [nx, ny] = this.points;
    this.alongY(grid.re, grid.im, nx);
    transposeBack(grid.re, spectrum.re, nx, columns, modes.limit[1], ny);
    transposeBack(grid.im, spectrum.im, nx, columns, modes.limit[1], ny);
    this.alongX(spectrum.re, spectrum.im, columns);
  }
}

/** Columns of waves along $y$ become rows of a grid, with zeros between positive and negative waves. */
function transpose(from: Float64Array, to: Float64Array, nx: number, columns: number, limit: number, ny: number): void {
  to.fill(0, (limit + 1) * nx, (ny - limit) * nx);
  for (let column = 0; column < columns; column++) {
    let write = (column <= limit ? column : column + ny - columns) * nx;
    for (let read = column; read < nx * columns; read += columns) to[write++] = from[read];
  }
}

/** Rows of waves along $y$ become columns again, without those beyond the modes. */
function transposeBack(
  from: Float64Array,
  to: Float64Array,
  nx: number,
  columns: number,
  limit: number,
  ny: number,
): void {
  for (let column = 0; column < columns; column++) {
    let read = (column <= limit ? column : column + ny - columns) * nx;
    for (let write = column; write < nx * columns; write += columns) to[write] = from[read++];
  }
}
