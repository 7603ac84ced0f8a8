/** The parameters of a laboratory's system: which one is compared, and at which of its values. */
import type {Scalar} from "../../systems/system";
import {printedMatrix} from "../../evaluate/paper/matrix-table";
import type {Lab} from "../lab";
import type {Dataset} from "../stages/dataset";

/** Most values of a parameter that a table compares. */
const MOST = 7;

/** Find a parameter by its place among those of the system. @throws RangeError if the system has fewer. */
export function parameterAt({system}: Pick<Lab, "system">, place: number): Scalar {
  const found = system.scalars[place];
  if (found) return found;
  const known = system.scalars.map(({name}) => name).join(", ");
  throw new RangeError(
    `paperTable: expected a system with ${place + 1} parameters or more, found ${system.name} with ${known}.`,
  );
}

/** List the values of a parameter in the given splits, ascending. */
export function valuesIn(dataset: Dataset, name: string, splits: readonly ("valid" | "test")[]): number[] {
  const all = splits.flatMap((split) => dataset.wells[split].trajectories.map(({scalars}) => scalars[name]));
  return [...new Set(all)].sort((a, b) => a - b);
}

/**
 * Choose the values of a parameter that trajectories are generated for: the paper's, where its table is of this parameter and
 * they lie within those of the data; else those of the data, at most 7 of them evenly chosen.
 */
export function comparedValues(dataset: Dataset, {name}: Scalar, path: string): number[] {
  const own = valuesIn(dataset, name, ["test"]);
  const printed = printedMatrix(path, name)?.values ?? [];
  if (printed.length > 0 && own[0] <= printed[0] && printed[printed.length - 1] <= own[own.length - 1]) {
    return [...printed];
  }
  if (own.length <= MOST) return own;
  return Array.from({length: MOST}, (_, i) => own[Math.round((i * (own.length - 1)) / (MOST - 1))]);
}
