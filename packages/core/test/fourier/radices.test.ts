/** Plans of transforms in JavaScript: rows in a plan's order become the transform. */
import {anglesOf, factorOf, FIFTHS, scriptPlan} from "../../src/fourier/radices";

const LENGTHS = [1, 2, 3, 4, 5, 6, 8, 9, 15, 16, 20, 27, 32, 45, 60, 160];

test.each(LENGTHS)("length %d: a wave becomes one peak, whatever its neighbours", (n) => {
  const {order, combine} = scriptPlan(n);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({length: n}, (_, j) => j));
  const count = 3; // waves beside each other
  const waves = [0, 1 % n, n >> 1];
  const [re, im] = [new Float64Array(n * count), new Float64Array(n * count)];
  for (let j = 0; j < n; j++) {
    waves.forEach((wave, c) => {
      const angle = (2 * Math.PI * ((wave * j) % n)) / n;
      re[order[j] * count + c] = Math.cos(angle);
      im[order[j] * count + c] = Math.sin(angle);
    });
  }
  combine(re, im, 0, count);
  for (let k = 0; k < n; k++) {
    waves.forEach((wave, c) => {
      expect(re[k * count + c]).toBeCloseTo(k === wave ? n : 0, 10);
      expect(im[k * count + c]).toBeCloseTo(0, 10);
    });
  }
});

test("angles go backwards around the circle", () => {
  const {cos, sin} = anglesOf(8);
  expect(cos[1]).toBeCloseTo(Math.SQRT1_2, 15);
  expect(sin[2]).toBe(-1);
});

test("fifths of a turn have the golden ratio's cosines", () => {
  const golden = (1 + Math.sqrt(5)) / 2;
  expect(FIFTHS[0]).toBeCloseTo(1 / (2 * golden), 15);
  expect(FIFTHS[1]).toBeCloseTo(-golden / 2, 15);
  expect(FIFTHS[2] ** 2 + FIFTHS[0] ** 2).toBeCloseTo(1, 15);
  expect(FIFTHS[3] ** 2 + FIFTHS[1] ** 2).toBeCloseTo(1, 15);
});

test("fives are split off first", () => {
  expect([15, 9, 5, 6].map(factorOf)).toEqual([5, 3, 5, 3]);
});
