import {parseJson} from "../src/json";

test.each([
  ["{}", {}],
  ['{"a": 1, "b": {"a": 2}, "c": [{"a": 3}, {"a": 4}]}', {a: 1, b: {a: 2}, c: [{a: 3}, {a: 4}]}],
  ['{"a": "b\\"a", "b": "}{,\\\\", "c": ["a", "a"]}', {a: 'b"a', b: "}{,\\", c: ["a", "a"]}],
  ['["x", "x"]', ["x", "x"]],
  ["1.5", 1.5],
])("%s is read as JSON.parse reads it", (text, value) => {
  expect(parseJson(text)).toEqual(value);
});

test.each([
  ['{"a": 1, "a": 1}', '"a" twice'],
  ['{"a": 1, "\\u0061": 2}', '"a" twice'],
  ['{"b": {"x": [{"a": 1, "c": {}, "a": 2}]}}', '"a" twice'],
  ['{"a": [{"b": 1}], "a": 2}', '"a" twice'],
  ['{"__proto__": 1, "__proto__": 2}', '"__proto__" twice'],
  ['{"\\u001b": 1, "\\u001b": 2}', '"\\u001b" twice'],
])("%s has a name twice", (text, message) => {
  expect(() => parseJson(text)).toThrow(`expected each name once, found ${message}`);
});

test("what is no JSON is refused", () => {
  for (const text of ["", "{", "{'a': 1}", "[1,]", "NaN"]) expect(() => parseJson(text)).toThrow(SyntaxError);
});

test("a megabyte of nested or repeated objects is read in proportion to its length", () => {
  expect(() => parseJson('{"a":'.repeat(200_000) + "1" + "}".repeat(200_000))).not.toThrow();
  expect(() => parseJson(`[${"{},".repeat(300_000)}1]`)).not.toThrow();
  const names = Array.from({length: 80_000}, (_, i) => `"${i}":${i}`).join();
  expect(() => parseJson(`{${names}}`)).not.toThrow();
});
