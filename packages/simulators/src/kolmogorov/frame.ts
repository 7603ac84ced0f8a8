/** States as the dataset keeps them: vorticity and velocity at the centres of the cells of a grid. */
import {placeFlow} from "./advection";
import type {VorticityField} from "./diagnostics";
import {modesOf, positions, zeros, type Coefficients, type Modes, GridTransform} from "./transforms";

/** One state: the vorticity `[nx, ny]` and the velocity `[nx, ny, 2]`. */
export interface KolmogorovFrame {
  readonly vorticity: Float32Array;
  readonly velocity: Float32Array;
}

/**
 * Evaluates flows on a grid, without the waves that it does not hold (half of its points or more). Cells are centred at
 * $(i + \frac{1}{2}) h$, so that reversing both axes turns the box by half a turn, under which the force stays as it is.
 */
export class FrameGrid {
  private readonly transform: GridTransform;
  /** Where the modes of the grid are among the flow's. */
  private readonly source: Int32Array;
  /** Turns each mode by half a cell along both axes. */
  private readonly turn: Coefficients;
  private readonly turned: Coefficients;

  /**
   * @param modes of the flows, in a box of length $2 \pi$.
   * @param grid cells along $x$ and $y$.
   */
  constructor(
    modes: Modes,
    private readonly grid: readonly [number, number],
  ) {
    const [limitX, limitY] = grid.map((cells, axis) => Math.min(modes.limit[axis], Math.ceil(cells / 2) - 1));
    const held = modesOf([limitX, limitY]);
    this.transform = new GridTransform(held, grid);
    this.source = positions(held, modes);
    const angles = held.kx.map((kx, m) => Math.PI * (kx / grid[0] + held.ky[m] / grid[1]));
    this.turn = {re: angles.map(Math.cos), im: angles.map(Math.sin)};
    this.turned = zeros(held);
  }

  frame(vorticity: Coefficients): KolmogorovFrame {
    const {transform, source, turn, turned} = this;
    for (let m = 0; m < source.length; m++) {
      const re = vorticity.re[source[m]];
      const im = vorticity.im[source[m]];
      turned.re[m] = re * turn.re[m] - im * turn.im[m];
      turned.im[m] = re * turn.im[m] + im * turn.re[m];
    }
    const {spectrum, grid, plus, minus} = transform;
    const cells = grid.re.length;
    const frame = {vorticity: new Float32Array(cells), velocity: new Float32Array(2 * cells)};
    placeFlow(transform, turned);
    transform.toGrid();
    this.read(grid.re, frame.velocity, 2, 0);
    this.read(grid.im, frame.velocity, 2, 1);
    for (let m = 0; m < source.length; m++) {
      spectrum.re[plus[m]] = spectrum.re[minus[m]] = turned.re[m];
      spectrum.im[plus[m]] = turned.im[m];
      spectrum.im[minus[m]] = -turned.im[m];
    }
    transform.toGrid();
    this.read(grid.re, frame.vorticity, 1, 0);
    return frame;
  }

  /** Find the vorticity of a frame: the mean of the one that it holds and of the curl of its velocity. */
  flow({vorticity, velocity}: KolmogorovFrame): VorticityField {
    const {transform, turn} = this;
    const {modes, spectrum, grid, plus, minus} = transform;
    const {kx, ky} = modes;
    const {re, im} = spectrum;
    const found = zeros(modes);
    const scale = 1 / (2 * grid.re.length);
    const add = (m: number, real: number, imaginary: number): void => {
      found.re[m] += scale * (real * turn.re[m] + imaginary * turn.im[m]);
      found.im[m] += scale * (imaginary * turn.re[m] - real * turn.im[m]);
    };
    this.write(vorticity, 1, 0, grid.re);
    grid.im.fill(0);
    transform.fromGrid();
    plus.forEach((p, m) => add(m, re[p], im[p]));
    this.write(velocity, 2, 0, grid.re);
    this.write(velocity, 2, 1, grid.im);
    transform.fromGrid();
    plus.forEach((p, m) => {
      const q = minus[m];
      // u + i v at k and -k: their sum is twice u, their difference twice i v
      const real = kx[m] * (re[p] - re[q]) + ky[m] * (im[p] - im[q]);
      const imaginary = kx[m] * (im[p] + im[q]) - ky[m] * (re[p] + re[q]);
      add(m, real / 2, imaginary / 2);
    });
    return {modes, vorticity: found};
  }

  /** Exchange the axes of `[y, x]`. */
  private read(from: Float64Array, to: Float32Array, stride: number, offset: number): void {
    const [nx, ny] = this.grid;
    for (let i = 0, p = offset; i < nx; i++) {
      for (let j = 0; j < ny; j++, p += stride) to[p] = from[j * nx + i];
    }
  }

  /** Exchange the axes to `[y, x]`. */
  private write(from: Float32Array, stride: number, offset: number, to: Float64Array): void {
    const [nx, ny] = this.grid;
    for (let i = 0, p = offset; i < nx; i++) {
      for (let j = 0; j < ny; j++, p += stride) to[j * nx + i] = from[p];
    }
  }

  /** Measure the divergence of a frame's velocity: its root mean square over the root mean square of the frame's vorticity. */
  divergence({velocity, vorticity}: KolmogorovFrame): number {
    const {grid, spectrum, plus, minus, modes} = this.transform;
    this.write(velocity, 2, 0, grid.re);
    this.write(velocity, 2, 1, grid.im);
    this.transform.fromGrid();
    const {re, im} = spectrum;
    let divergence = 0;
    for (let m = 0; m < plus.length; m++) {
      const p = plus[m];
      const q = minus[m];
      const x = modes.kx[m];
      const y = modes.ky[m];
      const real = x * (re[p] + re[q]) + y * (im[p] + im[q]);
      const imaginary = x * (im[p] - im[q]) + y * (re[q] - re[p]);
      divergence += real * real + imaginary * imaginary;
    }
    const rotation = vorticity.reduce((sum, value) => sum + value * value, 0);
    return rotation > 0 ? Math.sqrt(divergence / 2 / grid.re.length / rotation) : 0;
  }
}
