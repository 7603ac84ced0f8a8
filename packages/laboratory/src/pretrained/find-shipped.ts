/** Which shipped models a laboratory uses. */
import path from "node:path";
import {shown} from "@lola-ts/core";
import {requireSameConfig} from "lola/train";
import type {Config} from "../config";
import {INDEX, Shipped, shippedFolder} from "./shipped";
import {systemOf} from "@lola-ts/simulators";
import {AUTOENCODER_VERSION} from "../stages/autoencoders";
import {STANDARDIZATION_VERSION} from "../stages/dataset";
import {EMULATOR_VERSION} from "../stages/emulators";
import {EVALUATION_VERSION} from "../scoring/score";
import {LATENTS_VERSION} from "../stages/latents";
import {rolloutVersion} from "../stages/rollouts";
import {TRAINING_MEAN_VERSION} from "../stages/evaluation";

/** Environment variable that has everything trained where it is 1, see `npm start -- --train`. */
export const TRAIN = "LOLA_TRAIN";

export const usesShipped = (wanted: boolean | undefined): boolean => wanted ?? process.env[TRAIN] !== "1";

/** Find the models that are shipped for a preset. A changed configuration uses those that its changes do not touch. */
export function findShipped(config: Config, wanted: boolean | undefined, isChanged: boolean): Shipped | undefined {
  if (!usesShipped(wanted)) return undefined;
  const {system, preset} = config;
  const shipped = Shipped.open(shippedFolder(system));
  const fits = shipped?.index.preset === preset;
  if (wanted && !fits) {
    const found = shipped ? `those of preset ${shipped.index.preset}` : "none";
    throw new RangeError(
      `openLab: expected shipped models of ${system}, preset ${preset}, found ${found}; leave out \`pretrained\` to train.`,
    );
  }
  if (wanted && isChanged) {
    throw new RangeError(
      "openLab: expected an unchanged preset beside `pretrained`, found a change; open the preset and derive the changed " +
        "laboratory with `lab.with`: what the change does not touch is shared.",
    );
  }
  if (!fits) return undefined;
  if (!isChanged) requireCurrent(shipped, config);
  return shipped;
}

function requireCurrent({folder, index}: Shipped, config: Config): void {
  try {
    const expected = {config, versions: stageVersions(config)};
    const {config: found, versions} = index;
    const file = shown(path.join(folder, INDEX));
    requireSameConfig(file, expected, {config: found, versions}, "the shipped models are");
  } catch (error) {
    throw new Error(
      `${(error as Error).message} \`npm start -- --train\` and openLab({pretrained: false}) train new models.`,
    );
  }
}

export function stageVersions(config: Pick<Config, "system" | "rollout">): Record<string, number> {
  return {
    dataset: systemOf(config.system).version,
    standardization: STANDARDIZATION_VERSION,
    trainingMean: TRAINING_MEAN_VERSION,
    autoencoder: AUTOENCODER_VERSION,
    latents: LATENTS_VERSION,
    emulator: EMULATOR_VERSION,
    rollout: rolloutVersion(config),
    evaluation: EVALUATION_VERSION,
  };
}
