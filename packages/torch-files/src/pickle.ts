/**
 * Reader of a small and harmless subset of Python's pickle format.
 *
 * A pickle is a program that builds objects, and a general reader calls any function that the program names. This reader
 * promises: nothing in a file is executed, imported, or looked up by name. It accepts numbers, texts, plain containers and
 * the few names that a PyTorch state dict consists of (a call of one is kept as data, see {@link PickledCall}), by those
 * operations of protocols 0 to 3 that `torch.save` writes. Any other name or operation is refused in one sentence with its place
 * (operations by their code, which pickletools names): those that call or name foreign objects, and texts and numbers as lines,
 * bytes, sets, frames and out-of-band buffers, which PyTorch does not write; so are names that a dictionary has twice, texts that are no UTF-8, and bytes after
 * the end. Time and memory are bounded by the size of the pickle, and nesting costs no stack.
 *
 * @see https://docs.python.org/3/library/pickletools.html
 */
import {printable} from "@lola-ts/core";

export class PickledName {
  constructor(readonly name: string) {}
}

/** Call of an accepted name in a pickle; nothing is called here. */
export class PickledCall {
  constructor(
    readonly name: string,
    readonly args: readonly PickleValue[],
  ) {}
}

/** Reference to data outside the pickle. */
export class PickledReference {
  constructor(readonly id: readonly PickleValue[]) {}
}

/** Values in pickles. Dictionaries preserve the order of their keys. */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickledName
  | PickledCall
  | PickledReference;

/** Names that may be called, with the kind of result. */
const CALLS: Readonly<Record<string, "dictionary" | "object">> = {
  "collections.OrderedDict": "dictionary",
  "torch._utils._rebuild_tensor_v2": "object",
  "torch._utils._rebuild_parameter": "object",
};

/** Types of stored numbers: names that are never called. */
const STORAGE = /^torch\.(Float|Double|Half|BFloat16|Long|Int|Short|Char|Byte|Bool)Storage$/;

/** Largest pickle in bytes: the largest official model's has about a hundredth. */
export const MAX_PICKLE = 16 * 2 ** 20;
const MAX_OPERATIONS = 2e6;
const MAX_DICTIONARIES = 2e5;

const UTF8 = new TextDecoder("utf-8", {fatal: true, ignoreBOM: true});

/** Read a pickle. @param where name of the pickle in errors. */
export function readPickle(bytes: Uint8Array, where: string): PickleValue {
  if (bytes.length > MAX_PICKLE) {
    throw new Error(`${where}: expected a pickle of at most ${MAX_PICKLE} bytes, found ${bytes.length}.`);
  }
  return new Machine(bytes, where).run();
}

/** Mark before the items of a container. */
const MARK = Symbol("mark");

/** Stack machine of the format, without the operations that call or make foreign objects. */
class Machine {
  private readonly bytes: Buffer;
  private at = 0;
  private readonly stack: (PickleValue | typeof MARK)[] = [];
  private readonly memo = new Map<number, PickleValue>();
  private dictionaries = 0;

