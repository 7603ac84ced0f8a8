/** The library that reads HDF5, h5wasm: an ES module, loaded once by a real `import()` when the first file is opened. */
import {printable} from "../../core/printable";

const importLibrary = () => import("h5wasm/node"); // stays a real import: the package is an ES module

export type Library = Awaited<ReturnType<typeof importLibrary>>;
export type LibraryFile = InstanceType<Library["File"]>;
export type LibraryGroup = InstanceType<Library["Group"]>;
export type LibraryDataset = InstanceType<Library["Dataset"]>;
export type LibraryModule = Awaited<Library["ready"]>;

/** The library and its functions. */
export interface LoadedLibrary {
  readonly h5wasm: Library;
  readonly module: LibraryModule;
}

let library: Promise<LoadedLibrary> | undefined;

/** Load the library once; from then on its errors are thrown instead of printed. */
export function loadLibrary(): Promise<LoadedLibrary> {
  library ??= importLibrary().then(async (h5wasm) => {
    const module = await h5wasm.ready;
    module.activate_throwing_error_handler();
    return {h5wasm, module};
  });
  return library;
}

/** Turn the library's report of many lines into one sentence. */
export function explainLibraryError(path: string, error: unknown, doing: string): Error {
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
