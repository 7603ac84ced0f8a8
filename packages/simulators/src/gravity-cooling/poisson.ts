/**
 * Poisson's equation of self-gravity, $\nabla^2 \Phi = 4 \pi G \rho$, on a grid of cubic cells, by Fourier transforms.
 *
 * **Isolated**: the potential is a sum over all cells, a convolution with the kernel $-G \Delta x^2 / |n|$ (times the
 * density). Transforms convolve periodically; on a grid padded with zeros to twice its length along each axis the periodic
 * images do not reach the domain (Hockney). The padding is never stored whole: the first axis is transformed as a real
 * signal, and its planes are then padded, transformed, multiplied and transformed back one at a time.
 *
 * **Periodic**: each wave is divided by $-k^2$; the mean density attracts nothing.
 *
 * @see Hockney & Eastwood, "Computer Simulation Using Particles", 1988, chapter 6
 */
import {
  constant as unchanging,
  requirePositive,
  fastLength,
  fft,
  fftn,
  fourierPlan,
  loops,
  type FourierTransform,
} from "@lola-ts/core";
import type {Triple} from "./hydro";

/** The first loop of packages/simulators/native/cloud-gravity.cc. */
export interface PoissonLoops {
  /**
   * Multiply all planes of a spectrum along $x$ by the kernel, between transforms along $y$ and $z$ there and back. Planes
   * are padded with zeros to the transforms' lengths.
   *
   * @param re Real parts: `planes` planes of `ny` rows of `nz` numbers.
   * @param im Imaginary parts, laid out alike.
   * @param kernel Numbers by which all wave numbers are multiplied: for each plane the first half of those along $z$, then $y$.
   * @param yOrder Order of rows of the transform along $y$, see `fourierPlan`.
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
}

export interface PotentialSolver {
  /** Whether the potential is periodic, so that gradients at an end use values of the other. */
  readonly periodic: boolean;
  /** Write the potential of a density; both hold one number per cell, row-major. */
  solve(density: Float64Array, potential: Float64Array): void;
}

export interface PoissonOptions {
  /** Cells along $x$, $y$ and $z$. */
  readonly cells: Triple<number>;
  /** Side of a cell. */
  readonly spacing: number;
  /** Constant of gravity $G$. Default: 1. */
  readonly constant?: number;
}

/** Mean of $1 / r$ over a unit cube, seen from its centre: $3 \ln(2 + \sqrt{3}) - \pi / 2$. */
export const CUBE_MEAN = 3 * Math.log(2 + Math.sqrt(3)) - Math.PI / 2;

/**
 * Real transform over the first axis of an array that is zero in its upper half: rows of even index are the real parts, rows
 * of odd index the imaginary parts of a signal of half the length.
 */
class PaddedRows {
  readonly re: Float64Array;
  readonly im: Float64Array;
  private readonly half: number;
  private readonly transform: FourierTransform;
  private readonly cos: Float64Array;
  private readonly sin: Float64Array;

  /** `rows` rows of `count` numbers, padded to `length` rows; the spectrum has `length / 2 + 1`. */
  constructor(
    private readonly rows: number,
    private readonly count: number,
    length: number,
  ) {
    this.half = length / 2;
    this.transform = fft(this.half);
    this.re = new Float64Array((this.half + 1) * count);
    this.im = new Float64Array((this.half + 1) * count);
    this.cos = Float64Array.from({length: this.half + 1}, (_, k) => Math.cos((-2 * Math.PI * k) / length));
    this.sin = Float64Array.from({length: this.half + 1}, (_, k) => Math.sin((-2 * Math.PI * k) / length));
  }

  /** Transform `values` into `re` and `im`. */
  forward(values: Float64Array): void {
    const {re, im, rows, count, half} = this;
    re.fill(0);
    im.fill(0);
    for (let row = 0; row < rows; row++) {
      (row % 2 === 0 ? re : im).set(values.subarray(row * count, (row + 1) * count), (row >> 1) * count);
    }
    this.transform(re.subarray(0, half * count), im.subarray(0, half * count), count);
    re.copyWithin(half * count, 0, count);
    im.copyWithin(half * count, 0, count);
    this.untangle(1);
  }

  /** Transform `re` and `im` back, without normalisation by half the length, into `values`; destroys them. */
  backward(values: Float64Array): void {
    const {re, im, rows, count, half} = this;
    this.untangle(-1);
    this.transform(im.subarray(0, half * count), re.subarray(0, half * count), count); // exchanged parts make the inverse transform
    for (let row = 0; row < rows; row++) {
      const from = (row >> 1) * count;
      values.set((row % 2 === 0 ? re : im).subarray(from, from + count), row * count);
    }
  }

