/** Subject of a trial: its configuration, the model that it trains, and the measures. */
import {valueInWords} from "@lola-ts/core";
import {nested, type Overrides} from "./space";
import {readMeasure, type Measure} from "./measure";
import {
  changedConfig,
  type Config,
  type EmulatorSpec,
  middleRate,
  requireMethod,
  isDeterministic,
  type Job,
} from "@lola-ts/laboratory/stages";

function listsAround(config: Config, variant: Overrides): Overrides {
  const entries = Object.entries(variant).map(([path, value]) => {
    const before = path
      .split(".")
      .reduce<unknown>((inside, name) => (inside as Record<string, unknown> | undefined)?.[name], config);
    return [path, Array.isArray(before) && !Array.isArray(value) ? [value] : value];
  });
  return Object.fromEntries(entries) as Overrides;
}

export function variantConfig(config: Config, overrides: Overrides, where = "sweep"): Config {
  return changedConfig(where, config, nested(where, listsAround(config, overrides)));
}

/** Read which model is trained: "autoencoder", "diffusion-16", "solver-pixel". */
export function jobOf(config: Config, method: string, where = "sweep"): Job {
  const [, kind = "", space = ""] = /^(autoencoder|diffusion|solver|crps)(?:-(pixel|\d+))?$/.exec(method) ?? [];
  const latentChannels = space === "" ? middleRate(config) : space === "pixel" ? null : Number(space);
  if (kind === "autoencoder" && latentChannels) return {stage: kind, latentChannels, changes: {}};
  if (kind === "" || kind === "autoencoder") {
    throw new RangeError(
      `${where}: expected methods such as "autoencoder", "diffusion-16" or "solver-pixel", found ${valueInWords(method)}.`,
    );
  }
  const spec = {kind: kind as EmulatorSpec["kind"], latentChannels};
  requireMethod(config, spec, {});
  return {stage: "emulator", method: spec, changes: {}};
}

export function measuresOf(config: Config, method: string, measures: readonly string[], where = "sweep"): Measure[] {
  const kind = modelKind(config, jobOf(config, method, where));
  const read = measures.map((name) => readMeasure(where, name, kind));
  for (const measure of read) {
    if (measure.kind === "score") changedConfig(where, config, {horizons: [[...measure.horizon]]}); // has a state
  }
  const losses = read.filter(({kind}) => kind === "loss");
  if (losses.length > 1) {
    const names = losses.map(({name}) => name).join(" and ");
    throw new RangeError(
      `${where}: expected one reconstruction loss of an autoencoder, found ${names}: sweep them in turn.`,
    );
  }
  return read;
}

function modelKind({rollout}: Config, job: Job): Parameters<typeof readMeasure>[2] {
  if (job.stage === "autoencoder") return "autoencoder";
  return rollout.members > 1 && !isDeterministic(rollout, job.method) ? "ensemble" : "single";
}
