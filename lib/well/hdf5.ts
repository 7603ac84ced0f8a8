/**
 * Reader of HDF5 files: lazy, slice by slice, with errors that name the file.
 *
 * h5wasm is an ES module, loaded once by a real `import()` when the first file is opened. Reads are synchronous; the cost
 * of a slice does not depend on the size of the file.
 */
import {closeSync, openSync, readSync, statSync} from "node:fs";

const importLibrary = () => import("h5wasm/node"); // stays a real import: the package is an ES module

type Library = Awaited<ReturnType<typeof importLibrary>>;
type File = InstanceType<Library["File"]>;
type Group = InstanceType<Library["Group"]>;
type Dataset = InstanceType<Library["Dataset"]>;
type Entity = NonNullable<ReturnType<Group["get"]>>;

/** The elements of a numeric dataset. */
export type Hdf5Numbers =
  Float32Array | Float64Array | Int8Array | Uint8Array | Int16Array | Int32Array | BigInt64Array;

/** The value of an attribute: booleans come as booleans, integers of any width as numbers. */
export type Hdf5Attribute = string | number | boolean | string[] | number[] | boolean[];

/** Elements from `start` to before `stop`, every `step`-th, along one axis. */
export type Hdf5Range = readonly [start: number, stop: number, step?: number];

let library: Promise<Library> | undefined;

/** Load the library once; from then on its errors are thrown instead of printed. */
function load(): Promise<Library> {
  library ??= importLibrary().then(async (h5wasm) => {
    const module = await h5wasm.ready;
    (module as unknown as {activate_throwing_error_handler(): void}).activate_throwing_error_handler();
    return h5wasm;
  });
  return library;
}

const SIGNATURE = Buffer.from("\x89HDF\r\n\x1a\n", "latin1");

/** @throws Error in one sentence if there is no HDF5 file of this name. */
function inspect(path: string): void {
  const stats = statSync(path, {throwIfNoEntry: false});
  if (!stats) throw new Error(`${path}: expected an HDF5 file, found no file of this name`);
  if (!stats.isFile()) throw new Error(`${path}: expected an HDF5 file, found a folder`);
  const head = Buffer.alloc(8);
  const fd = openSync(path, "r");
  try {
    // the signature is at 0 or, after a user block, at 512, 1024, 2048 ...
    for (let at = 0; at + 8 <= stats.size; at = at === 0 ? 512 : 2 * at) {
      readSync(fd, head, 0, 8, at);
      if (head.equals(SIGNATURE)) return;
    }
  } finally {
    closeSync(fd);
  }
  throw new Error(`${path}: expected an HDF5 file, found ${stats.size} bytes without its signature`);
}

