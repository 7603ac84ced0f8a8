/**
 * Writer for the subset of HDF5 that The Well's files use.
 *
 * The library that reads HDF5 here cannot write the enumerations that stand for booleans in The Well, so this file
 * writes the format itself: groups, contiguous datasets and attributes, in the layout of version 2 superblocks and object
 * headers. Data are written as they arrive; only names stay in memory.
 *
 * @see The HDF Group, "HDF5 File Format Specification Version 3.0"
 */
import {sizeOf, writeAll, writeAtomically} from "@lola-ts/core";

/** Types of elements. A `bool` is an 8-bit enumeration of FALSE and TRUE, a `string` is UTF-8 of variable length. */
export type Hdf5Type = "float32" | "float64" | "int64" | "bool" | "string";

/** Values of an attribute or a small dataset: the elements in row-major order, of the given shape ([] is a scalar). */
export interface Hdf5Value {
  readonly type: Hdf5Type;
  readonly shape: readonly number[];
  readonly values: ArrayLike<number | boolean | string>;
}

/** A dataset: either with its values, or of a shape whose elements `fill` writes. */
export interface Hdf5DatasetSpec {
  readonly type: Exclude<Hdf5Type, "string">;
  readonly shape: readonly number[];
  readonly values?: ArrayLike<number | boolean>;
  readonly attributes?: Readonly<Record<string, Hdf5Value>>;
}

/** A group with its attributes, subgroups and datasets. */
export interface Hdf5GroupSpec {
  readonly attributes?: Readonly<Record<string, Hdf5Value>>;
  readonly groups?: Readonly<Record<string, Hdf5GroupSpec>>;
  readonly datasets?: Readonly<Record<string, Hdf5DatasetSpec>>;
}

/** Write `values` to the dataset at a path such as `/t0_fields/density`, from element `offset` on. */
export type Hdf5Fill = (dataset: string, offset: number, values: Float32Array) => void;

export const scalar = (type: Hdf5Type, value: number | boolean | string): Hdf5Value => ({
  type,
  shape: [],
  values: [value],
});

/** Make a one-dimensional value. An empty one is float64, as h5py stores an empty list. */
export const list = (type: Hdf5Type, values: readonly (number | boolean | string)[]): Hdf5Value => ({
  type: values.length === 0 ? "float64" : type,
  shape: [values.length],
  values,
});

const UNDEFINED = 0xffffffffffffffffn;
const SUPERBLOCK = 48;
const ALIGNMENT = 4096;
const SIZES = {float32: 4, float64: 8, int64: 8, bool: 1, string: 16};

const bytes = (...values: number[]): Buffer => Buffer.from(values);
const u16 = (value: number): Buffer => bytes(value & 0xff, value >>> 8);
function u32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}
function u64(value: number | bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}

const INT8 = Buffer.concat([bytes(0x10, 0x08, 0, 0), u32(1), u16(0), u16(8)]);
const UINT8 = Buffer.concat([bytes(0x10, 0x00, 0, 0), u32(1), u16(0), u16(8)]);

/** The datatype messages: class and version, flags, size, then what the class needs. */
const DATATYPES: Record<Hdf5Type, Buffer> = {
  float32: Buffer.concat([bytes(0x11, 0x20, 31, 0), u32(4), u16(0), u16(32), bytes(23, 8, 0, 23), u32(127)]),
  float64: Buffer.concat([bytes(0x11, 0x20, 63, 0), u32(8), u16(0), u16(64), bytes(52, 11, 0, 52), u32(1023)]),
  int64: Buffer.concat([bytes(0x10, 0x08, 0, 0), u32(8), u16(0), u16(64)]),
  bool: Buffer.concat([bytes(0x18, 2, 0, 0), u32(1), INT8, Buffer.from("FALSE\0\0\0TRUE\0\0\0\0"), bytes(0, 1)]),
  string: Buffer.concat([bytes(0x19, 0x01, 0x01, 0), u32(16), UINT8]),
};

function dataspace(shape: readonly number[]): Buffer {
  return Buffer.concat([bytes(2, shape.length, 0, shape.length === 0 ? 0 : 1), ...shape.map(u64)]);
}

/** A message of a version 2 object header. */
function message(type: number, body: Buffer): Buffer {
  if (body.length > 0xffff)
    throw new RangeError(`HDF5: an attribute of ${body.length} bytes exceeds the format's 65535.`);
  return Buffer.concat([bytes(type), u16(body.length), bytes(0), body]);
}

function objectHeader(messages: Buffer[]): Buffer {
  const body = Buffer.concat(messages);
  const header = Buffer.concat([Buffer.from("OHDR"), bytes(2, 0x02), u32(body.length), body]);
  return Buffer.concat([header, u32(lookup3(header))]);
}

