import ndarray from "ndarray";
import {sizeOf, fftn} from "@lola-ts/core";
import {
  bandErrors,
  bands,
  crossErrors,
  crossSpectrum,
  powerSpectrum,
  rings,
  trajectorySpectrum,
} from "../../lib/evaluate/spectrum";

const errorsOf = (u: Float64Array, members: Float64Array[], shape: number[]) =>
  bandErrors(powerSpectrum([u], shape), powerSpectrum(members, shape), rings(shape).k);

const field = (n: number, seed: number) => Float64Array.from({length: n}, (_, i) => Math.sin(seed + 12.9898 * i * i));

test.each([[[16, 16]], [[12, 20]], [[6, 8, 10]]])(
  "the power of all rings on %j is the variance (Parseval)",
  (shape) => {
    const size = sizeOf(shape);
    const u = field(size, 1);
    const {counts} = rings(shape);
    const mean = u.reduce((a, b) => a + b) / size;
    const total = powerSpectrum([u], shape).reduce((sum, power, ring) => sum + power * counts[ring], 0);
    expect(total).toBeCloseTo(
      u.reduce((sum, value) => sum + (value - mean) ** 2, 0),
      9,
    );
    expect(counts.reduce((a, b) => a + b)).toBe(size - 1); // every frequency but the mean is in a ring
  },
);

test("a wave of 4 cycles over 32 points falls into the ring of k = 1/8", () => {
  const u = Float64Array.from({length: 1024}, (_, i) => Math.cos((2 * Math.PI * 4 * (i % 32)) / 32));
  const spectrum = powerSpectrum([u], [32, 32]);
  const ring = spectrum.findIndex((power) => power > 1e-9);
  const {k, counts} = rings([32, 32]);
  expect([...spectrum].filter((power) => power > 1e-9)).toHaveLength(1);
  expect(k[ring - 1]).toBeLessThan(1 / 8);
  expect(k[ring]).toBeGreaterThanOrEqual(1 / 8);
  expect(spectrum[ring] * counts[ring]).toBeCloseTo(512, 8); // sum of cos^2
});

test("an ensemble's spectrum is the mean of its members', for odd and even numbers of them", () => {
  const members = [1, 2, 3, 4].map((seed) => field(64, seed));
  for (const K of [3, 4]) {
    const together = powerSpectrum(members.slice(0, K), [8, 8]);
    const apart = members.slice(0, K).map((member) => powerSpectrum([member], [8, 8]));
    together.forEach((power, ring) => {
      expect(power).toBeCloseTo(apart.reduce((sum, spectrum) => sum + spectrum[ring], 0) / K, 12);
    });
  }
});

test("a cross spectrum is the mean of its members', and of moduli one by one", () => {
  for (const shape of [
    [8, 8],
    [5, 6],
    [4, 3, 6],
  ]) {
    const size = sizeOf(shape);
    const [u, ...members] = [1, 2, 3, 4].map((seed) => field(size, seed));
    const {index, counts} = rings(shape);
    const moduli = [u, ...members].map((values) => {
      const re = values.slice();
      const im = new Float64Array(size);
      fftn(re, im, shape);
      return re.map((value, i) => Math.hypot(value, im[i]));
    });
    const expected = new Float64Array(counts.length);
    for (let i = 1; i < size; i++) {
      const ring = index[i] - 1;
      for (const member of moduli.slice(1)) expected[ring] += (moduli[0][i] * member[i]) / (3 * size * counts[ring]);
    }
    crossSpectrum(u, members, shape).forEach((value, ring) => expect(value).toBeCloseTo(expected[ring], 11));
  }
  expect(() => crossSpectrum(field(64, 1), [], [8, 8])).toThrow("found []");
});

test("grids may take turns", () => {
  const square = field(64, 1);
  const flat = field(24, 2);
  const first = powerSpectrum([square], [8, 8]);
  const second = powerSpectrum([flat], [6, 4]);
  expect(powerSpectrum([square], [8, 8])).toEqual(first);
  expect(powerSpectrum([flat], [6, 4])).toEqual(second);
});

test("spectra and their errors ignore position: rolled and mirrored fields are equal", () => {
  const u = field(256, 5);
  const rolled = u.map((_, i) => u[((Math.floor(i / 16) + 3) % 16) * 16 + ((i + 5) % 16)]);
  const errors = errorsOf(u, [rolled, u.slice().reverse()], [16, 16]);
  for (const error of Object.values(errors)) expect(error).toBeLessThan(1e-12);
});