  constructor(
    bytes: Uint8Array,
    private readonly where: string,
  ) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): PickleValue {
    for (let count = 0; count < MAX_OPERATIONS; count++) {
      const code = this.uint8();
      if (code === 0x2e) return this.stop();
      const operation = OPERATIONS_BY_CODE[code];
      if (!operation) {
        const found = `operation 0x${code.toString(16)}`;
        this.fail("operations that make numbers, texts, containers and tensors", found);
      }
      operation(this);
    }
    return this.fail(`at most ${MAX_OPERATIONS} operations`, "more");
  }

  private stop(): PickleValue {
    const value = this.pop();
    if (this.stack.length > 0) this.fail("one value at the end", `${this.stack.length + 1}`);
    if (this.at < this.bytes.length) this.fail("the end", `${this.bytes.length - this.at} more bytes`);
    return value;
  }

  fail(expected: string, found: string): never {
    throw new Error(`${this.where}: expected ${expected}, found ${found} at byte ${this.at}.`);
  }

  take(length: number): Buffer {
    if (length > this.bytes.length - this.at) this.fail(`${length} more bytes`, `${this.bytes.length - this.at}`);
    return this.bytes.subarray(this.at, (this.at += length));
  }

  /** Take the bytes up to the next line feed. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) this.fail("a line", "the end");
    const text = this.bytes.toString("latin1", this.at, end);
    this.at = end + 1;
    return text;
  }

  text(length: number): void {
    const bytes = this.take(length);
    try {
      this.push(UTF8.decode(bytes));
    } catch {
      this.fail("a text in UTF-8", "other bytes");
    }
  }

  uint8(): number {
    return this.at < this.bytes.length ? this.bytes[this.at++] : this.fail("1 more bytes", "0");
  }

  dictionary(): void {
    if (++this.dictionaries > MAX_DICTIONARIES) this.fail(`at most ${MAX_DICTIONARIES} dictionaries`, "more");
    this.push(new Map());
  }

  uint32(): number {
    return this.take(4).readUInt32LE();
  }

  push(value: PickleValue | typeof MARK): void {
    this.stack.push(value);
  }

  pop(): PickleValue {
    const value = this.stack.pop();
    return value === undefined || value === MARK ? this.fail("a value on the stack", "none") : value;
  }

  /** Pop the values since the last mark. */
  marked(): PickleValue[] {
    const from = this.stack.lastIndexOf(MARK);
    if (from < 0) this.fail("a mark on the stack", "none");
    const values = this.stack.splice(from) as PickleValue[];
    return values.slice(1);
  }

  put(index: number): void {
    const value = this.pop();
    this.memo.set(index, value);
    this.push(value);
  }

  get(index: number): void {
    const value = this.memo.get(index);
    this.push(value === undefined ? this.fail(`a value under number ${index}`, "none") : value);
  }

  /** Return the list on top of the stack. */
  list(): PickleValue[] {
    const value = this.pop();
    this.push(value);
    return Array.isArray(value) ? value : this.fail("a list", kindOf(value));
  }

  setItems(items: readonly PickleValue[]): void {
    const into = this.pop();
    if (!(into instanceof Map) || items.length % 2 === 1) this.fail("a dictionary and pairs", kindOf(into));
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i];
      if (into.has(key)) {
        const name = typeof key === "string" ? `"${printable(key)}"` : kindOf(key);
        this.fail("each name of a dictionary once", `${name} twice`);
      }
      into.set(key, items[i + 1]);
    }
    this.push(into);
  }

  global(): void {
    const name = `${this.line()}.${this.line()}`;
    if (!Object.hasOwn(CALLS, name) && !STORAGE.test(name)) {
      const allowed = `${Object.keys(CALLS).join(", ")} or torch.<Type>Storage`;
      this.fail(`tensors and plain containers only (${allowed})`, `"${printable(name)}"`);
    }
    this.push(new PickledName(name));
  }

  reduce(): void {
    const args = this.pop();
    const callee = this.pop();
    const makes = callee instanceof PickledName && Object.hasOwn(CALLS, callee.name) ? CALLS[callee.name] : undefined;
    if (!makes || !Array.isArray(args))
      return this.fail("a call of an accepted function", `a call of ${kindOf(callee)}`);
    if (makes === "object") return this.push(new PickledCall((callee as PickledName).name, args));
    if (args.length > 0) this.fail("an empty OrderedDict to be filled", `${args.length} arguments`);
    this.dictionary();
  }

  /** Ignore attributes of a dictionary: state dicts have a table of versions, which has no meaning here. */
  build(): void {
    const state = this.pop();
    const target = this.pop();
    if (!(target instanceof Map && state instanceof Map)) {
      this.fail("attributes of a dictionary", `attributes of ${kindOf(target)}`);
    }
    this.push(target);
  }

  /** Push an integer in two's complement. */
  long(): void {
    const length = this.uint8();
    const bytes = this.take(length);
    if (length > 8) this.fail("integers of at most 8 bytes", `one of ${length}`);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
    const number = Number(BigInt.asIntN(8 * length, value));
    this.push(Number.isSafeInteger(number) ? number : this.fail("integers up to 2^53", `${number}`));
  }
}

