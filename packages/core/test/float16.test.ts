import {fromHalf, toHalf} from "../src/float16";

const bitsOf = (...values: number[]) => [...toHalf(Float32Array.from(values))];

test("every half-precision number survives", () => {
  const all = Uint16Array.from({length: 2 ** 16}, (_, bits) => bits);
  const values = fromHalf(all);
  const isNumber = (bits: number) => (bits & 0x7c00) !== 0x7c00 || (bits & 1023) === 0;
  const numbers = all.filter(isNumber);
  expect(toHalf(values.filter((_, bits) => isNumber(bits)))).toEqual(numbers);
  expect(values.filter((_, bits) => !isNumber(bits)).every(Number.isNaN)).toBe(true);
});

test("known numbers have the bits of the standard", () => {
  expect(bitsOf(0, -0, 1, -2, 0.5, 65504, Infinity, -Infinity, NaN)).toEqual([
    0, 0x8000, 0x3c00, 0xc000, 0x3800, 0x7bff, 0x7c00, 0xfc00, 0x7e00,
  ]);
  expect(bitsOf(2 ** -14, 2 ** -24, 1 / 3, Math.PI)).toEqual([0x0400, 0x0001, 0x3555, 0x4248]);
});

test("others are rounded to the nearest, ties to even, and what is too large is infinite", () => {
  const step = 2 ** -10; // between 1 and 2
  expect(bitsOf(1 + 0.5 * step, 1 + 1.5 * step, 1 + 0.51 * step)).toEqual([0x3c00, 0x3c02, 0x3c01]);
  expect(bitsOf(2 - 0.5 * step)).toEqual([0x4000]); // up into the next power of two
  expect(bitsOf(2 ** -25, 1.01 * 2 ** -25, 1e-20)).toEqual([0, 1, 0]);
  expect(bitsOf(65519, 65520, 1e30)).toEqual([0x7bff, 0x7c00, 0x7c00]);
  const values = Float32Array.from({length: 999}, (_, i) => Math.sin(i) * 10 ** (i % 5));
  const rounded = fromHalf(toHalf(values));
  values.forEach((value, i) =>
    expect(Math.abs(rounded[i] - value)).toBeLessThanOrEqual(Math.max(Math.abs(value) * 2 ** -11, 2 ** -25)),
  );
});
