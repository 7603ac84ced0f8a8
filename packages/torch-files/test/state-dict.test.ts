import {PickledTuple, writePickle, type WritableValue, PickledName} from "../src/pickle";
import {openStateDict, writeStateDict, type StateDict} from "../src/state-dict";
import {temporaryFolder} from "../../../test/folder";
import {writeZip} from "./archives";

const path = temporaryFolder();
const opened: StateDict[] = [];
const open = () => {
  const state = openStateDict(path("state.pth"));
  opened.push(state);
  return state;
};
afterEach(() => opened.splice(0).forEach((state) => state.close()));

const tuple = (...items: WritableValue[]) => new PickledTuple(items);
const bytes = (values: {buffer: ArrayBufferLike}) => new Uint8Array(values.buffer);

interface Description {
  type?: string;
  key?: string;
  stored: number;
  offset?: number;
  shape?: number[];
  strides?: number[];
}

/** A tensor as PyTorch describes it. */
function tensor({type = "Float", key = "0", stored, offset = 0, shape = [stored], strides = [1]}: Description) {
  const reference = {reference: tuple("storage", new PickledName(`torch.${type}Storage`), key, "cuda:0", stored)};
  const args = tuple(reference, offset, tuple(...shape), tuple(...strides), true, new Map<string, WritableValue>());
  return {call: "torch._utils._rebuild_tensor_v2", args};
}

/** Write a state dict from descriptions and storages. */
async function write(state: WritableValue, ...storages: Uint8Array[]): Promise<void> {
  const entries = Object.fromEntries(storages.map((storage, key) => [`archive/data/${key}`, storage]));
  await writeZip(path("state.pth"), {"archive/data.pkl": writePickle(state), ...entries});
}

const floats = Float32Array.from({length: 12}, (_, i) => i);

test("what is written is read, to the bit, and straight into its place", async () => {
  const arrays = new Map([
    ["a", {shape: [2, 3], data: Float32Array.of(1, -0, NaN, Infinity, 1e-45, 0.1)}],
    ["b.eps", {shape: [], data: Float32Array.of(1e-5)}],
    ["c", {shape: [0, 2], data: new Float32Array(0)}],
  ]);
  const shapes = new Map([...arrays].map(([name, {shape}]) => [name, shape]));
  await writeStateDict(path("state.pth"), {shapes, read: (name) => arrays.get(name)!.data});
  const state = open();
  expect(state.shapes).toEqual(shapes);
  expect([...state.types.values()]).toEqual(["float32", "float32", "float32"]);
  for (const [name, {data}] of arrays) {
    expect(bytes(state.read(name))).toEqual(bytes(data));
    const place = new Float32Array(data.length);
    expect(state.read(name, place)).toBe(place);
    expect(bytes(place)).toEqual(bytes(data));
  }
  expect(() => state.read("d")).toThrow(`${path("state.pth")}: there is no tensor "d".`);
});

