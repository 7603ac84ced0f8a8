/**
 * Trajectories that differ in one parameter only: emulated from the same state, with the same noise (paper, appendix D,
 * Figure 22 and Table 15).
 */
import ndarray, {type NdArray} from "ndarray";
import {
  flat,
  checkOptions,
  count,
  list,
  number,
  optional,
  section,
  text,
  whole,
  type BoundaryCodes,
} from "@lola-ts/core";
import {unstandardize} from "lola/data";
import {latentDistances} from "../tables/token-distances";
import {fieldView, imageOf, figure22, type Figure} from "@lola-ts/figures";
import {label, type Scalar} from "@lola-ts/simulators";
import {
  type Config,
  labRule,
  middleRate,
  type Dataset,
  emulatorOf,
  obtainEnsemble,
  rolloutVersion,
  rolloutSettings,
  samplerSettings,
} from "@lola-ts/laboratory/stages";
import {type Lab, parametersInWords, decodeStates, trajectoryAt} from "@lola-ts/laboratory";

export interface ParameterSweepOptions {
  /** Name of the parameter. Default: the system's first. */
  readonly parameter?: string;
  /**
   * Its values. Default: five, evenly spaced over those of the test trajectories, or of the system where these have only one
   * (over their logarithms, if it enters by its own).
   */
  readonly values?: readonly number[];
  /** Latent channels of the diffusion model. Default: the channels of the middle rate. */
  readonly latentChannels?: number;
  /** Place of the trajectory among the drawn ones whose first state is taken. Default: 0. */
  readonly trajectory?: number;
}

const rule = section<ParameterSweepOptions>({
  parameter: optional(text),
  values: optional(list(number())),
  latentChannels: optional(count),
  trajectory: optional(whole({min: 0})),
});

/**
 * Emulate one initial state under several values of a parameter, by diffusion, always with the same noise.
 *
 * @throws RangeError for a parameter or trajectory that there is not; LabError `interrupted`.
 * @example
 * const sweep = await parameterSweep(lab, {parameter: "gamma", values: [1.2, 1.3, 1.4, 1.5, 1.6]});
 * await lab.show(sweep.figure({field: "energy"}), {name: "figure-22"});
 */
export async function parameterSweep(lab: Lab, options: ParameterSweepOptions = {}): Promise<ParameterSweep> {
  checkOptions("parameterSweep", labRule, lab, "lab");
  checkOptions("parameterSweep", rule, options);
  const {config} = lab;
  const dataset = await lab.dataset();
  const scalar = scalarOf(dataset, options.parameter);
  const {latentChannels = middleRate(config), values = spread(dataset, scalar), trajectory: place = 0} = options;
  const trajectory = dataset.testTrajectories[place];
  if (trajectory === undefined) {
    const last = dataset.testTrajectories.length - 1;
    throw new RangeError(`parameterSweep: expected a trajectory from 0 to ${last}, found ${place}.`);
  }
  const labels = labelsBy(config, dataset.wells.test.trajectories[trajectory], scalar.name, values);
  const latents = await emulate(lab, {dataset, trajectory, latentChannels, labels});
  const {model} = await lab.autoencoder(latentChannels);
  const states = unstandardize(decodeStates(model, latents), dataset.standardization);
  const labelsInWords = values.map((value) => parametersInWords({[scalar.name]: value}));
  const from = `diffusion ÷${model.compression} from the first state of test trajectory ${trajectory}, with the same noise`;
  return {
    values,
    latents,
    states,
    labels: labelsInWords,
    figure({field = dataset.system.displayed} = {}) {
      const view = fieldView(dataset.system, field);
      const last = states.shape[1] - 1;
      const shown = [...new Set([0, Math.min(1, last), ...[0.2, 0.6, 1].map((part) => Math.round(part * last))])];
      const rows = labelsInWords.map((label, i) => {
        const own = trajectoryAt(states, i);
        return {label, fields: shown.map((state) => imageOf(own, state, view))};
      });
      return figure22(rows, {
        leads: shown.map((state) => state * config.stride),
        caption: `${view.name}; ${from}. ${lab.caption}`,
      });
    },
    distances(state) {
      const [count, ...rest] = latents.shape;
      const single = ndarray(flat(latents), [1, count, 1, ...rest]);
      return latentDistances({states: single, values}, state).distances.map((row) => [...row]);
    },
  };
}

