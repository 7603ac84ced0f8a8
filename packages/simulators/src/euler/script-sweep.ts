/** A time step of the Euler solver for all cells, in JavaScript: the reference of the compiled one, and what runs without it. */
import {GHOSTS} from "../gas/ghosts";
import {FACES, STATE, advance, extrapolate, hllc} from "./kernels";

/** Cells that a sweep advances. */
export interface SweptCells {
  /** Cells along $x$. */
  readonly nx: number;
  /** Cells along $y$. */
  readonly ny: number;
  /** Ratio of heat capacities. */
  readonly gamma: number;
  /** Conserved states: rows along $y$ of {@link STATE} numbers a cell, with {@link GHOSTS} ghosts on every side. */
  readonly u: Float64Array;
  /** Primitive states, laid out alike; their ghosts are filled before a sweep. */
  readonly w: Float64Array;
  /** Numbers of cells that were lifted to the floors and that stayed constant, to which a sweep adds. */
  readonly counts: Int32Array;
}

/** Take a step, given $\Delta t / \Delta x$ and $\Delta t / \Delta y$, and return the largest signal speed. */
export type Sweep = (ax: number, ay: number) => number;

/** Make the sweep of cells. Rows are updated in place as soon as the next row's slopes no longer need them. */
export function scriptSweep({nx, ny, gamma, u, w, counts}: SweptCells): Sweep {
  const stride = (ny + 2 * GHOSTS) * STATE;
  const at = (i: number, j: number) => (i + GHOSTS) * stride + (j + GHOSTS) * STATE;
  let [previous, faces] = [new Float64Array((ny + 2) * FACES), new Float64Array((ny + 2) * FACES)];
  let [below, above] = [new Float64Array(ny * STATE), new Float64Array(ny * STATE)];
  const across = new Float64Array((ny + 1) * STATE);

  return (ax, ay) => {
    let fastest = 0;
    for (let i = -1; i <= nx; i++) {
      counts[1] += extrapolate(faces, w, at(i, -1), ny + 2, stride, ax / 2, ay / 2, gamma);
      if (i >= 0) {
        // Upper x faces of row i - 1 meet the lower ones of row i.
        hllc(above, previous, FACES + STATE, faces, FACES, ny, 1, gamma);
        if (i > 0) {
          const speed = advance(u, w, at(i - 1, 0), ny, below, above, across, ax, ay, gamma, counts);
          if (speed > fastest || Number.isNaN(speed)) fastest = speed;
        }
        [below, above] = [above, below];
      }
      if (i >= 0 && i < nx) hllc(across, faces, 3 * STATE, faces, FACES + 2 * STATE, ny + 1, 2, gamma);
      [previous, faces] = [faces, previous];
    }
    return fastest;
  };
}
