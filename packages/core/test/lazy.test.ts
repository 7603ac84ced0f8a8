import {Lazy} from "../src/lazy";

test("a value is computed once, on first access", () => {
  let calls = 0;
  const lazy = new Lazy(() => ({number: ++calls}));
  expect(lazy.made).toBeUndefined();
  expect(calls).toBe(0);
  expect(lazy.get()).toBe(lazy.get());
  expect(lazy.made).toEqual({number: 1});
});
