import {sizeOf} from "../src/array";
import {fastLength, fft, fftn, fourierPlan} from "../src/fft";

const noise = (n: number, seed: number) =>
  Float64Array.from({length: n}, (_, i) => Math.sin(seed + 12.9898 * i * i) * 3);

/** The definition, term by term. */
function dft(re: Float64Array, im: Float64Array): [Float64Array, Float64Array] {
  const n = re.length;
  const out: [Float64Array, Float64Array] = [new Float64Array(n), new Float64Array(n)];
  for (let k = 0; k < n; k++) {
    for (let j = 0; j < n; j++) {
      const angle = (-2 * Math.PI * ((j * k) % n)) / n;
      out[0][k] += re[j] * Math.cos(angle) - im[j] * Math.sin(angle);
      out[1][k] += re[j] * Math.sin(angle) + im[j] * Math.cos(angle);
    }
  }
  return out;
}

const distance = (a: Float64Array, b: Float64Array) => Math.max(...a.map((value, i) => Math.abs(value - b[i])));

test.each([1, 2, 3, 5, 8, 12, 14, 15, 16, 17, 24, 40, 45, 64, 75, 80, 96, 101])(
  "length %d equals the definition",
  (n) => {
    const re = noise(n, 1);
    const im = noise(n, 2);
    const [expectedRe, expectedIm] = dft(re, im);
    fft(n)(re, im);
    expect(distance(re, expectedRe)).toBeLessThan(1e-11 * n);
    expect(distance(im, expectedIm)).toBeLessThan(1e-11 * n);
  },
);

test.each([1, 8, 15, 32, 45, 80, 101])("length %d is transformed alike from rows in its plan's order", (n) => {
  const count = 3;
  const [re, im] = [1, 2].map((seed) => noise(n * count, seed));
  const {order, combine} = fourierPlan(n);
  const [orderedRe, orderedIm] = [re, im].map((rows) => {
    const result = new Float64Array(n * count);
    order.forEach((to, from) => result.set(rows.subarray(from * count, (from + 1) * count), to * count));
    return result;
  });
  combine(orderedRe, orderedIm, count);
  fft(n)(re, im, count);
  expect(orderedRe).toEqual(re);
  expect(orderedIm).toEqual(im);
});

test("fast lengths are even and have no factors but 2, 3 and 5", () => {
  expect([1, 14, 39, 61, 63, 79, 127, 133].map(fastLength)).toEqual([2, 16, 40, 64, 64, 80, 128, 144]);
});

test.each([[[8, 4]], [[6, 5]], [[4, 3, 8]], [[1, 7]]])("Parseval's identity holds on a grid of %j", (shape) => {
  const size = sizeOf(shape);
  const re = noise(size, 3);
  const im = noise(size, 4);
  const energy = () => re.reduce((sum, value, i) => sum + value ** 2 + im[i] ** 2, 0);
  const before = energy();
  fftn(re, im, shape);
  expect(energy() / size / before).toBeCloseTo(1, 12);
});

test.each([8, 12, 14, 20, 32])("blocks of interleaved signals of length %d are transformed as they are apart", (n) => {
  const count = 3;
  const signals = Array.from({length: 2 * count}, (_, i) => [noise(n, 2 * i), noise(n, 2 * i + 1)] as const);
  const place = (i: number, j: number) => Math.floor(i / count) * n * count + j * count + (i % count);
  const [re, im] = [0, 1].map((part) => {
    const all = new Float64Array(2 * n * count);
    signals.forEach((signal, i) => signal[part].forEach((value, j) => (all[place(i, j)] = value)));
    return all;
  });
  fft(n)(re, im, count);
  signals.forEach(([a, b], i) => {
    fft(n)(a, b);
    for (let j = 0; j < n; j++) expect([re[place(i, j)], im[place(i, j)]]).toEqual([a[j], b[j]]);
  });
});

test("a plane wave has one frequency, on the right axis", () => {
  const nx = 8;
  const ny = 12;
  const re = Float64Array.from({length: nx * ny}, (_, i) => Math.cos(2 * Math.PI * ((3 * Math.floor(i / ny)) / nx)));
  const im = new Float64Array(nx * ny);
  fftn(re, im, [nx, ny]);
  const peaks = [...re.keys()].filter((i) => Math.hypot(re[i], im[i]) > 1e-9);
  expect(peaks).toEqual([3 * ny, 5 * ny]); // k = (3, 0) and (-3, 0)
  expect(re[3 * ny]).toBeCloseTo((nx * ny) / 2, 10);
});

test("refuses lengths below 1 and arrays of another size than their shape", () => {
  expect(() => fft(0)).toThrow("expected length to be an integer of at least 1, found 0");
  expect(() => fftn(new Float64Array(6), new Float64Array(5), [2, 3])).toThrow("expected 6 numbers for shape [2,3]");
});
