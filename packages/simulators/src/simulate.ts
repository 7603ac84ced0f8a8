/**
 * Simulation of a whole dataset of any system: random trajectories for each choice of parameters, in one file per choice
 * and split, as in The Well. A `write` function receives the finished files.
 */
import {FileBuilder, type FilePlan, type SimulatedFile} from "./plan";
import {simulateAll, type PoolOptions, type TrajectoryStore} from "./pool";
import {simulatedSystem, type SimulationConfig, type TrajectoryRequest} from "./registry";
import type {Diagnostics, SimulatedTrajectory} from "./result";

export type {EulerDataConfig} from "./euler/files";
export {EULER_GASES} from "./euler/spec";
export type {SimulatedFile} from "./plan";
export type {SimulationConfig} from "./registry";

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
  const sum = (key: "steps" | "updates" | "seconds"): number =>
    all.reduce((total, diagnostics) => total + diagnostics[key], 0);
  return {
    files,
    trajectories: all.length,
    steps: sum("steps"),
    updates: sum("updates"),
    seconds: sum("seconds"),
    ...simulatedSystem(config).summarise(all),
  };
}

type Fields = SimulatedTrajectory["fields"];

/** Make the function that reads the fields of a trajectory from a store. */
function storedFields(store: TrajectoryStore, index: number, request: TrajectoryRequest): () => Fields {
  return () => {
    const kept = store.read(index, request);
    if (kept) return kept.fields;
    throw new Error(
      `simulateDataset: expected the trajectory with seed (${request.seed.join(", ")}) kept, found none.`,
    );
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
  const plans = planFiles(config);
  const slots = plans.flatMap((plan) => {
    const file = new FileBuilder(plan);
    return plan.requests.map((request, slot) => ({file, request, slot}));
  });
  const all = new Array<Diagnostics>(slots.length);
  let writing = Promise.resolve();

  await simulateAll(
    slots.map(({request}) => request),
    async (index, trajectory) => {
      const {file, slot, request} = slots[index];
      const {diagnostics, fields} = trajectory;
      all[index] = diagnostics;
      const read = options.store ? storedFields(options.store, index, request) : () => fields;
      if (file.place(slot, diagnostics, read)) await (writing = writing.then(() => write(file.take())));
    },
    options,
  );
  return summarise(config, plans.length, all);
}
