/** Safetensors: what is accepted must be what an independent strict reader makes of it. */
import {createHash} from "node:crypto";
import {readFileSync} from "node:fs";
import path from "node:path";
import {type Rng, openSafetensors} from "@lola-ts/core";
import {mutateBytes, mutateText, several} from "./runner/mutations";
import {pythonReader} from "./runner/python";
import type {FuzzTarget} from "./runner/target";

function file(header: string, values: Uint8Array): Buffer {
  const text = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, values]);
}

const header = {
  __metadata__: {format: "lola-run-1", config: '{"a": 1}'},
  matrix: {dtype: "F32", shape: [2, 3], data_offsets: [0, 24]},
  steps: {dtype: "I32", shape: [2], data_offsets: [24, 32]},
  half: {dtype: "F16", shape: [1, 2], data_offsets: [32, 36]},
  empty: {dtype: "F32", shape: [0, 4], data_offsets: [36, 36]},
  scalar: {dtype: "F32", shape: [], data_offsets: [36, 40]},
};

/** Damage the header as a text and write its new length, or damage any bytes. */
function mutate(bytes: Buffer, rng: Rng): Buffer {
  if (bytes.length < 8 || rng.integer(4) === 0) return mutateBytes(bytes, rng);
  const length = Number(bytes.readBigUInt64LE());
  if (8 + length > bytes.length) return mutateBytes(bytes, rng);
  return file(mutateText(bytes.toString("utf8", 8, 8 + length), rng), bytes.subarray(8 + length));
}

export const target: FuzzTarget = {
  name: "safetensors",
  seeds: [
    file(JSON.stringify(header), Buffer.from(Array.from({length: 40}, (_, i) => i))),
    readFileSync(path.join(__dirname, "../reference/variant/standardize.safetensors")),
  ],
  mutate: (bytes, rng) => several(rng, (one) => mutate(one, rng), bytes),
  read: (name) => {
    const opened = openSafetensors(name);
    try {
      const tensors = [...opened.shapes].map(([tensor, shape]) => {
        const type = opened.types.get(tensor)!;
        const data = type === "F32" || type === "I32" ? opened.read(tensor).data : undefined;
        const bytes = data && new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
        return [tensor, type, shape, bytes ? createHash("sha256").update(bytes).digest("hex") : ""];
      });
      return JSON.stringify([[...opened.metadata].map(String).sort(), tensors.map(String).sort()]);
    } finally {
      opened.close();
    }
  },
  expected: pythonReader(`
import hashlib, json
SIZES = {"BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2,
         "U32": 4, "I32": 4, "F32": 4, "U64": 8, "I64": 8, "F64": 8}
def once(pairs):
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)
def whole(text):
    assert not text.startswith("-")
    return int(text) if len(text) < 400 else text # Python limits the digits of a number
def real(text):
    return int(float(text)) if float(text) == int(float(text)) and len(text) < 20 else text
def refuse(constant):
    raise ValueError(constant)
def read(path):
    data = open(path, "rb").read()
    length = int.from_bytes(data[:8], "little")
    assert len(data) >= 8 + length and length <= 10e6 and data[8:9] == b"{"
    header = json.loads(data[8:8 + length].decode("utf-8"), object_pairs_hook=once, parse_int=whole, parse_float=real, parse_constant=refuse)
    values = data[8 + length:]
    metadata = header.pop("__metadata__", {})
    assert isinstance(metadata, dict) and all(isinstance(value, str) for value in metadata.values())
    tensors, end = [], 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        name.encode("utf-8")
        (start, stop), shape, size = entry["data_offsets"], entry["shape"], SIZES[entry["dtype"]]
        assert all(type(n) is int for n in [start, stop, *shape]) and start == end <= stop
        full = size
        for n in shape:
            size *= n
            full *= n or 1
        assert stop - start == size and full < 2**63
        known = entry["dtype"] in ("F32", "I32")
        digest = hashlib.sha256(values[start:stop]).hexdigest() if known else ""
        tensors.append(",".join([name, entry["dtype"], ",".join(map(str, shape)), digest]))
        end = stop
    assert end == len(values)
    key = lambda text: text.encode("utf-16-be", "surrogatepass")
    return [sorted((f"{name},{value}" for name, value in metadata.items()), key=key), sorted(tensors, key=key)]
`),
};
