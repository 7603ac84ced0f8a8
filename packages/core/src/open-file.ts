/** Files opened for reading, with the system's reasons as sentences. */
import {closeSync, fstatSync, openSync, statSync} from "node:fs";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EACCES: "this file may not be read",
  EPERM: "this file may not be read",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "the name is too long",
};

/**
 * Open a file. Close its descriptor after use.
 *
 * @throws Error naming the file if it is missing, may not be read, or is a folder or a device.
 */
export function openFile(path: string): {fd: number; size: number} {
  let fd: number | undefined;
  try {
    // a pipe would wait for its writer
    if (statSync(path).isFile()) {
      fd = openSync(path, "r");
      return {fd, size: fstatSync(fd).size};
    }
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    const {code = "", message} = error as NodeJS.ErrnoException;
    throw new Error(`${path}: ${REASONS[code] ?? message}.`, {cause: error});
  }
  throw new Error(`${path}: expected a file, found a folder or a device.`);
}
