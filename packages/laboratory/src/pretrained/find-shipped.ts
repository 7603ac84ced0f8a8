/** Which shipped models a laboratory uses. */
import path from "node:path";
import {shown} from "@lola-ts/core";
import {requireSameConfig} from "lola/train";
import type {Config} from "../config";
import {INDEX, Shipped, shippedFolder} from "./shipped";
import {stageVersions} from "./versions";

/** Environment variable that has everything trained where it is 1, see `npm start -- --train`. */
export const TRAIN = "LOLA_TRAIN";

/** Whether what is shipped is used. @param wanted `pretrained` of `openLab`. */
export const usesShipped = (wanted: boolean | undefined): boolean => wanted ?? process.env[TRAIN] !== "1";

/**
 * Find the models that are shipped for a preset. A changed configuration uses those that its changes do not touch.
 *
 * @param wanted `pretrained` of `openLab`: true requires them, false leaves them aside. Default: they are used if there are
 * any, unless the environment variable LOLA_TRAIN is 1.
 * @param isChanged whether the configuration differs from its preset.
 * @throws RangeError if they are required and there are none, or the configuration is changed; Error naming the first
 * option or version that differs if they were made by another preset or other code.
 */
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

/** Require shipped models to be those of the preset and of this code. */
function requireCurrent({folder, index}: Shipped, config: Config): void {
  try {
    const expected = {config, versions: stageVersions(config.system)};
    const {config: found, versions} = index;
    const file = shown(path.join(folder, INDEX));
    requireSameConfig(file, expected, {config: found, versions}, "the shipped models are");
  } catch (error) {
    throw new Error(
      `${(error as Error).message} \`npm start -- --train\` and openLab({pretrained: false}) train new ones.`,
    );
  }
}
