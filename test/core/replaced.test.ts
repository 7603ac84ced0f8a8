import {replaced} from "../../lib/core/replaced";

class Counter {
  count(): number {
    return 1;
  }
}

test("a property has another value in the body, and its own afterwards, also after an error", () => {
  const object = {size: 1};
  expect(replaced(object, "size", 2, () => object.size)).toBe(2);
  expect(object.size).toBe(1);
  const boom = () => {
    throw new Error("boom");
  };
  expect(() => replaced(object, "size", 2, boom)).toThrow("boom");
  expect(object).toEqual({size: 1});
});

test("a class's method is the class's again, also when bodies are nested", () => {
  const counter = new Counter();
  const inner = () =>
    replaced(
      counter,
      "count",
      () => 3,
      () => counter.count(),
    );
  expect(
    replaced(
      counter,
      "count",
      () => 2,
      () => [inner(), counter.count()],
    ),
  ).toEqual([3, 2]);
  expect(Object.keys(counter)).toEqual([]);
  expect(counter.count()).toBe(1);
});