  /**
   * Convert $Z = E + i O$, the transform of the packed signal, to $E + w^k O$, the transform of the real one ($w = e^{-2 \pi i / M}$),
   * or back: $E$ and $O$ follow from rows $k$ and $M/2 - k$.
   */
  private untangle(direction: 1 | -1): void {
    const {re, im, count, half, cos, sin} = this;
    for (let k = 0; 2 * k <= half; k++) {
      // forward: O = -i (Z_k - Z*_{half-k}) / 2, turned by w^k; backward: i w^-k takes it back
      const tr = sin[k] / 2;
      const ti = (-direction * cos[k]) / 2;
      for (let a = k * count, b = (half - k) * count, end = a + count; a < end; a++, b++) {
        const evenRe = 0.5 * (re[a] + re[b]);
        const evenIm = 0.5 * (im[a] - im[b]);
        const x = re[a] - re[b];
        const y = im[a] + im[b];
        const oddRe = x * tr - y * ti;
        const oddIm = x * ti + y * tr;
        re[a] = evenRe + oddRe;
        im[a] = evenIm + oddIm;
        re[b] = evenRe - oddRe;
        im[b] = oddIm - evenIm;
      }
    }
  }
}

/**
 * Transform an array that holds the values at distances $0 \dots M/2$ of a function that is even and periodic along each
 * axis. The result is as real and as even.
 */
function transformEven(values: Float64Array, lengths: Triple<number>): void {
  let inner = values.length;
  for (const length of lengths) {
    const kept = length / 2 + 1;
    inner /= kept;
    const re = new Float64Array(length * inner);
    const im = new Float64Array(length * inner);
    for (let start = 0; start < values.length; start += kept * inner) {
      for (let row = 0; row < length; row++) {
        const from = start + Math.min(row, length - row) * inner;
        re.set(values.subarray(from, from + inner), row * inner);
      }
      im.fill(0);
      fft(length)(re, im, inner);
      values.set(re.subarray(0, kept * inner), start);
    }
  }
}

/** Solver for the potential of an isolated mass, which vanishes far away. */
export class IsolatedPoisson implements PotentialSolver {
  readonly periodic = false;
  private readonly rows: PaddedRows;
  private readonly convolve: () => void;

  /** @throws RangeError unless cells and spacing are positive. */
  constructor({cells, spacing, constant = 1}: PoissonOptions) {
    checkGrid("IsolatedPoisson", cells, spacing);
    const mx = fastLength(2 * cells[0]);
    const my = fastLength(2 * cells[1]);
    const mz = fastLength(2 * cells[2]);
    const hx = mx / 2 + 1;
    const hy = my / 2 + 1;
    const hz = mz / 2 + 1;

    // The kernel is stored in the order of use, x, z, y, and includes the normalisation of the transforms.
    const scale = (-constant * spacing ** 2) / ((mx / 2) * my * mz);
    const kernel = new Float64Array(hx * hz * hy);
    for (let i = 0, at = 0; i < hx; i++) {
      for (let k = 0; k < hz; k++) {
        for (let j = 0; j < hy; j++) {
          const distance = Math.sqrt(i * i + j * j + k * k);
          kernel[at++] = scale * (distance === 0 ? CUBE_MEAN : 1 / distance);
        }
      }
    }
    transformEven(kernel, [mx, mz, my]);
    const [nx, ny, nz] = cells;
    this.rows = new PaddedRows(nx, ny * nz, mx);
    const {re, im} = this.rows;
    const {convolve} = loops<PoissonLoops>();
    const [y, z] = [my, mz].map(fourierPlan);
    unchanging(kernel);
    this.convolve = () => convolve(re, im, kernel, hx, ny, nz, y.order, y.tables, z.order, z.tables);
  }

  solve(density: Float64Array, potential: Float64Array): void {
    this.rows.forward(density);
    this.convolve();
    this.rows.backward(potential);
  }
}

/** Solver for the potential of a density that is periodic along each axis; its mean is left out. */
export class PeriodicPoisson implements PotentialSolver {
  readonly periodic = true;
  private readonly cells: Triple<number>;
  private readonly factors: Float64Array;
  private readonly re: Float64Array;
  private readonly im: Float64Array;

  /** @throws RangeError unless cells and spacing are positive. */
  constructor({cells, spacing, constant = 1}: PoissonOptions) {
    checkGrid("PeriodicPoisson", cells, spacing);
    this.cells = cells;
    const size = cells[0] * cells[1] * cells[2];
    const squares = cells.map((n) =>
      Float64Array.from({length: n}, (_, m) => ((2 * Math.PI * Math.min(m, n - m)) / n / spacing) ** 2),
    );
    this.factors = new Float64Array(size);
    let at = 0;
    for (const x of squares[0]) {
      for (const y of squares[1]) {
        for (const z of squares[2]) {
          const square = x + y + z;
          this.factors[at++] = square === 0 ? 0 : (-4 * Math.PI * constant) / square / size;
        }
      }
    }
    this.re = new Float64Array(size);
    this.im = new Float64Array(size);
  }

  solve(density: Float64Array, potential: Float64Array): void {
    const {re, im, cells, factors} = this;
    re.set(density);
    im.fill(0);
    fftn(re, im, cells);
    for (let at = 0; at < factors.length; at++) {
      re[at] *= factors[at];
      im[at] *= factors[at];
    }
    fftn(im, re, cells); // exchanged parts make the inverse transform
    potential.set(re);
  }
}

function checkGrid(name: string, cells: Triple<number>, spacing: number): void {
  if (!cells.every((n) => Number.isInteger(n) && n >= 1)) {
    throw new RangeError(`${name}: expected positive whole numbers of cells, found ${cells.join(" x ")}.`);
  }
  requirePositive(name, "spacing", spacing);
}
