/**
 * Does a simulated dataset obey what its equations demand? Each system has its own demands; what is only told has no limit.
 */
import type {TableRow} from "../core/table";
import type {SystemName} from "./registry";
import type {SimulationSummary} from "./simulate";
import {RESOLVED_TAIL} from "./rayleigh-benard/trajectory";

interface Check {
  /** Name of a number in the summary. */
  readonly key: string;
  /** For readers. */
  readonly check: string;
  /** Largest value that is sound; none where nothing is demanded. */
  readonly most?: number;
  readonly expected: string;
}

const repairs: Check = {key: "floors", check: "repairs of a negative density or pressure", most: 0, expected: "0"};

const DEMANDS: Readonly<Record<SystemName, readonly Check[]>> = {
  euler: [
    {
      key: "drift",
      check: "largest drift of mass, momentum, energy",
      most: 1e-12,
      expected: "rounding, below 1e-12",
    },
    repairs,
  ],
  "rayleigh-benard": [
    {key: "unresolved", check: "trajectories that their grid does not resolve", most: 0, expected: "0"},
    {
      key: "tail",
      check: "largest part of a field in the last modes",
      most: RESOLVED_TAIL,
      expected: `below ${RESOLVED_TAIL}`,
    },
    {key: "overshoot", check: "buoyancy beyond that of the walls", most: 0.05, expected: "0 but for thin plumes"},
  ],
  "gravity-cooling": [
    repairs,
    {
      key: "massChange",
      check: "largest change of the mass in the simulated cube",
      expected: "small: what reaches its walls leaves",
    },
  ],
};

/** What a system's data should obey and what was found. */
export interface Checks {
  readonly rows: TableRow[];
  /** What is violated, in words; empty for sound data. */
  readonly failures: string[];
}

/** Compare a summary with the demands of its system; without one there is nothing to compare. */
export function checkPhysics(system: SystemName, summary?: SimulationSummary): Checks {
  if (!summary) return {rows: [{check: "simulated elsewhere", found: null, expected: ""}], failures: []};
  const demands = DEMANDS[system];
  return {
    rows: [
      ...demands.map(({key, check, expected}) => ({check, found: summary[key], expected})),
      {check: "solver steps", found: summary.steps, expected: ""},
      {check: "cell updates, millions", found: summary.updates / 1e6, expected: ""},
    ],
    failures: demands.filter(({key, most}) => most !== undefined && !(summary[key] <= most)).map(({check}) => check),
  };
}
