/**
 * A whole data set of any system: random trajectories for each choice of parameters, in one file per choice and split, as
 * The Well keeps them. Finished arrays go to a `write` function.
 */
import {planEuler, summariseEuler, type EulerDataConfig} from "./euler/files";
import type {EulerDiagnostics} from "./euler/trajectory";
import {FileBuilder, type FilePlan, type SimulatedFile} from "./plan";
import type {GravityCoolingDiagnostics} from "./gravity-cooling/trajectory";
import {planGravityCooling, summariseGravityCooling, type GravityCoolingDataConfig} from "./gravity-cooling/files";
import {simulateAll, type PoolOptions, type TrajectoryStore} from "./pool";
import type {RayleighBenardDiagnostics} from "./rayleigh-benard/trajectory";
import {planRayleighBenard, summariseRayleighBenard, type RayleighBenardDataConfig} from "./rayleigh-benard/files";
import type {Diagnostics, SimulatedTrajectory} from "./result";
import type {SimulatedSystem, TrajectoryRequest} from "./trajectory";

export {EULER_GASES, type EulerDataConfig} from "./euler/files";
export {SPLITS, type SimulatedFile, type Split} from "./plan";

/** What to simulate; without `system` it is the Euler system. */
export type SimulationConfig = EulerDataConfig | RayleighBenardDataConfig | GravityCoolingDataConfig;

/** What a data set cost, and what its system says about the solver: numbers by name, e.g. `floors`. */
export interface SimulationSummary extends Readonly<Record<string, number>> {
  readonly files: number;
  readonly trajectories: number;
  readonly steps: number;
  /** Cell updates. */
  readonly updates: number;
  /** Seconds of all threads together. */
  readonly seconds: number;
}

/** The system of a configuration. */
export function simulatedSystem({system = "euler"}: SimulationConfig): SimulatedSystem {
  return system;
}

/**
 * Lay out the files of a data set and the requests that fill them; files without a trajectory are left out.
 *
 * @throws RangeError if the configuration makes no sense.
 */
export function planFiles(config: SimulationConfig): FilePlan[] {
  const plans =
    config.system === "rayleigh-benard"
      ? planRayleighBenard(config)
      : config.system === "gravity-cooling"
        ? planGravityCooling(config)
        : planEuler(config);
  return plans.filter(({requests}) => requests.length > 0);
}

/** Names of the folders that the files of a data set go to. */
export function datasetNames(config: SimulationConfig): string[] {
  return [...new Set(planFiles(config).map(({dataset}) => dataset))];
}

/** What a system's trajectories together say about its solver. */
function soundness(system: SimulatedSystem, all: readonly Diagnostics[]): Record<string, number> {
  switch (system) {
    case "euler":
      return summariseEuler(all as readonly EulerDiagnostics[]);
    case "rayleigh-benard":
      return summariseRayleighBenard(all as readonly RayleighBenardDiagnostics[]);
    case "gravity-cooling":
      return summariseGravityCooling(all as readonly GravityCoolingDiagnostics[]);
  }
}

function summarise(system: SimulatedSystem, files: number, all: readonly Diagnostics[]): SimulationSummary {
  const sum = (key: "steps" | "updates" | "seconds"): number =>
    all.reduce((total, diagnostics) => total + diagnostics[key], 0);
  const cost = {steps: sum("steps"), updates: sum("updates"), seconds: sum("seconds")};
  return {files, trajectories: all.length, ...cost, ...soundness(system, all)};
}

type Fields = SimulatedTrajectory["fields"];

const held = (fields: Fields) => () => fields;

/** How to get the fields of a trajectory out of a store. */
function fetched(store: TrajectoryStore, index: number, request: TrajectoryRequest): () => Fields {
  return () => {
    const kept = store.read(index, request);
    if (kept) return kept.fields;
    throw new Error(
      `simulateDataset: expected the trajectory with seed (${request.seed.join(", ")}) kept, found none.`,
    );
  };
}

/**
 * Simulate a data set. With a store, finished trajectories are fetched from it when their file is written, so that memory
 * does not grow with their number; without one they wait in memory.
 *
 * The seed of a trajectory is the hash of data set, file name, split, index in the file and `config.seed`. So the content
 * of every file is the same whatever the number of workers, and whether it was done at once or resumed from a store. The
 * order in which files finish is not.
 *
 * @param config What to simulate.
 * @param write Called with each file as soon as it is complete, one at a time.
 * @throws RangeError if the config makes no sense, before anything is simulated.
 * @throws Error naming its seed if a trajectory fails, or whatever `write` throws.
 */
export async function simulateDataset(
  config: SimulationConfig,
  write: (file: SimulatedFile) => Promise<void> | void,
  options: PoolOptions = {},
): Promise<SimulationSummary> {
  const drafts = planFiles(config).map((plan) => new FileBuilder(plan));
  const slots = drafts.flatMap((draft) => draft.plan.requests.map((request, slot) => ({draft, request, slot})));
  const all = new Array<Diagnostics>(slots.length);
  let writing = Promise.resolve();

  await simulateAll(
    slots.map(({request}) => request),
    async (index, trajectory) => {
      const {draft, slot, request} = slots[index];
      all[index] = trajectory.diagnostics;
      const fields = options.store ? fetched(options.store, index, request) : held(trajectory.fields);
      if (draft.place(slot, trajectory.diagnostics, fields)) await (writing = writing.then(() => write(draft.take())));
    },
    options,
  );
  return summarise(simulatedSystem(config), drafts.length, all);
}
