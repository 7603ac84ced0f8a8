import {encodeGif} from "../../../lib/figures/render/gif";

/** Read the frames of a GIF with one palette of 256 colours, as its specification says. */
function decode(gif: Buffer) {
  const width = gif.readUInt16LE(6);
  const height = gif.readUInt16LE(8);
  const palette = Array.from({length: 256}, (_, i) => [...gif.subarray(13 + 3 * i, 16 + 3 * i)]);
  const frames: number[][] = [];
  const delays: number[] = [];
  let at = 13 + 768;
  const blocks = () => {
    const parts: Buffer[] = [];
    for (; gif[at] > 0; at += 1 + gif[at]) parts.push(gif.subarray(at + 1, at + 1 + gif[at]));
    at++;
    return Buffer.concat(parts);
  };
  while (gif[at] !== 0x3b) {
    if (gif[at] === 0x21) {
      const kind = gif[at + 1];
      at += 2;
      const content = blocks();
      if (kind === 0xf9) delays.push(content.readUInt16LE(1));
    } else {
      expect(gif[at]).toBe(0x2c);
      expect(gif[at + 10]).toBe(8);
      at += 11;
      frames.push(expand(blocks()));
    }
  }
  return {width, height, palette, frames, delays};
}

/** Undo LZW: codes name entries of a table that grows by one per code. */
function expand(data: Buffer): number[] {
  const out: number[] = [];
  let table: number[][] = [];
  let bits = 0;
  let size = 9;
  let previous: number[] | undefined;
  const reset = () => {
    table = Array.from({length: 258}, (_, i) => (i < 256 ? [i] : []));
    [size, previous] = [9, undefined];
  };
  for (;;) {
    let code = 0;
    for (let b = 0; b < size; b++, bits++) code |= ((data[bits >> 3] >> (bits & 7)) & 1) << b;
    if (code === 257) return out;
    if (code === 256) {
      reset();
      continue;
    }
    const entry: number[] = table[code] ?? [...previous!, previous![0]];
    if (previous && table.length < 4096) table.push([...previous, entry[0]]);
    if (table.length === 1 << size && size < 12) size++;
    out.push(...entry);
    previous = entry;
  }
}

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
  const found = decode(encodeGif({width, height, palette, frames, delay: 0.2}));
  expect([found.width, found.height, found.delays]).toEqual([width, height, [20, 20]]);
  expect(found.palette).toEqual(palette);
  expect(found.frames).toEqual(frames.map((frame) => [...frame]));
});

test("a short palette is enough, and the picture repeats for ever", () => {
  const gif = encodeGif({width: 2, height: 1, palette: [[1, 2, 3]], frames: [new Uint8Array(2)]});
  expect(decode(gif)).toMatchObject({frames: [[0, 0]], delays: [12]});
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
