/**
 * State dicts as `torch.save` writes them: a zip archive with a pickle that describes tensors (type, place in a storage,
 * shape, strides), and one entry per storage.
 *
 * Opening reads only the description and checks it against the sizes in the archive; values are read one tensor at a time.
 * No code in the file is run, see {@link readPickle}.
 */
import {sizeOf, stridesOf, type NamedArrays, writeAtomically, printable, fromHalf} from "@lola-ts/core";
import {
  PickledTuple,
  writePickle,
  type WritableValue,
  MAX_PICKLE,
  PickledCall,
  PickledName,
  PickledReference,
  readPickle,
  type PickleValue,
} from "./pickle";
import {ZipWriter, ZipArchive} from "./zip";

export interface StateDict extends NamedArrays {
  /** Types of the stored numbers by name, e.g. float32. */
  readonly types: ReadonlyMap<string, string>;
  close(): void;
}

/** Sizes in bytes of the stored types, and decoders of floating-point types to float32. */
const TYPES: Readonly<Record<string, {name: string; bytes: number; decode?: (bytes: Uint8Array) => Float32Array}>> = {
  Float: {name: "float32", bytes: 4, decode: (bytes) => new Float32Array(bytes.buffer)},
  Double: {name: "float64", bytes: 8, decode: (bytes) => Float32Array.from(new Float64Array(bytes.buffer))},
  Half: {name: "float16", bytes: 2, decode: (bytes) => fromHalf(new Uint16Array(bytes.buffer))},
  BFloat16: {name: "bfloat16", bytes: 2, decode: fromBrain},
  Long: {name: "int64", bytes: 8},
  Int: {name: "int32", bytes: 4},
  Short: {name: "int16", bytes: 2},
  Char: {name: "int8", bytes: 1},
  Byte: {name: "uint8", bytes: 1},
  Bool: {name: "bool", bytes: 1},
};

const MAX_BYTEORDER = 16; // bytes of the entry that names the byte order

/** Elements that a tensor may have beyond its storage: strides of 0 repeat them. */
const MAX_REPEATED = 2 ** 20;

/** Location of a tensor: elements of a storage. */
interface TensorLocation {
  readonly entry: string;
  readonly type: string;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  /** Number of elements of the whole storage. */
  readonly stored: number;
}

/** Count the elements from the first to the last one of a tensor. */
function extent({shape, strides}: Pick<TensorLocation, "shape" | "strides">): number {
  return sizeOf(shape) === 0 ? 0 : shape.reduce((last, size, axis) => last + (size - 1) * strides[axis], 1);
}

/**
 * Open a state dict of PyTorch. Close it after use.
 *
 * Values of type float16 and bfloat16 become the same float32 numbers, values of type float64 are rounded.
 *
 * @throws Error naming the file if it is missing, truncated or damaged, was not written by `torch.save` of version 1.6 or
 * later, or holds anything but named tensors.
 */
export function openStateDict(path: string): StateDict {
  const archive = ZipArchive.open(path);
  try {
    const locations = locationsOf(path, archive);
    return {
      shapes: new Map([...locations].map(([name, {shape}]) => [name, shape])),
      types: new Map([...locations].map(([name, {type}]) => [name, TYPES[type].name])),
      read: (name, into) => readTensor(path, archive, name, locations.get(name), into),
      close: () => archive.close(),
    };
  } catch (error) {
    archive.close();
    throw error;
  }
}

function locationsOf(path: string, archive: ZipArchive): Map<string, TensorLocation> {
  const [pickle, ...others] = [...archive.entries.keys()].filter((name) => name.endsWith("/data.pkl"));
  if (pickle === undefined || others.length > 0) {
    const found = pickle === undefined ? "none" : `${others.length + 1}`;
    throw new Error(`${path}: expected an archive with one "data.pkl", as torch.save writes, found ${found}.`);
  }
  const prefix = pickle.slice(0, -"data.pkl".length);
  if (archive.entries.has(`${prefix}byteorder`)) {
    const order = Buffer.from(archive.read(`${prefix}byteorder`, MAX_BYTEORDER)).toString("latin1");
    if (order !== "little")
      throw new Error(`${path}: expected numbers in little-endian order, found "${printable(order)}".`);
  }
  const state = readPickle(archive.read(pickle, MAX_PICKLE), `${path}: ${printable(pickle)}`);
  if (!(state instanceof Map)) throw new Error(`${path}: expected a dictionary of tensors, found another object.`);
  const locations = new Map<string, TensorLocation>();
  for (const [name, value] of state) {
    if (typeof name !== "string") {
      throw new Error(`${path}: expected tensors with texts as names, found another kind of name.`);
    }
    locations.set(name, locationOf(path, archive, prefix, name, value));
  }
  requireOneType(path, locations);
  return locations;
}

/** Require that all tensors of a storage have its type: PyTorch gives them the first one's. */
function requireOneType(path: string, locations: ReadonlyMap<string, TensorLocation>): void {
  const types = new Map<string, string>();
  for (const [name, {entry, type}] of locations) {
    const first = types.get(entry) ?? type;
    types.set(entry, first);
    if (first === type) continue;
    const expected = `"${printable(name)}" of type ${TYPES[first].name}, as others of its storage`;
    throw new Error(`${path}: expected ${expected}, found ${TYPES[type].name}.`);
  }
}

