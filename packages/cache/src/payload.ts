/** Payloads on the disk: the files of an artefact, their checksums, and the room for them; and JSON with its checksum. */
import {createHash} from "node:crypto";
import {createReadStream} from "node:fs";
import {open, readdir, rm, stat, statfs} from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import {LabError, isHeld, isPlainObject, isRunning, removeStale, parseJson, shown, printable} from "@lola-ts/core";

const checksum = (content: object) => createHash("sha256").update(JSON.stringify(content)).digest("hex");

/** Write an object as JSON that carries its checksum. */
export const sealedJson = (content: object) => `${JSON.stringify({...content, sha256: checksum(content)}, null, 1)}\n`;

/** Read an object that {@link sealedJson} wrote. @returns undefined without its checksum, or if it is damaged. */
export function readSealedJson(text: string): object | undefined {
  try {
    const found = parseJson(text);
    if (!isPlainObject(found)) return undefined;
    const {sha256, ...content} = found;
    return sha256 === checksum(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

const entry = z.object({
  /** Path inside the payload, "" if the payload is one file. */
  file: z.string().refine((file) => file === printable(file, file.length) && !file.split(/[\\/]/).includes("..")),
  bytes: z.int().min(0),
  /** Time of the last change, in milliseconds. */
  changed: z.number(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export type PayloadEntry = z.infer<typeof entry>;

/** Room that must stay free beside what is written. */
const RESERVE = 64 * 2 ** 20;

/** Payloads up to this size are hashed when a process first reads them; of larger payloads size and time must match. */
const HASHED = 2 ** 30;

/** Force every file of a payload to the disk and describe it. @throws Error if there is no payload. */
export async function describePayload(payload: string): Promise<PayloadEntry[]> {
  const folder = (await stat(payload)).isDirectory();
  const entries: PayloadEntry[] = [];
  for (const file of folder ? (await readdir(payload, {recursive: true})).sort() : [""]) {
    const name = path.join(payload, file);
    const found = await stat(name);
    if (found.isDirectory()) continue;
    await syncFile(name);
    entries.push({file, bytes: found.size, changed: found.mtimeMs, sha256: await hashFile(name)});
  }
  return entries;
}

/** Find a payload's difference from its description. @param known whether its checksums were right before: size and time suffice then. */
export async function damage(payload: string, entries: readonly PayloadEntry[], known: boolean) {
  const trusted = known || entries.reduce((sum, {bytes}) => sum + bytes, 0) > HASHED;
  for (const {file, bytes, changed, sha256} of entries) {
    const name = path.join(payload, file);
    const place = file ? ` in ${file}` : "";
    const found = await stat(name).catch(() => undefined);
    if (!found) return `${file} is gone`;
    if (found.size !== bytes) return `expected ${bytes} bytes${place}, found ${found.size}`;
    if (trusted && found.mtimeMs === changed) continue;
    if ((await hashFile(name)) !== sha256) return `the checksum differs${place}`;
  }
  return undefined;
}

async function hashFile(name: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(name, {highWaterMark: 2 ** 20})) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

const PART = 2 ** 26;

/** Read a file of float32, or a part of it, into an array, without a second copy of it. @throws Error if the file ends early. */
export async function readFloats(
  name: string,
  {from = 0, count}: {from?: number; count?: number} = {},
): Promise<Float32Array> {
  const handle = await open(name);
  try {
    const {size} = await handle.stat();
    const values = new Float32Array(count ?? size / 4 - from);
    const bytes = new Uint8Array(values.buffer);
    for (let done = 0; done < bytes.length;) {
      const part = Math.min(PART, bytes.length - done);
      const {bytesRead} = await handle.read(bytes, done, part, 4 * from + done);
      if (bytesRead === 0) {
        throw new Error(`${shown(name)}: expected ${4 * from + bytes.length} bytes, found ${4 * from + done}.`);
      }
      done += bytesRead;
    }
    return values;
  } finally {
    await handle.close();
  }
}

export async function syncFile(name: string): Promise<void> {
  const handle = await open(name, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function requireSpace(folder: string, target: string, bytes: number): Promise<void> {
  const {bavail, bsize} = await statfs(folder);
  if (bavail * bsize >= bytes + RESERVE) return;
  throw new LabError(
    "no-space",
    `No disk space: ${shown(target)} needs about ${megabytes(bytes + RESERVE)} and ${megabytes(bavail * bsize)} are ` +
      `free in ${shown(folder)}. Free some, or point the environment variable LOLA_DATA at a larger disk.`,
  );
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;

/** Temporary files: of artefacts and locks, and of checkpoints. */
const LEFTOVER = [/^(.*)\.(\d+)-[0-9a-f]{6}\.tmp(?:\.manifest)?$/, /^\.(.*)\.partial\.(\d+)-\d+\.tmp$/];

/** Remove temporary files and locks of processes that no longer run. @param own name of what this process makes here. */
export async function removeLeftovers(folder: string, own: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    if (name.endsWith(".lock")) removeStale(file);
    const [, target, pid] = LEFTOVER.map((pattern) => pattern.exec(name)).find((found) => found !== null) ?? [];
    // The number of a process on another machine says nothing here, but what it makes is locked.
    if (!pid || isRunning(Number(pid)) || (target !== own && isHeld(path.join(folder, `${target}.lock`)))) continue;
    await rm(file, {recursive: true, force: true});
  }
}

/** Description of an artefact beside its payload: its files, configuration and inputs. */
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

const others = ["stage", "name", "config", "inputs", "machine", "threads"] as const;
const manifestRule = z.strictObject({
  key: z.string(),
  files: z.array(entry).min(1),
  ...Object.fromEntries(others.map((name) => [name, z.unknown().optional()])),
});

/** Read a manifest. @returns undefined if it is damaged. */
export function readManifest(text: string): Manifest | undefined {
  const found = readSealedJson(text);
  return manifestRule.safeParse(found).success ? (found as Manifest) : undefined;
}
