import {fromPlanes, roundWeights, toPlanes} from "../../../lib/lab/pretrained/packed-weights";
import {Rng} from "../../../lib/core/rng";

test("weights keep 8 significant bits: the nearest such number, its sign and zero", () => {
  expect([...roundWeights(Float32Array.of(1 + 2 ** -7, 1 + 2 ** -9, -1.999, 0, 3e-5))]).toEqual([
    1 + 2 ** -7,
    1,
    -2,
    0,
    Math.fround(Math.round(3e-5 * 2 ** 23) / 2 ** 23),
  ]);
  const rng = Rng.from("weights");
  const weights = Float32Array.from({length: 1000}, () => rng.normal());
  roundWeights(weights).forEach((value, i) => {
    expect(Math.abs(value - weights[i])).toBeLessThanOrEqual(2 ** -8 * Math.abs(weights[i]));
    const step = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 7);
    expect(Number.isInteger(value / step)).toBe(true);
  });
});

test.each([0, 1, 2, 7, 8])("%d bytes come back from their planes", (length) => {
  const bytes = Uint8Array.from({length}, (_, i) => 10 + i);
  expect(fromPlanes(toPlanes(bytes))).toEqual(bytes);
});

test("planes hold the bytes at even places, then those at odd ones", () => {
  expect([...toPlanes(Uint8Array.of(1, 2, 3, 4, 5))]).toEqual([1, 3, 5, 2, 4]);
});
