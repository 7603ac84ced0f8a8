/**
 * An experiment in words: its name, how it differs from its preset, captions, and the folder that its figures belong to.
 */
import {isPlainObject} from "../core/check";
import {chosenRun, figuresFolder} from "../core/paths";
import type {TableRow} from "../core/table";
import type {Config} from "./config";
import {dataInWords, gridInWords} from "./notebook/captions";
import {preset} from "./presets/presets";
import {artifactKey} from "./store/artifacts";

/** Changes that a caption spells out. */
const SPELLED = 3;

/** List how a configuration differs from its preset: "contexts.kind = wrapped", one entry an option. */
export function changesOf(config: Config): string[] {
  return differences(preset(config.system, config.preset), config, "");
}

function differences(before: unknown, after: unknown, place: string): string[] {
  if (isPlainObject(before) && isPlainObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => differences(before[name], after[name], place ? `${place}.${name}` : name));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isPlainObject(after))
    return Object.keys(after).flatMap((name) => differences(undefined, after[name], `${place}.${name}`));
  return [`${place} = ${typeof after === "string" ? after : (JSON.stringify(after) ?? "default")}`];
}

/**
 * Name an experiment: "euler-tour", and for a changed configuration "euler-tour-" with a hash of it or the given name.
 *
 * @throws RangeError if the given name does not make a file's name.
 */
export function nameOf(config: Config, given?: string): string {
  if (given !== undefined && !/^[\w-][\w.-]*$/.test(given)) {
    throw new RangeError(`openLab: expected a name of letters, digits, "-", "_" and ".", found "${given}"`);
  }
  const changed = changesOf(config).length > 0 ? artifactKey(config).slice(0, 8) : undefined;
  return [config.system, config.preset, given ?? changed].filter(Boolean).join("-");
}

/**
 * Find the folder of an experiment's figures: that of the run for the system and preset that the environment chooses,
 * .out/name/figures for every other or changed one.
 */
export function folderOf(config: Config, given?: string): string {
  const run = chosenRun();
  const name = nameOf(config, given);
  return name === `${run.system}-${run.preset}` ? figuresFolder() : figuresFolder(name);
}

/** Write a caption: which numbers these are, in one line. */
export function captionOf(config: Config): string {
  const {system, preset, seed, data} = config;
  const parts = [system, `preset ${preset}`, ...changesInWords(config), `seed ${seed}`];
  if ("source" in data) parts.push("The Well's data");
  else {
    const {train, test} = data.trajectories;
    parts.push(`${gridInWords(data)} states`, `${train} training and ${test} test trajectories`);
  }
  return [...parts, `${stepsInWords(config)} training steps`].join(", ");
}

function changesInWords(config: Config): string[] {
  const changes = changesOf(config).filter((change) => !change.startsWith("seed = "));
  const rest = changes.length - SPELLED;
  if (rest > 0) return [`changed: ${changes.slice(0, SPELLED).join("; ")} and ${rest} more`];
  return changes.length > 0 ? [`changed: ${changes.join("; ")}`] : [];
}

/** Fewest to most steps of a training. */
function stepsInWords({autoencoder, latent, pixel, latentChannels}: Config): string {
  const all = latentChannels.map((channels) => autoencoder.steps[channels]);
  all.push(latent.training.steps, ...(pixel ? [pixel.training.steps] : []));
  const few = Math.min(...all);
  const many = Math.max(...all);
  return few === many ? `${few}` : `${few} to ${many}`;
}

/** Tabulate the main options. */
export function describeConfig(config: Config): TableRow[] {
  const {system, data, stride, autoencoder, latent, pixel, rollout, latentChannels, window} = config;
  const every = stride === 1 ? "state" : `${stride}th state`;
  const rows: Record<string, string> = {
    data:
      "source" in data
        ? `The Well's files of ${system}, every ${every}`
        : `${dataInWords(data)}, ${gridInWords(data)} cells, ${data.frames} frames to t = ${data.endTime}`,
    autoencoder: `channels ${autoencoder.model.hidChannels.join(", ")}; latent channels ${latentChannels.join(", ")}`,
    training: `${autoencoder.training.optimiser}, ${Object.values(autoencoder.steps).join(", ")} steps`,
    "latent emulators": `width ${latent.hidChannels}, ${latent.hidBlocks} blocks, ${latent.training.steps} steps`,
    "pixel solver": pixel
      ? `width ${pixel.hidChannels}, patch ${pixel.patchSize}, ${pixel.training.steps} steps`
      : "none",
    rollouts: `${window - (rollout.overlap ?? 1)} states a call, ${rollout.members} members, ${rollout.steps} sampler steps`,
  };
  const changes = changesOf(config);
  if (changes.length > 0) rows.changed = changes.join("; ");
  return Object.entries(rows).map(([part, setting]) => ({part, setting}));
}
