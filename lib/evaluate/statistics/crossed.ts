/** The mean of a table of numbers, and how sure it is when both rows and columns are samples: trajectories and trainings. */
import {summary} from "../summary";

/** A grand mean, its standard error and the degrees of freedom of that. */
export interface CrossedSummary {
  readonly value: number;
  readonly error: number;
  /** By Satterthwaite's approximation; $T - 1$ of one seed. */
  readonly freedom: number;
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

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
 * @returns NaN for the error of a single trajectory.
 * @throws RangeError unless all seeds have the same number of trajectories.
 */
export function crossedSummary(table: readonly (readonly number[])[]): CrossedSummary {
  const S = table.length;
  const T = table[0]?.length ?? 0;
  if (S === 0 || T === 0 || table.some(({length}) => length !== T)) {
    const found = table.map(({length}) => length).join(", ") || "none";
    throw new RangeError(`crossedSummary: expected as many trajectories of each seed, found ${found}.`);
  }
  const columns = table[0].map((_, t) => mean(table.map((row) => row[t])));
  const overTrajectories = summary(columns);
  if (S === 1 || T === 1) return {...overTrajectories, freedom: T - 1};
  const rows = table.map(mean);
  const {value} = overTrajectories;
  const spread = (means: readonly number[]) => means.reduce((sum, one) => sum + (one - value) ** 2, 0);
  const ofSeeds = (T * spread(rows)) / (S - 1);
  const ofTrajectories = (S * spread(columns)) / (T - 1);
  const rest = table.flatMap((row, s) => row.map((one, t) => (one - rows[s] - columns[t] + value) ** 2));
  const ofBoth = rest.reduce((a, b) => a + b, 0) / ((S - 1) * (T - 1));
  const whole = ofSeeds + ofTrajectories - ofBoth;
  if (whole <= ofTrajectories) return {value, error: Math.sqrt(ofTrajectories / (S * T)), freedom: T - 1};
  const parts = ofSeeds ** 2 / (S - 1) + ofTrajectories ** 2 / (T - 1) + ofBoth ** 2 / ((S - 1) * (T - 1));
  return {value, error: Math.sqrt(whole / (S * T)), freedom: whole ** 2 / parts};
}
