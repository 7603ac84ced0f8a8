import {PickledCall, PickledName, PickledReference, readPickle} from "../src/pickle";

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
  ["INST", ["(ios\nsystem\n."], "found operation 0x69"],
  ["OBJ", ["(cos\n", "system\no."], 'found "os.system"'],
  ["NEWOBJ", ["ccollections\nOrderedDict\n)", 0x81, "."], "found operation 0x81"],
  ["STACK_GLOBAL", ["X\x02\0\0\0osX\x06\0\0\0system", 0x93, "."], "found operation 0x93"],
  ["an extension", [0x82, 1, "."], "found operation 0x82"],
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

/** All operations of protocols 0 to 5, with what a program of this operation alone becomes. */
const OPERATIONS: [name: string, code: string, ...program: (string | number)[]][] = [
  ["MARK", "accepted", "(t."],
  ["STOP", "accepted", "N."],
  ["POP", "accepted", "NN0."],
  ["POP_MARK", "refused", "N(N1."],
  ["DUP", "refused", "N2", 0x86, "."],
  ["FLOAT", "refused", "F1.5\n."],
  ["INT", "refused", "I1\n."],
  ["BININT", "accepted", "J\0\0\0\0."],
  ["BININT1", "accepted", "K\0."],
  ["LONG", "refused", "L1L\n."],
  ["BININT2", "accepted", "M\0\0."],
  ["NONE", "accepted", "N."],
  ["PERSID", "refused", "Pid\n."],
  ["BINPERSID", "accepted", ")Q."],
  ["REDUCE", "accepted", "ccollections\nOrderedDict\n)R."],
  ["STRING", "refused", "S'a'\n."],
  ["BINSTRING", "refused", "T\x01\0\0\0a."],
  ["SHORT_BINSTRING", "refused", "U\x01a."],
  ["UNICODE", "refused", "Va\n."],
  ["BINUNICODE", "accepted", "X\x01\0\0\0a."],
  ["APPEND", "accepted", "]Na."],
  ["BUILD", "accepted", "}}b."],
  ["GLOBAL", "accepted", "ctorch\nFloatStorage\n."],
  ["DICT", "refused", "(NNd."],
  ["EMPTY_DICT", "accepted", "}."],
  ["APPENDS", "accepted", "](NNe."],
  ["GET", "refused", "]q\0g0\n."],
  ["BINGET", "accepted", "Nq\x000h\0."],
  ["INST", "refused", "(ios\nsystem\n."],
  ["LONG_BINGET", "accepted", "Nq\x000j\0\0\0\0."],
  ["LIST", "refused", "(Nl."],
  ["EMPTY_LIST", "accepted", "]."],
  ["OBJ", "refused", "(No."],
  ["PUT", "refused", "Np0\n."],
  ["BINPUT", "accepted", "Nq\0."],
  ["LONG_BINPUT", "accepted", "Nr\0\0\0\0."],
  ["SETITEM", "accepted", "}NNs."],
  ["TUPLE", "accepted", "(NNt."],
  ["EMPTY_TUPLE", "accepted", ")."],
  ["SETITEMS", "accepted", "}(NNu."],
  ["BINFLOAT", "accepted", "G\0\0\0\0\0\0\0\0."],
  ["PROTO", "accepted", 0x80, 3, "N."],
  ["NEWOBJ", "refused", "ccollections\nOrderedDict\n)", 0x81, "."],
  ["EXT1", "refused", 0x82, "\x01."],
  ["EXT2", "refused", 0x83, "\x01\0."],
  ["EXT4", "refused", 0x84, "\x01\0\0\0."],
  ["TUPLE1", "accepted", "N", 0x85, "."],
  ["TUPLE2", "accepted", "NN", 0x86, "."],
  ["TUPLE3", "accepted", "NNN", 0x87, "."],
  ["NEWTRUE", "accepted", 0x88, "."],
  ["NEWFALSE", "accepted", 0x89, "."],
  ["LONG1", "accepted", 0x8a, "\x01\x01."],
  ["LONG4", "refused", 0x8b, "\x01\0\0\0\x01."],
  ["BINBYTES", "refused", "B\x01\0\0\0a."],
  ["SHORT_BINBYTES", "refused", "C\x01a."],
  ["SHORT_BINUNICODE", "refused", 0x8c, "\x01a."],
  ["BINUNICODE8", "refused", 0x8d, "\x01\0\0\0\0\0\0\0a."],
  ["BINBYTES8", "refused", 0x8e, "\x01\0\0\0\0\0\0\0a."],
  ["EMPTY_SET", "refused", 0x8f, "."],
  ["ADDITEMS", "refused", "(", 0x90, "."],
  ["FROZENSET", "refused", "(", 0x91, "."],
  ["NEWOBJ_EX", "refused", "ccollections\nOrderedDict\n)}", 0x92, "."],
  ["STACK_GLOBAL", "refused", "X\x02\0\0\0osX\x06\0\0\0system", 0x93, "."],
  ["MEMOIZE", "refused", "N", 0x94, "."],
  ["FRAME", "refused", 0x95, "\x02\0\0\0\0\0\0\0N."],
  ["BYTEARRAY8", "refused", 0x96, "\x01\0\0\0\0\0\0\0a."],
  ["NEXT_BUFFER", "refused", 0x97, "."],
  ["READONLY_BUFFER", "refused", "N", 0x98, "."],
];

