/** An experiment in words: its name, how it differs from its preset, captions, and the folder that its figures belong to. */
import {
  chosenRun,
  committedFigures,
  figuresFolder,
  type TableRow,
  checkOptions,
  either,
  notANumber,
  number,
  BOUNDARY,
  valueInWords,
  type BoundaryCodes,
} from "@lola-ts/core";
import {autoencoderSteps, stepsRemark} from "./stages/autoencoders";
import {changesOf, inBrief} from "./changes";
import {statesPerCall, type Config} from "./config";
import {inGigabytes, trainingMemory} from "./training-memory";
import {artifactKey} from "@lola-ts/cache";
import {simulatedSystem, systemNames, systemOf, type SimulationConfig} from "@lola-ts/simulators";

/** Name an experiment: "euler-tour", and for a changed configuration "euler-tour-" with a hash of it or the given name. */
export function nameOf(config: Config, given?: string): string {
  if (given !== undefined && !/^[\w-][\w.-]{0,99}$/.test(given)) {
    throw new RangeError(
      `openLab: expected a name of letters, digits, "-", "_" and ".", at most 100 of them, found ${valueInWords(given)}.`,
    );
  }
  const changed = changesOf(config).length > 0 ? artifactKey(config).slice(0, 8) : undefined;
  return [config.system, config.preset, given ?? changed].filter(Boolean).join("-");
}

/**
 * Find the folder of figures: the run's folder that the environment chooses, .out/name/figures for every other or changed one.
 * A run that renews its system's committed figures renews another system's figures at the same preset, too.
 */
export function folderOf(config: Config, given?: string): string {
  const {system, preset} = chosenRun();
  const name = nameOf(config, given);
  if (name === `${system}-${preset}`) return figuresFolder();
  const isReference = figuresFolder() === committedFigures(system) && name === `${config.system}-${preset}`;
  return isReference ? committedFigures(config.system) : figuresFolder(name);
}

export function captionOf(config: Config): string {
  const {system, preset, seed, data, rollout} = config;
  const apart = ["seed", ...("source" in data ? [] : ["rollout.trajectories"])]; // have their own place
  const changes = changesOf(config).filter(({option}) => !apart.includes(option));
  const changed = changes.length > 0 ? [`changed: ${inBrief(changes)}`] : [];
  const parts = [system, `preset ${preset}`, ...changed, `seed ${seed}`];
  if ("source" in data) parts.push("The Well's data");
  else {
    const {train, test} = data.trajectories;
    const forecast = rollout.trajectories < test ? `${rollout.trajectories} of ${test}` : test;
    parts.push(`${gridInWords(data)} states`, `${train} training and ${forecast} test trajectories`);
  }
  return [...parts, `${stepsInWords(config)} training steps`].join(", ");
}

function stepsInWords(config: Config): string {
  const {latent, pixel, latentChannels} = config;
  const all = latentChannels.map((channels) => autoencoderSteps(config, channels).steps);
  all.push(latent.training.steps, ...(pixel ? [pixel.training.steps] : []));
  const few = Math.min(...all);
  const many = Math.max(...all);
  return few === many ? `${few}` : `${few} to ${many}`;
}

/** About the most memory that a training takes: "autoencoder 0.7 GB, latent emulators 0.6 GB". */
function memoryInWords(config: Config): string {
  const {latentChannels, pixel, system, data} = config;
  if ("source" in data && !systemOf(system).well) return "by the grid of the files";
  const autoencoders = latentChannels.map((channels) =>
    trainingMemory(config, {stage: "autoencoder", latentChannels: channels, changes: {}}),
  );
  const emulator = (channels: number | null) =>
    trainingMemory(config, {
      stage: "emulator",
      method: {kind: channels === null ? "solver" : "diffusion", latentChannels: channels},
      changes: {},
    });
  const parts = {
    autoencoder: autoencoders,
    "latent emulator": latentChannels.map(emulator),
    ...(pixel && {"pixel solver": [emulator(null)]}),
  };
  const most = Object.entries(parts).map(
    ([name, all]) => `${name} ${inGigabytes(Math.max(...all.map(({total}) => total)))}`,
  );
  return `about ${most.join(", ")}`;
}

