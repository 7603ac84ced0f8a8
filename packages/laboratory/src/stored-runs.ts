/** Runs of a store: what its folders hold, read from manifests and checkpoints. */
import {existsSync, readdirSync, readFileSync, statSync} from "node:fs";
import path from "node:path";
import {isHeld, isPlainObject, openSafetensors} from "@lola-ts/core";
import {readHistory, readTraining} from "lola/train";
import type {Manifest} from "@lola-ts/cache";

export const TRAINED: readonly string[] = ["autoencoder", "emulator"];

export interface StoredRun {
  readonly stage: string;
  /** Name of its recipe: "euler-tour-diffusion-c16". */
  readonly name: string;
  /** The first twelve digits of its key, which tell it from others of its name. */
  readonly id: string;
  readonly path: string;
  readonly state: "finished" | "being made" | "begun" | "damaged";
  readonly config?: unknown;
  readonly bytes: number;
  /** Time of its last change, in milliseconds since 1970. */
  readonly changed: number;
  /** Of trainings: number of steps, seconds, and validation errors with their steps. */
  readonly steps?: number;
  readonly seconds?: number;
  readonly validation?: readonly (readonly [step: number, error: number])[];
}

const ID = /^(.+)-([0-9a-f]{12})((?:\.\w+)?)$/;

export function storedRuns(root: string, stages: readonly string[] = TRAINED): StoredRun[] {
  const all = stages.flatMap((stage) => {
    const folder = path.join(root, stage);
    if (!existsSync(folder)) return [];
    const names = new Set(readdirSync(folder).map((name) => name.replace(/\.(manifest\.json|partial|lock)$/, "")));
    return [...names].flatMap((name) => storedRun(stage, path.join(folder, name)) ?? []);
  });
  return all.sort((a, b) => b.changed - a.changed);
}

function storedRun(stage: string, base: string): StoredRun | undefined {
  const [, name, id] = ID.exec(path.basename(base)) ?? [];
  if (name === undefined) return undefined;
  const shared = {stage, name, id, path: base};
  const held = isHeld(`${base}.lock`);
  const manifest = manifestOf(base);
  const written = statSync(manifest ? `${base}.manifest.json` : base, {throwIfNoEntry: false});
  if (manifest && written) {
    const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
    const state = held ? "being made" : existsSync(base) ? "finished" : "damaged";
    const training = TRAINED.includes(stage) ? finishedTraining(base) : {};
    return {...shared, state, ...training, config: manifest.config, bytes, changed: written.mtimeMs};
  }
  const partial = statSync(`${base}.partial`, {throwIfNoEntry: false});
  if (partial) {
    const state = held ? "being made" : "begun";
    const training = partial.isFile() ? begunTraining(`${base}.partial`) : {};
    return {...shared, state, bytes: partial.size, changed: partial.mtimeMs, ...training};
  }
  if (held) return {...shared, state: "being made", bytes: 0, changed: Date.now()};
  return written && {...shared, state: "damaged", bytes: written.size, changed: written.mtimeMs};
}

/** Read a manifest without its checksum: what matters here is found out by whoever loads the artefact. */
function manifestOf(base: string): Pick<Manifest, "config" | "files"> | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(`${base}.manifest.json`, "utf8"));
    return isPlainObject(found) && Array.isArray(found.files) ? (found as unknown as Manifest) : undefined;
  } catch {
    return undefined;
  }
}

type Training = Pick<StoredRun, "steps" | "seconds" | "validation" | "config">;

/** Read how a finished training went; older ones say so in their checkpoint only. */
function finishedTraining(folder: string): Training {
  try {
    const summary = JSON.parse(readFileSync(path.join(folder, "training.json"), "utf8")) as Training;
    return summary.validation ? summary : {...begunTraining(path.join(folder, "model.safetensors")), ...summary};
  } catch {
    return {};
  }
}

/** Read what a checkpoint says of its training; the checksum of the whole is not compared, which would read all of it. */
function begunTraining(path: string): Training {
  try {
    const file = openSafetensors(path, {checked: false});
    try {
      const {step: steps, config} = readTraining(path, file);
      return {steps, config, validation: readHistory(path, file).validation};
    } finally {
      file.close();
    }
  } catch {
    return {};
  }
}

export function bestOf({validation = []}: Pick<StoredRun, "validation">): number | undefined {
  const finite = validation.map(([, error]) => error).filter(Number.isFinite);
  return finite.length > 0 ? Math.min(...finite) : undefined;
}

export const nameOf = ({name, id}: Pick<StoredRun, "name" | "id">) => `${name}-${id}`;
