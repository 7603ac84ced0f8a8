/**
 * Reader of HDF5 files: lazy, slice by slice, with errors that name the file.
 *
 * Reads are synchronous; the cost of a slice does not depend on the size of the file. What a file declares is compared with
 * what it holds before anything is read or allocated, and nothing outside of the file is opened.
 */
import {requireMemory} from "./storage/memory";
import {printable, sizeOf} from "@lola-ts/core";
import {FileBytes} from "./storage/file-bytes";
import {callLibrary, loadLibrary} from "./storage/library";
import type {LibraryDataset, LibraryFile, LibraryGroup, LibraryModule, LoadedLibrary} from "./storage/library";
import {Links} from "./storage/links";
import {readMessages, type HeaderMessage} from "./storage/object-header";
import {StringHeaps} from "./storage/string-heap";
import {missingData, placeOutside} from "./storage/stored-data";

/** The elements of a numeric dataset. */
export type Hdf5Numbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** The value of an attribute: booleans come as booleans, integers of any width as numbers. */
export type Hdf5Attribute = string | number | boolean | string[] | number[] | boolean[];

/** Elements from `start` to before `stop`, every `step`-th, along one axis. */
export type Hdf5Range = readonly [start: number, stop: number, step?: number];

/** Most values per call of the library, whose own memory never shrinks. */
const BLOCK = 2 ** 23;

/** Most bytes of an attribute that is read. */
const ATTRIBUTE_BYTES = 2 ** 24;

/** Kinds of values, by the numbers that HDF5 gives them. */
const KINDS = {
  ...{0: "integers", 1: "floating-point numbers", 2: "times", 3: "texts", 4: "bit fields", 5: "opaque values"},
  ...{6: "compounds", 7: "references", 8: "enumerations", 9: "lists of variable length", 10: "arrays"},
} as Readonly<Record<number, string>>;

export class Hdf5File {
  private readonly datasets = new Map<string, LibraryDataset>();
  private readonly attributes = new Map<string, LibraryGroup["attrs"]>();
  private readonly links: Links;
  private readonly heaps: StringHeaps;
  private readonly module: LibraryModule;
  /** A dataset's header is read for its values and then for its attributes. */
  private lastHeader?: {readonly path: string; readonly messages: readonly HeaderMessage[]};
  private closed = false;

  private constructor(
    private readonly bytes: FileBytes,
    private readonly file: LibraryFile,
    private readonly library: LoadedLibrary,
  ) {
    this.module = library.module;
    this.heaps = new StringHeaps(bytes);
    this.links = new Links(bytes.path, file, library.module);
  }

  /**
   * Open a file for reading; its data stay on the disk.
   *
   * @throws Error naming the file if it is missing, truncated or not HDF5.
   */
  static async open(path: string): Promise<Hdf5File> {
    const bytes = new FileBytes(path);
    try {
      const library = await loadLibrary();
      const file = callLibrary(path, library, "opening it", () => new library.h5wasm.File(path, "r"));
      return new Hdf5File(bytes, file, library);
    } catch (error) {
      bytes.close();
      throw error;
    }
  }

  get path(): string {
    return this.bytes.path;
  }

  /** Get the kind of object at a path such as `/t0_fields/density`, undefined if there is none. */
  kind(name: string): "group" | "dataset" | undefined {
    const path = this.find(name);
    if (path === undefined) return undefined;
    const type = this.guard(`looking for ${name}`, () => this.links.typeOf(path));
    return type === this.module.H5G_GROUP ? "group" : type === this.module.H5G_DATASET ? "dataset" : undefined;
  }

  /** List the members of a group, in alphabetical order. */
  keys(group: string): string[] {
    if (this.kind(group) !== "group") throw this.absent("a group", group);
    const path = this.find(group)!;
    return this.guard(`listing ${group}`, () => this.module.get_names(this.file.file_id, path, false)).sort();
  }

  /** Shape of a dataset; [] for a scalar. */
  shape(dataset: string): number[] {
    return [...(this.dataset(dataset).metadata.shape ?? [])];
  }

  /** Value of an attribute, undefined if the object has none of this name; a zero-length one is []. */
  attribute(object: string, name: string): Hdf5Attribute | undefined {
    const place = `${name} of ${object}`;
    return this.guard(`reading the attribute ${place}`, () => {
      const attributes = this.attributesOf(object);
      const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
      if (!attribute) return undefined;
      const {shape, metadata} = attribute;
      if (shape?.some((n) => n === 0)) return [];
      const bytes = sizeOf(shape ?? []) * metadata.size;
      if (![0, 1, 3, 8].includes(metadata.type) || bytes > ATTRIBUTE_BYTES) {
        const found = bytes > ATTRIBUTE_BYTES ? `${bytes} bytes` : KINDS[metadata.type];
        throw new Hdf5Error(this.path, `the attribute ${place}`, "texts, numbers or flags", found);
      }
      const value = attribute.json_value;
      return (typeof value === "bigint" ? Number(value) : value) as Hdf5Attribute;
    });
  }

