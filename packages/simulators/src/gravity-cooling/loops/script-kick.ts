/** Acceleration of cells by their potential, in JavaScript: the reference of the compiled one, and what runs without it. */
import {GHOSTS} from "../../gas/ghosts";
import {CONSERVED, STATE} from "../kernels";

/** Cells that gravity accelerates. */
export interface KickedGas {
  /** Cells along $x$, $y$ and $z$. */
  readonly cells: readonly [number, number, number];
  /** Conserved states with ghosts, {@link CONSERVED} numbers a cell. */
  readonly u: Float64Array;
  /** Primitive states, {@link STATE} numbers a cell, laid out alike. */
  readonly w: Float64Array;
  /** Potential, row-major without ghosts. */
  readonly potential: Float64Array;
  /** Whether differences at an end use the values of the other. */
  readonly periodic: boolean;
}

/** Accelerate all cells, given $-\Delta t / \Delta x$. */
export type Kick = (factor: number) => void;

/** Neighbours of a cell along an axis: their distances in the potential's array, and the factor of their difference. */
type Neighbours = readonly [below: number, above: number, factor: number];

/** Find the neighbours of cell `i` of `n`, for central differences, or one-sided ones at open ends. */
function neighbours(i: number, n: number, stride: number, periodic: boolean): Neighbours {
  const inside = i > 0 && i < n - 1;
  const below = i > 0 ? -stride : periodic ? (n - 1) * stride : 0;
  const above = i < n - 1 ? stride : periodic ? -(n - 1) * stride : 0;
  return [below, above, inside || periodic ? 0.5 : 1];
}

/** Accelerate the cells of a row, which begins at `index` in the gas and at `row` in the potential. */
function kickRow(
  {u, w, cells, potential, periodic}: KickedGas,
  index: number,
  row: number,
  x: Neighbours,
  y: Neighbours,
  factor: number,
): void {
  const nz = cells[2];
  for (let k = 0, c = index * CONSERVED, o = index * STATE; k < nz; k++, c += CONSERVED, o += STATE) {
    const at = row + k;
    const low = k > 0 ? at - 1 : periodic ? row + nz - 1 : at;
    const high = k < nz - 1 ? at + 1 : periodic ? row : at;
    const z = k > 0 && k < nz - 1 ? 0.5 : periodic ? 0.5 : 1;
    const gx = factor * x[2] * (potential[at + x[1]] - potential[at + x[0]]);
    const gy = factor * y[2] * (potential[at + y[1]] - potential[at + y[0]]);
    const gz = factor * z * (potential[high] - potential[low]);
    const r = w[o];
    u[c + 1] += r * gx;
    u[c + 2] += r * gy;
    u[c + 3] += r * gz;
    u[c + 4] += r * (gx * (w[o + 1] + 0.5 * gx) + gy * (w[o + 2] + 0.5 * gy) + gz * (w[o + 3] + 0.5 * gz));
    w[o + 1] += gx;
    w[o + 2] += gy;
    w[o + 3] += gz;
  }
}

/** Make the acceleration of a gas. */
export function scriptKick(gas: KickedGas): Kick {
  const {cells, periodic} = gas;
  const [nx, ny, nz] = cells;
  return (factor) => {
    for (let i = 0; i < nx; i++) {
      const x = neighbours(i, nx, ny * nz, periodic);
      for (let j = 0; j < ny; j++) {
        const y = neighbours(j, ny, nz, periodic);
        const index = ((i + GHOSTS) * (ny + 2 * GHOSTS) + j + GHOSTS) * (nz + 2 * GHOSTS) + GHOSTS;
        kickRow(gas, index, (i * ny + j) * nz, x, y, factor);
      }
    }
  };
}
