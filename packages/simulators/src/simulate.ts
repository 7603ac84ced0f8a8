/**
 * Simulation of a whole dataset of any system: random trajectories for each choice of parameters, in one file per choice
 * and split, as in The Well. A `write` function receives the finished files.
 */
import {finishedFile, type FilePlan, type SimulatedFile} from "./plan";
import {simulateAll, type PoolOptions} from "./pool";
import {simulatedSystem, type SimulationConfig, type TrajectoryRequest} from "./registry";
import type {Diagnostics, SimulatedTrajectory} from "./result";
import type {TableRow} from "@lola-ts/core";
import type {System} from "./system";

type Fields = SimulatedTrajectory["fields"];

/** Cost of a dataset, and a summary of its system's diagnostics: numbers by name, e.g. `floors`. */
export interface SimulationSummary extends Readonly<Record<string, number>> {
  readonly files: number;
  readonly trajectories: number;
  readonly steps: number;
  /** Cell updates. */
  readonly updates: number;
  /** Seconds, summed over threads. */
  readonly seconds: number;
}

/**
 * Lay out the files of a dataset and the requests of their trajectories; files without a trajectory are left out.
 *
 * @throws RangeError if the configuration makes no sense.
 */
export function planFiles(config: SimulationConfig): FilePlan<TrajectoryRequest>[] {
  return simulatedSystem(config)
    .plan(config)
    .filter(({requests}) => requests.length > 0);
}

/** Name the folders of a dataset's files. */
export function datasetNames(config: SimulationConfig): string[] {
  return [...new Set(planFiles(config).map(({dataset}) => dataset))];
}

function summarise(config: SimulationConfig, files: number, all: readonly Diagnostics[]): SimulationSummary {
  const sum = (key: "steps" | "updates" | "seconds") => all.reduce((total, one) => total + one[key], 0);
  return {
    files,
    trajectories: all.length,
    steps: sum("steps"),
    updates: sum("updates"),
    seconds: sum("seconds"),
    ...simulatedSystem(config).summarise(all),
  };
}

/**
 * Simulate a dataset. With a store, finished trajectories are read from it when their file is written, so that memory does
 * not grow with their number; without one they stay in memory until then.
 *
 * The seed of a trajectory is the hash of dataset, file name, split, index in the file and `config.seed`. So the content
 * of every file is the same for any number of workers, and whether the simulation ran at once or resumed from a store. The
 * order in which files finish may differ.
 *
 * @param config Configuration of the dataset.
 * @param write Called with each file as soon as it is complete, one at a time.
 * @throws RangeError if the config makes no sense, before anything is simulated.
 * @throws Error naming its seed if a trajectory fails; the error of `write` if it fails.
 */
export async function simulateDataset(
  config: SimulationConfig,
  write: (file: SimulatedFile) => Promise<void> | void,
  options: PoolOptions = {},
): Promise<SimulationSummary> {
  const {store} = options;
  const plans = planFiles(config);
  const all: Diagnostics[] = [];
  const slots = plans.flatMap((plan) => {
    const diagnostics: Diagnostics[] = [];
    const draft = {plan, diagnostics, missing: plan.requests.length, finished: [] as (() => Fields)[]};
    return plan.requests.map((request, slot) => ({draft, request, slot}));
  });
  let writing = Promise.resolve();

  const deliver = async (index: number, {diagnostics, fields}: SimulatedTrajectory): Promise<void> => {
    const {draft, slot, request} = slots[index];
    all[index] = draft.diagnostics[slot] = diagnostics;
    draft.finished[slot] = () => {
      const kept = store ? store.read(index, request)?.fields : fields;
      if (kept) return kept;
      const seed = request.seed.join(", ");
      throw new Error(`simulateDataset: expected the trajectory with seed (${seed}) kept, found none.`);
    };
    if (--draft.missing > 0) return;
    const file = finishedFile(draft.plan, draft.diagnostics, draft.finished.splice(0));
    await (writing = writing.then(() => write(file)));
  };
  await simulateAll(
    slots.map(({request}) => request),
    deliver,
    options,
  );
  return summarise(config, plans.length, all);
}

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
      .filter(({key, max}) => max !== undefined && key in summary && !((summary[key] ?? NaN) <= max))
      .map(({check}) => check),
  };
}
