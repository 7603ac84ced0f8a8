/** The configuration of a stored training in words: how it differs from its preset's. */
import {isPlainObject, Lazy} from "@lola-ts/core";
import {autoencoderSteps} from "../stages/autoencoders";
import {differences, inWords} from "../changes";
import type {Config} from "../config";
import {preset, presetNames, systemNames} from "../presets/presets";
import type {StoredRun} from "./stored-runs";

/** Presets by the beginning of the names of their artefacts. */
const presets = new Lazy(() => {
  const all = systemNames().flatMap((system) => presetNames(system).map((name) => [system, name] as const));
  return all.map(([system, name]) => ({prefix: `${system}-${name}-`, config: preset(system, name)}));
});

/** Find the preset that a run's name begins with, and what follows it: "diffusion-c16". */
function presetOfRun(name: string): {config: Config; what: string} | undefined {
  const found = presets.get().find(({prefix}) => name.startsWith(prefix));
  return found && {config: found.config, what: name.slice(found.prefix.length)};
}

/** Write a run's configuration: "as the preset", or each option that differs. */
export function runInWords({name, stage, config}: Pick<StoredRun, "name" | "stage" | "config">): string {
  const found = presetOfRun(name);
  if (!found || !isPlainObject(config)) return "";
  const expected =
    stage === "autoencoder"
      ? autoencoderOf(found.config, found.what)
      : stage === "emulator"
        ? emulatorOf(found.config, found.what)
        : undefined;
  if (!expected) return "";
  const own = stage === "emulator" ? {...config, model: networkOf(config.model)} : config;
  return inWords(differences(expected, sameKeys(expected, own), "")).join("; ") || "as the preset";
}

function autoencoderOf(config: Config, what: string): Record<string, unknown> {
  const {model, training, loss = "vrmse", lossVariance} = config.autoencoder;
  const {steps} = autoencoderSteps(config, Number(what.slice(1)));
  return {
    model,
    training: {...training, steps},
    loss,
    lossVariance,
    seed: config.seed,
    validation: "vrmse",
    threads: config.threads,
  };
}

function emulatorOf(config: Config, what: string): Record<string, unknown> {
  const own = what.endsWith("-pixel") ? config.pixel : config.latent;
  const {training, patchSize: _, ...model} = own ?? config.latent;
  const {window, contexts, seed, threads} = config;
  return {model, training, window, contexts, seed, threads};
}

/** The network of an emulator: a denoiser has it beside its schedule. */
function networkOf(model: unknown): unknown {
  return isPlainObject(model) && isPlainObject(model.network) ? model.network : model;
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