test.each(OPERATIONS)("the operation %s is %s", (_, verdict, ...program) => {
  if (verdict === "accepted") return expect(() => read(...program)).not.toThrow();
  const expected = "expected operations that make numbers, texts, containers and tensors";
  expect(() => read(...program)).toThrow(`state.pth: data.pkl: ${expected}, found operation 0x`);
});

test("all 68 operations of pickles are there, and every other code is refused by its number", () => {
  expect(OPERATIONS).toHaveLength(68);
  for (let code = 0x99; code < 256; code++)
    expect(() => read(code)).toThrow(`found operation 0x${code.toString(16)} at`);
});

test.each<[string, (string | number)[], string]>([
  ["a name twice", ["}X\x01\0\0\0aNsX\x01\0\0\0aNs."], 'each name of a dictionary once, found "a" twice'],
  ["a text that is no UTF-8", ["X\x01\0\0\0\xff."], "a text in UTF-8, found other bytes"],
  ["a name that a terminal obeys", ["c\x1b[2J\nx\n."], 'found "\\u001b[2J.x"'],
  ["bytes after the end", ["N.N."], "expected the end, found 2 more bytes"],
  ["two values", ["NN."], "one value at the end, found 2"],
  ["a class below a refused one", ["ctorch.storage\n_LegacyStorage\n."], 'found "torch.storage._LegacyStorage"'],
  ["a storage of another module", ["ctorch.cuda\nFloatStorage\n."], 'found "torch.cuda.FloatStorage"'],
  [
    "a name below an accepted one",
    ["ccollections\nOrderedDict.__init__\n."],
    'found "collections.OrderedDict.__init__"',
  ],
  ["a name with a line in it", ["ctorch\r\nFloatStorage\n."], "tensors and plain containers only"],
  ["a foreign function that is called", ["cbuiltins\ngetattr\n(NNtR."], 'found "builtins.getattr"'],
  ["a call of a text", ["X\x02\0\0\0os)R."], "a call of string"],
  ["a call of a reference", [")Q)R."], "a call of a reference"],
  ["a reference by what is no tuple", ["NQ."], "a reference by a tuple, found None"],
  ["attributes by a list", ["}]b."], "attributes of a dictionary"],
  ["many dictionaries", ["}".repeat(200_001)], "at most 200000 dictionaries, found more"],
])("%s is refused, and nothing is called", (_, parts, message) => {
  expect(() => read(...parts)).toThrow(message);
});

test("deep nesting and many names cost no stack and little time", () => {
  expect(read("N", "\x85".repeat(500_000), ".")).toHaveLength(1);
  expect(() => read("(".repeat(500_000))).toThrow("1 more bytes, found 0");
  const put = (i: number) => `r${String.fromCharCode(i & 255, (i >> 8) & 255, i >> 16)}\0`;
  expect(read("N", Array.from({length: 100_000}, (_, i) => put(i)).join(""), ".")).toBe(null);
});

test("reads containers that hold themselves, or each other many times", () => {
  const list = read("]q\x00h\x00a.") as unknown[];
  expect(list[0]).toBe(list);
  const laughs = Array.from({length: 1000}, () => ["q\x00h\x00", 0x86]).flat();
  expect(read("]", ...laughs, ".")).toHaveLength(2);
});

test("stops at pickles of too many operations or bytes", () => {
  expect(() => readPickle(Buffer.alloc(3e6, "N"), "p")).toThrow("p: expected at most 2000000 operations, found more");
  expect(() => readPickle(Buffer.alloc(2 ** 24 + 1), "p")).toThrow("expected a pickle of at most 16777216 bytes");
  expect(() => readPickle(pickle(0x80, 4, "."), "p")).toThrow("protocol 2, as torch.save writes, found protocol 4");
});
