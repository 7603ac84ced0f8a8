/** Runs of a laboratory's store as a table, each with its configuration in words: how it differs from its preset's. */
import {inspect} from "node:util";
import type {Artifacts} from "@lola-ts/cache";
import {isPlainObject, Lazy, type TableRow} from "@lola-ts/core";
import {
  differences,
  inWords,
  type Config,
  Presenter,
  preset,
  presetNames,
  systemNames,
  autoencoderSteps,
  bestOf,
  nameOf,
  storedRuns,
  TRAINED,
  type StoredRun,
} from "@lola-ts/laboratory/stages";

const DAY = 86_400_000;

/**
 * List the trainings of a laboratory's store, the newest first: configuration in words, state, best validation error, steps, size, age.
 *
 * @example await lab.showTable(runs(lab).rows(), "Runs");
 */
export function runs({
  artifacts,
  folder,
}: {
  readonly artifacts: Pick<Artifacts, "root">;
  readonly folder: string;
}): RunList {
  return new RunList(storedRuns(artifacts.root, TRAINED), folder);
}

/** Trainings of a store, the newest first. */
export class RunList extends Presenter {
  constructor(
    readonly runs: readonly StoredRun[],
    readonly folder: string,
  ) {
    super();
  }

  [inspect.custom](): string {
    const finished = this.runs.filter(({state}) => state === "finished").length;
    return `Runs: ${finished} finished, ${this.runs.length - finished} not; rows() tabulates them`;
  }

  /**
   * Tabulate runs: name and identifier, configuration in words, state, best validation error, steps, seconds, size and age.
   *
   * @example await lab.showTable(runs(lab).rows(), "Runs");
   */
  rows(): TableRow[] {
    return this.runs.map((run) => ({
      run: nameOf(run),
      configuration: runInWords(run),
      state: run.state,
      "best validation": bestOf(run) ?? null,
      steps: run.steps ?? null,
      seconds: run.seconds ?? null,
      MB: run.bytes / 1e6,
      "age, days": (Date.now() - run.changed) / DAY,
    }));
  }

  /**
   * Find a run by its name with its identifier, or by the beginning of either.
   *
   * @throws RangeError if there is none, or more than one.
   */
  find(text: string): StoredRun {
    const found = this.runs.filter((run) => run.id.startsWith(text) || nameOf(run).startsWith(text));
    if (text !== "" && found.length === 1) return found[0];
    const names = found.slice(0, 5).map(nameOf).join(", ") || "none";
    throw new RangeError(
      `runs: expected one run that begins with "${text}", found ${names}${found.length > 5 ? " and others" : ""}.`,
    );
  }
}

const presets = new Lazy(() =>
  systemNames().flatMap((system) =>
    presetNames(system).map((name) => ({prefix: `${system}-${name}-`, config: preset(system, name)})),
  ),
);

function runInWords({name, stage, config}: StoredRun): string {
  const found = presets.get().find(({prefix}) => name.startsWith(prefix));
  if (!found || !isPlainObject(config)) return "";
  const what = name.slice(found.prefix.length); // "diffusion-c16"
  const isEmulator = stage === "emulator";
  const expected = isEmulator ? emulatorOf(found.config, what) : autoencoderOf(found.config, what);
  // A denoiser has its network beside its schedule.
  const {network} = isPlainObject(config.model) ? config.model : {};
  const own = isEmulator && isPlainObject(network) ? {...config, model: network} : config;
  return inWords(differences(expected, sameKeys(expected, own), "")).join("; ") || "as the preset";
}

function autoencoderOf(config: Config, what: string): Record<string, unknown> {
  const {model, training, loss = "vrmse", lossVariance} = config.autoencoder;
  const {steps} = autoencoderSteps(config, Number(what.slice(1)));
  const {seed, threads} = config;
  return {model, training: {...training, steps}, loss, lossVariance, seed, validation: "vrmse", threads};
}

function emulatorOf(config: Config, what: string): Record<string, unknown> {
  const own = what.endsWith("-pixel") ? config.pixel : config.latent;
  const {training, patchSize: _, ...model} = own ?? config.latent;
  const {window, contexts, seed, threads} = config;
  return {model, training, window, contexts, seed, threads};
}

/** Keep what the expected options have, and all of a training's: sizes that follow from the data say nothing. */
function sameKeys(expected: Record<string, unknown>, own: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(expected).map(([name, value]) => {
    const found = own[name];
    if (name !== "model" || !isPlainObject(value) || !isPlainObject(found))
      return [name, found ?? (name === "loss" ? "vrmse" : undefined)];
    return [name, Object.fromEntries(Object.keys(value).map((key) => [key, found[key]]))];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}
