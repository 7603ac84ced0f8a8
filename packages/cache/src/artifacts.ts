/**
 * Artefacts: files that one stage makes and the next one reads.
 *
 * An artefact's key is the hash of its configuration, of the version of the code that makes it and of the keys of what it
 * was made from, so a changed option renames everything that depends on it and nothing else. A payload (a file or a
 * folder) is written under a temporary name, forced to the disk and renamed; a manifest beside it holds the key and the
 * SHA-256 of every file. An artefact that does not match its manifest is reported and made again, never
 * used. Only one process at a time makes an artefact: another one that wants it waits, and loads it then.
 */
import {createHash, randomBytes} from "node:crypto";
import {mkdir, readFile, rename, rm, stat, writeFile} from "node:fs/promises";
import path from "node:path";
import {
  canonicalText,
  isHeld,
  removeStale,
  fromJsonText,
  toJsonText,
  explainWriteError,
  syncFolder,
  dataFolder,
  shown,
  engineThreads,
  machineName,
} from "@lola-ts/core";
import {WaitingLine} from "./progress";
import {currentWork, within} from "./work";
import {
  damage,
  describePayload,
  readFloats,
  removeLeftovers,
  requireSpace,
  syncFile,
  readManifest,
  sealedJson,
} from "./payload";
import {exclusively, untilFree} from "./exclusive";

/** Artefacts that come from elsewhere, by their keys. */
export interface ShippedArtifacts {
  has(key: string): boolean;
  /** Writes the payload at a path. */
  unpack(key: string, target: string): Promise<void>;
}

/** Description of an artefact: everything it depends on. */
export interface Recipe {
  /** Folder of its artefacts below the store's root. */
  readonly stage: string;
  /** For people: the file's name begins with it, e.g. "euler-tour-diffusion-c16". */
  readonly name: string;
  /** Its name in the line that says that it was loaded. Default: no line. */
  readonly title?: string;
  /** Version of the stage's code, which is raised when the code makes other numbers of the same configuration. */
  readonly version: number;
  /** Options as plain data; a number that changes here makes another artefact. */
  readonly config: unknown;
  /** Keys of the artefacts it is made from. */
  readonly inputs?: readonly string[];
  /** ".safetensors", ".json", ".hdf5"; none for a folder. */
  readonly extension?: string;
  /** About how large it will be: missing space is reported before any work. */
  readonly bytes?: number;
}

export interface Artifact {
  readonly path: string;
  readonly key: string;
  readonly fresh: boolean;
}

/** Hash a configuration and the keys it builds on: SHA-256 of canonical JSON (keys sorted, undefined left out). */
export function artifactKey(config: unknown, inputs: readonly string[] = []): string {
  const refuse = (value: unknown, place: string) => {
    throw new TypeError(`artifactKey: expected plain data, found ${describe(value)} at ${place}.`);
  };
  return createHash("sha256").update(canonicalText({config, inputs}, refuse)).digest("hex");
}

const describe = (value: unknown) =>
  typeof value === "number" ? String(value) : ((Object(value) as object).constructor?.name ?? typeof value);

/** State of an artefact on the disk: payload and manifest fit each other, neither is there, or what is wrong, in words. */
type ArtifactState = {readonly status: "whole" | "missing"} | {readonly status: "damaged"; readonly reason: string};

/** Thrown for an artefact that would have to be made by a store that makes none. */
export class MissingArtifactError extends Error {}

/** Payloads whose checksums this process has seen to be right, whichever store asked. */
const verified = new Set<string>();

/** The store of artefacts under one folder. */
export class Artifacts {
  protected makes = true;

  /**
   * @param root folder of all stages.
   * @param report prints a sentence about artefacts: those that are damaged, and those that were loaded.
   * @param shipped artefacts to unpack in place of making them. Default: none.
   * @param shippedSweeps folder of sweeps whose trials are used in place of trained ones. Default: none.
   */
  constructor(
    readonly root: string = dataFolder(),
    readonly report: (sentence: string) => void = (sentence) => void process.stdout.write(`${sentence}\n`),
    private readonly shipped?: ShippedArtifacts,
    readonly shippedSweeps?: string,
  ) {}

  /** This store as one that finds artefacts, in silence, and throws {@link MissingArtifactError} for those that are not there. */
  finished(): Artifacts {
    const store = new Artifacts(this.root, () => undefined, this.shipped, this.shippedSweeps);
    store.makes = false;
    return store;
  }

