import {Rng} from "@lola-ts/core";
import {greater, lesser, limit} from "../../src/gas";

describe("limit, lesser and greater", () => {
  const generator = Rng.from("limiter");
  const pairs = Array.from({length: 1000}, () => [
    generator.normal(),
    10 ** (4 * generator.normal()) * generator.normal(),
  ]);

  test("the minimum of the central difference and twice the one-sided ones, to rounding of the largest", () => {
    for (const [a, b] of pairs) {
      const size = Math.min(Math.abs(a + b) / 2, 2 * Math.abs(a), 2 * Math.abs(b));
      const expected = a * b > 0 ? Math.sign(a) * size : 0;
      expect(Math.abs(limit(a, b) - expected)).toBeLessThan(1e-15 * Math.max(Math.abs(a), Math.abs(b)));
      expect(limit(b, a)).toBe(limit(a, b));
      expect(Math.abs(lesser(a, b) - Math.min(a, b))).toBeLessThan(1e-15 * Math.max(Math.abs(a), Math.abs(b)));
      expect(Math.abs(greater(a, b) - Math.max(a, b))).toBeLessThan(1e-15 * Math.max(Math.abs(a), Math.abs(b)));
    }
  });

  test("beside a constant the gradient is exactly 0, and a mirror only changes its sign; a NaN stays", () => {
    for (const [a, b] of pairs) {
      expect(Math.abs(limit(0, b))).toBe(0);
      expect(limit(-a, -b) + limit(a, b)).toBe(0);
    }
    expect(limit(NaN, 1)).toBeNaN();
  });
});
