/** Changes as text, for labels, captions and columns. */
import {isPlainObject} from "../core/check";
import type {Config} from "./config";
import {changesOf} from "./description";

/** Write how a configuration differs from its preset: "latent.hidBlocks = 1; seed = 1", "" for a preset. */
export function configChanges(config: Config): string {
  return changesOf(config)
    .map(({option, here}) => `${option} = ${here}`)
    .join("; ");
}

/** Write the changes of an autoencoder or emulator, one entry an option: "network.hidBlocks = 1". */
export function modelChanges(changes: object, place = ""): string[] {
  return Object.entries(changes).flatMap(([name, value]: [string, unknown]) => {
    if (value === undefined) return [];
    if (isPlainObject(value)) return modelChanges(value, `${place}${name}.`);
    return [`${place}${name} = ${typeof value === "string" ? value : JSON.stringify(value)}`];
  });
}
