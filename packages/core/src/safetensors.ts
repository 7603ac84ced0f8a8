/**
 * The safetensors format: an 8-byte little-endian length, a JSON header with each tensor's type, shape and location, then
 * the raw values. It holds numbers and text only, so that an untrusted file cannot run code.
 *
 * @see https://huggingface.co/docs/safetensors
 */
import {closeSync, readSync} from "node:fs";
import {isPlainObject} from "./check";
import {parseJson} from "./json";
import {printable} from "./text";
import {sizeOf} from "./array";
import {writeAtomically, writeAll} from "./files";
import {fromHalf, toHalf} from "./float16";
import {openFile} from "./open-file";
import {createHash} from "node:crypto";

/** A tensor in memory, row-major. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
  /** Whether float32 values are written in half precision. Default: false. */
  readonly half?: boolean;
}

/** A float32 tensor that is made when it is written, so that not all tensors are in memory at once. */
export interface LazyTensor {
  readonly shape: readonly number[];
  readonly read: () => Float32Array;
}

/** An open file: its header is in memory, its values stay on the disk until they are read. */
export interface SafetensorsFile {
  /** Texts beside the tensors, without the checksum. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Shapes by name, in the order of the file. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Types by name in the format's terms, e.g. F32. */
  readonly types: ReadonlyMap<string, string>;
  /**
   * Read one tensor, by default into a new array. Half-precision values become float32.
   *
   * @param into array of the tensor's type and number of values.
   *
   * @throws Error if there is none of that name, or its type is neither F32, F16 nor I32.
   */
  read(name: string, into?: StoredTensor["data"]): StoredTensor;
  close(): void;
}

interface TensorLocation {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

const MAX_HEADER = 10e6; // bytes: a hundred thousand tensors; the official library reads ten times as many
const BYTES: Record<string, number> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
};

/**
 * Open a safetensors file. Close it after use.
 *
 * @param options `checked`: whether the content is compared with a checksum of ours. Default: true.
 * @throws Error naming the file if it is missing, truncated, or no well-formed safetensors file, or if it has a checksum of
 * ours and another content.
 */
