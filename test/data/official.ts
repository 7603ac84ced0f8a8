/** Golden vectors of augmentations and labels. */
import type {BoundaryCodes} from "../../lib/data/systems";
import {reference} from "../reference/reference";

export const vectors = reference("standardize");

/** Boundary codes, stored as [axes, 2]. */
export const codes = (name: string): BoundaryCodes => {
  const {shape, data} = vectors.tensor(name);
  return Array.from({length: shape[0]}, (_, axis) => [data[2 * axis], data[2 * axis + 1]] as const);
};
