/** State dicts of PyTorch: what is accepted must be what Python's readers of zip archives and pickles make of it. */
import {createHash} from "node:crypto";
import {closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import type {Rng} from "@lola-ts/core";
import {PickledTuple, writePickle, type WritableValue, PickledName} from "../../packages/torch-files/src/pickle";
import {openStateDict} from "@lola-ts/torch-files";
import {ZipWriter} from "../../packages/torch-files/src/zip";
import {mutateBytes, pick, several, splice} from "./runner/mutations";
import {pythonReader} from "./runner/python";
import type {FuzzTarget} from "./runner/target";
import {mutateZip} from "./zip";

const folder = mkdtempSync(path.join(tmpdir(), "lola-fuzz-state-"));
process.once("exit", () => rmSync(folder, {recursive: true}));

const storages: Readonly<Record<string, Buffer>> = {
  "0": Buffer.from(Float32Array.from({length: 12}, (_, i) => i / 4).buffer),
  "1": Buffer.from(Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff).buffer),
  "2": Buffer.from(BigInt64Array.of(7n).buffer),
};

function archive(pickle: Uint8Array): Buffer {
  const file = path.join(folder, "state.pth");
  const fd = openSync(file, "w");
  ftruncateSync(fd);
  const zip = new ZipWriter(fd);
  zip.add("state/data.pkl", pickle);
  zip.add("state/byteorder", Buffer.from("little"));
  for (const [key, bytes] of Object.entries(storages)) zip.add(`state/data/${key}`, bytes);
  zip.end();
  closeSync(fd);
  return readFileSync(file);
}

const tuple = (...items: WritableValue[]) => new PickledTuple(items);
function tensor(type: string, key: string, stored: number, shape: number[], strides: number[]): WritableValue {
  const reference = {reference: tuple("storage", new PickledName(`torch.${type}Storage`), key, "cpu", stored)};
  const args = tuple(reference, 0, tuple(...shape), tuple(...strides), false, new Map<string, WritableValue>());
  return {call: "torch._utils._rebuild_tensor_v2", args};
}
const pickle = writePickle(
  new Map<string, WritableValue>([
    ["a.weight", tensor("Float", "0", 12, [3, 4], [4, 1])],
    ["a.turned", tensor("Float", "0", 12, [4, 3], [1, 4])],
    ["b", {call: "torch._utils._rebuild_parameter", args: tuple(tensor("Half", "1", 4, [2, 2], [2, 1]), true)}],
    ["steps", tensor("Long", "2", 1, [], [])],
  ]),
);
const official = readFileSync(path.join(__dirname, "../reference/lola-run/sm/tiny_euler_all_f4c4_vit_tiny/state.pth"));

/** Codes of all operations, and the beginnings of programs. */
const CODES = [..."(.012FIJKLMNPQRSTUVXabcdeghijloqrstu]})", ..."GBC"].map((code) => Buffer.from(code));
const PROGRAMS = [
  "cos\nsystem\n",
  "cbuiltins\neval\n",
  "ctorch\nIntStorage\n",
  "ccollections\nOrderedDict\n)R",
  "(t",
  "h\0",
  "q\0",
];

function mutatePickle(bytes: Buffer, rng: Rng): Buffer {
  const at = rng.integer(bytes.length + 1);
  const kind = rng.integer(4);
  if (kind === 0) return splice(bytes, at, rng.integer(2), pick(rng, CODES));
  if (kind === 1) return splice(bytes, at, 0, Buffer.from(pick(rng, PROGRAMS), "latin1"));
  if (kind === 2) return splice(bytes, at, rng.integer(2), Buffer.of(0x80 + rng.integer(0x19)));
  return mutateBytes(bytes, rng);
}

export const target: FuzzTarget = {
  name: "state",
  extension: ".pth",
  seeds: [archive(pickle), official],
  mutate: (bytes, rng) =>
    rng.integer(3) === 0 ? mutateZip(bytes, rng) : archive(several(rng, (one) => mutatePickle(one, rng), pickle)),
  read: (file) => {
    const state = openStateDict(file);
    try {
      const tensors = [...state.shapes].map(([name, shape]) => {
        const type = state.types.get(name)!;
        if (type !== "float32" && type !== "float16") return [name, type, shape, ""];
        const {buffer, byteOffset, byteLength} = state.read(name);
        return [
          name,
          type,
          shape,
          createHash("sha256")
            .update(new Uint8Array(buffer, byteOffset, byteLength))
            .digest("hex"),
        ];
      });
      return JSON.stringify(tensors);
    } finally {
      state.close();
    }
  },
  expected: pythonReader(`
import array, hashlib, io, itertools, pickle, struct, zipfile
TYPES = {"Float": ("float32", 4, "f"), "Half": ("float16", 2, "e"), "Double": ("float64", 8, "d"), "BFloat16": ("bfloat16", 2, "H"),
         "Long": ("int64", 8, "q"), "Int": ("int32", 4, "i"), "Short": ("int16", 2, "h"), "Char": ("int8", 1, "b"),
         "Byte": ("uint8", 1, "B"), "Bool": ("bool", 1, "?")}
class Tensor(tuple): pass
class Storage(str): pass
class Reference(tuple): pass
class Reader(pickle._Unpickler):  # in C, the memo is an array as long as its largest index, which may not fit in memory
    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"): return super().find_class(module, name)
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"): return lambda *args: Tensor(args)
        if (module, name) == ("torch._utils", "_rebuild_parameter"): return lambda *args: args[0]
        assert module == "torch" and name.endswith("Storage")
        return Storage(name[:-7])
    def persistent_load(self, id):
        return Reference(id)
def read(path):
    archive = zipfile.ZipFile(path)
    [name] = [name for name in archive.namelist() if name.endswith("/data.pkl")]
    prefix = name[:-8]
    state = Reader(io.BytesIO(archive.read(name))).load()
    assert isinstance(state, dict)
    out = []
    for name, value in state.items():
        assert isinstance(name, str) and isinstance(value, Tensor)
        (kind, storage, key, _, stored), offset, shape, strides = value[:4]
        assert isinstance(value[0], Reference) and kind == "storage" and isinstance(storage, Storage)
        type, size, code = TYPES[storage]
        place = f"{prefix}data/{key}"
        assert archive.getinfo(place).file_size == size * stored and len(shape) == len(strides)
        digest = ""
        if type in ("float32", "float16"):
            values = struct.unpack(f"<{int(stored)}{code}", archive.read(place))
            indices = (offset + sum(i * s for i, s in zip(index, strides)) for index in itertools.product(*(range(int(n)) for n in shape)))
            digest = hashlib.sha256(b"".join(struct.pack("<f", values[int(i)]) for i in indices)).hexdigest()
        out.append([name, type, [int(n) for n in shape], digest])
    return out
`),
};