test("strides, offsets and shared storages are followed", async () => {
  const state = new Map([
    ["whole", tensor({stored: 12, shape: [3, 4], strides: [4, 1]})],
    ["part", tensor({stored: 12, offset: 5, shape: [2, 2], strides: [2, 1]})],
    ["transposed", tensor({stored: 12, shape: [4, 3], strides: [1, 4]})],
    ["every-second", tensor({stored: 12, offset: 1, shape: [6], strides: [2]})],
    ["expanded", tensor({stored: 12, offset: 7, shape: [2, 3], strides: [0, 1]})],
    ["scalar", tensor({stored: 12, offset: 11, shape: [], strides: []})],
    ["empty", tensor({stored: 12, offset: 12, shape: [0], strides: [1]})],
    ["single", tensor({stored: 12, offset: 3, shape: [1, 2], strides: [99, 1]})],
  ]);
  await write(state, bytes(floats));
  const read = open().read;
  expect([...read("whole")]).toEqual([...floats]);
  expect([...read("part")]).toEqual([5, 6, 7, 8]);
  expect([...read("transposed")]).toEqual([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
  expect([...read("every-second")]).toEqual([1, 3, 5, 7, 9, 11]);
  expect([...read("expanded", new Float32Array(6))]).toEqual([7, 8, 9, 7, 8, 9]);
  expect([...read("scalar")]).toEqual([11]);
  expect([...read("empty")]).toEqual([]);
  expect([...read("single")]).toEqual([3, 4]);
});

test("half, brain and double precision become float32; parameters are tensors", async () => {
  const half = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x03ff, 0x7bff, 0x7c00, 0xfc00, 0x8000, 0x3555);
  const brain = Uint16Array.of(0x3f80, 0xc040, 0x7f80, 0x0001);
  const double = Float64Array.of(0.1, -1e300, 3);
  const parameter = {
    call: "torch._utils._rebuild_parameter",
    args: tuple(tensor({type: "Double", key: "2", stored: 3})),
  };
  const state = new Map<string, WritableValue>([
    ["half", tensor({type: "Half", stored: 9})],
    ["brain", tensor({type: "BFloat16", key: "1", stored: 4})],
    ["double", parameter],
  ]);
  await write(state, bytes(half), bytes(brain), bytes(double));
  const {types, read} = open();
  expect([...types.values()]).toEqual(["float16", "bfloat16", "float64"]);
  expect([...read("half")]).toEqual([1, -2, 2 ** -24, 1023 * 2 ** -24, 65504, Infinity, -Infinity, -0, 1365 / 4096]);
  expect([...read("brain")]).toEqual([1, -3, Infinity, 2 ** -133]);
  expect([...read("double")]).toEqual([Math.fround(0.1), -Infinity, 3]);
});

test("integer tensors have their own types and are not read as real numbers", async () => {
  await write(new Map([["steps", tensor({type: "Long", stored: 1})]]), bytes(BigInt64Array.of(7n)));
  const state = open();
  expect(state.types.get("steps")).toBe("int64");
  expect(() => state.read("steps")).toThrow('expected "steps" of a floating-point type, found int64');
});

test.each<[string, Description, string]>([
  [
    "elements beyond the storage",
    {stored: 12, offset: 1},
    'within the 12 of its storage for "w", found elements up to 13',
  ],
  ["strides beyond it", {stored: 12, shape: [2], strides: [12]}, "elements up to 13"],
  ["a huge shape", {stored: 12, shape: [2 ** 52, 2 ** 52], strides: [2 ** 52, 1]}, "within the 12 of its storage"],
  ["a negative size", {stored: 12, shape: [-1]}, "a shape and strides of whole numbers"],
  ["a negative stride", {stored: 12, shape: [2], strides: [-1]}, "a shape and strides of whole numbers"],
  ["a negative offset", {stored: 12, offset: -1}, "a shape and strides of whole numbers"],
  ["fewer strides than sizes", {stored: 12, shape: [3, 4]}, "a shape and strides of whole numbers"],
  [
    "more numbers than the file has",
    {stored: 2 ** 40},
    `expected ${2 ** 42} bytes (${2 ** 40} of float32) for "w", found 48`,
  ],
  ["another type's size", {stored: 12, type: "Double"}, "96 bytes (12 of float64)"],
  ["a storage that is not there", {stored: 12, key: "../x"}, 'an entry "archive/data/../x" for "w", found none'],
])("%s is refused when the file is opened", async (_, description, message) => {
  await write(new Map([["w", tensor(description)]]), bytes(floats));
  expect(open).toThrow(message);
  expect(open).toThrow(path("state.pth"));
});

test("anything but named tensors is refused", async () => {
  await write(new Map([["epoch", 3]]));
  expect(open).toThrow('expected a tensor for "epoch", found another object');
  await write(new Map([["model", new Map([["w", tensor({stored: 12})]])]]), bytes(floats));
  expect(open).toThrow('expected a tensor for "model"');
  await write(tuple(tensor({stored: 12})), bytes(floats));
  expect(open).toThrow("expected a dictionary of tensors");
  await write(new Map([["w", {call: "torch._utils._rebuild_tensor_v2", args: tuple(1, 2)}]]));
  expect(open).toThrow('expected a reference to a storage for "w"');
  await writeZip(path("state.pth"), {"archive/data.pkl": Buffer.from("\x80\x02}K\x01K\x02s.", "latin1")});
  expect(open).toThrow("expected tensors with texts as names");
});

test("a dictionary that holds itself is refused", async () => {
  const pickle = Buffer.from("\x80\x02}q\x00X\x01\0\0\0wh\x00s.", "latin1");
  await writeZip(path("state.pth"), {"archive/data.pkl": pickle});
  expect(open).toThrow('expected a tensor for "w", found another object');
});

test("a program in place of tensors is refused and not run", async () => {
  const evil = `\x80\x02cos\nsystem\n(X\x05\0\0\0touch${"tR."}`;
  await writeZip(path("state.pth"), {"archive/data.pkl": Buffer.from(evil, "latin1")});
  expect(open).toThrow(`${path("state.pth")}: archive/data.pkl: expected tensors and plain containers only`);
  expect(open).toThrow('found "os.system" at byte');
});

test("two descriptions of tensors are refused", async () => {
  const pickle = writePickle(new Map([["w", tensor({stored: 12})]]));
  await writeZip(path("state.pth"), {"a/data.pkl": pickle, "a/data/0": bytes(floats), "b/data.pkl": pickle});
  expect(open).toThrow('expected an archive with one "data.pkl", as torch.save writes, found 2');
});

test("two types of one storage are refused", async () => {
  await write(new Map([["a", tensor({stored: 12})], ["b", tensor({stored: 12, type: "Int"})]]), bytes(floats)); // prettier-ignore
  expect(open).toThrow('expected "b" of type float32, as others of its storage, found int32');
});

test("strides of 0 repeat values, but not beyond all bounds", async () => {
  await write(new Map([["w", tensor({stored: 12, shape: [3, 4], strides: [0, 1]})]]), bytes(floats));
  expect([...open().read("w")]).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
  await write(new Map([["w", tensor({stored: 12, shape: [2 ** 21, 4], strides: [0, 1]})]]), bytes(floats));
  expect(open).toThrow("at most 1048576 elements more than the 12 of its storage");
});

test("a reference to a storage that PyTorch would not follow is refused", async () => {
  const reference = {reference: tuple("storage", new PickledName("torch.FloatStorage"), "0", "cpu", 12, 1)};
  const args = tuple(reference, 0, tuple(12), tuple(1), false, new Map<string, WritableValue>());
  await write(new Map([["w", {call: "torch._utils._rebuild_tensor_v2", args}]]), bytes(floats));
  expect(open).toThrow('expected a reference to a storage for "w", found another one');
});

test("names are printed without what a terminal obeys", async () => {
  await write(new Map([["\u001b[2J", tensor({stored: 12, key: "7"})]]), bytes(floats));
  expect(open).toThrow('expected an entry "archive/data/7" for "\\u001b[2J", found none.');
});

test("other archives, other byte orders and damaged values are refused", async () => {
  await writeZip(path("state.pth"), {"word/document.xml": "<w/>"});
  expect(open).toThrow('expected an archive with one "data.pkl", as torch.save writes, found none');
  const pickle = writePickle(new Map([["w", tensor({stored: 12})]]));
  await writeZip(path("state.pth"), {"a/data.pkl": pickle, "a/byteorder": "big", "a/data/0": bytes(floats)});
  expect(open).toThrow('expected numbers in little-endian order, found "big"');
});
