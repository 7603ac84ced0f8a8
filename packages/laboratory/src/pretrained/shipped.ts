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
import * as z from "zod";
import {parseJson, dataFolder, projectRoot, shown} from "@lola-ts/core";
import {unpackPlanes, unpackRows} from "./packed-numbers";

export const SHIPPED_FORMAT = "lola-pretrained-3";

export const INDEX = "index.json";

/** Endings of the names of files in planes, of numbers of two or four bytes. */
export const HALVES = ".halves.br";
export const FLOATS = ".floats.br";

export const COLUMNS = ".columns.br";

const isName = z.string().regex(/^[\w-][\w.-]*$/);

/** One file of an artefact. Files lie in the folder itself, and artefacts have no folders in them. */
const file = z.object({
  /** Path inside the artefact's payload, "" if the payload is one file. */
  file: z.literal("").or(isName),
  /** Name in the folder; one that ends in .gz, .halves.br or .floats.br (see `packPlanes`), or .columns.br (see `packRows`), is unpacked. */
  stored: isName,
  sha256: z.string(),
});

const artifact = z.object({stage: z.string(), name: z.string(), key: z.string(), files: z.array(file)});

const index = z.object({
  format: z.literal(SHIPPED_FORMAT),
  system: z.string(),
  preset: z.string(),
  /** The preset as it was when its models were trained. */
  config: z.unknown().optional(),
  /** Versions of the code of each stage, see `stageVersions`. */
  versions: z.unknown().optional(),
  /** Keys of the preset's own models; other models are rivals, or learned from other data. */
  models: z.array(z.string()),
  artifacts: z.array(artifact),
});

export type ShippedFile = z.infer<typeof file>;

export type ShippedArtifact = z.infer<typeof artifact>;

/** Index of the artefacts that are shipped for a preset of a system, with their origin. */
export type ShippedIndex = z.infer<typeof index>;

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

export class Shipped {
  private constructor(
    readonly folder: string,
    readonly index: ShippedIndex,
  ) {}

  /** Open a folder of shipped artefacts. @returns undefined if there is none. @throws Error naming the index if it is damaged. */
  static open(folder: string): Shipped | undefined {
    const file = path.join(folder, INDEX);
    if (!existsSync(file)) return undefined;
    try {
      return new Shipped(folder, index.parse(parseJson(readFileSync(file, "utf8"))));
    } catch {
      // reported below
    }
    throw new Error(
      `${shown(file)}: expected a list of shipped models (format ${SHIPPED_FORMAT}), found another text.`,
    );
  }

  /** Whether an artefact is shipped. */
  has(key: string): boolean {
    return this.find(key) !== undefined;
  }

  /** Unpack an artefact as it would have been made. @throws Error naming a file that is missing or damaged. */
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