export function openSafetensors(path: string, {checked = true} = {}): SafetensorsFile {
  const {fd, size} = openFile(path);
  try {
    const {header, start} = readHeader(fd, path, size);
    const {__metadata__: extra = {}, ...rest} = header;
    const locations = new Map(
      Object.entries(rest).map(([name, entry]) => [name, locationOf(path, name, entry, size - start)]),
    );
    requireCovered(path, locations, size - start);
    const metadata = metadataOf(path, extra);
    const checksum = metadata.get(CHECKSUM);
    if (checked && checksum !== undefined) requireChecksum(fd, path, size, checksum);
    metadata.delete(CHECKSUM);

    return {
      metadata,
      shapes: new Map([...locations].map(([name, {shape}]) => [name, shape])),
      types: new Map([...locations].map(([name, {dtype}]) => [name, dtype])),
      read: (name, into) => readTensor(fd, path, name, locations.get(name), start, into),
      close: () => closeSync(fd),
    };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/**
 * Write tensors as a safetensors file with a checksum, atomically: an existing file is replaced at the end.
 *
 * @throws Error naming the file if the disk is full or the folder cannot be written; what was there stays.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor | LazyTensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  let offset = 0;
  const entries = [...tensors].map(([name, tensor]) => {
    const {shape} = tensor;
    if ("data" in tensor) requireCount(path, name, shape, tensor.data);
    const dtype = "read" in tensor ? "F32" : typeOf(tensor);
    const entry = {dtype, shape, data_offsets: [offset, (offset += BYTES[dtype] * sizeOf(shape))]};
    return [name, entry] as const;
  });
  const texts = Object.fromEntries([[CHECKSUM, UNKNOWN], ...metadata, [CHECKSUM, UNKNOWN]]); // first in the file
  const json = JSON.stringify(Object.fromEntries([["__metadata__", texts], ...entries]));
  const padding = (8 - (Buffer.byteLength(json) % 8)) % 8; // aligns the values
  const header = Buffer.from(json + " ".repeat(padding));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));

  await writeAtomically(path, (fd) => {
    const writer = new ChecksumWriter(fd);
    writer.add(length);
    writer.add(header);
    for (const [name, tensor] of tensors) {
      const values = "read" in tensor ? tensor.read() : tensor.data;
      requireCount(path, name, tensor.shape, values);
      const data = "half" in tensor && typeOf(tensor) === "F16" ? toHalf(values as Float32Array) : values;
      writer.add(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
    writer.end(header, length.length);
  });
}

function requireCount(path: string, name: string, shape: readonly number[], {length}: ArrayLike<number>): void {
  if (length === sizeOf(shape)) return;
  throw new Error(`${path}: expected ${sizeOf(shape)} values for "${name}" [${shape.join(", ")}], found ${length}.`);
}

/** Tell whether values are float32, also of an array from another realm. */
const isFloat = (data: Float32Array | Int32Array) => Object.prototype.toString.call(data) === "[object Float32Array]";

const typeOf = ({data, half}: StoredTensor) => (isFloat(data) ? (half ? "F16" : "F32") : "I32");

function readHeader(fd: number, path: string, size: number): {header: Record<string, unknown>; start: number} {
  if (size < 8)
    throw new Error(`${path}: expected a safetensors file, found ${size} bytes: it is truncated or of another format.`);
  const length = Number(readBytes(fd, path, 0, 8).readBigUInt64LE());
  if (length > MAX_HEADER) {
    throw new Error(`${path}: expected a header of at most 10 MB, found ${length} bytes: no safetensors file.`);
  }
  if (8 + length > size) {
    throw new Error(
      `${path}: expected a header of ${length} bytes, found ${size - 8}: it is truncated or of another format.`,
    );
  }
  return {header: parseHeader(path, readBytes(fd, path, 8, length)), start: 8 + length};
}

function parseHeader(path: string, bytes: Uint8Array): Record<string, unknown> {
  let found = "another text";
  try {
    const text = new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(bytes);
    const header = text.startsWith("{") ? parseJson(text) : undefined;
    if (isPlainObject(header)) return header;
  } catch (error) {
    found = printable((error as Error).message); // the first bytes may be quoted
  }
  throw new Error(`${path}: expected a header that is a JSON object, found ${found}: no safetensors file, or damaged.`);
}

function locationOf(path: string, name: string, entry: unknown, available: number): TensorLocation {
  const fail = (problem: string): never => {
    throw new Error(`${path}: tensor "${printable(name)}" ${problem}.`);
  };
  if (/\p{Surrogate}/u.test(name)) return fail("has a name that is no text");
  if (!isPlainObject(entry)) return fail("has no description in the header");
  const {dtype, shape, data_offsets: offsets} = entry;
  if (typeof dtype !== "string") return fail("has no type");
  if (!Object.hasOwn(BYTES, dtype)) return fail(`has an unknown type, ${printable(dtype, 40)}`);
  if (!isCounts(shape)) return fail("has a shape that is no list of sizes");
  if (!isCounts(offsets) || offsets.length !== 2) return fail("has no place in the file");
  const sizes = printable(shape.join(", "));
  // the product without its zeros: the official library refuses one that is too large even if a zero follows
  const bytes = shape.reduce((product, n) => (n === 0 ? product : product * n), BYTES[dtype]);
  if (!Number.isSafeInteger(bytes))
    return fail(`[${sizes}] of ${dtype} needs ${bytes} bytes, more than a file can have`);
  const [from, to] = offsets;
  const needed = shape.includes(0) ? 0 : bytes;
  if (to - from !== needed) return fail(`[${sizes}] of ${dtype} needs ${needed} bytes, found ${to - from}`);
  if (to > available) return fail(`ends at byte ${to} of ${available}: the file is truncated`);
  return {dtype, shape, from, to};
}

/** Require that tensors have neither gaps nor overlaps, as the format prescribes. */
function requireCovered(path: string, locations: ReadonlyMap<string, TensorLocation>, available: number): void {
  let end = 0;
  for (const [name, {from, to}] of [...locations].sort(([, a], [, b]) => a.from - b.from || a.to - b.to)) {
    if (from !== end)
      throw new Error(`${path}: expected tensor "${printable(name)}" at byte ${end}, found it at ${from}.`);
    end = to;
  }
  if (end !== available) throw new Error(`${path}: expected ${end} bytes of values, found ${available}.`);
}

function metadataOf(path: string, extra: unknown): Map<string, string> {
  if (!isPlainObject(extra) || !Object.values(extra).every((value) => typeof value === "string")) {
    throw new Error(`${path}: expected metadata that maps texts to texts.`);
  }
  return new Map(Object.entries(extra as Record<string, string>));
}

function readTensor(
  fd: number,
  path: string,
  name: string,
  location: TensorLocation | undefined,
  start: number,
  into?: StoredTensor["data"],
): StoredTensor {
  if (!location) throw new Error(`${path}: there is no tensor "${printable(name)}".`);
  const {dtype, shape, from, to} = location;
  if (dtype !== "F32" && dtype !== "F16" && dtype !== "I32") {
    throw new Error(`${path}: expected tensor "${printable(name)}" of type F32, F16 or I32, found ${dtype}.`);
  }
  const length = (to - from) / BYTES[dtype];
  const data = into ?? (dtype === "I32" ? new Int32Array(length) : new Float32Array(length));
  if (data.length !== length || isFloat(data) === (dtype === "I32")) {
    throw new Error(
      `${path}: expected room for ${length} values of "${printable(name)}" (${dtype}), found ${data.length}.`,
    );
  }
  const read = dtype === "F16" ? new Uint16Array(length) : data;
  readInto(fd, path, start + from, new Uint8Array(read.buffer, read.byteOffset, read.byteLength));
  if (read instanceof Uint16Array) (data as Float32Array).set(fromHalf(read));
  return {shape, data};
}

function readBytes(fd: number, path: string, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readInto(fd, path, position, bytes);
  return bytes;
}

function readInto(fd: number, path: string, position: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    const count = readSync(fd, bytes, done, Math.min(bytes.length - done, 2 ** 30), position + done);
    if (count === 0) throw new Error(`${path}: expected ${bytes.length - done} more bytes: the file is truncated.`);
    done += count;
  }
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0 && !Object.is(item, -0));
}

