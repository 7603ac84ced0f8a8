import {Rng, sizeOf} from "@lola-ts/core";
import {tf} from "@lola-ts/engine";
import {
  principalComponents,
  entropy,
  keptWithPlaces,
  quantised,
  fourierBasis,
  waveletBasis,
} from "../../src/yardstick/orthonormal-basis";

const random = Rng.from("yardstick");
const normal = (length: number) => Float32Array.from({length}, () => random.normal());
const square = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value * value, 0);

describe.each([
  ["Fourier", fourierBasis, [8, 4, 2], [true, true]],
  ["Fourier and Chebyshev", fourierBasis, [8, 6, 2], [true, false]],
  ["Daubechies", waveletBasis, [8, 16, 2], [true, true]],
  ["Daubechies and Haar in space", waveletBasis, [8, 4, 8, 1], [true, false, true]],
] as const)("%s", (_, make, shape, periodic) => {
  const {transform, groups, fineness} = make([...shape], [...periodic]);
  const state = normal(sizeOf([...shape]));

  test("keeps sums of squares (Parseval) and is inverted", () => {
    const coefficients = transform(state, "forward");
    expect(square(coefficients) / square(state)).toBeCloseTo(1, 12);
    transform(coefficients, "inverse").forEach((value, i) => expect(value).toBeCloseTo(state[i], 12));
  });

  test("has a constant in its coarsest coefficients, field by field", () => {
    const channels = shape[shape.length - 1];
    const constant = transform(Float64Array.from(state, (__, i) => 1 + (i % channels)), "forward"); // prettier-ignore
    const coarsest = fineness.reduce((a, b) => Math.min(a, b));
    constant.forEach((value, i) => {
      if (fineness[i] > coarsest) expect(Math.abs(value)).toBeLessThan(1e-12);
    });
    expect(new Set(groups.map((group) => group % channels)).size).toBe(channels);
  });
});

test("a wave is one Fourier coefficient, at its wavenumber; a Chebyshev polynomial one of its own", () => {
  const {transform, fineness} = fourierBasis([16, 8, 1], [true, false]);
  const wave = Float64Array.from({length: 128}, (_, i) => {
    const height = Math.cos((Math.PI * ((i % 8) + 0.5)) / 8);
    return Math.sin((2 * Math.PI * 3 * Math.floor(i / 8)) / 16) * (2 * height ** 2 - 1);
  });
  const found = [...transform(wave, "forward").entries()].filter(([, value]) => Math.abs(value) > 1e-12);
  expect(found).toHaveLength(1);
  expect(fineness[found[0][0]]).toBeCloseTo((3 / 16) ** 2 + (1 / 8) ** 2, 12);
});

test("Daubechies' details of a straight line are 0 where it is not wrapped", () => {
  const {transform, fineness} = waveletBasis([16, 16, 1], [true, true]);
  const found = transform(Float64Array.from({length: 256}, (_, i) => Math.floor(i / 16)), "forward"); // prettier-ignore
  const finest = [...found.entries()].filter(([i, value]) => fineness[i] === 0 && Math.abs(value) > 1e-10);
  expect(new Set(finest.map(([i]) => Math.floor(i / 16)))).toEqual(new Set([15])); // the last line of details holds the jump
});

test("the error of principal components is the sum of the eigenvalues that are left out", () => {
  const [N, size] = [40, 12];
  const scales = Array.from({length: size}, (_, i) => 2 ** -(i / 2));
  const states = normal(N * size).map((value, i) => value * scales[i % size] + 3);
  const {mean, components, eigenvalues} = principalComponents(states, size, size - 1);
  const whole = principalComponents(states, size, size);
  const centred = tf.sub<tf.Tensor2D>(tf.tensor2d(states, [N, size]), mean);
  let before = Infinity;
  for (const count of [1, 4, 11]) {
    const some = components.slice([0, 0], [count, size]);
    const rest = tf.sub(centred, tf.matMul(tf.matMul(centred, some, false, true), some));
    const error = square(rest.dataSync()) / N;
    const left = whole.eigenvalues.slice(count).reduce((a, b) => a + b);
    expect(error / left).toBeCloseTo(1, 3);
    expect(error).toBeLessThan(before);
    before = error;
  }
  expect(eigenvalues.reduce((a, b) => a + b) + whole.eigenvalues[size - 1]).toBeCloseTo(
    square(centred.dataSync()) / N,
    3,
  );
  tf.dispose([mean, components, whole.mean, whole.components, centred]);
});

test("entropies of known distributions", () => {
  expect(entropy([5, 5, 5, 5, 5, 5, 5, 5])).toBeCloseTo(3, 12);
  expect(entropy([1, 3])).toBeCloseTo(2 - 0.75 * Math.log2(3), 12);
  expect(entropy([7, 0])).toBe(0);
});

test("quantised Gaussian numbers need their differential entropy less the logarithm of the step, and lose a twelfth of its square", () => {
  const step = 0.25;
  const numbers = normal(40_000).map((value, i) => (i % 2 === 0 ? value : 4 * value)); // two groups of their own
  const {values, bits} = quantised(numbers, [0, 1], step);
  const ofOne = 0.5 * Math.log2(2 * Math.PI * Math.E) - Math.log2(step);
  expect(bits / numbers.length).toBeCloseTo(ofOne + 1, 1); // a group of deviation 4 needs 2 bits more
  const lost = square(values.map((value, i) => value - numbers[i])) / numbers.length;
  expect(Math.abs(lost / (step ** 2 / 12) - 1)).toBeLessThan(5 * Math.sqrt(0.8 / numbers.length)); // standard errors
  expect(quantised(numbers, [0, 0], step).bits).toBeGreaterThan(bits);
  const lengths = [2, 1, 0.5, 0.25].map((one) => quantised(numbers, [0, 1], one).bits);
  expect([...lengths].sort((a, b) => a - b)).toEqual(lengths);
});

test("places cost bits: fewer coefficients are kept than a code has numbers, and all where it has as many", () => {
  const kept = keptWithPlaces(64, 4096);
  const bits = 32 * kept + 4096 * entropy([kept, 4096 - kept]);
  expect(bits).toBeLessThanOrEqual(32 * 64);
  expect(bits).toBeGreaterThan(32 * 62);
  expect(keptWithPlaces(16, 16)).toBe(16);
  expect(keptWithPlaces(0, 16)).toBe(0);
});
