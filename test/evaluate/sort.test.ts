import {sorted} from "../../lib/evaluate/distribution";

/** Numbers of all signs and sizes. */
const spread = (n: number) => Float64Array.from({length: n}, (_, i) => Math.sin(1 + 12.9898 * i * i) * 10 ** (i % 40));

test.each([0, 1, 2, 1000])("%d float32 numbers are sorted like float64 numbers", (n) => {
  const values = Float32Array.from(spread(n));
  const found = sorted(values);
  expect(found).toBeInstanceOf(Float32Array);
  expect(Array.from(found)).toEqual(Array.from(values).sort((a, b) => a - b));
});

test("other numbers keep their digits, NaN comes last, and the argument stays as it is", () => {
  const values = Array.from(spread(1000));
  const before = [...values];
  expect(Array.from(sorted(values))).toEqual([...values].sort((a, b) => a - b));
  expect(values).toEqual(before);
  expect(Array.from(sorted([2, NaN, -1]))).toEqual([-1, 2, NaN]);
});

test("infinities and signed zeros are in their places", () => {
  const found = sorted(Float32Array.of(0, Infinity, -0, -Infinity, 1e-40, -1e-40));
  expect(Array.from(found, Math.fround)).toEqual([-Infinity, -1e-40, -0, 0, 1e-40, Infinity].map(Math.fround));
});