const CHECKSUM = "lola-sha256";

const UNKNOWN = "0".repeat(64);

const BEFORE = `"${CHECKSUM}":"`;

const PART = 2 ** 22;

/** Find the digits in the header of a file as our writer makes it; undefined if they are not there. */
function placeOf(header: Buffer): number | undefined {
  const found = header.indexOf(BEFORE);
  return found < 0 ? undefined : found + BEFORE.length;
}

/**
 * Writes a file piece by piece, and its checksum at the end: the SHA-256 of the file in which the checksum's own digits are zeros.
 * The format itself has none, so that a changed weight would go unnoticed.
 */
class ChecksumWriter {
  private readonly hash = createHash("sha256");

  /** @param fd file that is empty so far. */
  constructor(private readonly fd: number) {}

  add(bytes: Uint8Array): void {
    writeAll(this.fd, bytes);
    this.hash.update(bytes);
  }

  /** Write the digits. @param header beginning of the file as it was added, with the digits unknown. */
  end(header: Buffer, position: number): void {
    writeAll(this.fd, Buffer.from(this.hash.digest("hex")), position + placeOf(header)!);
  }
}

/** Require the content of an open file of `size` bytes to have its checksum. @throws Error naming the file. */
function requireChecksum(fd: number, path: string, size: number, expected: string): void {
  const hash = createHash("sha256");
  const bytes = Buffer.alloc(Math.min(size, PART));
  for (let done = 0; done < size;) {
    const count = readSync(fd, bytes, 0, Math.min(PART, size - done), done);
    if (count === 0) throw new Error(`${path}: expected ${size} bytes, found ${done}: the file is truncated.`);
    const part = bytes.subarray(0, count);
    const place = done === 0 ? placeOf(part) : undefined;
    if (place !== undefined) part.write(UNKNOWN, place, "latin1");
    hash.update(part);
    done += count;
  }
  if (hash.digest("hex") === expected) return;
  throw new Error(
    `${path}: the checksum differs: the file is damaged, or another program changed it and kept "${CHECKSUM}" in its metadata.`,
  );
}