/** One file being written: data first, then strings, then headers from the leaves to the root, at last the superblock. */
class Writer {
  private end = SUPERBLOCK;
  private readonly places = new Map<string, {address: number; spec: Hdf5DatasetSpec}>();
  /** Strings of variable length live in one global heap; an attribute holds their indices. */
  private readonly strings = new Map<string, number>();
  private heap = 0;

  constructor(
    private readonly fd: number,
    private readonly path: string,
  ) {}

  /** Give every dataset its place, and write the values that are known. */
  reserve(group: Hdf5GroupSpec, path = ""): void {
    this.collect(group.attributes);
    for (const [name, spec] of Object.entries(group.datasets ?? {})) {
      this.collect(spec.attributes);
      const size = sizeOf(spec.shape) * SIZES[spec.type];
      this.end = Math.ceil(this.end / 8) * 8;
      if (size >= ALIGNMENT) this.end = Math.ceil(this.end / ALIGNMENT) * ALIGNMENT;
      this.places.set(`${path}/${name}`, {address: this.end, spec});
      if (spec.values) this.put(this.end, this.encode(`${path}/${name}`, spec as Hdf5Value));
      this.end += size;
    }
    for (const [name, child] of Object.entries(group.groups ?? {})) this.reserve(child, `${path}/${name}`);
  }

