import {setFlagsFromString} from "node:v8";
import {runInNewContext} from "node:vm";
import {replaced} from "../../src/compile/trace-guard";

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

test("functions of Math stay as fast as they were: its properties are not looked up one by one", () => {
  setFlagsFromString("--allow-natives-syntax");
  const [math, isFast] = runInNewContext("[Math, new Function('object', 'return %HasFastProperties(object)')]") as [
    Math,
    (object: object) => boolean,
  ];
  const before = Object.getOwnPropertyDescriptor(math, "random");
  expect(isFast(math)).toBe(true);
  expect(replaced(math, "random", () => 2, () => math.random())).toBe(2); // prettier-ignore
  expect(isFast(math)).toBe(true);
  expect(Object.getOwnPropertyDescriptor(math, "random")).toEqual(before);
});

test("a property that cannot be assigned to is defined anew, and is as it was afterwards", () => {
  const object = Object.defineProperty({size: 1}, "size", {value: 1, configurable: true, writable: false});
  expect(replaced(object, "size", 2, () => object.size)).toBe(2);
  expect(Object.getOwnPropertyDescriptor(object, "size")).toMatchObject({value: 1, writable: false});
});
