/** Comparison of a simulated dataset with the requirements of its system's equations. */
import type {TableRow} from "@lola-ts/core";
import type {SimulationSummary} from "./simulate";
import type {System} from "./system";

/** Results of a system's checks. */
export interface Checks {
  /** One row per check, with the number found and the one expected. */
  readonly rows: TableRow[];
  /** Checks that fail, in words; empty for sound data. */
  readonly failures: string[];
}

/**
 * Compare a summary with its system's checks; without a summary there is nothing to compare, and a check of what no
 * trajectory has, as the drift of totals in an open box, does not apply.
 */
export function checkPhysics({checks}: System, summary?: SimulationSummary): Checks {
  if (!summary) return {rows: [{check: "simulated elsewhere", found: null, expected: ""}], failures: []};
  return {
    rows: [
      ...checks.map(({key, check, expected}) => ({
        check,
        found: summary[key] ?? null,
        expected: key in summary ? expected : "does not apply",
      })),
      {check: "solver steps", found: summary.steps, expected: ""},
      {check: "cell updates, millions", found: summary.updates / 1e6, expected: ""},
    ],
    failures: checks
      .filter(({key, max}) => max !== undefined && key in summary && !(summary[key] <= max))
      .map(({check}) => check),
  };
}
