/** Comparison of a simulated dataset with the requirements of its system's equations. */
import type {TableRow} from "../core/table";
import type {SimulationSummary} from "./simulate";
import type {System} from "./system";

/** Results of a system's checks. */
export interface Checks {
  /** One row per check, with the number found and the one expected. */
  readonly rows: TableRow[];
  /** Checks that fail, in words; empty for sound data. */
  readonly failures: string[];
}

/** Compare a summary with its system's checks; without a summary there is nothing to compare. */
export function checkPhysics({checks}: System, summary?: SimulationSummary): Checks {
  if (!summary) return {rows: [{check: "simulated elsewhere", found: null, expected: ""}], failures: []};
  return {
    rows: [
      ...checks.map(({key, check, expected}) => ({check, found: summary[key], expected})),
      {check: "solver steps", found: summary.steps, expected: ""},
      {check: "cell updates, millions", found: summary.updates / 1e6, expected: ""},
    ],
    failures: checks.filter(({key, max}) => max !== undefined && !(summary[key] <= max)).map(({check}) => check),
  };
}
