import {label} from "../../systems/label";
import type {BoundaryCodes} from "../../core/fields";
import type {Config} from "../config";

/** What the label of a trajectory is made of. */
interface Conditions {
  readonly scalars: Readonly<Record<string, number>>;
  readonly boundary: BoundaryCodes;
}

/**
 * Make the labels of a trajectory under other values of one parameter.
 *
 * @throws RangeError if it has no such parameter.
 */
export function labelsBy(
  config: Pick<Config, "label">,
  {scalars, boundary}: Conditions,
  parameter: string,
  values: readonly number[],
): Float32Array[] {
  if (!(parameter in scalars)) {
    throw new RangeError(`labelsBy: expected the parameter ${parameter}, found ${Object.keys(scalars).join(", ")}.`);
  }
  const {boundary: codes = true, logT0} = config.label ?? {};
  return values.map((value) => label({...scalars, [parameter]: value}, codes ? boundary : [], {logT0}));
}