  fill(dataset: string, offset: number, values: Float32Array): void {
    const place = this.places.get(dataset);
    if (place?.spec.type !== "float32" || place.spec.values) {
      throw new RangeError(`${this.path}: ${dataset} is not a float32 dataset that waits for values.`);
    }
    if (offset < 0 || offset + values.length > sizeOf(place.spec.shape)) {
      throw new RangeError(
        `${this.path}: ${values.length} values at ${offset} exceed ${dataset} [${place.spec.shape}].`,
      );
    }
    this.put(place.address + 4 * offset, Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  }

  finish(root: Hdf5GroupSpec): void {
    this.writeHeap();
    const address = this.writeGroup(root, "");
    const head = Buffer.concat([
      Buffer.from("\x89HDF\r\n\x1a\n", "latin1"),
      bytes(2, 8, 8, 0),
      ...[0, UNDEFINED, this.end, address].map(u64),
    ]);
    this.put(0, Buffer.concat([head, u32(lookup3(head))]));
  }

  private put(position: number, data: Buffer): void {
    writeAll(this.fd, data, position);
  }

  private append(data: Buffer): number {
    const address = Math.ceil(this.end / 8) * 8;
    this.put(address, data);
    this.end = address + data.length;
    return address;
  }

  private collect(attributes: Readonly<Record<string, Hdf5Value>> = {}): void {
    for (const {type, values} of Object.values(attributes)) {
      if (type !== "string") continue;
      for (const text of Array.from(values, String)) {
        if (!this.strings.has(text)) this.strings.set(text, this.strings.size + 1);
      }
    }
  }

  private writeHeap(): void {
    if (this.strings.size === 0) return;
    const objects = [...this.strings].map(([text, index]) => {
      const data = Buffer.from(text, "utf8");
      const padding = Buffer.alloc((8 - (data.length % 8)) % 8);
      return Buffer.concat([u16(index), u16(1), u32(0), u64(data.length), data, padding]);
    });
    const used = 16 + objects.reduce((sum, object) => sum + object.length, 0);
    const size = Math.max(4096, used + 16); // 4096 is the smallest collection that the format allows
    const free = Buffer.concat([u16(0), u16(0), u32(0), u64(size - used)]);
    const heap = Buffer.concat([Buffer.from("GCOL"), bytes(1, 0, 0, 0), u64(size), ...objects, free]);
    this.heap = this.append(Buffer.concat([heap, Buffer.alloc(size - heap.length)]));
  }

  private encode(name: string, {type, shape, values}: Hdf5Value): Buffer {
    if (values.length !== sizeOf(shape)) {
      throw new RangeError(`${this.path}: ${name} has ${values.length} values for the shape [${shape}].`);
    }
    const buffer = Buffer.alloc(values.length * SIZES[type]);
    for (let i = 0; i < values.length; i++) {
      if (type === "float32") buffer.writeFloatLE(Number(values[i]), 4 * i);
      else if (type === "float64") buffer.writeDoubleLE(Number(values[i]), 8 * i);
      else if (type === "int64") buffer.writeBigInt64LE(BigInt(values[i]), 8 * i);
      else if (type === "bool") buffer[i] = values[i] ? 1 : 0;
      else {
        const text = String(values[i]);
        u32(Buffer.byteLength(text)).copy(buffer, 16 * i);
        u64(this.heap).copy(buffer, 16 * i + 4);
        u32(this.strings.get(text)!).copy(buffer, 16 * i + 12);
      }
    }
    return buffer;
  }

  private attributes(path: string, attributes: Readonly<Record<string, Hdf5Value>> = {}): Buffer[] {
    const info = message(0x15, Buffer.concat([bytes(0, 0), u64(UNDEFINED), u64(UNDEFINED)]));
    const messages = Object.entries(attributes).map(([name, value]) => {
      const label = Buffer.from(`${name}\0`, "utf8");
      const type = DATATYPES[value.type];
      const space = dataspace(value.shape);
      const head = Buffer.concat([bytes(3, 0), u16(label.length), u16(type.length), u16(space.length), bytes(1)]);
      return message(0x0c, Buffer.concat([head, label, type, space, this.encode(`${path}@${name}`, value)]));
    });
    return [info, ...messages];
  }

  private writeDataset(path: string): number {
    const {address, spec} = this.places.get(path)!;
    const size = sizeOf(spec.shape) * SIZES[spec.type];
    return this.append(
      objectHeader([
        message(0x01, dataspace(spec.shape)),
        message(0x03, DATATYPES[spec.type]),
        message(0x05, bytes(3, 0x0a)), // fill value: the default
        message(0x08, Buffer.concat([bytes(3, 1), u64(size > 0 ? address : UNDEFINED), u64(size)])),
        ...this.attributes(path, spec.attributes),
      ]),
    );
  }

  private writeGroup(group: Hdf5GroupSpec, path: string): number {
    const children: [string, number][] = [
      ...Object.keys(group.datasets ?? {}).map((name): [string, number] => [
        name,
        this.writeDataset(`${path}/${name}`),
      ]),
      ...Object.entries(group.groups ?? {}).map(([name, child]): [string, number] => [
        name,
        this.writeGroup(child, `${path}/${name}`),
      ]),
    ];
    const links = children.map(([name, address]) => {
      const label = Buffer.from(name, "utf8");
      return message(0x06, Buffer.concat([bytes(1, 0x10, 1, label.length), label, u64(address)]));
    });
    return this.append(
      objectHeader([
        message(0x02, Buffer.concat([bytes(0, 0), u64(UNDEFINED), u64(UNDEFINED)])),
        message(0x0a, bytes(0, 0)),
        ...links,
        ...this.attributes(path, group.attributes),
      ]),
    );
  }
}

/**
 * Write an HDF5 file atomically: `root` describes its contents, `fill` writes the datasets that have no values yet.
 *
 * @throws RangeError naming the dataset if values and shape do not fit; Error naming the file if it cannot be written.
 */
export async function writeHdf5(
  path: string,
  root: Hdf5GroupSpec,
  fill: (write: Hdf5Fill) => void | Promise<void> = () => {},
): Promise<void> {
  await writeAtomically(path, async (fd) => {
    const writer = new Writer(fd, path);
    writer.reserve(root);
    await fill((dataset, offset, values) => writer.fill(dataset, offset, values));
    writer.finish(root);
  });
}

const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/**
 * Hash a sequence of bytes to an unsigned 32-bit integer: the checksum of HDF5's metadata, Bob Jenkins' hash "lookup3" (public
 * domain) with initial value 0. It mixes twelve bytes at a time into three 32-bit words; the last one is the checksum.
 *
 * @see http://burtleburtle.net/bob/hash/doobs.html
 */
export function lookup3(data: Uint8Array): number {
  let a = (0xdeadbeef + data.length) | 0;
  let b = a;
  let c = a;
  const word = (at: number): number => {
    let value = 0;
    for (let i = 0; i < 4 && at + i < data.length; i++) value |= data[at + i] << (8 * i);
    return value;
  };

  let at = 0;
  for (; data.length - at > 12; at += 12) {
    a = (a + word(at)) | 0;
    b = (b + word(at + 4)) | 0;
    c = (c + word(at + 8)) | 0;
    // mix
    a = ((a - c) ^ rotate(c, 4)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotate(a, 6)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotate(b, 8)) | 0;
    b = (b + a) | 0;
    a = ((a - c) ^ rotate(c, 16)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotate(a, 19)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotate(b, 4)) | 0;
    b = (b + a) | 0;
  }
  if (at === data.length) return c >>> 0;

  a = (a + word(at)) | 0;
  b = (b + word(at + 4)) | 0;
  c = (c + word(at + 8)) | 0;
  // final mix
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return c >>> 0;
}