/** Trajectories from one state under several values of a parameter. */
export interface ParameterSweep {
  /** Values of the parameter, one per trajectory. */
  readonly values: readonly number[];
  /** [V, T, h, w(, d), C]. */
  readonly latents: NdArray<Float32Array>;
  /** In physical units: [V, T, X, Y(, Z), C]. */
  readonly states: NdArray<Float32Array>;
  /** Names of the trajectories: "γ = 1.200", ... */
  readonly labels: readonly string[];
  /**
   * Draw Figure 22: one row per value, lead times to the right.
   *
   * @param options `field`: which one. Default: the one that figures show.
   */
  figure(options?: {field?: string}): Figure;
  /**
   * Compute the Euclidean distances of the latents at a state, as Table 15 has them.
   *
   * @param state its index, 0 for the initial one.
   * @returns V rows of V numbers.
   * @throws RangeError if there is no such state.
   */
  distances(state: number): number[][];
}

function scalarOf({system}: Dataset, name?: string): Scalar {
  const found = name === undefined ? system.scalars[0] : system.scalars.find((scalar) => scalar.name === name);
  if (found) return found;
  const known = system.scalars.map((scalar) => scalar.name).join(", ");
  throw new RangeError(`parameterSweep: expected a parameter ${known}, found ${name}.`);
}

/** Five values from the smallest to the largest of the test trajectories; of the system, where they have only one. */
function spread({wells}: Dataset, {name, log, values}: Scalar): number[] {
  const own = wells.test.trajectories.map(({scalars}) => scalars[name]);
  const all = new Set(own).size > 1 ? own : values;
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return [0, 0.25, 0.5, 0.75, 1].map((part) => (log ? low * (high / low) ** part : low + part * (high - low)));
}

interface Start {
  readonly dataset: Dataset;
  readonly trajectory: number;
  readonly latentChannels: number;
  readonly labels: readonly Float32Array[];
}

/** Generate latents, one trajectory per label: [V, T, h, w(, d), C]. */
async function emulate(lab: Lab, {dataset, trajectory, latentChannels, labels}: Start): Promise<NdArray<Float32Array>> {
  const {config} = lab;
  const {states, key: latentsKey} = await lab.latents(latentChannels, "test");
  const {model, key} = await lab.emulator({kind: "diffusion", latentChannels});
  const {start, length} = dataset.testWindow;
  const settings = rolloutSettings(config);
  const recipe = {
    stage: "rollout",
    name: `${config.system}-${config.preset}-sweep-c${latentChannels}`,
    title: "rollouts of one state",
    version: rolloutVersion(config),
    config: {
      trajectory,
      labels: labels.map((label) => [...label]),
      start,
      length,
      seed: config.seed,
      sampler: samplerSettings(config),
      ...settings,
    },
    inputs: [key, latentsKey],
  } as const;
  const first = trajectoryAt(states, trajectory).lo(start).hi(settings.context);
  const ensembles = await obtainEnsemble(lab, recipe, () => emulatorOf(config, model), {
    first: labels.map(() => first),
    labels,
    steps: length,
    sameNoise: true,
  });
  return ndarray(flat(ensembles), [labels.length, length, ...states.shape.slice(2)]);
}

/** Make the labels of a trajectory under other values of one parameter. */
export function labelsBy(
  config: Pick<Config, "label">,
  {scalars, boundary}: {readonly scalars: Readonly<Record<string, number>>; readonly boundary: BoundaryCodes},
  parameter: string,
  values: readonly number[],
): Float32Array[] {
  if (!(parameter in scalars)) {
    throw new RangeError(`labelsBy: expected the parameter ${parameter}, found ${Object.keys(scalars).join(", ")}.`);
  }
  const {boundary: codes = true, logT0} = config.label ?? {};
  return values.map((value) => label({...scalars, [parameter]: value}, codes ? boundary : [], {logT0}));
}
