/**
 * Fourier modes of a real field without mean in a periodic box:
 *
 * $$ \omega(x, y) = \sum_k \hat\omega_k \, e^{i k \cdot x}, \qquad \hat\omega_{-k} = \overline{\hat\omega_k}. $$
 *
 * One mode of each pair $\pm k$ is held, the one with $k_y > 0$, or $k_y = 0$ and $k_x > 0$. Long waves come first, in
 * shells of equal $\max |k_i|$.
 */

/** Wave numbers of the modes that a field holds. */
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
