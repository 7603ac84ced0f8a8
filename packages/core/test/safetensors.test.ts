import fs, {mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {openSafetensors, writeSafetensors} from "../src/safetensors";
import {reference, referenceFolder} from "../../../test/reference/reference";

const folder = mkdtempSync(join(tmpdir(), "lola-safetensors-"));
const path = join(folder, "file.safetensors");
afterAll(() => rmSync(folder, {recursive: true}));
afterEach(() => jest.restoreAllMocks());

const tensors = new Map([
  ["matrix", {shape: [2, 3], data: Float32Array.of(1, -2, 3.5, NaN, Infinity, -0)}],
  ["steps", {shape: [2], data: Int32Array.of(-7, 2 ** 31 - 1)}],
  ["scalar", {shape: [], data: Float32Array.of(0.1)}],
  ["empty", {shape: [0, 4], data: new Float32Array(0)}],
  ["größe/1", {shape: [1], data: Float32Array.of(9)}],
]);

test("reads exactly what was written", async () => {
  await writeSafetensors(path, tensors, new Map([["config", '{"a": "ß"}']]));
  const file = openSafetensors(path);
  expect([...file.shapes.keys()]).toEqual([...tensors.keys()]);
  for (const [name, tensor] of tensors) expect(file.read(name)).toEqual(tensor);
  expect(file.metadata.get("config")).toBe('{"a": "ß"}');
  expect(() => file.read("other")).toThrow(`${path}: there is no tensor "other".`);
  file.close();
});

test("reads files of the format's own library", () => {
  const file = openSafetensors(join(referenceFolder, "optim.safetensors"));
  const vectors = reference("optim");
  expect([...file.shapes.keys()].sort()).toEqual(vectors.names);
  for (const name of vectors.names) expect(file.read(name)).toEqual(vectors.tensor(name));
  file.close();
});

test("writes the elements of a view into a larger array", async () => {
  const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
  await writeSafetensors(path, new Map([["view", {shape: [2], data}]]));
  const file = openSafetensors(path);
  expect([...file.read("view").data]).toEqual([2, 3]);
  file.close();
});

test("refuses to write values that do not fill their shape", async () => {
  const wrong = new Map([["w", {shape: [3], data: new Float32Array(2)}]]);
  await expect(writeSafetensors(path, wrong)).rejects.toThrow('expected 3 values for "w" [3], found 2');
});

test("a full disk leaves the previous file unchanged", async () => {
  await writeSafetensors(path, tensors);
  const before = readFileSync(path);
  let calls = 0;
  const writeSync = fs.writeSync;
  jest.spyOn(fs, "writeSync").mockImplementation(((...args: Parameters<typeof fs.writeSync>) => {
    if (++calls > 2) throw Object.assign(new Error("ENOSPC: no space left on device, write"), {code: "ENOSPC"});
    return writeSync(...args);
  }) as typeof fs.writeSync);
  await expect(writeSafetensors(path, tensors)).rejects.toThrow(`${path}: no space left on the disk`);
  expect(readFileSync(path)).toEqual(before);
  expect(readdirSync(folder)).toEqual(["file.safetensors"]);
});

describe("hostile files", () => {
  /** A file with the given header and this many bytes of values. */
  const write = (header: unknown, values = 8, length?: number) => {
    const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
    const start = Buffer.alloc(8);
    start.writeBigUInt64LE(BigInt(length ?? json.length));
    writeFileSync(path, Buffer.concat([start, json, Buffer.alloc(values)]));
  };
  const entry = {dtype: "F32", shape: [2], data_offsets: [0, 8]};

  test.each([
    ["a header that is too large", {}, 8, 2 ** 40, "expected a header of at most 10 MB, found 1099511627776 bytes"],
    [
      "a truncated header",
      {},
      8,
      1000,
      "expected a header of 1000 bytes, found 10: it is truncated or of another format",
    ],
    ["no JSON", "{oops", 8, undefined, "expected a header that is a JSON object"],
    ["a list", [], 8, undefined, "expected a header that is a JSON object"],
    ["truncated values", {a: entry}, 4, undefined, 'tensor "a" ends at byte 8 of 4: the file is truncated'],
    ["a gap", {a: {...entry, data_offsets: [4, 12]}}, 12, undefined, 'expected tensor "a" at byte 0, found it at 4'],
    ["an overlap", {a: entry, b: entry}, 8, undefined, 'expected tensor "b" at byte 8, found it at 0'],
    ["bytes at the end", {a: entry}, 9, undefined, "expected 8 bytes of values, found 9"],
    ["a wrong size", {a: {...entry, shape: [3]}}, 8, undefined, "[3] of F32 needs 12 bytes, found 8"],
    ["a negative size", {a: {...entry, shape: [-2]}}, 8, undefined, "has a shape that is no list of sizes"],
    [
      "a huge size",
      {a: {...entry, shape: [2 ** 30, 2 ** 30]}},
      8,
      undefined,
      "needs 4611686018427388000 bytes, more than a file can have",
    ],
    ["offsets back to front", {a: {...entry, data_offsets: [8, 0]}}, 8, undefined, "needs 8 bytes, found -8"],
    ["no offsets", {a: {dtype: "F32", shape: [2]}}, 8, undefined, "has no place in the file"],
    ["an unknown type", {a: {...entry, dtype: "toString"}}, 8, undefined, "has an unknown type, toString"],
    ["no description", {a: 5}, 8, undefined, 'tensor "a" has no description'],
    [
      "a product that overflows before a zero",
      {a: {...entry, shape: [2 ** 40, 2 ** 40, 0], data_offsets: [0, 0]}},
      0,
      undefined,
      "more than a file can have",
    ],
    [
      "a name twice",
      `{"a": ${JSON.stringify(entry)}, "a": ${JSON.stringify(entry)}}`,
      8,
      undefined,
      'each name once, found "a" twice',
    ],
    [
      "a field twice",
      '{"a": {"dtype": "F32", "dtype": "I32", "shape": [2], "data_offsets": [0, 8]}}',
      8,
      undefined,
      'found "dtype" twice',
    ],
    ["metadata twice", '{"__metadata__": {}, "__metadata__": {}}', 0, undefined, 'found "__metadata__" twice'],
    [
      "a space before the header",
      ' {"a": 1}',
      8,
      undefined,
      "expected a header that is a JSON object, found another text",
    ],
    ["half a character as a name", `{"\\ud800": ${JSON.stringify(entry)}}`, 8, undefined, "has a name that is no text"],
    [
      "a type of many lists",
      `{"a": {"dtype": ${"[".repeat(1e5)}${"]".repeat(1e5)}, "shape": [], "data_offsets": [0, 4]}}`,
      4,
      undefined,
      "has no type",
    ],
    ["a fraction as a size", {a: {...entry, shape: [1.5]}}, 8, undefined, "has a shape that is no list of sizes"],
    ["a name that a terminal obeys", {"\u001b[2J": 5}, 8, undefined, 'tensor "\\u001b[2J" has no description'],
    ["metadata of numbers", {__metadata__: {a: 1}}, 0, undefined, "expected metadata that maps texts to texts"],
  ])("%s", (_, header, values, length, message) => {
    write(header, values, length);
    expect(() => openSafetensors(path)).toThrow(message);
    expect(() => openSafetensors(path)).toThrow(path);
  });

  test("a header that is no UTF-8, and one above 10 MB whatever it holds", () => {
    const start = Buffer.alloc(8);
    start.writeBigUInt64LE(5n);
    writeFileSync(path, Buffer.concat([start, Buffer.from('{"\xff":', "latin1")]));
    expect(() => openSafetensors(path)).toThrow("expected a header that is a JSON object");
    write(`{${" ".repeat(10e6)}}`, 0);
    expect(() => openSafetensors(path)).toThrow("expected a header of at most 10 MB, found 10000002 bytes");
  });

  test("a folder in place of a file, and links in a circle", () => {
    expect(() => openSafetensors(folder)).toThrow(`${folder}: expected a file, found a folder or a device.`);
    symlinkSync(join(folder, "circle"), join(folder, "circle"));
    expect(() => openSafetensors(join(folder, "circle"))).toThrow("circle: its links lead in a circle.");
    rmSync(join(folder, "circle"));
  });

  test("refuses to read tensors of other types than F32, F16 and I32", () => {
    write({a: {dtype: "BF16", shape: [4], data_offsets: [0, 8]}});
    const file = openSafetensors(path);
    expect(() => file.read("a")).toThrow('expected tensor "a" of type F32, F16 or I32, found BF16');
    file.close();
  });

  test("accepts names like __proto__", () => {
    write(`{"__proto__": ${JSON.stringify(entry)}}`);
    const file = openSafetensors(path);
    expect([...file.shapes.keys()]).toEqual(["__proto__"]);
    file.close();
  });

  test("missing and empty files", () => {
    expect(() => openSafetensors(join(folder, "none"))).toThrow("there is no such file");
    writeFileSync(path, "");
    expect(() => openSafetensors(path)).toThrow("found 0 bytes: it is truncated or of another format");
  });
});
