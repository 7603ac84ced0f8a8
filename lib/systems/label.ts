/**
 * Labels: the simulation parameters $\theta$ that condition an emulator, as the official code arranges them.
 */
import type {BoundaryCodes} from "./registry";

export interface LabelOptions {
  /**
   * Take the logarithm of `T0` too. The official code lists T0 among the logarithmic parameters but compares it with a
   * lower-cased name, so that it enters as it is: false reproduces the code, true its intention.
   */
  logT0?: boolean;
}

const LOGARITHMIC = new Set(["rayleigh", "prandtl", "rho0"]);

/**
 * Make the label of a trajectory: its constant scalars in the order of the file, then the boundary codes
 * (x low, x high, y low, y high, ...). Rayleigh, Prandtl and rho0 enter by their natural logarithm; nothing is scaled.
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
    if (!LOGARITHMIC.has(lower) && !(logT0 && lower === "t0")) return value;
    if (!(value > 0)) throw new RangeError(`label: expected ${name} > 0 for its logarithm, found ${value}`);
    return Math.log(value);
  });
  return Float32Array.from([...values, ...boundary.flat()]);
}
