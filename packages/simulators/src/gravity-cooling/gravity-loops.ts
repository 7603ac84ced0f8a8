/**
 * The loops of gravity: compiled by set-up, and in JavaScript, which are the reference of the compiled ones and what runs
 * without them.
 */
import {CompiledModule, fft, fourierPlan, tablesOf} from "@lola-ts/core";
import {GHOSTS} from "../gas";
import {CONSERVED, STATE} from "./kernels";

/** The functions that packages/simulators/native/cloud-gravity.cc exports. */
export interface GravityLoops {
  /**
   * Multiply all planes of a spectrum along $x$ by the kernel, between transforms along $y$ and $z$ there and back. Planes
   * are padded with zeros to the transforms' lengths.
   *
   * @param re Real parts: `planes` planes of `ny` rows of `nz` numbers.
   * @param im Imaginary parts, laid out alike.
   * @param kernel Numbers by which all wave numbers are multiplied: for each plane the first half of those along $z$, then $y$.
   * @param yOrder Order of rows of the transform along $y$, see `fourierPlan`.
   * @param yTables Its angles, see `tablesOf`.
   */
  readonly convolve: (
    re: Float64Array,
    im: Float64Array,
    kernel: Float64Array,
    planes: number,
    ny: number,
    nz: number,
    yOrder: Int32Array,
    yTables: Float64Array,
    zOrder: Int32Array,
    zTables: Float64Array,
  ) => void;
  /**
   * Accelerate all cells by their potential.
   *
   * @param u Conserved states with ghosts, {@link CONSERVED} numbers a cell.
   * @param w Primitive states, {@link STATE} numbers a cell, laid out alike.
   * @param potential Potential, row-major without ghosts.
   * @param factor $-\Delta t / \Delta x$.
   * @param periodic 1 if differences at an end use the values of the other, 0 if they are one-sided.
   */
  readonly kick: (
    u: Float64Array,
    w: Float64Array,
    potential: Float64Array,
    nx: number,
    ny: number,
    nz: number,
    factor: number,
    periodic: number,
  ) => void;
}

function transpose(from: Float64Array, to: Float64Array, rows: number, columns: number): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0, a = i * columns, b = i; j < columns; j++, b += rows) to[b] = from[a + j];
  }
}

const convolve: GravityLoops["convolve"] = (re, im, kernel, planes, ny, nz, yOrder, _yTables, zOrder) => {
  const [my, mz] = [yOrder.length, zOrder.length];
  const [hy, hz] = [my / 2 + 1, mz / 2 + 1];
  const parts = [re, im];
  // A plane of the padded grid, and its transpose: y slowest, z slowest.
  const y = parts.map(() => new Float64Array(my * nz));
  const z = parts.map(() => new Float64Array(mz * my));
  for (let plane = 0; plane < planes; plane++) {
    const [start, end] = [plane * ny * nz, (plane + 1) * ny * nz];
    parts.forEach((part, p) => {
      y[p].fill(0);
      y[p].set(part.subarray(start, end));
    });
    fft(my)(y[0], y[1], 0, nz);
    parts.forEach((_, p) => {
      z[p].fill(0);
      transpose(y[p], z[p], my, nz);
    });
    fft(mz)(z[0], z[1], 0, my);
    // The kernel is even in both directions.
    for (let k = 0, at = 0; k < mz; k++) {
      const row = (plane * hz + Math.min(k, mz - k)) * hy;
      for (let j = 0; j < my; j++, at++) {
        const factor = kernel[row + (j < hy ? j : my - j)];
        z[0][at] *= factor;
        z[1][at] *= factor;
      }
    }
    fft(mz)(z[1], z[0], 0, my); // exchanged parts make the inverse transform
    parts.forEach((_, p) => transpose(z[p], y[p], nz, my));
    fft(my)(y[1], y[0], 0, nz);
    parts.forEach((part, p) => part.set(y[p].subarray(0, end - start), start));
  }
};

/** Get the orders and angles of transforms along $y$ and $z$, as {@link GravityLoops.convolve} takes them. */
export function transformsOf(my: number, mz: number) {
  return [fourierPlan(my).order, tablesOf(my), fourierPlan(mz).order, tablesOf(mz)] as const;
}

/** Neighbours of a cell along an axis: their distances in the potential's array, and the factor of their difference. */
type Neighbours = readonly [below: number, above: number, factor: number];

/** Find the neighbours of cell `i` of `n`, for central differences, or one-sided ones at open ends. */
function neighbours(i: number, n: number, stride: number, periodic: boolean): Neighbours {
  const inside = i > 0 && i < n - 1;
  const below = i > 0 ? -stride : periodic ? (n - 1) * stride : 0;
  const above = i < n - 1 ? stride : periodic ? -(n - 1) * stride : 0;
  return [below, above, inside || periodic ? 0.5 : 1];
}

const kick: GravityLoops["kick"] = (u, w, potential, nx, ny, nz, factor, isPeriodic) => {
  const periodic = isPeriodic === 1;
  for (let i = 0; i < nx; i++) {
    const x = neighbours(i, nx, ny * nz, periodic);
    for (let j = 0; j < ny; j++) {
      const y = neighbours(j, ny, nz, periodic);
      const index = ((i + GHOSTS) * (ny + 2 * GHOSTS) + j + GHOSTS) * (nz + 2 * GHOSTS) + GHOSTS;
      const row = (i * ny + j) * nz;
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
  }
};

/** A convolution of two planes, wider than a slice of the module, and accelerations of gas. */
function trial({convolve, kick}: GravityLoops): number[] {
  const rough = (length: number, phase: number) => Float64Array.from({length}, (_, i) => Math.sin(phase + i * i));
  const [planes, ny, nz, my, mz] = [2, 11, 3, 24, 10];
  const [re, im] = [rough(planes * ny * nz, 0), rough(planes * ny * nz, 1)];
  convolve(re, im, rough(planes * (my / 2 + 1) * (mz / 2 + 1), 2), planes, ny, nz, ...transformsOf(my, mz));
  const kicked = [1, 0].flatMap((periodic) => {
    const size = (3 + 2 * GHOSTS) * (2 + 2 * GHOSTS) * (4 + 2 * GHOSTS);
    const [u, w] = [rough(size * CONSERVED, 0), rough(size * STATE, 1)];
    kick(u, w, rough(24, 2), 3, 2, 4, -0.3, periodic);
    return [...u, ...w];
  });
  return [...re, ...im, ...kicked];
}

export const scriptLoops: GravityLoops = {convolve, kick};
export const gravityModule = new CompiledModule("cloud-gravity", scriptLoops, trial);
