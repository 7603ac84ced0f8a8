/** The mean of a table of numbers, and its error when both rows and columns are samples: trainings and trajectories. */
import {summary} from "../summary";
import {fisherP} from "./significance";

/** A grand mean, its standard error and the degrees of freedom of that error. */
export interface CrossedSummary {
  readonly value: number;
  readonly error: number;
  /** By Satterthwaite's approximation, at least 1; $T - 1$ of one seed. */
  readonly freedom: number;
}

/** A column's block: trajectories of one parameter value are a block. */
export type Block = string | number;

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const squares = (values: readonly number[], about: number) => values.reduce((sum, one) => sum + (one - about) ** 2, 0);

/**
 * Compute the grand mean of a table and its standard error over both of its directions. With effects of seeds, of
 * trajectories and of both together, $y_{st} = \mu + a_s + b_t + e_{st}$, the variance of the mean of $S \times T$ numbers is
 *
 * $$ \frac{\sigma_a^2}{S} + \frac{\sigma_b^2}{T} + \frac{\sigma_e^2}{S T} = \frac{M_a + M_b - M_e}{S T}, $$
 *
 * where $M$ are the mean squares of the two-way analysis of variance without repetition; it is taken to be no smaller than
 * over trajectories alone. Of one seed it is the standard error over trajectories.
 *
 * @param table numbers of each seed, trajectory by trajectory.
 * @param blocks of each trajectory. Where means differ between blocks by more than chance, blocks take the place of
 *   trajectories, because trajectories of one block are then no independent samples ({@link variesByBlock}).
 * @returns NaN for the error of a single trajectory.
 * @throws RangeError unless all seeds have the same number of trajectories.
 */
export function crossedSummary(table: readonly (readonly number[])[], blocks?: readonly Block[]): CrossedSummary {
  const S = table.length;
  const T = table[0]?.length ?? 0;
  if (S === 0 || T === 0 || table.some(({length}) => length !== T)) {
    const lengths = table.map(({length}) => length).join(", ") || "none";
    throw new RangeError(`crossedSummary: expected as many trajectories of each seed, found ${lengths}.`);
  }
  const columns = columnMeans(table);
  if (blocks && variesByBlock(columns, blocks)) return crossedSummary(table.map((row) => blockMeans(row, blocks)));
  const overTrajectories = summary(columns);
  if (S === 1 || T === 1) return {...overTrajectories, freedom: T - 1};
  const rows = table.map(mean);
  const {value} = overTrajectories;
  const ofSeeds = (T * squares(rows, value)) / (S - 1);
  const ofTrajectories = (S * squares(columns, value)) / (T - 1);
  const rest = table.flatMap((row, s) => row.map((one, t) => one - rows[s] - columns[t] + value));
  const ofBoth = squares(rest, 0) / ((S - 1) * (T - 1));
  const whole = ofSeeds + ofTrajectories - ofBoth;
  if (whole <= ofTrajectories) return {value, error: Math.sqrt(ofTrajectories / (S * T)), freedom: T - 1};
  const parts = ofSeeds ** 2 / (S - 1) + ofTrajectories ** 2 / (T - 1) + ofBoth ** 2 / ((S - 1) * (T - 1));
  return {value, error: Math.sqrt(whole / (S * T)), freedom: Math.max(1, whole ** 2 / parts)};
}

/** Average a table over its rows. */
export const columnMeans = (table: readonly (readonly number[])[]): number[] =>
  table[0].map((_, t) => mean(table.map((row) => row[t])));

function blockMeans(values: readonly number[], blocks: readonly Block[]): number[] {
  return [...new Set(blocks)].map((block) => mean(values.filter((_, i) => blocks[i] === block)));
}

/**
 * Test if the means of blocks differ by more than the scatter within them explains: the F-test of a one-way analysis of variance
 * at 5 %. It needs three blocks, and two values in one of them.
 */
export function variesByBlock(values: readonly number[], blocks: readonly Block[]): boolean {
  const count = new Set(blocks).size;
  if (count < 3 || values.length <= count) return false;
  const value = mean(values);
  const own = blockMeans(values, blocks);
  const order = [...new Set(blocks)];
  const ofBlock = values.map((_, i) => own[order.indexOf(blocks[i])]);
  const between = squares(ofBlock, value) / (count - 1);
  const within = values.reduce((sum, one, i) => sum + (one - ofBlock[i]) ** 2, 0) / (values.length - count);
  return fisherP(between / within, count - 1, values.length - count) < 0.05;
}