export function describeConfig(config: Config): TableRow[] {
  const {system, data, stride, autoencoder, latent, pixel, rollout, latentChannels, seed} = config;
  const every = stride === 1 ? "state" : `${stride}th state`;
  const steps = latentChannels.map((channels) => `${autoencoderSteps(config, channels).steps} (${channels})`);
  const rows: Record<string, string> = {
    data:
      "source" in data
        ? `The Well's files of ${system}, every ${every}`
        : `${simulatedSystem(data).describe(data)}, ${gridInWords(data)} cells, ${data.frames} frames to t = ${data.endTime}`,
    autoencoder: `channels ${autoencoder.model.hidChannels.join(", ")}; latent channels ${latentChannels.join(", ")}`,
    training: `${autoencoder.training.optimiser}, ${steps.join(", ")} steps`,
    "latent emulators": `width ${latent.hidChannels}, ${latent.hidBlocks} blocks, ${latent.training.steps} steps`,
    "pixel solver": pixel
      ? `width ${pixel.hidChannels}, patch ${pixel.patchSize}, ${pixel.training.steps} steps`
      : "none",
    "memory of a training": memoryInWords(config),
    rollouts: `${statesPerCall(config)} states a call, ${rollout.members} members, ${rollout.steps} sampler steps`,
    seeds: "source" in data ? `${seed}` : `${seed}; dataset ${data.seed}`,
  };
  const remarks = latentChannels.flatMap((channels) => stepsRemark(config, channels) ?? []);
  if (remarks.length > 0) rows["steps of new rates"] = remarks.join("; ");
  const changes = changesOf(config).map(({option, preset, here}) => `${option} = ${here} (preset: ${preset})`);
  if (changes.length > 0) rows.changed = changes.join("; ");
  return Object.entries(rows).map(([part, setting]) => ({part, setting}));
}

const scalarRule = either(number(), notANumber);
const SUPERSCRIPTS: Readonly<Record<number, string>> = {1: "", 2: "²", 3: "³"};

/** Write the cells of a state: 32² where all axes have the same number, else 64 × 16. */
export function gridInWords(data: SimulationConfig): string {
  const axes = simulatedSystem(data).axes.length;
  const grid = typeof data.grid === "number" ? new Array<number>(axes).fill(data.grid) : [...data.grid];
  return grid.every((cells) => cells === grid[0]) ? `${grid[0]}${SUPERSCRIPTS[axes]}` : grid.join(" × ");
}

/** Write the parameters of a trajectory: "γ = 1.400", "Ra = 10⁶, Pr = 0.5". Those of no known system keep their names. */
export function parametersInWords(scalars: Readonly<Record<string, number>>): string {
  const known = systemNames.flatMap((name) => systemOf(name).scalars);
  return Object.entries(scalars)
    .map(([name, value]) => {
      checkOptions("parametersInWords", scalarRule, value, name);
      const {symbol = name, decimals} = known.find((scalar) => scalar.name === name) ?? {};
      return `${symbol} = ${decimals === undefined ? short(value) : value.toFixed(decimals)}`;
    })
    .join(", ");
}

/** Write boundaries, if all are of one kind: "open boundaries". */
export function boundariesInWords(boundary: BoundaryCodes = []): string {
  const kinds = new Set(boundary.flat());
  const [kind] = Object.entries(BOUNDARY).flatMap(([name, code]) => (kinds.has(code) ? [name.toLowerCase()] : []));
  return kinds.size === 1 ? `${kind} boundaries` : "";
}

/** Write a number without the digits of single precision, in which files keep it; large ones as powers of ten. */
function short(value: number): string {
  const rounded = Number(value.toPrecision(4));
  if (!(rounded >= 1e4)) return `${rounded}`;
  const [digits, power] = rounded.toExponential().split("e+");
  const raised = [...power].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");
  return digits === "1" ? `10${raised}` : `${digits}·10${raised}`;
}
