import {flag, list, number, oneOf, text} from "@lola-ts/core";
import {count} from "lola/nn";
import {Options} from "../src/options";

const options = (values: unknown) => new Options(values, "run/config.yaml: ae");

test("options are read with their kinds and defaults; null counts as missing", () => {
  const read = options({n: 3, list: [1, 2], side: 4, x: 0.5, on: false, name: "a", names: ["b"], none: null});
  expect(read.get("n", count)).toBe(3);
  expect(read.get("list", list(count))).toEqual([1, 2]);
  expect(read.along("side", 3, [1, 1, 1])).toEqual([4, 4, 4]);
  expect(read.along("list", 2, [1, 1])).toEqual([1, 2]);
  expect(read.get("x", number())).toBe(0.5);
  expect(read.get("on", flag)).toBe(false);
  expect(read.get("name", oneOf(["a", "b"]))).toBe("a");
  expect(read.texts("names")).toEqual(["b"]);
  expect(read.get("none", count, 7)).toBe(7);
  expect(() => read.done()).not.toThrow();
});

test.each([
  [{n: 0}, "a whole number from 1 to 1048576, found 0"],
  [{n: 2 ** 21}, "found 2097152"],
  [{n: 1.5}, "found 1.5"],
  [{n: "3"}, 'found "3"'],
  [{n: [3]}, "found [ 3 ]"],
  [{}, "found none"],
])("a count is refused: %j", (values, message) => {
  expect(() => options(values).get("n", count)).toThrow(message);
  expect(() => options(values).get("n", count)).toThrow("run/config.yaml: ae.n: expected");
});

test("lists, numbers, flags and texts of another kind are refused", () => {
  const read = options({list: [1, "2"], short: [1], x: NaN, on: 1, name: "c"});
  expect(() => read.get("list", list(count))).toThrow(
    "ae.list: expected a list, each a whole number from 1 to 1048576, found [ 1, '2' ]",
  );
  expect(() => read.along("short", 2, [1, 1])).toThrow(
    "ae.short: expected a whole number from 1 to 1048576, or 2 of them",
  );
  expect(() => read.get("short", list(number(), {length: 2}))).toThrow(
    "ae.short: expected a list of 2 entries, each a finite number, found [ 1 ]",
  );
  expect(() => read.get("x", number())).toThrow("ae.x: expected a finite number");
  expect(() => read.get("on", flag)).toThrow("ae.on: expected true or false, found 1");
  expect(() => read.get("name", oneOf(["a", "b"]))).toThrow('ae.name: expected "a" or "b", found "c"');
  expect(() => options([1])).toThrow("ae: expected a section of options, found [ 1 ]");
});

test("a key that nothing asked for is named", () => {
  const read = options({n: 3, groups: 16});
  read.get("n", count);
  expect(() => read.done()).toThrow('run/config.yaml: ae: unknown option "groups"; known are n.');
});

test("names of built-in properties are no options", () => {
  expect(options({}).has("constructor")).toBe(false);
  expect(() => options({}).get("toString", text)).toThrow("found none");
});
