import {runInNewContext} from "node:vm";
import {decodeResult, encodeResult, fromHalves, toHalves} from "../../site/live/engine/encoding";

test("half-precision numbers survive", () => {
  const values = Float32Array.of(0, 1, -2.5, 65504, 2 ** -24);
  expect(fromHalves(toHalves(values))).toEqual(values);
});

test("a result survives: images to a 255th of their range, latents to half precision, numbers to five digits", () => {
  const images = Float32Array.from({length: 300}, (_, i) => Math.sin(i));
  const latents = Float32Array.of(0.1, -3.3);
  const result = {
    images,
    inner: {latents, spectrum: Float64Array.of(1 / 3, 2e-9)},
    errors: [0.123456789, 7],
    none: NaN,
  };
  const found = decodeResult<{
    images: Float32Array;
    inner: {latents: Float32Array; spectrum: number[]};
    errors: number[];
  }>(encodeResult(result));
  expect(Math.max(...found.images.map((value, i) => Math.abs(value - images[i])))).toBeLessThan(2 / 255);
  expect(Math.max(...found.inner.latents.map((value, i) => Math.abs(value - latents[i])))).toBeLessThan(2e-3);
  expect(found.inner.spectrum).toEqual([0.33333, 2e-9]);
  expect(found.errors).toEqual([0.12346, 7]);
  expect((found as unknown as {none: unknown}).none).toBeNull();
});

test("arrays of another realm survive", () => {
  const given = runInNewContext("({latents: Float32Array.of(1, 2), spectra: [Float64Array.of(3, 4)]})") as object;
  expect(decodeResult(encodeResult(given))).toEqual({latents: Float32Array.of(1, 2), spectra: [[3, 4]]});
});

test("images of one value survive", () => {
  expect(decodeResult<{images: Float32Array}>(encodeResult({images: Float32Array.of(2, 2)})).images).toEqual(
    Float32Array.of(2, 2),
  );
});

test("a result that is cut short is refused", () => {
  const bytes = encodeResult({images: new Float32Array(100)});
  expect(() => decodeResult(bytes.subarray(0, bytes.length - 1))).toThrow(/expected \d+ bytes, found \d+/);
});
