import {encodeGif} from "../../../lib/figures/render/gif";
import {decodeGif} from "./decode-gif";

/** Pictures that compress well and badly, long enough for the table of codes to be full. */
const pictures: [string, (i: number) => number][] = [
  ["one colour", () => 3],
  ["stripes", (i) => i % 7],
  ["noise", (i) => (Math.imul(i, 2654435761) >>> 13) & 255],
];

test.each(pictures)("%s come back as they were", (_, pixel) => {
  const width = 97;
  const height = 61;
  const frames = [0, 1].map((shift) => Uint8Array.from({length: width * height}, (__, i) => pixel(i + shift)));
  const palette = Array.from({length: 256}, (__, i) => [i, 255 - i, i >> 1]);
  const found = decodeGif(encodeGif({width, height, palette, frames, delay: 0.2}));
  expect([found.width, found.height, found.delays]).toEqual([width, height, [20, 20]]);
  expect(found.palette).toEqual(palette);
  expect(found.frames).toEqual(frames.map((frame) => [...frame]));
});

test("a short palette is enough, and the picture repeats for ever", () => {
  const gif = encodeGif({width: 2, height: 1, palette: [[1, 2, 3]], frames: [new Uint8Array(2)]});
  expect(decodeGif(gif)).toMatchObject({frames: [[0, 0]], delays: [12]});
  expect(gif.toString("latin1")).toContain("NETSCAPE2.0\x03\x01\x00\x00\x00");
});

test("refuses frames of another size, none, and too many colours", () => {
  const good = {width: 2, height: 2, palette: [[0, 0, 0]], frames: [new Uint8Array(4)]};
  expect(() => encodeGif({...good, frames: [new Uint8Array(3)]})).toThrow(
    "frames of 4 pixels, found 1 colours and 1 frames, one of 3",
  );
  expect(() => encodeGif({...good, frames: []})).toThrow("0 frames");
  expect(() => encodeGif({...good, palette: new Array(257).fill([0, 0, 0])})).toThrow("257 colours");
});
