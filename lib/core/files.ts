/**
 * Files that are either whole or absent.
 *
 * A file is written under a temporary name beside its place, forced to the disk, and renamed: a reader, or a process
 * killed half-way, never leaves or sees half a file under the final name.
 */
import {closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync} from "node:fs";
import {basename, dirname, join} from "node:path";

let serial = 0;

/**
 * Write a file through `write`, which gets a descriptor opened for reading and writing, and put it in its place.
 *
 * Folders on the way are made. If `write` throws, the temporary file is removed and what was at `path` stays.
 *
 * @throws Error naming the file if the disk is full or the folder cannot be written.
 */
export async function writeAtomically(path: string, write: (fd: number) => void | Promise<void>): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${process.pid}-${serial++}.tmp`);
  let fd: number | undefined;
  try {
    mkdirSync(folder, {recursive: true});
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
    throw explain(error, path);
  }
}

/** The rename itself must reach the disk too; systems that cannot open a folder do without. */
function syncFolder(folder: string): void {
  try {
    const fd = openSync(folder, "r");
    fsyncSync(fd);
    closeSync(fd);
  } catch {
    // not supported here
  }
}

function explain(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOSPC" || code === "EDQUOT") return new Error(`${path}: no space left on the disk`, {cause: error});
  if (code === "EACCES" || code === "EROFS" || code === "EPERM") {
    return new Error(`${path}: this folder cannot be written`, {cause: error});
  }
  if (code === "ENOTDIR" || code === "EEXIST")
    return new Error(`${path}: a file is in the way of its folder`, {cause: error});
  return error;
}
