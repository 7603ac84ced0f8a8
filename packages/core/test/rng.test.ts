import {Rng} from "../src/rng";

const draw = <T>(n: number, next: () => T): T[] => Array.from({length: n}, next);
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("Rng", () => {
  test("is xoshiro128**", () => {
    // The same recurrence in unbounded integers.
    const mask = (1n << 32n) - 1n;
    const rotate = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & mask;
    let a = 1n;
    let b = 2n;
    let c = 3n;
    let d = 4n;
    const generator = new Rng([1, 2, 3, 4]);
    for (let i = 0; i < 1000; i++) {
      expect(generator.bits()).toBe(Number((rotate((b * 5n) & mask, 7n) * 9n) & mask));
      const shifted = (b << 9n) & mask;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = rotate(d, 11n);
    }
    expect(draw(4, () => new Rng([1, 2, 3, 4]).bits())).toEqual([11520, 11520, 11520, 11520]);
  });

  test("depends on its parts only, and on each of them", () => {
    const first = (...parts: (string | number)[]): number => Rng.from(...parts).bits();
    expect(first("a", 1)).toBe(first("a", 1));
    const others = [first("a", 1), first("a", 2), first("b", 1), first("a", "1"), first("a1"), first(1, "a"), first()];
    expect(new Set(others).size).toBe(others.length);
    expect(new Set(draw(5000, () => 0).map((_, i) => first("trajectory", i))).size).toBeGreaterThan(4990);
  });

  test("gives unrelated streams to neighbouring seeds", () => {
    const u = draw(4000, () => 0).map((_, i) => Rng.from("file", i).uniform());
    expect(mean(u)).toBeCloseTo(0.5, 1);
    expect(Math.abs(12 * mean(u.slice(1).map((value, i) => (value - 0.5) * (u[i] - 0.5))))).toBeLessThan(0.06);
  });

  test("draws uniforms in [lo, hi)", () => {
    const generator = Rng.from("uniform");
    const values = draw(20000, () => generator.uniform(-1, 3));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...values)).toBeLessThan(3);
    expect(Math.abs(mean(values) - 1)).toBeLessThan(0.04);
    expect(mean(values.map((value) => (value - 1) ** 2))).toBeCloseTo(16 / 12, 1);
  });

  test("draws standard normals", () => {
    const generator = Rng.from("normal");
    const values = draw(40000, () => generator.normal());
    const moments = [1, 2, 3, 4].map((k) => mean(values.map((value) => value ** k)));
    [0, 1, 0, 3].forEach((expected, k) =>
      expect(Math.abs(moments[k] - expected)).toBeLessThan([0.02, 0.03, 0.06, 0.2][k]),
    );
    expect(mean(values.slice(1).map((value, i) => value * values[i]))).toBeCloseTo(0, 1);
  });

  test("draws integers equally often", () => {
    const generator = Rng.from("integer");
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 14000; i++) counts[generator.integer(7)]++;
    const chi2 = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    expect(chi2).toBeLessThan(22.5); // 6 degrees of freedom, p = 0.001
    expect(generator.integer(1)).toBe(0);
    expect(() => generator.integer(0)).toThrow("expected n to be an integer from 1 to 4294967296, found 0");
  });

  test("draws Poisson numbers", () => {
    const generator = Rng.from("poisson");
    const values = draw(20000, () => generator.poisson(2));
    expect(Math.abs(mean(values) - 2)).toBeLessThan(0.05);
    expect(Math.abs(mean(values.map((value) => (value - 2) ** 2)) - 2)).toBeLessThan(0.12);
    expect(values.filter((value) => value === 0).length / values.length).toBeCloseTo(Math.exp(-2), 1);
    expect(generator.poisson(0)).toBe(0);
    expect(() => generator.poisson(-1)).toThrow("expected a mean from 0 to 500, found -1");
  });

  test("shuffles in place, all orders equally often", () => {
    const generator = Rng.from("shuffle");
    const array = [1, 2, 3];
    expect(generator.shuffle(array)).toBe(array);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = generator.shuffle([1, 2, 3]).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  test("refuses a state that it would never leave", () => {
    expect(() => new Rng([0, 0, 0, 0])).toThrow("expected four state words, not all zero, found [ 0, 0, 0, 0 ]");
  });
});
