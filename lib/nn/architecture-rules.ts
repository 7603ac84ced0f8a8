/**
 * Rules that the architectures of all models share, in code, in run files and in the laboratory.
 *
 * A file of somebody else must not determine how much memory is taken, hence the upper bounds.
 */
import {either, list, number, where, whole} from "@lola-ts/core";

/** Maximum of a whole number. */
export const MAX_COUNT = 2 ** 20;

/** Accept numbers of things, one or more. */
export const count = whole({min: 1, max: MAX_COUNT});
/** Accept numbers of things, none included. */
export const countFrom0 = whole({min: 0, max: MAX_COUNT});
export const share = number({min: 0, max: 1});
export const dropoutRate = where(share, "a number from 0 to 1 (excluded)", (rate: number) => rate < 1);
/** Accept widths of residual blocks and feed-forward networks in units of their channels. */
export const ffnFactor = where(number({max: 64}), "a number above 0 up to 64", (factor: number) => factor > 0);
export const axes = (numbers: readonly number[]) =>
  where(count, numbers.join(" or "), (n: number) => numbers.includes(n));
export const perAxis = either(count, list(count));