  /**
   * Read a dataset, or a block of it given one range per axis, in row-major order.
   *
   * @throws Error naming the file and the dataset if it is absent, not numeric, or its bytes cannot be read.
   * @throws RangeError naming them if the values do not fit into memory.
   */
  read(dataset: string, ranges?: readonly Hdf5Range[]): Hdf5Numbers {
    const object = this.dataset(dataset);
    const {shape, size} = object.metadata;
    if (!shape) throw new Hdf5Error(this.path, dataset, "numbers", "no values");
    const wanted = shape.length > 0 && ranges ? ranges : shape.map((n): Hdf5Range => [0, n]);
    const total = sizeOf(wanted.map(countOf));
    if (total === 0) return new Float32Array(0);
    if (total <= BLOCK) return this.readBlock(dataset, object, wanted);
    requireMemory(this.path, `the values of ${printable(dataset)}`, total * size);
    let out: Hdf5Numbers | undefined;
    let done = 0;
    for (const block of blocks(wanted)) {
      const part = this.readBlock(dataset, object, block);
      out ??= new (part.constructor as new (length: number) => Hdf5Numbers)(total);
      (out as Float32Array).set(part as Float32Array, done);
      done += part.length;
    }
    return out!;
  }

  /** Close the file; closing twice is fine. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.datasets.clear();
    this.attributes.clear();
    this.bytes.close();
    if (this.library.aborted === undefined) this.file.close();
  }

  private find(name: string): string | undefined {
    if (this.closed) throw new Error(`${this.path}: the file was closed before ${printable(name)} was asked for.`);
    return this.guard(`looking for ${name}`, () => this.links.resolve(name));
  }

  private attributesOf(name: string): LibraryGroup["attrs"] {
    let attributes = this.attributes.get(name);
    if (!attributes) {
      const path = this.find(name);
      if (path === undefined) throw this.absent("an object", name);
      this.heaps.check(this.header(path));
      attributes = new this.library.h5wasm.Group(this.file.file_id, path).attrs;
      this.attributes.set(name, attributes);
    }
    return attributes;
  }

  /** Open a dataset of numbers, whose values the file holds. */
  private dataset(name: string): LibraryDataset {
    const known = this.datasets.get(name);
    if (known && !this.closed) return known;
    if (this.kind(name) !== "dataset") throw this.absent("a dataset", name);
    const path = this.find(name)!;
    const opened = this.guard(`opening ${name}`, () => {
      const header = this.header(path);
      const place = placeOutside(this.bytes, header);
      if (place !== undefined) throw new Hdf5Error(this.path, name, "values in the file itself", `values ${place}`);
      const object = new this.library.h5wasm.Dataset(this.file.file_id, path);
      this.requireNumbers(name, object);
      this.requireValues(name, object, header);
      return object;
    });
    this.datasets.set(name, opened);
    return opened;
  }

  private header(path: string): readonly HeaderMessage[] {
    if (this.lastHeader?.path !== path) {
      const reference = this.module.create_object_reference(this.file.file_id, path);
      const address = Number(Buffer.from(reference).readBigUInt64LE());
      this.lastHeader = {path, messages: readMessages(this.bytes, address)};
    }
    return this.lastHeader.messages;
  }

  private requireNumbers(name: string, {metadata}: LibraryDataset): void {
    const {type, size} = metadata;
    const good = type === 1 ? [4, 8] : type === 0 || type === 8 ? [1, 2, 4, 8] : [];
    if (good.includes(size)) return;
    const found = `${KINDS[type] ?? "values of an unknown type"} of ${size} bytes`;
    throw new Hdf5Error(this.path, name, "numbers of 1 to 8 bytes", found);
  }

  private requireValues(name: string, object: LibraryDataset, header: readonly HeaderMessage[]): void {
    const {shape, size, chunks} = object.metadata;
    const filtered = chunks !== null && object.filters.length > 0;
    const missing = shape && missingData(this.bytes, header, {shape, item: size, filtered});
    if (missing) throw new Error(`${this.path}: ${printable(name)}: ${missing}.`);
  }

  private readBlock(name: string, object: LibraryDataset, ranges: readonly Hdf5Range[]): Hdf5Numbers {
    type Slices = Parameters<LibraryDataset["slice"]>[0];
    const value = this.guard(`reading ${name}`, () =>
      ranges.length > 0 ? object.slice(ranges.map(([a, b, s = 1]) => [a, b, s]) as Slices) : object.value,
    );
    if (typeof value === "number") return Float64Array.of(value);
    if (typeof value === "bigint") return Float64Array.of(Number(value));
    if (!ArrayBuffer.isView(value)) throw new Hdf5Error(this.path, name, "numbers", "another type");
    return value as Hdf5Numbers;
  }

  private absent(what: string, name: string): Error {
    return new Error(`${this.path}: expected ${what} ${printable(name)}, found none.`);
  }

  private guard<T>(doing: string, action: () => T): T {
    return callLibrary(this.path, this.library, doing, action);
  }
}

/** An object of a file is not as it has to be. */
class Hdf5Error extends Error {
  constructor(path: string, name: string, expected: string, found: string) {
    super(`${path}: ${printable(name)}: expected ${expected}, found ${found}.`);
  }
}

const countOf = ([start, stop, step = 1]: Hdf5Range): number => Math.max(0, Math.ceil((stop - start) / step));

/** Halve ranges until no block has more than `BLOCK` values; blocks follow each other in row-major order. */
function* blocks(ranges: readonly Hdf5Range[]): Generator<readonly Hdf5Range[], void> {
  const counts = ranges.map(countOf);
  if (sizeOf(counts) <= BLOCK) return void (yield ranges);
  const axis = counts.findIndex((n) => n > 1);
  const [start, stop, step = 1] = ranges[axis];
  const middle = start + step * (counts[axis] >> 1);
  for (const [from, to] of [
    [start, middle],
    [middle, stop],
  ]) {
    yield* blocks([...ranges.slice(0, axis), [from, to, step], ...ranges.slice(axis + 1)]);
  }
}
