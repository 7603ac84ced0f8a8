/** The library that reads HDF5, h5wasm: an ES module, loaded once by a real `import()` when the first file is opened. */
import {join} from "node:path";
import {pathToFileURL} from "node:url";
import {projectRoot, printable} from "@lola-ts/core";

const importLibrary = () => import("h5wasm/node"); // stays a real import: the package is an ES module

export type Library = Awaited<ReturnType<typeof importLibrary>>;
export type LibraryFile = InstanceType<Library["File"]>;
export type LibraryGroup = InstanceType<Library["Group"]>;
export type LibraryDataset = InstanceType<Library["Dataset"]>;
export type LibraryModule = Awaited<Library["ready"]>;

export interface LoadedLibrary {
  readonly h5wasm: Library;
  readonly module: LibraryModule;
  /** File that made the library abort; from then on it answers nothing. */
  aborted?: string;
}

let library: Promise<LoadedLibrary> | undefined;
let aborts = 0;

/** Load the library once, and again after a file made it abort; its errors are thrown instead of printed. */
export function loadLibrary(): Promise<LoadedLibrary> {
  library ??= (aborts === 0 ? importLibrary() : importAgain()).then(async (h5wasm) => {
    const module = await h5wasm.ready;
    module.activate_throwing_error_handler();
    return {h5wasm, module};
  });
  return library;
}

/** Import the library again: another query makes another instance, with memory of its own. */
function importAgain(): Promise<Library> {
  const file = join(projectRoot(), "node_modules/h5wasm/dist/node/hdf5_hl.js");
  return import(`${pathToFileURL(file).href}?${aborts}`) as Promise<Library>;
}

/** Check if an error ended the library, and if so, let the next file load it again. */
function hasAborted(path: string, error: unknown, loaded: LoadedLibrary): boolean {
  if (!(error instanceof Error) || (error.name !== "RuntimeError" && !error.message.startsWith("Aborted(")))
    return false;
  loaded.aborted ??= path;
  library = undefined;
  aborts++;
  return true;
}

/** Call the library. @throws Error naming the file, whatever the library reports. */
export function callLibrary<T>(path: string, loaded: LoadedLibrary, doing: string, action: () => T): T {
  if (loaded.aborted !== undefined) {
    throw new Error(
      `${path}: the library that reads HDF5 was ended by ${loaded.aborted}, this file has to be opened again`,
    );
  }
  try {
    return action();
  } catch (error) {
    if (error instanceof Error && error.message.startsWith(`${path}: `)) throw error; // a sentence already
    if (!hasAborted(path, error, loaded)) throw explainLibraryError(path, error, doing);
    throw new Error(`${path}: the file is damaged (while ${printable(doing)}: the HDF5 library gave up)`, {
      cause: error,
    });
  }
}

/** Turn the library's report of many lines into one sentence. */
function explainLibraryError(path: string, error: unknown, doing: string): Error {
  const report = error instanceof Error ? error.message : String(error);
  const place = printable(doing);
  const truncated = /truncated file: eof = (\d+).*stored_eof = (\d+)/.exec(report);
  if (truncated) {
    const [, found, expected] = truncated;
    return new Error(`${path}: the file is truncated, expected ${expected} bytes, found ${found}`, {cause: error});
  }
  const filter = /required filter '?([^'\n]*?)'? is not registered/.exec(report);
  if (filter) {
    const expected = "expected data as they are or compressed by gzip and shuffle";
    return new Error(`${path}: ${expected}, found the filter ${printable(filter[1])} (while ${place})`, {cause: error});
  }
  if (/addr overflow|file read failed|end of file/i.test(report)) {
    return new Error(`${path}: the file is truncated or damaged (while ${place})`, {cause: error});
  }
  const details = [...report.matchAll(/#\d+: .*\(\): (.+)/g)].map((match) => match[1]);
  const detail = details.at(-1) ?? report.split("\n")[0];
  return new Error(`${path}: the file is damaged (while ${place}: ${printable(detail.trim())})`, {cause: error});
}
