import sharp from "sharp";
import {withPalette} from "../../src/render/export";

const WIDTH = 64;
const HEIGHT = 48;

/** A picture of 3072 colours. */
const pixels = Buffer.from(
  Array.from({length: WIDTH * HEIGHT}, (_, i) => [4 * (i % WIDTH), 5 * Math.floor(i / WIDTH), 128]).flat(),
);
const raw = {raw: {width: WIDTH, height: HEIGHT, channels: 3}} as const;

test("a picture becomes smaller, keeps its size and nearly its colours", async () => {
  const before = await sharp(pixels, raw).png({compressionLevel: 1}).toBuffer();
  const after = await withPalette(before);
  expect(after.length).toBeLessThan(0.6 * before.length);
  expect(after[25]).toBe(3); // the colour type of palettes
  const {data, info} = await sharp(after).removeAlpha().raw().toBuffer({resolveWithObject: true});
  expect([info.width, info.height]).toEqual([WIDTH, HEIGHT]);
  const off = data.reduce((sum, value, i) => sum + Math.abs(value - pixels[i]), 0) / data.length;
  expect(off).toBeLessThan(6);
});

test("bytes that are no picture are refused", async () => {
  await expect(withPalette(Buffer.from("no picture"))).rejects.toThrow(/unsupported image format/);
});
