/** Labels: the simulation parameters $\theta$ that condition an emulator, as the official code arranges them. */
import type * as z from "zod";
import {type BoundaryCodes, flag, optional, section} from "@lola-ts/core";
import {systemNames, systemOf} from "./registry";

/** Rule of the options of {@link label}. */
export const labelRule = section({
  /**
   * Take the logarithm of `T0` too. The official code lists T0 among the logarithmic parameters but compares it with a
   * lower-cased name, so that it enters as it is: false reproduces the code, true its intention. Default: false.
   */
  logT0: optional(flag),
});

export interface LabelOptions extends z.infer<typeof labelRule> {}

/** Lower-case names of the parameters of all systems that enter by their logarithm: a file may not name its system. */
const logarithmic = new Set(
  systemNames
    .flatMap((name) => systemOf(name).scalars)
    .filter(({log}) => log)
    .map(({name}) => name.toLowerCase()),
);

/**
 * Make the label of a trajectory: its constant scalars in the order of the file, then the boundary codes
 * (x low, x high, y low, y high, ...). Scalars whose system says so enter by their natural logarithm, scalars of no known
 * system as they are; nothing is scaled.
 *
 * @returns Vector of length (scalars + 2 axes).
 * @throws RangeError if a scalar that enters by its logarithm is not positive.
 */
export function label(
  scalars: Readonly<Record<string, number>>,
  boundary: BoundaryCodes,
  {logT0 = false}: LabelOptions = {},
): Float32Array {
  const values = Object.entries(scalars).map(([name, value]) => {
    const lower = name.toLowerCase();
    if (!logarithmic.has(lower) && !(logT0 && lower === "t0")) return value;
    if (!(value > 0)) throw new RangeError(`label: expected ${name} > 0 for its logarithm, found ${value}.`);
    return Math.log(value);
  });
  return Float32Array.from([...values, ...boundary.flat()]);
}