  key({stage, version, config, inputs}: Recipe): string {
    return artifactKey({stage, version, config}, inputs);
  }

  /** Where a recipe's payload is or will be: root/stage/name-key.extension. */
  path(recipe: Recipe): string {
    return path.join(
      this.root,
      recipe.stage,
      `${recipe.name}-${this.key(recipe).slice(0, 12)}${recipe.extension ?? ""}`,
    );
  }

  /** Place of what work on a recipe needs to resume: it survives a killed process, and is removed when the work is done. */
  partial(recipe: Recipe): string {
    return `${this.path(recipe)}.partial`;
  }

  /** Whether an artefact is among the shipped ones. */
  ships(recipe: Recipe): boolean {
    return this.shipped?.has(this.key(recipe)) === true;
  }

  /**
   * Whether a finished, undamaged artefact is there; one that is shipped is unpacked. A damaged one is reported, unless it
   * is being made right now.
   */
  async has(recipe: Recipe): Promise<boolean> {
    let state = await this.state(recipe);
    const isInDoubt = () => state.status === "damaged" && !isHeld(this.lock(recipe));
    // A process that replaces it just now leaves it damaged for less than a millisecond.
    for (let looks = 0; looks < 3 && isInDoubt(); looks++) state = await this.state(recipe);
    if (state.status === "whole") {
      if (this.makes) await this.removeRemains(recipe);
      return true;
    }
    if (state.status === "damaged" && isInDoubt()) {
      this.report(`${shown(this.path(recipe))} ${state.reason}: it is made again.`);
    }
    if (!this.ships(recipe)) return false;
    await this.makeOnce(recipe, (temporary) => this.shipped!.unpack(this.key(recipe), temporary));
    return true;
  }

  /** Whether an artefact is there, as soon as no other process makes it. @throws LabError `interrupted`. */
  async hasWaited(recipe: Recipe): Promise<boolean> {
    if (await this.has(recipe)) return true;
    if (!this.makes) return false;
    const line = waitingLine(recipe);
    try {
      await untilFree(this.lock(recipe), (holder) => line.update(holder));
      const {status} = await this.state(recipe);
      line.done(status === "whole" ? MADE : UNFINISHED);
      return status === "whole";
    } finally {
      line.done(STOPPED);
    }
  }

  /**
   * Find an artefact, or make it, or wait while another process makes it.
   *
   * @param make writes the payload, a file or a folder, at the path that it is given.
   * @param options `again`: whether to make it even if it is there. Default: false.
   * @throws Error if the disk is full or the folder cannot be written; LabError `interrupted` while it waits; whatever `make`
   * throws. Nothing half-made stays.
   */
  async obtain(
    recipe: Recipe,
    make: (temporary: string) => void | Promise<void>,
    {again = false} = {},
  ): Promise<Artifact> {
    const {stage, title} = recipe;
    const target = this.path(recipe);
    const there = !again && (await this.has(recipe));
    if (!there && !this.makes) throw new MissingArtifactError(`${target} is not there`);
    const fresh = !there && (await this.makeOnce(recipe, make, again));
    const sentence = `${title}: ${fresh ? "made" : "loaded"}`;
    if (title !== undefined) currentWork()?.note({stage, fresh, sentence});
    return {path: target, key: this.key(recipe), fresh};
  }

  private async makeOnce(recipe: Recipe, make: (temporary: string) => void | Promise<void>, again = false) {
    const lock = this.lock(recipe);
    const line = waitingLine(recipe);
    const write = async () => {
      const isWhole = (await this.state(recipe)).status === "whole";
      line.done(isWhole ? MADE : UNFINISHED);
      if (!isWhole || again) await this.write(recipe, make);
      return !isWhole || again;
    };
    try {
      await mkdir(path.dirname(lock), {recursive: true});
      return await exclusively(
        lock,
        (held) => within({listener: (progress) => held.note(progress)}, write),
        (holder) => line.update(holder),
      );
    } catch (error) {
      throw explainWriteError(error, shown(this.path(recipe)));
    } finally {
      line.done(STOPPED);
    }
  }

  /** Remove the lock and the checkpoint of a process that was killed when its artefact was whole, if the disk can be written. */
  private async removeRemains(recipe: Recipe): Promise<void> {
    const lock = this.lock(recipe);
    if (isHeld(lock)) return;
    try {
      removeStale(lock);
      await rm(this.partial(recipe), {recursive: true, force: true});
    } catch {
      // They do no harm.
    }
  }

