/**
 * TensorFlow graphs as bytes: the few protocol-buffer messages that a recorded step needs (GraphDef, NodeDef,
 * AttrValue, TensorProto), written by hand so that no protobuf library is loaded.
 */
import type {Attr, Binding} from "../backend";

const PRODUCER = 1087; // GraphDef version of the operations' definitions and defaults

/** Encodings of the numbers below 128, which nearly all are; no Buffers, which a browser that loads this file has not. */
const SMALL = Array.from({length: 128}, (_, value) => Uint8Array.of(value));

function varint(value: number): Uint8Array {
  if (value in SMALL) return SMALL[value];
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest ? low | 128 : low);
  } while (rest);
  return Buffer.from(bytes);
}

const integer = (field: number, value: number) => Buffer.concat([varint(field << 3), varint(value)]);
const bytes = (field: number, value: Uint8Array) =>
  Buffer.concat([varint((field << 3) | 2), varint(value.length), value]);
const text = (field: number, value: string) => bytes(field, Buffer.from(value));
const float = (field: number, value: number) => {
  const word = Buffer.alloc(4);
  word.writeFloatLE(value);
  return Buffer.concat([varint((field << 3) | 5), word]);
};
const shapeProto = (shape: number[]) => Buffer.concat(shape.map((size) => bytes(2, integer(1, size))));

function attrValue({type, value}: Attr, binding: Binding): Buffer {
  const list = <T>(encode: (field: number, item: T) => Buffer, field: number) =>
    Array.isArray(value)
      ? bytes(1, Buffer.concat((value as T[]).map((item) => encode(field, item))))
      : encode(field, value as T);
  switch (type) {
    case binding.TF_ATTR_STRING:
      return list(text, 2);
    case binding.TF_ATTR_INT:
      return list(integer, 3);
    case binding.TF_ATTR_FLOAT:
      return list(float, 4);
    case binding.TF_ATTR_BOOL:
      return list((field, item: boolean) => integer(field, item ? 1 : 0), 5);
    case binding.TF_ATTR_TYPE:
      return list(integer, 6);
    case binding.TF_ATTR_SHAPE:
      return bytes(7, shapeProto(value as number[]));
    default:
      throw new TypeError(`its type, ${type}, is unknown`);
  }
}

function node(name: string, operation: string, inputs: string[], attrs: [string, Buffer][]): Buffer {
  return Buffer.concat([
    text(1, name),
    text(2, operation),
    ...inputs.map((input) => text(3, input)),
    ...attrs.map(([key, value]) => bytes(5, Buffer.concat([text(1, key), bytes(2, value)]))),
  ]);
}

/** A graph under construction; outputs are named `node:index`. */
export class Graph {
  private readonly nodes: Buffer[] = [];

  constructor(private readonly binding: Binding) {}

  input(dtype: number, shape: number[]): string {
    return this.push(
      "Placeholder",
      [],
      [
        ["dtype", integer(6, dtype)],
        ["shape", bytes(7, shapeProto(shape))],
      ],
    );
  }

  /** Add a constant from its raw little-endian content. */
  constant(dtype: number, shape: number[], content: Uint8Array): string {
    const tensor = Buffer.concat([integer(1, dtype), bytes(2, shapeProto(shape)), bytes(4, content)]);
    return this.push(
      "Const",
      [],
      [
        ["dtype", integer(6, dtype)],
        ["value", bytes(8, tensor)],
      ],
    );
  }

  /** Add an operation. @returns the name of its node's outputs without the index. */
  operation(name: string, inputs: string[], attrs: Attr[]): string {
    const encoded = attrs.map((item): [string, Buffer] => {
      try {
        return [item.name, attrValue(item, this.binding)];
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`compile: attribute "${item.name}" of operation "${name}" cannot be recorded: ${reason}.`, {
          cause,
        });
      }
    });
    return this.push(name, inputs, encoded).slice(0, -2);
  }

  /** Serialise the graph as a GraphDef. */
  encode(): Uint8Array {
    return new Uint8Array(Buffer.concat([...this.nodes.map((item) => bytes(1, item)), bytes(4, integer(1, PRODUCER))]));
  }

  private push(operation: string, inputs: string[], attrs: [string, Buffer][]): string {
    const name = `${operation}_${this.nodes.length}`;
    this.nodes.push(node(name, operation, inputs, attrs));
    return `${name}:0`;
  }
}
