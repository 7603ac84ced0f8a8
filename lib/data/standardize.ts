/**
 * Standardisation: what makes fields of very different ranges fit for a network.
 *
 * Each channel is first transformed ($\log(1 + x)$ for the positive, heavy-tailed fields of the Euler system), then
 * shifted and scaled to mean 0 and variance 1 over the training set (paper, section 3.2):
 *
 * $$ y_c = \frac{f_c(x_c) - \mu_c}{s_c}, \qquad x_c = f_c^{-1}(s_c y_c + \mu_c). $$
 */
import ndarray, {type NdArray} from "ndarray";
import {flat} from "../core/array";
import type {System, Transform} from "../systems/registry";

/** Constants of a standardisation, one entry per channel; plain data, stored with checkpoints. */
export interface Standardization {
  readonly transform: readonly Transform[];
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

const EPSILON = 1e-6;

/** The transforms as functions. */
export const FORWARD: Record<Transform, (x: number) => number> = {
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

/**
 * Get the published constants of a system: rounded estimates from the official configurations.
 *
 * @throws RangeError for a system that is not in the paper.
 */
export function standardization({name, transform, paper}: System): Standardization {
  if (!paper) throw new RangeError(`standardization: expected a system of the paper, found ${name}.`);
  const {mean, std} = paper.standardization;
  return {transform: [...transform], mean: [...mean], std: [...std]};
}

/**
 * Standardise states, channel last, e.g. $[L, X, Y, C]$; the input is not changed.
 *
 * @throws RangeError unless the last axis (for a flat array: its length) fits the number of channels.
 */
export function standardize<T extends Float32Array | NdArray<Float32Array>>(x: T, constants: Standardization): T {
  const {transform, mean, std} = constants;
  return perChannel("standardize", x, constants, (from, to, channel) => {
    const f = FORWARD[transform[channel]];
    const mu = mean[channel];
    const scale = std[channel];
    const step = mean.length;
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
    const f = INVERSE[transform[channel]];
    const mu = mean[channel];
    const scale = std[channel];
    const step = mean.length;
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
    throw new RangeError(`${what}: expected ${mean.length} channels on the last axis, found ${found}.`);
  }
  const from = x instanceof Float32Array ? x : flat(x);
  const to = new Float32Array(from.length);
  for (let channel = 0; channel < mean.length; channel++) run(from, to, channel);
  return (x instanceof Float32Array ? to : ndarray(to, [...shape])) as T;
}