function locationOf(
  path: string,
  archive: ZipArchive,
  prefix: string,
  name: string,
  value: PickleValue,
): TensorLocation {
  const fail = (expected: string, found: string): never => {
    throw new Error(`${path}: expected ${expected} for "${printable(name)}", found ${found}.`);
  };
  const tensor = isCall(value, "torch._utils._rebuild_parameter") ? value.args[0] : value;
  if (!isCall(tensor, "torch._utils._rebuild_tensor_v2")) return fail("a tensor", "another object");
  const [reference, offset, shape, strides] = tensor.args;
  const id = reference instanceof PickledReference ? reference.id : [];
  const [kind, storage, key, , stored] = id;
  if (id.length !== 5 || kind !== "storage" || !(storage instanceof PickledName) || typeof key !== "string") {
    return fail("a reference to a storage", "another one");
  }
  if (!isCounts(shape) || !isCounts(strides) || shape.length !== strides.length || !isCounts([offset, stored])) {
    return fail("a shape and strides of whole numbers", "others");
  }
  const type = storage.name.slice("torch.".length, -"Storage".length);
  const place = `${prefix}data/${key}`;
  const entry = archive.entries.get(place) ?? fail(`an entry "${printable(place)}"`, "none");
  const location = {entry: entry.name, type, offset: offset as number, shape, strides, stored: stored as number};
  const bytes = location.stored * TYPES[type].bytes;
  if (entry.size !== bytes) fail(`${bytes} bytes (${location.stored} of ${TYPES[type].name})`, `${entry.size}`);
  const end = location.offset + extent(location);
  if (!(end <= location.stored)) fail(`elements within the ${location.stored} of its storage`, `elements up to ${end}`);
  const elements = sizeOf(shape);
  if (!(elements <= location.stored + MAX_REPEATED)) {
    fail(`at most ${MAX_REPEATED} elements more than the ${location.stored} of its storage`, `${elements}`);
  }
  return location;
}

function isCall(value: PickleValue, name: string): value is PickledCall {
  return value instanceof PickledCall && value.name === name;
}

function isCounts(value: PickleValue): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}

function readTensor(
  path: string,
  archive: ZipArchive,
  name: string,
  location: TensorLocation | undefined,
  into?: Float32Array,
): Float32Array {
  if (!location) throw new Error(`${path}: there is no tensor "${printable(name)}".`);
  const {entry, type, offset, shape, strides, stored} = location;
  const {bytes: width, decode, name: typeName} = TYPES[type];
  if (!decode) throw new Error(`${path}: expected "${printable(name)}" of a floating-point type, found ${typeName}.`);

  const span = extent(location);
  const dense = stridesOf(shape);
  const isDense = span === 0 || shape.every((size, axis) => size === 1 || strides[axis] === dense[axis]);
  const direct = isDense && type === "Float" && into?.length === span ? into : undefined;
  const bytes = direct
    ? new Uint8Array(direct.buffer, direct.byteOffset, direct.byteLength)
    : new Uint8Array(span * width);
  if (span === stored) archive.readInto(entry, bytes);
  else if (span > 0) archive.readPart(entry, offset * width, bytes);
  if (direct) return direct;
  const values = decode(bytes);
  return isDense ? values : gathered(values, shape, strides);
}

function gathered(values: Float32Array, shape: readonly number[], strides: readonly number[]): Float32Array {
  const out = new Float32Array(sizeOf(shape));
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0, at = 0; i < out.length; i++) {
    out[i] = values[at];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis];
      if (++index[axis] < shape[axis]) break;
      at -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}

/** Decode bfloat16, the upper half of a float32. */
function fromBrain(bytes: Uint8Array): Float32Array {
  const words = Uint32Array.from(new Uint16Array(bytes.buffer), (bits) => bits << 16);
  return new Float32Array(words.buffer);
}

/**
 * Write a state dict that `torch.load` reads, also with `weights_only`; atomically.
 *
 * @throws Error naming the file if the disk is full or the folder cannot be written; what was there stays.
 */
export async function writeStateDict(path: string, {shapes, read}: NamedArrays): Promise<void> {
  const tensors = [...shapes].map(([name, shape], key) => [name, tensorValue(shape, key)] as const);
  await writeAtomically(path, (fd) => {
    const zip = new ZipWriter(fd);
    zip.add("state/data.pkl", writePickle(new Map(tensors)));
    zip.add("state/byteorder", Buffer.from("little"));
    [...shapes.keys()].forEach((name, key) => {
      const {buffer, byteOffset, byteLength} = read(name);
      zip.add(`state/data/${key}`, new Uint8Array(buffer, byteOffset, byteLength));
    });
    zip.add("state/version", Buffer.from("3\n"));
    zip.end();
  });
}

/** Describe a float32 tensor that fills the storage of this number. */
function tensorValue(shape: readonly number[], key: number): WritableValue {
  const tuple = (...items: WritableValue[]) => new PickledTuple(items);
  const storage = new PickledName("torch.FloatStorage");
  const reference = {reference: tuple("storage", storage, `${key}`, "cpu", sizeOf(shape))};
  const sizes = tuple(...shape);
  const strides = tuple(...stridesOf(shape));
  return {
    call: "torch._utils._rebuild_tensor_v2",
    args: tuple(reference, 0, sizes, strides, false, new Map<string, WritableValue>()),
  };
}
