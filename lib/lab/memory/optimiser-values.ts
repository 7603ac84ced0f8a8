import type {Layout} from "../../nn/module";
import {Kronecker} from "../../train/optimisers/kronecker";
import type {TrainingConfig} from "../config";

/** Axes up to this length have a matrix, by default of both optimisers. */
const MATRICES = 4096;

/** Count the values of an optimiser's state: moments, and the factors of a preconditioner. */
export function optimiserValues(optimiser: TrainingConfig["optimiser"], layout: Layout): number {
  if (optimiser === "adamw") return 2 * layout.size;
  const {stacks, diagonals} = new Kronecker(layout, MATRICES, {diagonals: optimiser === "psgd"});
  const matrices = stacks.reduce((sum, {size, count}) => sum + 2 * count * size ** 2, 0);
  const lines = diagonals.reduce((sum, {size, count}) => sum + count * size, 0);
  return (optimiser === "soap" ? 2 : 1) * layout.size + matrices + lines;
}
