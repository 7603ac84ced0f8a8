/** Read GIFs back, by their specification. */

/** Read the frames of a GIF with one palette of 256 colours, as its specification says. */
export function decodeGif(gif: Buffer) {
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
      if (gif[at] !== 0x2c || gif[at + 10] !== 8) throw new Error(`expected an image of 8 bits at ${at}`);
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
