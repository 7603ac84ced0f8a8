/** Cells of a claim: one-sided tests of differences between scores, paired over trajectories and seeds. */
import {studentP, crossedSummary, type Result} from "lola/evaluate";

/** A result whose samples may be means over seeds. */
export interface SeededResult extends Result {
  /** Samples of each seed, trajectory by trajectory. Default: there is one. */
  readonly bySeed?: readonly (readonly number[])[];
}

/** A test of one number, which is negative where its claim is right. */
export interface ClaimCell {
  readonly label: string;
  readonly value: number;
  /** Standard error over trajectories, and over seeds where there are several; NaN of a single trajectory. */
  readonly error: number;
  /** Chance of a value as low if the true one is not below 0: small speaks for the claim. */
  readonly pFor: number;
  /** Chance of a value as high if the true one is not above 0: small speaks against it. */
  readonly pAgainst: number;
}

/** Test if a mean is below 0, from its samples by seed and trajectory. */
export function cellOf(label: string, table: readonly (readonly number[])[]): ClaimCell {
  const {value, error, freedom} = crossedSummary(table);
  if (Number.isNaN(value)) return {label, value, error, pFor: 1, pAgainst: 0}; // a diverged forecast speaks against
  if (error === 0) return {label, value, error, pFor: value < 0 ? 0 : 1, pAgainst: value > 0 ? 0 : 1};
  const tail = studentP(value / error, freedom) / 2;
  return value < 0
    ? {label, value, error, pFor: tail, pAgainst: 1 - tail}
    : {label, value, error, pFor: 1 - tail, pAgainst: tail};
}

/** Samples of a result by seed. */
const seedsOf = ({samples, bySeed}: SeededResult) => bySeed ?? [samples];

/**
 * Combine results sample by sample, pairing trajectories and seeds; means over seeds where they have not the same number.
 *
 * @throws RangeError if results have other numbers of trajectories: they cannot be paired.
 */
export function combined(results: readonly SeededResult[], combine: (values: readonly number[]) => number): number[][] {
  const counts = results.map(({samples}) => samples.length);
  if (new Set(counts).size > 1) {
    throw new RangeError(`claims: expected scores of the same trajectories, found ${counts.join(" and ")} of them.`);
  }
  const seeds = results.map((result) => seedsOf(result).length);
  const isPaired = new Set(seeds).size === 1;
  const tables = results.map((result) => (isPaired ? seedsOf(result) : [result.samples]));
  return tables[0].map((row, s) => row.map((_, t) => combine(tables.map((table) => table[s][t]))));
}

/** Test if a result is below `factor` times another one. */
export function below(label: string, a: SeededResult, b: SeededResult, factor = 1): ClaimCell {
  return cellOf(
    label,
    combined([a, b], ([x, y]) => x - factor * y),
  );
}

/** Test if a result is below a number. */
export function belowNumber(label: string, a: SeededResult, limit: number): ClaimCell {
  return cellOf(
    label,
    combined([a], ([x]) => x - limit),
  );
}

/** Test if a result is above a number. */
export function aboveNumber(label: string, a: SeededResult, limit: number): ClaimCell {
  return cellOf(
    label,
    combined([a], ([x]) => limit - x),
  );
}