/** Accepted operations of protocol 2. */
const OPERATIONS_BY_CODE: Readonly<Record<number, (machine: Machine) => void>> = {
  0x80: (m) => {
    const version = m.uint8();
    if (version !== 2 && version !== 3) m.fail("a pickle of protocol 2, as torch.save writes", `protocol ${version}`);
  },
  0x28: (m) => m.push(MARK),
  0x30: (m) => void m.pop(), // POP
  0x4e: (m) => m.push(null),
  0x88: (m) => m.push(true),
  0x89: (m) => m.push(false),
  0x4b: (m) => m.push(m.uint8()), // BININT1
  0x4d: (m) => m.push(m.take(2).readUInt16LE()), // BININT2
  0x4a: (m) => m.push(m.take(4).readInt32LE()), // BININT
  0x8a: (m) => m.long(), // LONG1
  0x47: (m) => m.push(m.take(8).readDoubleBE()), // BINFLOAT
  0x58: (m) => m.text(m.uint32()), // BINUNICODE
  0x5d: (m) => m.push([]), // EMPTY_LIST
  0x7d: (m) => m.dictionary(), // EMPTY_DICT
  0x29: (m) => m.push([]), // EMPTY_TUPLE
  0x85: (m) => m.push([m.pop()]), // TUPLE1
  0x86: (m) => m.push([m.pop(), m.pop()].reverse()), // TUPLE2
  0x87: (m) => m.push([m.pop(), m.pop(), m.pop()].reverse()), // TUPLE3
  0x74: (m) => m.push(m.marked()), // TUPLE
  0x61: (m) => {
    const item = m.pop();
    m.list().push(item); // APPEND
  },
  0x65: (m) => {
    const items = m.marked();
    const list = m.list();
    for (const item of items) list.push(item); // APPENDS
  },
  0x73: (m) => m.setItems([m.pop(), m.pop()].reverse()), // SETITEM
  0x75: (m) => m.setItems(m.marked()), // SETITEMS
  0x71: (m) => m.put(m.uint8()), // BINPUT
  0x72: (m) => m.put(m.uint32()), // LONG_BINPUT
  0x68: (m) => m.get(m.uint8()), // BINGET
  0x6a: (m) => m.get(m.uint32()), // LONG_BINGET
  0x63: (m) => m.global(), // GLOBAL
  0x52: (m) => m.reduce(), // REDUCE
  0x62: (m) => m.build(), // BUILD
  0x51: (m) => {
    const id = m.pop();
    m.push(Array.isArray(id) ? new PickledReference(id) : m.fail("a reference by a tuple", kindOf(id))); // BINPERSID
  },
};

function kindOf(value: PickleValue): string {
  if (value instanceof PickledName) return value.name;
  if (value instanceof PickledCall) return `a result of ${value.name}`;
  if (value instanceof PickledReference) return "a reference";
  if (value instanceof Map) return "a dictionary";
  if (Array.isArray(value)) return "a list";
  return value === null ? "None" : typeof value;
}

/** A tuple, which differs from a list in a pickle. */
export class PickledTuple {
  constructor(readonly items: readonly WritableValue[]) {}
}

/** Values that {@link writePickle} writes: a `Map` becomes an OrderedDict. */
export type WritableValue =
  | boolean
  | number
  | string
  | PickledTuple
  | PickledName
  | ReadonlyMap<string, WritableValue>
  | {readonly call: string; readonly args: PickledTuple}
  | {readonly reference: PickledTuple};

/** Write a pickle of protocol 2, which every Python and `torch.load` with `weights_only` reads. @returns its bytes. */
export function writePickle(value: WritableValue): Buffer {
  const parts: Buffer[] = [Buffer.of(0x80, 2)];
  write(value, parts);
  parts.push(Buffer.of(0x2e));
  return Buffer.concat(parts);
}

function write(value: WritableValue, parts: Buffer[]): void {
  const code = (...codes: number[]) => void parts.push(Buffer.of(...codes));
  if (typeof value === "boolean") code(value ? 0x88 : 0x89);
  else if (typeof value === "number") writeInteger(value, parts);
  else if (typeof value === "string") {
    const text = Buffer.from(value);
    const head = Buffer.of(0x58, 0, 0, 0, 0);
    head.writeUInt32LE(text.length, 1);
    parts.push(head, text);
  } else if (value instanceof PickledName) writeName(value.name, parts);
  else if (value instanceof PickledTuple) {
    code(0x28);
    for (const item of value.items) write(item, parts);
    code(0x74);
  } else if ("reference" in value) {
    write(value.reference, parts);
    code(0x51);
  } else if ("call" in value) {
    writeName(value.call, parts);
    write(value.args, parts);
    code(0x52);
  } else {
    writeName("collections.OrderedDict", parts);
    code(0x29, 0x52, 0x28);
    for (const [key, item] of value) {
      write(key, parts);
      write(item, parts);
    }
    code(0x75);
  }
}

function writeName(name: string, parts: Buffer[]): void {
  const dot = name.lastIndexOf(".");
  parts.push(Buffer.from(`c${name.slice(0, dot)}\n${name.slice(dot + 1)}\n`, "latin1"));
}

/** Write an integer in four bytes if it fits, else in eight. */
function writeInteger(value: number, parts: Buffer[]): void {
  const small = value >= -(2 ** 31) && value < 2 ** 31;
  const bytes = small ? Buffer.of(0x4a, 0, 0, 0, 0) : Buffer.of(0x8a, 8, 0, 0, 0, 0, 0, 0, 0, 0);
  if (small) bytes.writeInt32LE(value, 1);
  else bytes.writeBigInt64LE(BigInt(value), 2);
  parts.push(bytes);
}
