import {runInNewContext} from "node:vm";
import {isPlainObject, requireInteger, requirePositive} from "../src/check";

test("object literals and parsed JSON are plain, whichever realm made them", () => {
  for (const value of [{}, {a: 1}, Object.create(null), JSON.parse("{}"), runInNewContext("({})")]) {
    expect(isPlainObject(value)).toBe(true);
  }
});

test("arrays, instances of classes and primitives are not plain objects", () => {
  for (const value of [null, undefined, 1, "a", [], new Map(), new Date(), new Float32Array(1), () => 1]) {
    expect(isPlainObject(value)).toBe(false);
  }
});

test("an integer within its bounds passes", () => {
  requireInteger("f", "steps", 1);
  requireInteger("f", "steps", 0, {min: 0});
  requireInteger("f", "steps", 3, {min: 2, max: 3});
});

test.each([
  [0, {}, "f: expected steps to be an integer of at least 1, found 0."],
  [1.5, {}, "f: expected steps to be an integer of at least 1, found 1.5."],
  [NaN, {min: 0}, "f: expected steps to be an integer of at least 0, found NaN."],
  [4, {min: 2, max: 3}, "f: expected steps to be an integer from 2 to 3, found 4."],
])("%p within %p is refused in a sentence", (value, bounds, sentence) => {
  expect(() => requireInteger("f", "steps", value, bounds)).toThrow(new RangeError(sentence));
});

test("only positive finite numbers are positive", () => {
  requirePositive("f", "step", 1e-300);
  for (const value of [0, -1, Infinity, NaN]) {
    expect(() => requirePositive("f", "step", value)).toThrow(
      new RangeError(`f: expected a positive step, found ${value}.`),
    );
  }
});
