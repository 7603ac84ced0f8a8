/** The compiled loops of Fourier transforms beside those in JavaScript: the same bits, whatever the signal. */
import {Rng} from "../../src/rng";
import {fourierModule, type FourierModule, fft, fftn} from "../../src/fourier/fft";
import {bitsOf} from "../../../../test/bits";
import {bothWays} from "../../../../test/both-ways";

const compiled = fourierModule.wanted!;

function signal(size: number, value: (random: Rng) => number): [Float64Array, Float64Array] {
  const random = Rng.from("fourier", size);
  return [
    Float64Array.from({length: size}, () => value(random)),
    Float64Array.from({length: size}, () => value(random)),
  ];
}

describe("transforms have the same bits both ways", () => {
  const lengths = [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 25, 27, 30, 32, 45, 60, 64, 75, 97, 128, 160, 256, 1000];

  test.each(lengths)("length %d", (n) => {
    for (const count of [1, 2, 7, 8, 33]) {
      const [first, second] = bothWays(() => {
        const [re, im] = signal(n * count + 5, (random) => random.normal());
        fft(n)(re, im, 3, count);
        return [bitsOf(re), bitsOf(im)];
      });
      expect(first).toEqual(second);
    }
  });

  test("of several axes", () => {
    const shape = [6, 1, 20, 8];
    const [first, second] = bothWays(() => {
      const [re, im] = signal(960, (random) => random.uniform());
      fftn(re, im, shape);
      return [bitsOf(re), bitsOf(im)];
    });
    expect(first).toEqual(second);
  });

  test("of numbers without sense: infinite, tiny, huge, zeros of both signs", () => {
    const values = [Infinity, 0, -0, 5e-324, -1e-310, 1e160, 1.7e308, 1];
    const [first, second] = bothWays(() => {
      const [re, im] = signal(60 * 9, (random) => values[random.integer(values.length)]);
      fft(60)(re, im, 0, 9);
      return [bitsOf(re), bitsOf(im)];
    });
    expect(first).toEqual(second);
  });
});

test("is compared before it is used: one that rounds otherwise does not agree", () => {
  expect(fourierModule.agrees(compiled)).toBe(true);
  const wrong: FourierModule = {
    combine: (re, ...rest) => {
      compiled.combine(re, ...rest);
      re[re.length - 1] *= 1 + Number.EPSILON;
    },
  };
  expect(fourierModule.agrees(wrong)).toBe(false);
});

test("refuses arrays that do not fit", () => {
  const call = compiled.combine as (...args: unknown[]) => unknown;
  const [re, im, tables] = [new Float64Array(8), new Float64Array(8), new Float64Array(16)];
  expect(() => call(re, im, 0, 1, 8, tables)).not.toThrow();
  for (const args of [
    [],
    [re, im, 0, 1, 8],
    [re, im, 1, 1, 8, tables],
    [re, im, 0, 2, 8, tables],
    [re, im, -1, 1, 8, tables],
    [re, im, 0, 1, 4, tables],
    [re, im, 0, 1, 7, new Float64Array(14)],
    [re, im, 0, 1, 0, new Float64Array(0)],
    [re, im, 0, NaN, 8, tables],
    [re, im, 0, 0.5, 8, tables],
    [re, new Float32Array(8), 0, 1, 8, tables],
    [re, im.buffer, 0, 1, 8, tables],
    [re, im, "0", 1, 8, tables],
  ]) {
    expect(() => call(...args)).toThrow("combine: expected re, im, start, count, n, tables of a length.");
  }
});
