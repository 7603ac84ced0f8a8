/** Configurations of official runs: what is accepted is finite, within its rules, and means the same when it is written. */
import {readFileSync} from "node:fs";
import path from "node:path";
import {isDeepStrictEqual} from "node:util";
import {readOfficialConfig} from "../../packages/official-runs/src/run";
import * as config from "../../packages/official-runs/src/official-config";
import type {ModelConfig} from "../../packages/official-runs/src/model";
import {officialData, runData} from "../../packages/official-runs/src/data-config";
import {mutateBytes, mutateText, several} from "./runner/mutations";
import type {FuzzTarget} from "./runner/target";

const run = (name: string) => readFileSync(path.join(__dirname, "../reference/lola-run", name, "config.yaml"));

/** Write a model's configuration in official terms, and read it again. */
function rewritten(model: ModelConfig): unknown {
  switch (model.kind) {
    case "autoencoder":
      return config.autoencoderConfig(config.officialAutoencoder(model.config));
    case "denoiser":
      return config.denoiserConfig(config.officialDenoiser(model.config));
    case "solver":
      return config.emulatorConfig(config.officialEmulator(model.config));
  }
}

const finite = (_: string, value: unknown): unknown => {
  if (typeof value === "number" && !(Math.abs(value) <= 1e30)) throw new RangeError(`found ${value}`);
  return value;
};

export const target: FuzzTarget = {
  name: "yaml",
  extension: ".yaml",
  seeds: ["ae/tiny_euler_all_dcae_f4c4_tiny", "dm/tiny_euler_all_f4c4_vit_tiny", "sm/tiny_euler_all_f4c4_vit_tiny"].map(
    run,
  ),
  mutate: (bytes, rng) =>
    several(
      rng,
      (one) => (rng.integer(3) === 0 ? mutateBytes(one, rng) : Buffer.from(mutateText(`${one}`, rng))),
      bytes,
    ),
  read: (file) => {
    const {model, metadata} = readOfficialConfig(file);
    JSON.stringify([model, metadata.data, metadata.trajectory], finite);
    const {data} = metadata;
    const transforms = data && officialData(data).transform;
    const again = data && {...officialData(data), transform: Object.fromEntries(transforms as Map<number, string>)};
    const isSame =
      isDeepStrictEqual(rewritten(model), model.config) && (!data || isDeepStrictEqual(runData(again), data));
    return JSON.stringify({isSame, hidden: ({} as Record<string, unknown>).polluted !== undefined});
  },
};
