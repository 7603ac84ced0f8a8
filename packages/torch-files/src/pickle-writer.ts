/**
 * Writer of pickles of protocol 2 with the few kinds of values that a PyTorch state dict consists of.
 */
import {PickledName} from "./pickle";

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
