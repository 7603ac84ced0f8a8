/**
 * Artefacts that come with the project: trained models and their scores, in data/pretrained/<system>/.
 *
 * A shipped artefact has the key of the one that it is a copy of. A store unpacks it in place of making it, so whatever is
 * not shipped, or of another configuration or version, is made as always.
 */
import {createHash} from "node:crypto";
import {existsSync, readFileSync} from "node:fs";
import {mkdir, writeFile} from "node:fs/promises";
import path from "node:path";
import {gunzipSync} from "node:zlib";
import {isPlainObject, parseJson, dataFolder, projectRoot, shown} from "@lola-ts/core";
import {unpackPlanes, unpackRows} from "./packed-numbers";

export const SHIPPED_FORMAT = "lola-pretrained-2";

export const INDEX = "index.json";

/** Endings of the names of files in planes, of numbers of two or four bytes. */
export const HALVES = ".halves.br";
export const FLOATS = ".floats.br";

export const COLUMNS = ".columns.br";

export interface ShippedFile {
  /** Path inside the artefact's payload, "" if the payload is one file. */
  readonly file: string;
  /** Name in the folder; one that ends in .gz, .halves.br or .floats.br (see `packPlanes`), or .columns.br (see `packRows`), is unpacked. */
  readonly stored: string;
  readonly sha256: string;
}

/** One artefact. */
export interface ShippedArtifact {
  readonly stage: string;
  readonly name: string;
  readonly key: string;
  readonly files: readonly ShippedFile[];
}

export interface ShippedIndex {
  readonly format: typeof SHIPPED_FORMAT;
  readonly system: string;
  readonly preset: string;
  /** The preset as it was when its models were trained. */
  readonly config: unknown;
  readonly versions: unknown;
  readonly artifacts: readonly ShippedArtifact[];
}

/** Find the folder of a system's shipped artefacts. */
export function shippedFolder(system: string): string {
  return path.join(projectRoot(), "data/pretrained", system);
}

export function shippedSweepsFolder(): string {
  return path.join(projectRoot(), "data/pretrained/sweeps");
}

/** Find the folder of what is made from shipped artefacts: trained ones of other machines differ in rounding. */
export function unpackedFolder(): string {
  return path.join(dataFolder(), "unpacked");
}

export const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** A folder of shipped artefacts. */
export class Shipped {
  private constructor(
    readonly folder: string,
    readonly index: ShippedIndex,
  ) {}

  /** Open a folder of shipped artefacts. @returns undefined if there is none. @throws Error naming the index if it is damaged. */
  static open(folder: string): Shipped | undefined {
    const file = path.join(folder, INDEX);
    if (!existsSync(file)) return undefined;
    let found: unknown;
    try {
      found = parseJson(readFileSync(file, "utf8"));
    } catch {
      // reported below
    }
    if (isIndex(found)) return new Shipped(folder, found);
    throw new Error(
      `${shown(file)}: expected a list of shipped models (format ${SHIPPED_FORMAT}), found another text.`,
    );
  }

  /** Whether an artefact is shipped. */
  has(key: string): boolean {
    return this.find(key) !== undefined;
  }

  /**
   * Unpack an artefact.
   *
   * @param target its payload, a file or a folder, as it would have been made.
   * @throws Error naming the file if it is missing or damaged.
   */
  async unpack(key: string, target: string): Promise<void> {
    for (const {file, stored, sha256} of this.find(key)!.files) {
      const source = path.join(this.folder, stored);
      const bytes = existsSync(source) ? readFileSync(source) : undefined;
      if (!bytes || hashOf(bytes) !== sha256) {
        throw new Error(
          `${shown(source)}: expected the shipped file with SHA-256 ${sha256.slice(0, 12)}…, found ` +
            `${bytes ? "another content" : "none"}; fetch the project again, or train with openLab({pretrained: false}).`,
        );
      }
      await mkdir(path.dirname(path.join(target, file)), {recursive: true});
      await writeFile(path.join(target, file), contentOf(stored, bytes));
    }
  }

  private find(key: string): ShippedArtifact | undefined {
    return this.index.artifacts.find((artifact) => artifact.key === key);
  }
}

function contentOf(stored: string, bytes: Uint8Array): Uint8Array {
  if (stored.endsWith(COLUMNS)) return Buffer.from(JSON.stringify(unpackRows(bytes)));
  if (stored.endsWith(HALVES)) return unpackPlanes(bytes, 2);
  if (stored.endsWith(FLOATS)) return unpackPlanes(bytes, 4);
  return stored.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}

function isIndex(found: unknown): found is ShippedIndex {
  if (!isPlainObject(found)) return false;
  const {format, system, preset, artifacts} = found;
  const isNamed = format === SHIPPED_FORMAT && typeof system === "string" && typeof preset === "string";
  return isNamed && Array.isArray(artifacts) && artifacts.every(isArtifact);
}

function isArtifact(found: unknown): found is ShippedArtifact {
  if (!isPlainObject(found)) return false;
  const {stage, name, key, files} = found;
  const isNamed = [stage, name, key].every((text) => typeof text === "string");
  return isNamed && Array.isArray(files) && files.every(isFile);
}

/** Files lie in the folder itself, and artefacts have no folders in them. */
function isFile(found: unknown): found is ShippedFile {
  if (!isPlainObject(found)) return false;
  const {file, stored, sha256} = found;
  const isName = (text: unknown) => typeof text === "string" && /^[\w-][\w.-]*$/.test(text);
  return (file === "" || isName(file)) && isName(stored) && typeof sha256 === "string";
}
