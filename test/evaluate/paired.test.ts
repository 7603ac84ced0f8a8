import {pairedDifference, studentP} from "../../lib/evaluate/paired";

test("p-values of Student's distribution are those of the printed tables", () => {
  // two-sided 5 % and 1 % points (e.g. Abramowitz and Stegun, table 26.10)
  const points: [number, number, number][] = [
    [1, 12.706, 0.05],
    [1, 63.657, 0.01],
    [2, 4.303, 0.05],
    [3, 3.182, 0.05],
    [4, 4.604, 0.01],
    [5, 2.571, 0.05],
    [9, 2.262, 0.05],
    [19, 2.093, 0.05],
    [19, 2.861, 0.01],
    [30, 2.75, 0.01],
    [120, 1.98, 0.05],
  ];
  for (const [freedom, t, p] of points) expect(Math.abs(studentP(t, freedom) / p - 1)).toBeLessThan(2e-3);
});

test("they are those of the closed forms for 1 and 2 degrees, of the integrated density for others", () => {
  for (const t of [0, 0.1, 1, 5]) {
    expect(studentP(t, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(t), 14);
    expect(studentP(-t, 2)).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 14);
  }
  for (const freedom of [3, 6, 7, 19]) {
    const density = (x: number) => (1 + (x * x) / freedom) ** (-(freedom + 1) / 2);
    const area = (to: number) => {
      const n = 20000; // midpoint rule in s = atan x, up to infinity
      const end = Math.atan(to);
      let sum = 0;
      for (let i = 0; i < n; i++) {
        const s = ((i + 0.5) / n) * end;
        sum += (density(Math.tan(s)) / Math.cos(s) ** 2) * (end / n);
      }
      return sum;
    };
    expect(studentP(1.7, freedom)).toBeCloseTo(1 - area(1.7) / area(Infinity), 7);
  }
});

test("degrees of freedom may lie between whole numbers", () => {
  // 2 F(-t; ν) of @stdlib/stats-base-dists-t-cdf 0.2.3
  const cases: [number, number, number][] = [
    [1.7, 2.5, 0.20561221715988381],
    [2.2, 1.9, 0.16545539524272485],
    [12, 1.3, 0.027313999821485874],
    [0.3, 7.25, 0.7725968337639473],
    [4, 118.6, 0.00011060503667976817],
  ];
  for (const [t, freedom, p] of cases) expect(studentP(t, freedom) / p).toBeCloseTo(1, 12);
});

test("small p-values keep their digits", () => {
  for (const t of [10, 1e3, 1e9]) {
    expect(studentP(t, 1) / ((2 / Math.PI) * Math.atan(1 / t))).toBeCloseTo(1, 12);
    const root = Math.sqrt(2 + t * t);
    expect(studentP(t, 2) / (2 / (root * (root + t)))).toBeCloseTo(1, 12);
  }
  // 3 degrees: 1 - 2/π (θ + sin θ cos θ) with tan θ = t/√3, so with φ = π/2 - θ it is 2/π (φ - sin φ cos φ), about 4 φ³ / (3 π)
  const phi = Math.atan(Math.sqrt(3) / 1e5);
  expect(studentP(1e5, 3) / ((4 / (3 * Math.PI)) * phi ** 3)).toBeCloseTo(1, 8);
  expect(studentP(20, 39)).toBeGreaterThan(0);
  expect(studentP(20, 39)).toBeLessThan(1e-20);
  expect(studentP(Infinity, 39)).toBe(0);
});

test("p-values fall smoothly where the sum of the first terms gives way to that of the others", () => {
  for (const freedom of [1, 2, 5, 18, 39, 400]) {
    const values = Array.from({length: 400}, (_, i) => studentP(1 + i / 40, freedom));
    for (let i = 2; i < values.length; i++) {
      const [a, b, c] = values.slice(i - 2, i + 1).map(Math.log);
      expect(c).toBeLessThan(b);
      expect(Math.abs(a - 2 * b + c)).toBeLessThan(2e-3);
    }
  }
});

test("a paired difference is the mean of differences with its standard error", () => {
  // differences 1, 2, 3: mean 2, standard error 1 / √3, t = 2 √3 with 2 degrees of freedom
  const {value, error, p} = pairedDifference([2, 4, 6], [1, 2, 3]);
  expect(value).toBe(2);
  expect(error).toBeCloseTo(1 / Math.sqrt(3), 14);
  expect(p).toBeCloseTo(1 - Math.sqrt(12 / 14), 14);
});

test("what is the same has p = 1, what always differs by as much p = 0, a single pair and NaN have none", () => {
  expect(pairedDifference([1, 2], [1, 2])).toEqual({value: 0, error: 0, p: 1});
  expect(pairedDifference([2, 3], [1, 2])).toEqual({value: 1, error: 0, p: 0});
  expect(pairedDifference([2], [1])).toEqual({value: 1, error: NaN, p: NaN});
  expect(pairedDifference([2, NaN], [1, 1]).p).toBeNaN();
  expect(() => pairedDifference([1], [1, 2])).toThrow("expected as many samples, found 1 and 2");
});
