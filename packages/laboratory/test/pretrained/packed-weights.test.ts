import {brotliDecompressSync} from "node:zlib";
import {packPlanes, roundBits, unpackPlanes, WEIGHT_BITS} from "../../src/pretrained/packed-numbers";
import {Rng} from "@lola-ts/core";

test("weights keep 8 significant bits: the nearest such number, its sign and zero", () => {
  expect([...roundBits(Float32Array.of(1 + 2 ** -7, 1 + 2 ** -9, -1.999, 0, 3e-5), WEIGHT_BITS)]).toEqual([
    1 + 2 ** -7,
    1,
    -2,
    0,
    Math.fround(Math.round(3e-5 * 2 ** 23) / 2 ** 23),
  ]);
  const rng = Rng.from("weights");
  const weights = Float32Array.from({length: 1000}, () => rng.normal());
  roundBits(weights, WEIGHT_BITS).forEach((value, i) => {
    expect(Math.abs(value - weights[i])).toBeLessThanOrEqual(2 ** -8 * Math.abs(weights[i]));
    const step = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 7);
    expect(Number.isInteger(value / step)).toBe(true);
  });
});

test.each([0, 1, 2, 7, 8])("%d bytes come back from their planes", (length) => {
  const bytes = Uint8Array.from({length}, (_, i) => 10 + i);
  for (const width of [1, 2, 4]) expect(unpackPlanes(packPlanes(bytes, width), width)).toEqual(bytes);
});

test("planes hold the first bytes of all numbers, then the second ones", () => {
  const planes = (width: number) => [...brotliDecompressSync(packPlanes(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), width))];
  expect(planes(2)).toEqual([1, 3, 5, 7, 2, 4, 6, 8]);
  expect(planes(4)).toEqual([1, 5, 2, 6, 3, 7, 4, 8]);
});
