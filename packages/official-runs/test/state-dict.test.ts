/** State dicts: tensors of PyTorch's own files bit by bit, ours in PyTorch's form, and files that are refused. */
import {execFileSync} from "node:child_process";
import {createHash} from "node:crypto";
import {existsSync, readFileSync, truncateSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {projectRoot, type SafetensorsFile} from "@lola-ts/core";
import {temporaryFolder} from "../../../test/folder";
import {openStateDict, writeStateDict} from "../src/state-dict";

const path = temporaryFolder();
const REFERENCE = join(__dirname, "../../../test/reference");
const opened: SafetensorsFile[] = [];
const open = (file = path("state.pth")) => {
  const state = openStateDict(file);
  opened.push(state);
  return state;
};
afterEach(() => opened.splice(0).forEach((state) => state.close()));

const bytesOf = ({data}: {readonly data: {readonly buffer: ArrayBufferLike}}) => Buffer.from(data.buffer);

/** Shapes and float32 numbers of test/reference/state-dict/state.pth, by PyTorch 2.13: views of 0 … 11, then other types. */
const RECORDED: Readonly<Record<string, readonly [shape: readonly number[], hex: string]>> = {
  whole: [[3, 4], "000000000000803f0000004000004040000080400000a0400000c0400000e04000000041000010410000204100003041"],
  part: [[2, 2], "0000a0400000c0400000e04000000041"],
  transposed: [
    [4, 3],
    "0000000000008040000000410000803f0000a04000001041000000400000c04000002041000040400000e04000003041",
  ],
  "every-second": [[6], "0000803f000040400000a0400000e0400000104100003041"],
  expanded: [[2, 3], "0000e04000000041000010410000e0400000004100001041"],
  scalar: [[], "00003041"],
  empty: [[0, 2], ""],
  special: [[6], "0000803f000000800000c07f0000807f01000000cdcccc3d"],
  half: [[9], "0000803f000000c00000803300c07f3800e07f470000807f000080ff0000008000a0aa3e"],
  brain: [[4], "0000803f000040c00000807f00000100"],
  double: [[2, 3], "cdcccc3d000040400000803f000080ff000000000100803f"],
  größe: [[2, 3], "5c3fc53f503c96be49710bc0b684113fa1d18abf2d05b3bf"],
};

test("strides, shared storages, all floating-point types and parameters are PyTorch's, bit by bit", () => {
  const state = open(join(REFERENCE, "state-dict/state.pth"));
  const found = [...state.shapes].map(([name, shape]) => [name, [shape, bytesOf(state.read(name)).toString("hex")]]);
  expect(Object.fromEntries(found)).toEqual(RECORDED);
  expect(new Set(state.types.values())).toEqual(new Set(["F32"]));
});

/** SHA-256 of names, shapes and float32 numbers of all tensors, by PyTorch 2.13. */
test.each([
  ["ae/tiny_euler_all_dcae_f4c4_tiny", "7652670a4923b02719e3a438263d970114f50f5082099a5cdf16026c18d1cf3d"],
  ["dm/tiny_euler_all_f4c4_vit_tiny", "591a263c093014fc99194b46232c678b66e016539752b7ad9479866267b1f50a"],
  ["sm/tiny_euler_all_f4c4_vit_tiny", "f842b19886d94a9b479897e246158858bd2c7ef31a1160afb2ddd4efb1ab3c08"],
])("the tensors of the official run %s are PyTorch's, bit by bit", (run, expected) => {
  const state = open(join(REFERENCE, "lola-run", run, "state.pth"));
  const hash = createHash("sha256");
  for (const [name, shape] of state.shapes) {
    const inPython = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
    hash
      .update(name)
      .update(inPython)
      .update(bytesOf(state.read(name)));
  }
  expect(hash.digest("hex")).toBe(expected);
});

test("what is written is read to the bit, and equal tensors make equal files", async () => {
  const arrays = new Map([
    ["a", {shape: [2, 3], data: Float32Array.of(1, -0, NaN, Infinity, 1e-45, 0.1)}],
    ["b.größe", {shape: [], data: Float32Array.of(1e-5)}],
    ["c", {shape: [0, 2], data: new Float32Array(0)}],
  ]);
  const shapes = new Map([...arrays].map(([name, {shape}]) => [name, shape]));
  const given = {shapes, read: (name: string) => arrays.get(name)!.data};
  await writeStateDict(path("state.pth"), given);
  const state = open();
  expect([...state.shapes]).toEqual([...shapes]);
  for (const [name, array] of arrays) expect(bytesOf(state.read(name))).toEqual(bytesOf(array));
  await writeStateDict(path("again.pth"), given);
  expect(readFileSync(path("again.pth")).equals(readFileSync(path("state.pth")))).toBe(true);
});

const ARCHIVE = `
import base64, json, sys, zipfile
[file, entries, compression] = sys.argv[1:]
with zipfile.ZipFile(file, "w", int(compression)) as archive:
    for name, data in json.loads(entries).items(): archive.writestr(name, base64.b64decode(data))
`;

/** Write an archive of a pickle and a storage of 12 numbers; texts are bytes. */
function archive(pickle: string, {compression = 0, others = {}}: {compression?: number; others?: object} = {}): void {
  const python = join(projectRoot(), "environment/.venv/bin/python");
  const entries = {"a/data.pkl": `\x80\x02${pickle}`, "a/data/0": "\0".repeat(48), ...others};
  const encoded = Object.entries(entries).map(([name, text]) => [name, Buffer.from(text, "latin1").toString("base64")]);
  const words = [path("state.pth"), JSON.stringify(Object.fromEntries(encoded)), `${compression}`];
  execFileSync(python, ["-c", ARCHIVE, ...words]);
}

const text = (word: string) => `X${String.fromCharCode(word.length)}\0\0\0${word}`;

/** A tensor "w" as a pickle: a storage of some numbers, offset, shape and strides as bytes of integers. */
function tensor(
  shape = "K\x0c",
  strides = "K\x01",
  {stored = "K\x0c", offset = "K\0", type = "Float", key = "0"} = {},
) {
  const place = `(${text("storage")}ctorch\n${type}Storage\n${text(key)}${text("cpu")}${stored}tQ`;
  return `}${text("w")}ctorch._utils\n_rebuild_tensor_v2\n(${place}${offset}(${shape}t(${strides}t\x89}tRs.`;
}

test("the archive that the next tests damage is read", () => {
  archive(tensor("K\x03K\x04", "K\x04K\x01"));
  expect([...open().shapes]).toEqual([["w", [3, 4]]]);
});

const marker = join(tmpdir(), `lola-evil-${process.pid}`);
test.each<[string, string, string]>([
  ["a system call", `cos\nsystem\n(${text(`touch ${marker}`)}tR.`, 'found "os.system"'],
  ["a system call by its module", `cposix\nsystem\n(${text(`touch ${marker}`)}tR.`, 'found "posix.system"'],
  ["a system call by another operation", `(${text(`touch ${marker}`)}ios\nsystem\n.`, "found operation 0x69"],
  ["a name from the stack", `${text("os")}${text("system")}\x93(${text("true")}tR.`, "found operation 0x93"],
  ["a function of builtins", `cbuiltins\neval\n(${text("1")}tR.`, 'found "builtins.eval"'],
  ["another function of torch", "ctorch.storage\n_load_from_bytes\n.", 'found "torch.storage._load_from_bytes"'],
  [
    "a name below an accepted one",
    "ctorch._utils\n_rebuild_tensor_v2.__globals__\n.",
    "_rebuild_tensor_v2.__globals__",
  ],
  ["a name that a terminal obeys", "c\x1b[2J\nx\n.", 'found "\\u001b[2J.x"'],
  ["a storage that is called", "ctorch\nFloatStorage\n)R.", "'str' object is not callable"],
  ["an array of many bytes", "\x96\xff\xff\xff\xff\x0f\0\0\0.", "found operation 0x96"],
  ["a text beyond the end", "X\xff\xff\xff\x7fa.", "expected a state dict as torch.save writes it"],
  ["a program without an end", "}", "expected a state dict as torch.save writes it"],
  ["a number", "K\x03.", "expected a dictionary of tensors"],
  ["a number among tensors", `}${text("epoch")}K\x03s.`, 'expected a tensor under "epoch"'],
  ["a dictionary that holds itself", `}q\0${text("w")}h\0s.`, 'expected a tensor under "w"'],
  ["whole numbers", tensor("K\x06", "K\x01", {type: "Long"}), 'found "torch.LongStorage"'],
  ["elements beyond the storage", tensor("K\x0c", "K\x01", {offset: "K\x01"}), "elements within the 12 of its storage"],
  ["strides beyond it", tensor("K\x02", "K\x0c"), "elements within the 12 of its storage"],
  ["a huge shape", tensor("J\xff\xff\xff\x7f", "K\0"), "elements within the 12 of its storage"],
  ["a negative stride", tensor("K\x02", "J\xff\xff\xff\xff"), 'a storage, a shape and strides for "w"'],
  ["fewer strides than sizes", tensor("K\x03K\x04"), 'a storage, a shape and strides for "w"'],
  ["a size that is no number", tensor("\x88"), 'a storage, a shape and strides for "w"'],
  ["more numbers than the file has", tensor("K\x0c", "K\x01", {stored: "K\x0d"}), '52 bytes for "w", found 48'],
  ["a storage that is not there", tensor("K\x0c", "K\x01", {key: "../x"}), "a/data/../x"],
])("%s is refused in a sentence, and nothing is run", (_, pickle, message) => {
  archive(pickle);
  expect(open).toThrow(message);
  expect(open).toThrow(new RegExp(`^${path("state.pth")}: expected [^\n]*\\.$`));
  expect(existsSync(marker)).toBe(false);
});

test("a memo under the number two thousand million takes no memory", () => {
  archive(tensor().replace(/\.$/, "r\xff\xff\xff\x7f."));
  expect(open().read("w").data).toEqual(new Float32Array(12));
});

test("other archives, compressed ones and other byte orders are refused", () => {
  archive(tensor(), {others: {"b/data.pkl": "N."}});
  expect(open).toThrow('expected an archive with one "data.pkl", as torch.save writes, found 2');
  archive(tensor(), {others: {"a/byteorder": "big"}});
  expect(open).toThrow("expected little-endian numbers");
  archive(tensor(), {compression: 8});
  expect(open).toThrow('expected entries without compression, found "a/data.pkl"');
});

test("a file that is missing, cut anywhere or changed is refused in a sentence", () => {
  expect(() => open(path("gone.pth"))).toThrow(`${path("gone.pth")}: there is no such file.`);
  archive(tensor());
  const whole = readFileSync(path("state.pth"));
  for (const part of [0, 0.1, 0.5, 0.9]) {
    writeFileSync(path("state.pth"), whole);
    truncateSync(path("state.pth"), Math.floor(part * whole.length));
    expect(open).toThrow(`${path("state.pth")}: the file is truncated, damaged or no archive`);
  }
  const changed = Buffer.from(whole);
  changed[changed.indexOf("\0".repeat(48)) + 7] ^= 1;
  writeFileSync(path("state.pth"), changed);
  expect(open).toThrow(`${path("state.pth")}: the file is truncated, damaged or no archive: "Bad CRC-32`);
});