  private lock(recipe: Recipe): string {
    return `${this.path(recipe)}.lock`;
  }

  /**
   * Find a value kept as JSON, or compute it; it goes through JSON both times. Numbers that are not finite stay so.
   *
   * @param options `again`: whether it is computed even if it is there. Default: false.
   */
  async obtainJson<T>(recipe: Recipe, compute: () => T | Promise<T>, {again = false} = {}): Promise<T> {
    let text: string | undefined;
    const make = async (temporary: string) => {
      text = toJsonText(await compute());
      await writeFile(temporary, text);
    };
    const {path: file} = await this.obtain({extension: ".json", ...recipe}, make, {again});
    return fromJsonText(text ?? (await readFile(file, "utf8"))) as T;
  }

  /** Find an array kept as raw little-endian float32, or compute it. */
  async obtainFloats(recipe: Recipe, compute: () => Float32Array | Promise<Float32Array>): Promise<Float32Array> {
    const {path: file} = await this.obtain({extension: ".f32", ...recipe}, async (temporary) => {
      const array = await compute();
      await writeFile(temporary, new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    });
    return readFloats(file);
  }

  /** Write an artefact, in place of one that may be there, without its lock. @throws as {@link obtain}. */
  async write(recipe: Recipe, make: (temporary: string) => void | Promise<void>): Promise<void> {
    const target = this.path(recipe);
    const folder = path.dirname(target);
    const temporary = `${target}.${process.pid}-${randomBytes(3).toString("hex")}.tmp`;
    try {
      await mkdir(folder, {recursive: true});
      await removeLeftovers(folder, path.basename(target));
      await requireSpace(folder, target, recipe.bytes ?? 0);
      await make(temporary);
      const files = await describePayload(temporary);
      const {stage, name, config, inputs = []} = recipe;
      const made = {machine: machineName(), threads: engineThreads()};
      const manifest = {key: this.key(recipe), stage, name, config, inputs, files, ...made};
      await writeFile(`${temporary}.manifest`, sealedJson(manifest));
      await syncFile(`${temporary}.manifest`);
      // A file is replaced in one step, so that a reader finds the old or the new one. A folder cannot be: its manifest, without
      // which a payload counts for nothing, goes first. The new manifest comes last.
      if (!((await isFile(temporary)) && (await isFile(target)))) {
        await rm(manifestOf(target), {force: true});
        await rm(target, {recursive: true, force: true});
      }
      await rename(temporary, target);
      await rename(`${temporary}.manifest`, manifestOf(target));
      syncFolder(folder);
      verified.add(target);
      await rm(this.partial(recipe), {recursive: true, force: true});
    } catch (error) {
      throw explainWriteError(error, shown(target), "nothing half-made was left");
    } finally {
      await rm(temporary, {recursive: true, force: true});
      await rm(`${temporary}.manifest`, {force: true});
    }
  }

  private async state(recipe: Recipe): Promise<ArtifactState> {
    const damaged = (reason: string): ArtifactState => ({status: "damaged", reason});
    const target = this.path(recipe);
    const hasPayload = (await stat(target).catch(() => undefined)) !== undefined;
    const text = await readFile(manifestOf(target), "utf8").catch(() => undefined);
    if (!hasPayload && text === undefined) return {status: "missing"};
    if (!hasPayload) return damaged("is gone, though its manifest is there");
    if (text === undefined) return damaged("has no manifest (its writing was cut short)");
    const manifest = readManifest(text);
    if (!manifest) return damaged("has a manifest that cannot be read");
    if (manifest.key !== this.key(recipe)) return damaged("was made from another configuration");
    const difference = await damage(target, manifest.files, verified.has(target));
    if (difference !== undefined) return damaged(`is damaged (${difference})`);
    verified.add(target);
    return {status: "whole"};
  }
}

const MADE = "the other run has made it";
const UNFINISHED = "the other run ended without it, so it is made here";
const STOPPED = "stopped";

const waitingLine = ({stage, name}: Recipe) => new WaitingLine(`${stage} ${name}`);

const isFile = async (name: string) => (await stat(name).catch(() => undefined))?.isFile() === true;

const manifestOf = (target: string) => `${target}.manifest.json`;
