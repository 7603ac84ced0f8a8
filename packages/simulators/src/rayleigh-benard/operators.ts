/**
 * Linear problems in height that a step of Rayleigh-Bénard convection solves for each horizontal wavenumber $k$. Their
 * coefficients are constant, so inverse matrices are computed once per grid, parameters and step.
 *
 * With $L = \partial_z^2 - k^2$ and $a/\Delta t$ the weight of the new state in the time derivative,
 *
 * $$ (a/\Delta t - \kappa L) \theta = r_\theta, \quad \theta = 0 \text{ at the walls}, \qquad
 *    (a/\Delta t - \nu L) \omega = r_\omega, \quad -L \psi = \omega, \quad \psi = \psi' = 0 \text{ at the walls}. $$
 *
 * The vorticity has no boundary condition of its own: its wall values are those for which $\psi'$ vanishes. As the problem
 * is linear they are one number per part, found in advance (influence matrix), so that $\omega$ and $\psi$ are each one
 * product with $r_\omega$. For $k = 0$ the place of the vorticity is taken by the mean flow $U$,
 * $(a/\Delta t - \nu \partial_z^2) U = r_U$ with $U = 0$ at the walls: the net flux is free.
 *
 * @see Peyret, "Spectral Methods for Incompressible Viscous Flow", chapter 6
 */
import {Chebyshev} from "./chebyshev";
import {inverse, matrixProduct, transposed} from "./dense";
import {constants, Parity, type Halves} from "./parity";

type Part = keyof Halves;

/** Grid, and matrices that depend on it alone. */
export interface Geometry {
  readonly basis: Chebyshev;
  readonly parity: Parity;
  /** $k = 2 \pi m / \text{length}$, $m = 0 \dots M$, whose products the grid represents without aliasing: $3M < N_x$. */
  readonly wavenumbers: Float64Array;
  /** Inverse of $-L$ with $\psi = 0$ at the walls, one matrix per wavenumber; the wall entries are not used. */
  readonly poisson: Halves;
  /** Inverse of $L$ with the first row of a part replaced by the derivative at the walls; 0 for $k = 0$, which has none. */
  readonly neumann: Halves;
}

/** Inverse matrices for a length and order of step, one per wavenumber, as {@link applyHalves} takes them. */
export interface StepOperators {
  /** From $r_\theta$ to $\theta$. */
  readonly temperature: Halves;
  /** From $r_\omega$ to $\omega$; for $k = 0$ from $r_U$ to $U$. */
  readonly vorticity: Halves;
  /** From $r_\omega$ to $\psi$; for $k = 0$ zero. */
  readonly streamfunction: Halves;
}

/** Make a cache that holds the given number of results, by key, and drops the least recently used. */
function remember<T>(entries: number): (key: string, make: () => T) => T {
  const kept = new Map<string, T>();
  return (key, make) => {
    const value = kept.get(key) ?? make();
    kept.delete(key);
    kept.set(key, value); // move it behind those used earlier
    if (kept.size > entries) kept.delete(kept.keys().next().value as string);
    return value;
  };
}

const geometries = remember<Geometry>(4);
const operators = remember<StepOperators>(12);

/** Stack one matrix per wavenumber, for both parts, each stored column by column. */
function stack(count: number, {sizes}: Parity, make: (m: number, part: Part, n: number) => Float64Array): Halves {
  const build = (part: Part): Float64Array => {
    const n = sizes[part];
    const result = new Float64Array(count * n * n);
    for (let m = 0; m < count; m++) result.set(transposed(make(m, part, n), n, n), m * n * n);
    return result;
  };
  return {even: build("even"), odd: build("odd")};
}