/** Turn the library's report of many lines into one sentence. */
function explain(path: string, error: unknown, doing: string): Error {
  const report = error instanceof Error ? error.message : String(error);
  const truncated = /truncated file: eof = (\d+).*stored_eof = (\d+)/.exec(report);
  if (truncated) {
    const [, found, expected] = truncated;
    return new Error(`${path}: the file is truncated, expected ${expected} bytes, found ${found}`, {cause: error});
  }
  const filter = /required filter '?([^'\n]*?)'? is not registered/.exec(report);
  if (filter) {
    const expected = "expected data as they are or compressed by gzip and shuffle";
    return new Error(`${path}: ${expected}, found the filter ${filter[1]} (while ${doing})`, {cause: error});
  }
  if (/addr overflow|file read failed|end of file/i.test(report)) {
    return new Error(`${path}: the file is truncated or damaged (while ${doing})`, {cause: error});
  }
  const details = [...report.matchAll(/#\d+: .*\(\): (.+)/g)].map((match) => match[1]);
  const detail = details.at(-1) ?? report.split("\n")[0];
  return new Error(`${path}: the file is damaged (while ${doing}: ${detail.trim()})`, {cause: error});
}

const isGroup = (object: Entity | null): object is Group => (object as Group | null)?.type === "Group";
const isDataset = (object: Entity | null): object is Dataset => (object as Dataset | null)?.type === "Dataset";

/** An open HDF5 file. */
export class Hdf5File {
  private readonly datasets = new Map<string, Dataset>();
  private closed = false;

  private constructor(
    readonly path: string,
    private readonly file: File,
  ) {}

  /**
   * Open a file for reading; its data stay on the disk.
   *
   * @throws Error naming the file if it is missing, truncated or not HDF5.
   */
  static async open(path: string): Promise<Hdf5File> {
    inspect(path);
    const h5wasm = await load();
    try {
      return new Hdf5File(path, new h5wasm.File(path, "r"));
    } catch (error) {
      throw explain(path, error, "opening it");
    }
  }

  /** Get the kind of object at a path such as `/t0_fields/density`, undefined if there is none. */
  kind(name: string): "group" | "dataset" | undefined {
    const object = this.find(name);
    return isGroup(object) ? "group" : isDataset(object) ? "dataset" : undefined;
  }

  /** List the members of a group, in alphabetical order. */
  keys(group: string): string[] {
    const object = this.find(group);
    if (!isGroup(object)) throw this.absent("a group", group);
    return this.guard(`listing ${group}`, () => object.keys()).sort();
  }

  /** Shape of a dataset; [] for a scalar. */
  shape(dataset: string): number[] {
    return [...(this.metadata(dataset).shape ?? [])];
  }

  /** Value of an attribute, undefined if the object has none of this name; a zero-length one is []. */
  attribute(object: string, name: string): Hdf5Attribute | undefined {
    const holder = this.find(object);
    if (!holder || !("attrs" in holder)) throw this.absent("an object", object);
    return this.guard(`reading the attribute ${name} of ${object}`, () => {
      const attribute = holder.attrs[name];
      if (!attribute) return undefined;
      if (attribute.shape?.some((n) => n === 0)) return [];
      const value = attribute.json_value;
      return (typeof value === "bigint" ? Number(value) : value) as Hdf5Attribute;
    });
  }

  /**
   * Read a dataset, or a block of it given one range per axis, in row-major order.
   *
   * @throws Error naming the file and the dataset if it is absent, not numeric, or its bytes cannot be read.
   */
  read(dataset: string, ranges?: readonly Hdf5Range[]): Hdf5Numbers {
    const {shape, total_size: total} = this.metadata(dataset);
    if (shape && total === 0) return new Float32Array(0);
    const value = this.guard(`reading ${dataset}`, () => {
      const object = this.datasets.get(dataset)!;
      type Slices = Parameters<Dataset["slice"]>[0];
      return ranges && shape?.length ? object.slice(ranges.map(([a, b, s = 1]) => [a, b, s]) as Slices) : object.value;
    });
    if (typeof value === "number") return Float64Array.of(value);
    if (typeof value === "bigint") return Float64Array.of(Number(value));
    if (!ArrayBuffer.isView(value)) throw new Error(`${this.path}: expected numbers in ${dataset}, found another type`);
    return value as Hdf5Numbers;
  }

  /** Close the file; closing twice is fine. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.datasets.clear();
    this.file.close();
  }

  private find(name: string): Entity | null {
    if (this.closed) throw new Error(`${this.path}: the file was closed before ${name} was asked for`);
    if (name === "/") return this.file;
    return this.guard(`looking for ${name}`, () => this.file.get(name));
  }

  private metadata(dataset: string): Dataset["metadata"] {
    let object = this.datasets.get(dataset);
    if (!object) {
      const found = this.find(dataset);
      if (!isDataset(found)) throw this.absent("a dataset", dataset);
      object = found;
      this.datasets.set(dataset, object);
    }
    const opened = object;
    return this.guard(`opening ${dataset}`, () => opened.metadata);
  }

  private absent(what: string, name: string): Error {
    return new Error(`${this.path}: expected ${what} ${name}, found none`);
  }

  private guard<T>(doing: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw explain(this.path, error, doing);
    }
  }
}
