import {list, number} from "@lola-ts/core";
import {Options} from "../src/options";

const options = (values: unknown) => new Options(values, "run/config.yaml: ae");

test("options are read with their kinds and defaults; null counts as missing", () => {
  const read = options({n: 3, list: [1, 2], side: 4, x: 0.5, on: false, name: "a", names: ["b"], none: null});
  expect(read.count("n")).toBe(3);
  expect(read.counts("list", {})).toEqual([1, 2]);
  expect(read.counts("side", {axes: 3})).toEqual([4, 4, 4]);
  expect(read.number("x")).toBe(0.5);
  expect(read.flag("on")).toBe(false);
  expect(read.text("name", {choices: ["a", "b"]})).toBe("a");
  expect(read.texts("names")).toEqual(["b"]);
  expect(read.count("none", 7)).toBe(7);
  expect(() => read.done()).not.toThrow();
});

test.each([
  [{n: 0}, "an integer from 1 to 1048576, found 0"],
  [{n: 2 ** 21}, "found 2097152"],
  [{n: 1.5}, "found 1.5"],
  [{n: "3"}, 'found "3"'],
  [{n: [3]}, "found [ 3 ]"],
  [{}, "found none"],
])("a count is refused: %j", (values, message) => {
  expect(() => options(values).count("n")).toThrow(message);
  expect(() => options(values).count("n")).toThrow("run/config.yaml: ae.n: expected");
});

test("lists, numbers, flags and texts of another kind are refused", () => {
  const read = options({list: [1, "2"], short: [1], x: NaN, on: 1, name: "c"});
  expect(() => read.counts("list", {})).toThrow(
    "ae.list: expected a list of integers from 1 to 1048576, found [ 1, '2' ]",
  );
  expect(() => read.counts("short", {axes: 2})).toThrow("ae.short: expected one integer, or 2, from 1");
  expect(() => read.list("short", list(number(), {length: 2}))).toThrow(
    "ae.short: expected a list of 2 entries, each a finite number, found [ 1 ]",
  );
  expect(() => read.number("x")).toThrow("ae.x: expected a finite number");
  expect(() => read.flag("on")).toThrow("ae.on: expected true or false, found 1");
  expect(() => read.text("name", {choices: ["a", "b"]})).toThrow('ae.name: expected a or b, found "c"');
  expect(() => options([1])).toThrow("ae: expected a section of options, found [ 1 ]");
});

test("a key that nothing asked for is named", () => {
  const read = options({n: 3, groups: 16});
  read.count("n");
  expect(() => read.done()).toThrow('run/config.yaml: ae: unknown option "groups"; known are n.');
});

test("names of built-in properties are no options", () => {
  expect(options({}).has("constructor")).toBe(false);
  expect(() => options({}).text("toString")).toThrow("found none");
});
