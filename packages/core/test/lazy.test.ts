import {Lazy, remembered} from "../src/lazy";

test("a value is computed once, on first access", () => {
  let calls = 0;
  const lazy = new Lazy(() => ({number: ++calls}));
  expect(lazy.made).toBeUndefined();
  expect(calls).toBe(0);
  expect(lazy.get()).toBe(lazy.get());
  expect(lazy.made).toEqual({number: 1});
});

test("a result is remembered for equal arguments alone: NaN, infinities and null differ, the order of names does not", () => {
  let calls = 0;
  const count = remembered((..._: unknown[]) => ++calls);
  const values = [NaN, null, Infinity, -Infinity, undefined, {a: 1, b: 2}, {b: 2, a: 1}];
  expect(values.map((value) => count(value))).toEqual([1, 2, 3, 4, 5, 6, 6]);
});
