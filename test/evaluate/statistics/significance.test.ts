import {Rng} from "@lola-ts/core";
import {fisherP, holm, signFlipP, studentP, studentQuantile} from "../../../lib/evaluate/statistics/significance";

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

test("quantiles of Student's distribution have its p-values", () => {
  for (const freedom of [1, 2.5, 39]) {
    for (const p of [0.5, 0.05, 1e-4]) expect(studentP(studentQuantile(p, freedom), freedom) / p).toBeCloseTo(1, 10);
  }
  expect(studentQuantile(0.05, 4)).toBeCloseTo(2.7764451, 6);
  expect(studentQuantile(0.05, 0)).toBeNaN();
});

test("p-values of Fisher's distribution are those of scipy and of the closed form for two degrees above", () => {
  // scipy 1.17.1: scipy.stats.f.sf(f, above, below)
  const cases: [number, number, number, number][] = [
    [3.2, 4, 35, 0.024323392121743503],
    [0.8, 3, 36, 0.5020447835090422],
    [12.5, 9, 30, 5.978275045540747e-8],
    [1.7, 2.5, 7.25, 0.2500053745978452],
    [60, 3, 10, 1.0690126362713459e-6],
  ];
  for (const [f, above, below, p] of cases) expect(fisherP(f, above, below) / p).toBeCloseTo(1, 9);
  for (const f of [0.3, 2, 40]) expect(fisherP(f, 2, 7) / (1 + (2 * f) / 7) ** -3.5).toBeCloseTo(1, 10);
  expect(fisherP(0, 3, 4)).toBe(1);
  expect(fisherP(2, 0, 4)).toBeNaN();
});

test("the sign-flip test counts every choice of signs", () => {
  const samples = [0.3, -1.2, 2.5, 0.8, 1.1, -0.4, 0.9];
  const observed = Math.abs(samples.reduce((a, b) => a + b, 0));
  let count = 0;
  for (let signs = 0; signs < 2 ** samples.length; signs++) {
    const sum = samples.reduce((total, one, i) => total + ((signs >> i) & 1 ? one : -one), 0);
    if (Math.abs(sum) >= observed - 1e-9) count++;
  }
  expect(signFlipP(samples)).toBe(count / 2 ** samples.length);
  expect(signFlipP(samples)).toBe(0.28125); // scipy.stats.permutation_test of all samples, 1.17.1
  expect(signFlipP([1, 1, 1, 1])).toBe(2 / 16);
  expect(signFlipP([1, 0.5, 3])).toBe(2 / 8);
  expect(signFlipP([-1, -0.5, 0])).toBe(4 / 8); // a 0 changes no sum
  expect(signFlipP([1, -1])).toBe(1);
  expect(signFlipP([0, 0])).toBe(1);
  expect(signFlipP([1, NaN])).toBeNaN();
  expect(signFlipP([])).toBeNaN();
});

test("of 40 samples it is exact, and agrees with the t-test where differences are normal", () => {
  expect(signFlipP(Array(40).fill(0.1))).toBe(2 ** -39);
  const rng = Rng.from("flips");
  const samples = Array.from({length: 40}, () => rng.normal() + 0.4);
  const mean = samples.reduce((a, b) => a + b, 0) / 40;
  const error = Math.sqrt(samples.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 39 / 40);
  expect(signFlipP(samples) / studentP(mean / error, 39)).toBeGreaterThan(0.8);
  expect(signFlipP(samples) / studentP(mean / error, 39)).toBeLessThan(1.25);
});

test("of more samples it is drawn, and close to the exact value", () => {
  const rng = Rng.from("more flips");
  const samples = Array.from({length: 40}, () => rng.normal() + 0.3);
  const exact = signFlipP(samples);
  // the signs that were observed are one of the draws, so that no p-value is 0
  expect(signFlipP([...new Array<number>(60).fill(1), -1e-3])).toBe(1 / 100_001);
  expect(Math.abs(signFlipP([...samples, 0]) - exact)).toBeLessThan(5 * Math.sqrt(exact / 100_000)); // a 0 changes no sum
});

test("drawn signs depend only on the number of samples, whatever was tested before", () => {
  const samples = Array.from({length: 70}, (_, i) => Math.sin(i * i) + 0.2);
  const first = signFlipP(samples);
  signFlipP([...samples, -1]);
  expect(signFlipP(samples)).toBe(first);
  const rng = Rng.from("sign flips", 70);
  const least = Math.abs(samples.reduce((a, b) => a + b, 0)) - 1e-9;
  let count = 1;
  for (let draw = 0; draw < 100_000; draw++) {
    const sum = samples.reduce((all, sample) => all + (rng.uniform() < 0.5 ? sample : -sample), 0);
    if (Math.abs(sum) >= least) count++;
  }
  expect(first).toBe(count / 100_001);
});

test("the smallest of m values is multiplied by m, the next by m − 1, and none falls below one before it", () => {
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]); // as R's p.adjust(…, "holm")
  expect(holm([0.5, 0.6])).toEqual([1, 1]);
});

test("one test is not corrected, and values that are NaN do not count", () => {
  expect(holm([0.02])).toEqual([0.02]);
  expect(holm([NaN, 0.02, 0.5])).toEqual([NaN, 0.04, 0.5]);
});

test("no quantile belongs to a probability outside of 0 to 1", () => {
  for (const p of [2, 0, -0.1, NaN]) {
    expect(() => studentQuantile(p, 5)).toThrow(`studentQuantile: expected p to be a finite number`);
  }
});
