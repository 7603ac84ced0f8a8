/**
 * Files that are either whole or absent.
 *
 * A file is written under a temporary name beside its place, forced to the disk, and renamed: a reader, or a process
 * killed half-way, never leaves or sees half a file under the final name. The temporary file of a killed process is removed
 * by a later one that writes the same file.
 */
import {closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync, writeSync} from "node:fs";
import {basename, dirname, join} from "node:path";
import {LabError, type WriteErrorCode} from "./lab-error";

let serial = 0;

/**
 * Write a file atomically through `write`, which gets a descriptor opened for reading and writing.
 *
 * Missing folders are created. If `write` throws, the temporary file is removed and what was at `path` stays.
 *
 * @throws Error naming the file if the disk is full or the folder cannot be written.
 */
export async function writeAtomically(path: string, write: (fd: number) => void | Promise<void>): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${process.pid}-${serial++}.tmp`);
  let fd: number | undefined;
  try {
    mkdirSync(folder, {recursive: true});
    removeAbandoned(folder, basename(path));
    fd = openSync(temporary, "w+");
    await write(fd);
    fsyncSync(fd);
    renameSync(temporary, path);
    closeSync(fd);
    fd = undefined;
    syncFolder(folder);
  } catch (error) {
    if (fd !== undefined) {
      closeSync(fd);
      rmSync(temporary, {force: true});
    }
    throw explainWriteError(error, path);
  }
}

/** Milliseconds without a write after which a temporary file counts as left by a killed process. */
const ABANDONED = 600_000;

/** Remove the temporary files of a name that killed processes left. */
function removeAbandoned(folder: string, name: string): void {
  for (const found of readdirSync(folder)) {
    if (!found.startsWith(`.${name}.`) || !/^\d+-\d+\.tmp$/.test(found.slice(name.length + 2))) continue;
    const file = join(folder, found);
    const written = statSync(file, {throwIfNoEntry: false})?.mtimeMs ?? Infinity;
    if (Date.now() - written > ABANDONED) rmSync(file, {force: true});
  }
}

/** Write a file of known content as {@link writeAtomically} does. @throws Error naming the file as it does. */
export function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  return writeAtomically(path, (fd) => writeAll(fd, typeof content === "string" ? Buffer.from(content) : content));
}

/** Largest part that is written by one call of the system, which takes no more than 2 GiB. */
const PART = 2 ** 30;

/** Write all bytes to an open file: at `position`, or by default where its last write ended. */
export function writeAll(fd: number, bytes: Uint8Array, position?: number): void {
  for (let done = 0; done < bytes.length;) {
    const at = position === undefined ? null : position + done;
    done += writeSync(fd, bytes, done, Math.min(bytes.length - done, PART), at);
  }
}

/** Force the names in a folder to the disk, so that a renamed file stays renamed; without effect where systems cannot. */
export function syncFolder(folder: string): void {
  try {
    const fd = openSync(folder, "r");
    fsyncSync(fd);
    closeSync(fd);
  } catch {
    // not supported here
  }
}

const REASONS: Readonly<Record<WriteErrorCode, string>> = {
  "no-space": "no space left on the disk",
  "too-large": "the system does not let a file become so large",
  "read-only": "this folder cannot be written",
  "in-the-way": "a file is in the way of its folder",
  "no-folder": "its folder was removed or cannot be written",
};

const CODES = new Map<string, WriteErrorCode>([
  ["ENOSPC", "no-space"],
  ["EDQUOT", "no-space"],
  ["EFBIG", "too-large"],
  ["EACCES", "read-only"],
  ["EROFS", "read-only"],
  ["EPERM", "read-only"],
  ["ENOTDIR", "in-the-way"],
  ["EEXIST", "in-the-way"],
]);

/**
 * Turn the system's error about a file that could not be written into a {@link LabError}; other errors stay as they are.
 *
 * @param path file as the sentence names it.
 * @param kept what became of the data on a full disk, for the end of the sentence.
 */
export function explainWriteError(error: unknown, path: string, kept?: string): unknown {
  const code = codeOf(error as NodeJS.ErrnoException, basename(path));
  if (code === undefined) return error;
  const end = code === "no-space" && kept !== undefined ? `; ${kept}` : "";
  return new LabError(code, `${path}: ${REASONS[code]}${end}.`, {cause: error});
}

function codeOf(
  {code = "", syscall, path: place = ""}: NodeJS.ErrnoException,
  name: string,
): WriteErrorCode | undefined {
  // Node also says so of a folder that is to be made on a read-only disk; another file that is missing is not meant
  if (code === "ENOENT") return syscall === "mkdir" || place.includes(name) ? "no-folder" : undefined;
  return CODES.get(code);
}
