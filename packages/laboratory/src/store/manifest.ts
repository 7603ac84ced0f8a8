/** Manifests: what an artefact is made of and from, beside its payload, with a checksum of their own. */
import {createHash} from "node:crypto";
import {isPlainObject, parseJson, printable} from "@lola-ts/core";
import type {PayloadEntry} from "./payload";

/** Description of a finished artefact. */
export interface Manifest {
  readonly key: string;
  readonly stage: string;
  readonly name: string;
  readonly config: unknown;
  readonly inputs: readonly string[];
  readonly files: readonly PayloadEntry[];
  /** Machine that made it, and the number of its engine threads. Sums may depend on both in their last digits. */
  readonly machine?: string;
  readonly threads?: number;
}

const NAMES = ["key", "stage", "name", "config", "inputs", "files", "machine", "threads", "sha256"];

const checksum = (manifest: object) => createHash("sha256").update(JSON.stringify(manifest)).digest("hex");

/** Write a manifest as JSON. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify({...manifest, sha256: checksum(manifest)}, null, 1)}\n`;
}

/** Read a manifest. @returns undefined if it is damaged; those of earlier versions have no checksum. */
export function readManifest(text: string): Manifest | undefined {
  let found: unknown;
  try {
    found = parseJson(text);
  } catch {
    return undefined;
  }
  if (!isPlainObject(found) || Object.keys(found).some((name) => !NAMES.includes(name))) return undefined;
  const {sha256, ...manifest} = found;
  if ("sha256" in found && sha256 !== checksum(manifest)) return undefined;
  const {key, files} = manifest;
  const isWhole = typeof key === "string" && Array.isArray(files) && files.length > 0 && files.every(isEntry);
  return isWhole ? (manifest as unknown as Manifest) : undefined;
}

function isEntry(entry: unknown): entry is PayloadEntry {
  if (!isPlainObject(entry)) return false;
  const {file, bytes, changed, sha256} = entry;
  const isInside =
    typeof file === "string" && file === printable(file, file.length) && !file.split(/[\\/]/).includes("..");
  const hasNumbers = Number.isSafeInteger(bytes) && (bytes as number) >= 0 && typeof changed === "number";
  return isInside && hasNumbers && typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256);
}
