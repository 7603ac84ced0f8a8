/**
 * Standardisation: what makes fields of very different ranges fit for a network.
 *
 * Each channel is first transformed ($\log(1 + x)$ for the positive, heavy-tailed fields of the Euler system), then
 * shifted and scaled to mean 0 and variance 1 over the training set (paper, section 3.2):
 *
 * $$ y_c = \frac{f_c(x_c) - \mu_c}{s_c}, \qquad x_c = f_c^{-1}(s_c y_c + \mu_c). $$
 */
import ndarray, {type NdArray} from "ndarray";
import {flat} from "./flat";
import type {Field, System, Transform} from "./systems";

/** The constants of a standardisation, one entry per channel; plain data, to be kept with a checkpoint. */
export interface Standardization {
  readonly transform: readonly Transform[];
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

const EPSILON = 1e-6;

const FORWARD: Record<Transform, (x: number) => number> = {
  identity: (x) => x,
  log: (x) => Math.log(x),
  log1p: (x) => Math.log1p(x),
  logEps: (x) => Math.log(x + EPSILON),
  arcsinh: (x) => Math.asinh(x),
};

const INVERSE: Record<Transform, (y: number) => number> = {
  identity: (y) => y,
  log: (y) => Math.exp(y),
  log1p: (y) => Math.expm1(y),
  logEps: (y) => Math.exp(y) - EPSILON,
  arcsinh: (y) => Math.sinh(y),
};

/** The published constants of a system: rounded estimates from the official configurations. */
export function standardization({standardization: {transform, mean, std}}: System): Standardization {
  return {transform: [...transform], mean: [...mean], std: [...std]};
}

/**
 * Standardise states, channel last, e.g. $[L, X, Y, C]$; the input is left as it is.
 *
 * @throws RangeError unless the last axis (for a flat array: its length) fits the number of channels.
 */
export function standardize<T extends Float32Array | NdArray<Float32Array>>(x: T, constants: Standardization): T {
  const {transform, mean, std} = constants;
  return perChannel("standardize", x, constants, (from, to, channel) => {
    const [f, mu, scale, step] = [FORWARD[transform[channel]], mean[channel], std[channel], mean.length];
    if (transform[channel] === "identity") {
      for (let i = channel; i < from.length; i += step) to[i] = (from[i] - mu) / scale;
    } else {
      for (let i = channel; i < from.length; i += step) to[i] = (f(from[i]) - mu) / scale;
    }
  });
}

/**
 * Undo {@link standardize}: from the network's values to physical ones.
 *
 * @throws RangeError unless the last axis (for a flat array: its length) fits the number of channels.
 */
export function unstandardize<T extends Float32Array | NdArray<Float32Array>>(y: T, constants: Standardization): T {
  const {transform, mean, std} = constants;
  return perChannel("unstandardize", y, constants, (from, to, channel) => {
    const [f, mu, scale, step] = [INVERSE[transform[channel]], mean[channel], std[channel], mean.length];
    if (transform[channel] === "identity") {
      for (let i = channel; i < from.length; i += step) to[i] = from[i] * scale + mu;
    } else {
      for (let i = channel; i < from.length; i += step) to[i] = f(from[i] * scale + mu);
    }
  });
}

function perChannel<T extends Float32Array | NdArray<Float32Array>>(
  what: string,
  x: T,
  {mean}: Standardization,
  run: (from: Float32Array, to: Float32Array, channel: number) => void,
): T {
  const shape = x instanceof Float32Array ? [x.length / mean.length, mean.length] : x.shape;
  if (shape.at(-1) !== mean.length || !Number.isInteger(shape[0])) {
    const found = x instanceof Float32Array ? `${x.length} values` : `the shape [${x.shape}]`;
    throw new RangeError(`${what}: expected ${mean.length} channels on the last axis, found ${found}`);
  }
  const from = x instanceof Float32Array ? x : flat(x);
  const to = new Float32Array(from.length);
  for (let channel = 0; channel < mean.length; channel++) run(from, to, channel);
  return (x instanceof Float32Array ? to : ndarray(to, [...shape])) as T;
}

export interface FitOptions {
  /** Transform of each channel before its moments are taken. */
  transform: readonly Transform[];
  /** Fields in channel order, to tell vectors from scalars. */
  fields: readonly Pick<Field, "name" | "order">[];
  /**
   * How vector fields are treated. `isotropic`: mean 0 and one deviation for all components, so that flips and axis
   * permutations commute with the standardisation; `component`: each component like a scalar.
   */
  vector?: "isotropic" | "component";
}

/** What a fit reads: a number of trajectories $[T, X, Y(, Z), C]$, one at a time. A `WellDataset` is one. */
export interface States {
  readonly length: number;
  read(trajectory: number): NdArray<Float32Array>;
}

/**
 * Estimate the constants over a dataset in one pass: mean and population variance over all cells, states and trajectories.
 *
 * Each trajectory's moments are taken about its own mean and merged by the parallel formula, so that nothing is lost to
 * cancellation however many states there are.
 *
 * @throws RangeError if the data have another number of channels, or a channel is constant.
 */
export function fitStandardization(
  states: States,
  {transform, fields, vector = "isotropic"}: FitOptions,
): Standardization {
  const total = new Moments(transform.length);
  for (let trajectory = 0; trajectory < states.length; trajectory++) {
    const x = states.read(trajectory);
    if (x.shape.at(-1) !== transform.length) {
      throw new RangeError(`fit: expected ${transform.length} channels, found the shape [${x.shape}]`);
    }
    total.merge(Moments.of(flat(x), transform));
  }

  const mean = [...total.mean];
  const variance = Array.from(total.squares, (squares) => squares / total.count);
  if (vector === "isotropic") share(mean, variance, fields);
  const std = variance.map(Math.sqrt);
  const flatChannel = std.findIndex((value) => !(value > 0));
  if (flatChannel >= 0) {
    throw new RangeError(
      `fit: expected every channel to vary, found channel ${flatChannel} with deviation ${std[flatChannel]}`,
    );
  }
  return {transform: [...transform], mean, std};
}

/** Give the components of each vector mean 0 and the mean square of all of them as variance. */
function share(mean: number[], variance: number[], fields: FitOptions["fields"]): void {
  const vectors = fields.filter(({order}) => order === 1).length;
  const scalars = fields.length - vectors;
  const width = vectors > 0 ? (mean.length - scalars) / vectors : 0;
  let first = 0;
  for (const {order} of fields) {
    const channels = Array.from({length: order === 1 ? width : 1}, (_, i) => first + i);
    first += channels.length;
    if (order !== 1) continue;
    const square = channels.reduce((sum, c) => sum + variance[c] + mean[c] ** 2, 0) / width;
    for (const c of channels) [mean[c], variance[c]] = [0, square];
  }
}

/** Count, mean and sum of squared deviations of each channel. */
class Moments {
  count = 0;
  readonly mean: Float64Array;
  readonly squares: Float64Array;

  constructor(channels: number) {
    this.mean = new Float64Array(channels);
    this.squares = new Float64Array(channels);
  }

  static of(data: Float32Array, transform: readonly Transform[]): Moments {
    const step = transform.length;
    const moments = new Moments(step);
    moments.count = data.length / step;
    const values = new Float64Array(moments.count);
    for (let c = 0; c < step; c++) {
      const f = FORWARD[transform[c]];
      let sum = 0;
      for (let i = 0; i < values.length; i++) sum += values[i] = f(data[i * step + c]);
      const mean = sum / values.length;
      let squares = 0;
      for (let i = 0; i < values.length; i++) squares += (values[i] - mean) ** 2;
      moments.mean[c] = mean;
      moments.squares[c] = squares;
    }
    return moments;
  }

  /** Chan, Golub & LeVeque's formula for the union of two samples. */
  merge(other: Moments): void {
    const count = this.count + other.count;
    if (other.count === 0) return;
    for (let c = 0; c < this.mean.length; c++) {
      const delta = other.mean[c] - this.mean[c];
      this.mean[c] += (delta * other.count) / count;
      this.squares[c] += other.squares[c] + (delta * delta * this.count * other.count) / count;
    }
    this.count = count;
  }
}
