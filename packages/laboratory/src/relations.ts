/** Options that must fit each other; each of them alone follows its rule. */
import {planFiles, simulatedSystem} from "@lola-ts/simulators";
import type {Config, EmulatorPreset, TrainingConfig} from "./config";

/** An option that does not fit the others. */
interface Misfit {
  readonly option: string;
  readonly expected: string;
  readonly found: unknown;
}

type Relation = (config: Config) => (Misfit | false)[];

const misfit = (fits: boolean, option: string, expected: string, found: unknown): Misfit | false =>
  !fits && {option, expected, found};

const emulators = ({latent, pixel}: Config) => Object.entries({latent, ...(pixel && {pixel})});

const trainings = (config: Config): [string, Omit<TrainingConfig, "steps">][] => [
  ["autoencoder.training", config.autoencoder.training],
  ...emulators(config).map(([name, {training}]): [string, TrainingConfig] => [`${name}.training`, training]),
];

/** The data are of the lab's own system. */
const ownData: Relation = ({system, data}) => {
  if ("source" in data) return [];
  const found = simulatedSystem(data).name;
  return [misfit(found === system, "data.system", `${system}, the lab's system`, found)];
};

/** Architectures can be built. */
const networks: Relation = (config) => {
  const {hidChannels, hidBlocks, kl, saturation = "softclip2"} = config.autoencoder.model;
  const heads = (name: string, {hidChannels, attentionHeads}: EmulatorPreset) =>
    misfit(
      hidChannels % (2 * attentionHeads) === 0,
      `${name}.hidChannels`,
      `a multiple of 2 × attentionHeads, ${2 * attentionHeads}`,
      hidChannels,
    );
  return [
    misfit(
      hidBlocks.length === hidChannels.length,
      "autoencoder.model.hidBlocks",
      `a list of ${hidChannels.length} entries, as hidChannels`,
      `${hidBlocks.length} entries`,
    ),
    misfit(kl === undefined || saturation === "none", "autoencoder.model.saturation", "none beside kl", saturation),
    ...emulators(config).map(([name, emulator]) => heads(name, emulator)),
  ];
};

/** The grid divides into latents and patches. */
const grids: Relation = ({data, autoencoder: {model}, pixel}) => {
  if ("source" in data) return [];
  const {hidChannels, patchSize = 1, stride = 2} = model;
  const sides = {"autoencoder.model": patchSize * stride ** (hidChannels.length - 1), pixel: pixel?.patchSize ?? 1};
  const cells = [data.grid].flat();
  return Object.entries(sides).map(([name, side]) =>
    misfit(
      cells.every((count) => count % side === 0),
      "data.grid",
      `divisible by ${side}, the cells of a patch of ${name}`,
      cells.join(" × "),
    ),
  );
};

/** Batches, losses and steps of trainings. */
const optimisation: Relation = (config) => [
  ...trainings(config).map(([name, {batch, microBatches = 1}]) =>
    misfit(batch % microBatches === 0, `${name}.microBatches`, `a divisor of batch, ${batch}`, microBatches),
  ),
  misfit(Object.keys(config.autoencoder.steps).length > 0, "autoencoder.steps", "steps of one rate or more", "none"),
  misfit(
    Object.keys(config.autoencoder.loss ?? "vrmse").length > 0,
    "autoencoder.loss",
    "a loss, or weights of some",
    "none",
  ),
];

/** Intervals are not empty. */
const intervals: Relation = ({schedule, objective}) => {
  const {sigmaMin = 1e-3, sigmaMax = 1e3} = schedule;
  const {times} = objective ?? {};
  const {min = 0, max = 1} = times?.kind === "uniform" ? times : {};
  return [
    misfit(sigmaMin < sigmaMax, "schedule.sigmaMin", `below sigmaMax, ${sigmaMax}`, sigmaMin),
    misfit(min < max, "objective.times.min", `below max, ${max}`, min),
  ];
};

/** Windows hold their context and more, and trajectories hold windows. */
const windows: Relation = ({window, contexts, rollout, stride, data}) => {
  const {context = 1, overlap = 1, start = 0} = rollout;
  const {atLeast = 1} = contexts.kind === "wrapped" ? contexts : {};
  const below = (option: string, found: number) => misfit(found < window, option, `below window, ${window}`, found);
  return [
    below("contexts.atLeast", atLeast),
    below("rollout.context", context),
    below("rollout.overlap", overlap),
    misfit(start % stride === 0, "rollout.start", `a multiple of stride, ${stride}`, start),
    "frames" in data && misfit(window <= data.frames, "window", `up to data.frames, ${data.frames}`, window),
  ];
};

/** Each horizon has a state. */
const horizons: Relation = ({horizons, stride, rollout: {start = 0}, data}) => {
  if ("source" in data) return [];
  const last = (data.frames - 1) * stride - start;
  const hasState = ([from, to]: [number, number]) => Math.ceil(from / stride) * stride <= Math.min(to, last);
  return horizons.map((horizon) =>
    misfit(
      hasState(horizon),
      "horizons",
      `ranges with a state each (every ${stride} up to ${last})`,
      horizon.join(":"),
    ),
  );
};

const RELATIONS: readonly Relation[] = [ownData, networks, grids, optimisation, intervals, windows, horizons];

/**
 * Check that the options of a configuration fit each other.
 *
 * @param where function that is called, which begins the sentence.
 * @throws RangeError naming the first option that does not.
 */
export function checkRelations(where: string, config: Config): void {
  for (const fault of RELATIONS.flatMap((relation) => relation(config))) {
    if (!fault) continue;
    const {option, expected, found} = fault;
    throw new RangeError(`${where}: expected ${option} to be ${expected}, found ${String(found)}.`);
  }
  if (!("source" in config.data)) planFiles(config.data);
}
