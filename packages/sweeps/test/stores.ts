/** Stores with trainings that were never run, for lists of runs. */
import {copyFileSync, mkdirSync, statSync, utimesSync, writeFileSync} from "node:fs";
import path from "node:path";
import {sealedJson} from "@lola-ts/cache";
import {saveCheckpoint} from "lola/train";

/** Write a checkpoint whose training had these validation errors. */
export async function checkpointFile(file: string, config: unknown, errors: readonly number[]): Promise<void> {
  const vector = Float32Array.from(errors);
  await saveCheckpoint(file, {
    config,
    step: errors.length,
    weights: new Map([["a", {shape: [4], data: new Float32Array(4)}]]),
    optimiser: {name: "adamw", updates: errors.length, state: []},
    history: {loss: vector, norm: vector, validation: errors.map((error, i) => [i + 1, error])},
  });
}

/** Write a finished training as the store has it, from a checkpoint; `summary` is what newer ones say beside it. */
export function storeRun(
  root: string,
  stage: string,
  name: string,
  id: string,
  config: unknown,
  checkpoint: string,
  days = 0,
  summary: object = {},
): string {
  const base = path.join(root, stage, `${name}-${id}`);
  mkdirSync(base, {recursive: true});
  copyFileSync(checkpoint, path.join(base, "model.safetensors"));
  writeFileSync(path.join(base, "training.json"), JSON.stringify({seconds: 12, ...summary}));
  const {size, mtimeMs} = statSync(checkpoint);
  const files = [{file: "model.safetensors", bytes: size, changed: mtimeMs, sha256: "0".repeat(64)}];
  writeFileSync(`${base}.manifest.json`, sealedJson({key: id.padEnd(64, "0"), stage, name, config, inputs: [], files}));
  const time = Date.now() / 1000 - 86_400 * days;
  utimesSync(`${base}.manifest.json`, time, time);
  return base;
}