/** Invert $\text{shift} + \text{factor} \, \partial_z^2$, the first row replaced by `wall`. Default: the wall's value. */
function solveHeight(
  parity: Parity,
  part: Part,
  shift: number,
  factor: number,
  wall?: ArrayLike<number>,
): Float64Array {
  const n = parity.sizes[part];
  const matrix = parity.second[part].map((value) => factor * value);
  for (let i = 0; i < n; i++) matrix[i * n + i] += shift;
  for (let j = 0; j < n; j++) matrix[j] = wall ? wall[j] : Number(j === 0);
  return inverse(matrix, n);
}

/** Clear the column of the wall, so that its right-hand side does not count. */
function dropWall(matrix: Float64Array, n: number): Float64Array {
  for (let i = 0; i < n; i++) matrix[i * n] = 0;
  return matrix;
}

/** Take the row of the derivative at the lower wall, for a part. */
function wallDerivative({derivative, sizes}: Parity, part: Part): Float64Array {
  const rows = sizes[part === "even" ? "odd" : "even"];
  return Float64Array.from({length: sizes[part]}, (_, j) => derivative[part][j * rows]);
}

/** Prepare a grid from its points along $x$, degree along $z$ and length of the domain; the latest grids are cached. */
export function geometryOf(points: number, degree: number, length: number): Geometry {
  return geometries(`${points} ${degree} ${length}`, () => {
    const basis = new Chebyshev(degree);
    const parity = new Parity(basis);
    const count = Math.floor((points - 1) / 3) + 1;
    const wavenumbers = Float64Array.from({length: count}, (_, m) => (2 * Math.PI * m) / length);
    const poisson = stack(count, parity, (m, part, n) =>
      dropWall(solveHeight(parity, part, wavenumbers[m] ** 2, -1), n),
    );
    const neumann = stack(count, parity, (m, part, n) =>
      m === 0
        ? new Float64Array(n * n)
        : solveHeight(parity, part, -(wavenumbers[m] ** 2), 1, wallDerivative(parity, part)),
    );
    return {basis, parity, wavenumbers, poisson, neumann};
  });
}

/**
 * Prepare the matrices of a step; the latest ones are cached.
 *
 * @param key Names the geometry in the cache.
 * @param rate $a / \Delta t$.
 */
export function stepOperators(
  geometry: Geometry,
  key: string,
  {rate, kappa, nu}: {rate: number; kappa: number; nu: number},
): StepOperators {
  return operators(`${key} ${rate} ${kappa} ${nu}`, () => {
    const {parity, wavenumbers, poisson} = geometry;
    const count = wavenumbers.length;
    const streamfunction = stack(count, parity, (_, __, n) => new Float64Array(n * n));
    const vorticity = stack(count, parity, (m, part, n) => {
      const viscous = solveHeight(parity, part, rate + nu * wavenumbers[m] ** 2, -nu);
      if (m === 0) return dropWall(viscous, n);
      const inner = transposed(poisson[part].subarray(m * n * n, (m + 1) * n * n), n, n);
      closeWall(viscous, inner, wallDerivative(parity, part), n);
      streamfunction[part].set(transposed(matrixProduct(inner, viscous, n, n, n), n, n), m * n * n);
      return viscous;
    });
    const temperature = stack(count, parity, (m, part, n) =>
      dropWall(solveHeight(parity, part, rate + kappa * wavenumbers[m] ** 2, -kappa), n),
    );
    return {
      temperature: constants(temperature),
      vorticity: constants(vorticity),
      streamfunction: constants(streamfunction),
    };
  });
}

/**
 * Eliminate the wall value of $\omega$: add to `viscous` the response of $\omega$ to the wall value (its first column) for
 * which the derivative of $\psi$ vanishes at the wall, and clear that column.
 */
function closeWall(viscous: Float64Array, poisson: Float64Array, derivative: Float64Array, n: number): void {
  const gradient = matrixProduct(derivative, matrixProduct(poisson, viscous, n, n, n), 1, n, n);
  for (let i = 0; i < n; i++) {
    const response = viscous[i * n] / gradient[0];
    for (let j = 1; j < n; j++) viscous[i * n + j] -= response * gradient[j];
    viscous[i * n] = 0;
  }
}
