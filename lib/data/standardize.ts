/**
 * Standardisation: what makes fields of very different ranges fit for a network.
 *
 * Each channel is first transformed ($\log(1 + x)$ for the positive, heavy-tailed fields of the Euler system), then
 * shifted and scaled to mean 0 and variance 1 over the training set (paper, Appendix B.1):
 *
 * $$ y_c = \frac{f_c(x_c) - \mu_c}{s_c}, \qquad x_c = f_c^{-1}(s_c y_c + \mu_c). $$
 */
import ndarray, {type NdArray} from "ndarray";
import {flat, arrayOf, having, row, checkOptions, list, number, oneOf, type Transform} from "@lola-ts/core";

/** Constants of a standardisation, one entry per channel; plain data, stored with checkpoints. */
export interface Standardization {
  readonly transform: readonly Transform[];
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** The part of a system that a standardisation reads: transformations of channels, and published constants. */
export interface StandardizedSystem {
  readonly name: string;
  readonly transform: readonly Transform[];
  readonly paper?: {readonly standardization: Pick<Standardization, "mean" | "std">};
}

const EPSILON = 1e-6;

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

export const transforms = list(oneOf(Object.keys(FORWARD)));
const states = arrayOf();

const constantsRule = having("constants of a standardisation");

/** Check constants of a standardisation. @throws RangeError naming the one that is missing or no number. */
export function checkConstants(where: string, constants: Standardization): void {
  checkOptions(where, constantsRule, constants, "constants");
  const {transform, mean, std} = constants;
  checkOptions(where, transforms, transform, "transform");
  const {length} = transform;
  checkOptions(where, list(number(), {length}), mean, "mean");
  checkOptions(where, list(number({above: 0}), {length}), std, "std");
}

/**
 * Get the published constants of a system: rounded estimates from the official configurations.
 *
 * @throws RangeError for a system that is not in the paper.
 */
export function standardization(system: StandardizedSystem): Standardization {
  checkOptions("standardization", having("a system", "name", "transform"), system, "system");
  const {name, transform, paper} = system;
  if (!paper) throw new RangeError(`standardization: expected a system of the paper, found ${name}.`);
  const {mean, std} = paper.standardization;
  return {transform: [...transform], mean: [...mean], std: [...std]};
}

/**
 * Standardise states, channel last, e.g. $[L, X, Y, C]$; the input is not changed.
 *
 * @throws RangeError unless the last axis (for a flat array: its length) fits the number of channels, and every finite value has
 *   a finite transform.
 */
export function standardize<T extends Float32Array | NdArray<Float32Array>>(x: T, constants: Standardization): T {
  checkConstants("standardize", constants);
  const {transform, mean, std} = constants;
  return perChannel("standardize", x, mean.length, (channel) => {
    const [f, mu, scale] = [FORWARD[transform[channel]], mean[channel], std[channel]];
    return (value) => {
      const transformed = f(value);
      if (!Number.isFinite(transformed) && Number.isFinite(value)) {
        throw new RangeError(
          `standardize: expected values of channel ${channel} with a finite ${transform[channel]}, found ${value}.`,
        );
      }
      return (transformed - mu) / scale;
    };
  });
}

/**
 * Undo {@link standardize}: from the network's values to physical ones.
 *
 * @throws RangeError unless the last axis (for a flat array: its length) fits the number of channels.
 */
export function unstandardize<T extends Float32Array | NdArray<Float32Array>>(y: T, constants: Standardization): T {
  checkConstants("unstandardize", constants);
  const {transform, mean, std} = constants;
  return perChannel("unstandardize", y, mean.length, (channel) => {
    const [f, mu, scale] = [INVERSE[transform[channel]], mean[channel], std[channel]];
    return (value) => f(value * scale + mu);
  });
}

/** Map the values of each of the channels by a function of its own. */
function perChannel<T extends Float32Array | NdArray<Float32Array>>(
  what: string,
  x: T,
  channels: number,
  mapOf: (channel: number) => (value: number) => number,
): T {
  checkOptions(what, x instanceof Float32Array ? row : states, x, "x");
  const shape = x instanceof Float32Array ? [x.length / channels, channels] : x.shape;
  if (shape.at(-1) !== channels || !Number.isInteger(shape[0])) {
    const found = x instanceof Float32Array ? `${x.length} values` : `the shape [${x.shape}]`;
    throw new RangeError(`${what}: expected ${channels} channels on the last axis, found ${found}.`);
  }
  const from = x instanceof Float32Array ? x : flat(x);
  const to = new Float32Array(from.length);
  for (let channel = 0; channel < channels; channel++) {
    const map = mapOf(channel);
    for (let i = channel; i < from.length; i += channels) to[i] = map(from[i]);
  }
  return (x instanceof Float32Array ? to : ndarray(to, [...shape])) as T;
}
