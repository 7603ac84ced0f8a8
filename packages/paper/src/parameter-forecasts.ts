/** Table 15: forecasts from one initial state under other values of a parameter (paper, appendix D). */
import ndarray from "ndarray";
import {flat} from "@lola-ts/core";
import type {ParameterForecasts} from "./tables/token-distances";
import {labelsBy} from "./studies/parameter-sweep";
import type {Lab} from "@lola-ts/laboratory";
import {type EmulatorSpec, emulatorOf, obtainEnsemble, rolloutVersion, type Dataset} from "@lola-ts/laboratory/stages";
import type {Scalar} from "@lola-ts/simulators";
import {printedMatrix} from "./tables/matrix-table";

/** Trajectories of each value: two, so that the distance of other noise alone is known. */
const MEMBERS = 2;

export interface ParameterForecastOptions {
  readonly parameter: string;
  readonly values: readonly number[];
  /** Number of initial states: of the first drawn test trajectories. */
  readonly initialStates: number;
}

/**
 * Generate (or load) latent trajectories by diffusion at the lowest compression rate, from the same initial states under each
 * value of a parameter; all other parameters are the initial state's own.
 *
 * @throws RangeError if the trajectories have no such parameter; LabError `interrupted`.
 */
export async function parameterForecasts(lab: Lab, options: ParameterForecastOptions): Promise<ParameterForecasts> {
  const {config} = lab;
  const {parameter, values, initialStates} = options;
  const spec: EmulatorSpec = {kind: "diffusion", latentChannels: config.latentChannels[0]};
  const dataset = await lab.dataset();
  const {model, key} = await lab.emulator(spec);
  const latents = await lab.latents(spec.latentChannels!, "test");
  const trajectories = dataset.testTrajectories.slice(0, initialStates);
  const {context = 1, trajectories: _, members: __, noise: ___, ...rollout} = config.rollout;
  const {start, length} = dataset.testWindow;
  const recipe = {
    stage: "rollout",
    name: `${config.system}-${config.preset}-by-${parameter.toLowerCase()}`,
    version: rolloutVersion(config),
    config: {
      ...rollout,
      context,
      start,
      length,
      window: config.window,
      trajectories,
      parameter,
      values,
      members: MEMBERS,
      seed: config.seed,
    },
    inputs: [key, dataset.labelledKey(latents.key)],
    title: `rollouts by ${parameter}`,
  } as const;
  const rows = trajectories.flatMap((n) => values.map(() => latents.states.pick(n).lo(start).hi(context)));
  const ensembles = await obtainEnsemble(lab, recipe, () => emulatorOf(config, model), {
    first: rows,
    labels: trajectories.flatMap((n) => labelsBy(config, dataset.wells.test.trajectories[n], parameter, values)),
    steps: length,
    members: MEMBERS,
    contextSource: "input",
    skip: context - 1,
  });
  const [, ...shape] = ensembles.shape;
  return {states: ndarray(flat(ensembles), [trajectories.length, values.length, ...shape]), values};
}

/** Most values of a parameter that a table compares. */
const MOST = 7;

/** Find a parameter by its place in the system. @throws RangeError if the system has fewer. */
export function parameterAt({system}: Pick<Lab, "system">, place: number): Scalar {
  const found = system.scalars[place];
  if (found) return found;
  const known = system.scalars.map(({name}) => name).join(", ");
  throw new RangeError(
    `paperTable: expected a system with ${place + 1} parameters or more, found ${system.name} with ${known}.`,
  );
}

/** List the values of a parameter in the files of splits, ascending. */
export function valuesIn(wells: readonly Pick<Dataset["wells"]["test"], "trajectories">[], name: string): number[] {
  const all = wells.flatMap(({trajectories}) => trajectories.map(({scalars}) => scalars[name]));
  return [...new Set(all)].sort((a, b) => a - b);
}

/**
 * Choose the values of a parameter that trajectories are generated for: the paper's, where its table is of this parameter and
 * they lie within those of the data; else those of the data, at most 7 of them evenly chosen.
 */
export function comparedValues(dataset: Dataset, {name}: Scalar, path: string): number[] {
  const own = valuesIn([dataset.wells.test], name);
  const printed = printedMatrix(path, name)?.values ?? [];
  if (printed.length > 0 && own[0] <= printed[0] && printed[printed.length - 1] <= own[own.length - 1]) {
    return [...printed];
  }
  if (own.length <= MOST) return own;
  return Array.from({length: MOST}, (_, i) => own[Math.round((i * (own.length - 1)) / (MOST - 1))]);
}
