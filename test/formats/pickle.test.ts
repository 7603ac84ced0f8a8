import {PickledCall, PickledName, PickledReference, readPickle} from "../../lib/formats/pickle";

/** A pickle from parts: texts are bytes, numbers are one byte. */
const pickle = (...parts: (string | number)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "number" ? Buffer.of(part) : Buffer.from(part, "latin1"))));
const read = (...parts: (string | number)[]) => readPickle(pickle(0x80, 2, ...parts), "state.pth: data.pkl");

test.each<[string, (string | number)[], unknown]>([
  ["None, True, False", ["(N", 0x88, 0x89, "t."], [null, true, false]],
  ["integers", ["(K\xff", "M\xff\xff", "J\xff\xff\xff\xff", 0x8a, 2, "\x00\x80", "t."], [255, 65535, -1, -32768]],
  ["a large integer", [0x8a, 6, "\x00\x00\x00\x00\x00\x01", "."], 2 ** 40],
  ["a real number", ["G", "\x3f\xf8\x00\x00\x00\x00\x00\x00", "."], 1.5],
  ["a text", ["X", "\x03\x00\x00\x00", "\xc3\xa4b", "."], "äb"],
  ["lists", ["]q\x01(K\x01K\x02eK\x03a."], [1, 2, 3]],
  ["tuples", ["K\x01", 0x85, "K\x02K\x03", 0x86, "K\x04K\x05K\x06", 0x87, 0x87, "."], [[1], [2, 3], [4, 5, 6]]],
  ["memory", ["]r\xff\xff\xff\xff0j\xff\xff\xff\xff."], []],
])("%s", (_, parts, value) => {
  expect(read(...parts)).toEqual(value);
});

test("dictionaries keep their order, and state dicts their names", () => {
  const key = (text: string) => `X${String.fromCharCode(text.length)}\0\0\0${text}`;
  const state = read(
    "ccollections\nOrderedDict\n)R(",
    key("b"),
    "K\x01",
    key("a"),
    "K\x02u}",
    key("_metadata"),
    "Nsb.",
  );
  expect([...(state as Map<string, number>)]).toEqual([["b", 1], ["a", 2]]); // prettier-ignore
  expect(read("ctorch._utils\n_rebuild_tensor_v2\n(K\x00tR.")).toEqual(
    new PickledCall("torch._utils._rebuild_tensor_v2", [0]),
  );
  expect(read("(ctorch\nFloatStorage\nK\x01tQ.")).toEqual(
    new PickledReference([new PickledName("torch.FloatStorage"), 1]),
  );
});

test.each<[string, (string | number)[], string]>([
  ["a system call", ["cos\nsystem\n(X\x04\0\0\0evilt", "R."], 'found "os.system"'],
  ["a function of builtins", ["cbuiltins\neval\n."], "tensors and plain containers only"],
  ["another function of torch", ["ctorch.storage\n_load_from_bytes\n."], 'found "torch.storage._load_from_bytes"'],
  ["a name in disguise", ["ctorch._utils\n_rebuild_tensor_v2.__globals__\n."], "_rebuild_tensor_v2.__globals__"],
  ["a name of our own objects", ["cconstructor\nprototype\n."], 'found "constructor.prototype"'],
  ["a storage that is called", ["ctorch\nFloatStorage\n)R."], "a call of torch.FloatStorage"],
  ["a number that is called", ["K\x01)R."], "a call of number"],
  ["a result that is called", ["ctorch._utils\n_rebuild_tensor_v2\n)R)R."], "a call of a result of"],
  ["an OrderedDict from a list", ["ccollections\nOrderedDict\n]", 0x85, "R."], "an empty OrderedDict"],
  ["attributes of a tensor", ["ctorch._utils\n_rebuild_tensor_v2\n)R}b."], "attributes of a result of"],
  ["INST", ["(ios\nsystem\n."], "found operation INST"],
  ["OBJ", ["(cos\n", "system\no."], 'found "os.system"'],
  ["NEWOBJ", ["ccollections\nOrderedDict\n)", 0x81, "."], "found operation NEWOBJ"],
  ["STACK_GLOBAL", ["X\x02\0\0\0osX\x06\0\0\0system", 0x93, "."], "found operation STACK_GLOBAL"],
  ["an extension", [0x82, 1, "."], "found operation EXT1"],
  ["a text beyond the end", ["X\xff\xff\xff\xff", "a."], "expected 4294967295 more bytes, found 2"],
  ["an integer of many bytes", [0x8a, 9, "\0\0\0\0\0\0\0\0\0."], "integers of at most 8 bytes, found one of 9"],
  ["an integer beyond 2^53", [0x8a, 8, "\0\0\0\0\0\0\0\x40."], "integers up to 2^53"],
  ["an empty stack", ["."], "a value on the stack, found none"],
  ["no mark", ["K\x01t."], "a mark on the stack, found none"],
  ["a mark as a value", ["(0."], "a value on the stack"],
  ["unknown memory", ["h\x05."], "a value under number 5, found none"],
  ["pairs without a dictionary", ["](K\x01K\x02u."], "a dictionary and pairs, found a list"],
  ["half a pair", ["}(K\x01u."], "a dictionary and pairs"],
  ["items without a list", ["}K\x01a."], "a list, found a dictionary"],
  ["no end", ["K\x01"], "1 more bytes, found 0"],
  ["a name without an end", ["cos"], "a line, found the end"],
])("%s is refused", (_, parts, message) => {
  expect(() => read(...parts)).toThrow(message);
  expect(() => read(...parts)).toThrow(/^state\.pth: data\.pkl: expected .* at byte \d+\.$/);
});

test("reads containers that hold themselves, or each other many times", () => {
  const list = read("]q\x00h\x00a.") as unknown[];
  expect(list[0]).toBe(list);
  const doubled = Array.from({length: 1000}, () => ["2", 0x86]).flat(); // DUP is unknown, so through memory
  expect(() => read("]", ...doubled, ".")).toThrow("found operation 0x32");
  const laughs = Array.from({length: 1000}, () => ["q\x00h\x00", 0x86]).flat();
  expect(read("]", ...laughs, ".")).toHaveLength(2);
});

test("stops at pickles of too many operations or bytes", () => {
  expect(() => readPickle(Buffer.alloc(3e6, "N"), "p")).toThrow("p: expected at most 2000000 operations, found more");
  expect(() => readPickle(Buffer.alloc(2 ** 24 + 1), "p")).toThrow("expected a pickle of at most 16777216 bytes");
  expect(() => readPickle(pickle(0x80, 4, "."), "p")).toThrow("protocol 2, as torch.save writes, found protocol 4");
});