test("frequencies on an edge fall where the official float32 arithmetic puts them", () => {
  // counts of the official binning; edges computed with a rounding more or from the other end move some frequencies
  expect([...rings([24, 8, 13]).counts]).toEqual([22, 212, 554, 946, 656, 105]);
  expect([...rings([13, 8, 24]).counts]).toEqual([22, 212, 554, 946, 656, 105]);
  const {index, counts} = rings([128, 128]);
  expect([counts[44], counts[45]]).toEqual([288, 300]);
  expect(index[4128]).toBe(45);
});

test("half the amplitude leaves a quarter of the power: error 0.75 in every band", () => {
  const u = field(1024, 2);
  const errors = errorsOf(u, [u.map((value) => value / 2)], [32, 32]);
  for (const error of Object.values(errors)) expect(error).toBeCloseTo(0.75, 4);
  const cross = crossSpectrum(u, [u], [32, 32]);
  powerSpectrum([u], [32, 32]).forEach((power, ring) => expect(cross[ring]).toBeCloseTo(power, 10));
});

test("bands are thirds in log k and the inclusive rule keeps the first ring", () => {
  const {k} = rings([32, 32]);
  const {low, mid, high, beyond} = bands(k);
  expect(low[0]).toBe(true);
  const last = (mask: boolean[]) => k[mask.lastIndexOf(true)];
  const width = Math.log(0.5 / k[0]) / 3;
  expect(Math.log(last(low) / k[0])).toBeLessThanOrEqual(width);
  expect(Math.log(last(mid) / k[0])).toBeLessThanOrEqual(2 * width);
  expect(last(high)).toBeLessThanOrEqual(0.5);
  k.forEach((_, i) => expect(low[i] || mid[i] || high[i] || beyond[i]).toBe(true));
});

test("a ring on the edge of two bands is in both", () => {
  const {low, mid, high, beyond} = bands(Float64Array.of(1 / 16, 1 / 8, 1 / 4, 1 / 2));
  expect([low, mid, high, beyond].map((mask) => mask.map(Number))).toEqual([
    [1, 1, 0, 0],
    [0, 1, 1, 0],
    [0, 0, 1, 1],
    [0, 0, 0, 1],
  ]);
});

test("an empty band gives NaN, an empty ring of the truth a huge error", () => {
  const k = Float64Array.of(0.3, 0.6);
  expect(bandErrors([1, 1], [1, 1], k).mid).toBeNaN();
  expect(bandErrors([0, 1], [1, 1], k).low).toBeCloseTo(1e6, -1);
});

test("refuses fields that do not fit the grid", () => {
  expect(() => powerSpectrum([field(60, 1)], [8, 8])).toThrow("each a row of 64 numbers, found [a row of 60 numbers]");
  expect(() => powerSpectrum([], [8, 8])).toThrow("found []");
});

test("spectra are divided with the code's epsilon, or without as the paper writes", () => {
  const k = Float64Array.of(0.05, 0.15, 0.4);
  const pu = Float64Array.of(1e-6, 2, 2);
  const pv = Float64Array.of(3e-6, 2, 2);
  expect(bandErrors(pu, pv, k).low).toBeCloseTo(1, 6); // 1 - 4 / 2
  expect(bandErrors(pu, pv, k, {spectralEpsilon: 0}).low).toBeCloseTo(2, 6); // 1 - 3 / 1
  expect(crossErrors(Float64Array.of(2e-6, 2, 2), pu, pv, k, {spectralEpsilon: 0}).low).toBeCloseTo(
    2 / Math.sqrt(3) - 1,
    6,
  );
});

test("the spectrum of a trajectory is the mean over its frames, of views too", () => {
  const L = 3;
  const X = 8;
  const Y = 6;
  const C = 2;
  const trajectory = ndarray(Float32Array.from(field(L * X * Y * C, 3)), [L, X, Y, C]);
  const view = trajectory.transpose(0, 2, 1, 3).lo(1, 0, 0, 0);
  for (const array of [trajectory, view]) {
    const [frames, nx, ny] = array.shape;
    const one = (frame: number) =>
      Float64Array.from({length: nx * ny}, (_, i) => array.get(frame, Math.floor(i / ny), i % ny, 1));
    const all = Array.from({length: frames}, (_, frame) => powerSpectrum([one(frame)], [nx, ny]));
    const mean = all[0].map((_, ring) => all.reduce((sum, power) => sum + power[ring], 0) / frames);
    trajectorySpectrum(array, 1).forEach((power, ring) => expect(power).toBeCloseTo(mean[ring], 6));
    expect(trajectorySpectrum(array, 1, [1])).toEqual(powerSpectrum([one(1)], [nx, ny]));
  }
  expect(() => trajectorySpectrum(trajectory, 2)).toThrow("expected channel to be a whole number from 0 to 1, found 2");
});
