/**
 * Animations as GIF, which every reader of a notebook shows: frames of indexed colours, compressed by LZW.
 *
 * @see CompuServe, "Graphics Interchange Format, version 89a", 1990
 */

/** An animation of at most 256 colours. */
export interface Animation {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each colour, 0 to 255. */
  readonly palette: readonly (readonly number[])[];
  /** One index into the palette per pixel, row by row from the top. */
  readonly frames: readonly Uint8Array[];
  /** Seconds that a frame is shown. Default: 0.12. */
  readonly delay?: number;
}

/** Bytes in their order. */
class Bytes {
  private readonly parts: number[] = [];

  push(...bytes: number[]): this {
    this.parts.push(...bytes);
    return this;
  }

  /** 16 bits, the low byte first. */
  word(value: number): this {
    return this.push(value & 255, value >> 8);
  }

  text(text: string): this {
    return this.push(...Buffer.from(text, "latin1"));
  }

  get buffer(): Buffer {
    return Buffer.from(this.parts);
  }
}

/**
 * Encode an animation that repeats for ever.
 *
 * @throws RangeError if it has no frame, a frame of another size, or more than 256 colours.
 */
export function encodeGif({width, height, palette, frames, delay = 0.12}: Animation): Buffer {
  const wrong = frames.find(({length}) => length !== width * height);
  if (frames.length === 0 || wrong || palette.length < 1 || palette.length > 256) {
    const found = `${palette.length} colours and ${frames.length} frames${wrong ? `, one of ${wrong.length} pixels` : ""}`;
    throw new RangeError(
      `encodeGif: expected up to 256 colours and frames of ${width * height} pixels, found ${found}.`,
    );
  }
  const head = new Bytes().text("GIF89a").word(width).word(height).push(0xf7, 0, 0);
  for (let i = 0; i < 256; i++) head.push(...(palette[i] ?? [0, 0, 0]));
  head.push(0x21, 0xff, 11).text("NETSCAPE2.0").push(3, 1).word(0).push(0);
  const pictures = frames.flatMap((frame) => [
    new Bytes()
      .push(0x21, 0xf9, 4, 0)
      .word(Math.round(100 * delay))
      .push(0, 0, 0x2c)
      .word(0)
      .word(0)
      .word(width)
      .word(height)
      .push(0, 8).buffer,
    blocks(compress(frame)),
  ]);
  return Buffer.concat([head.buffer, ...pictures, Buffer.of(0x3b)]);
}

/** Cut data into blocks of up to 255 bytes, each behind its length, and an empty one at the end. */
function blocks(data: readonly number[]): Buffer {
  const out = new Bytes();
  for (let at = 0; at < data.length; at += 255) {
    const part = data.slice(at, at + 255);
    out.push(part.length, ...part);
  }
  return out.push(0).buffer;
}

const CLEAR = 256;
const END = 257;

/** Compress indices of 8 bits: codes of 9 to 12 bits, of runs that were seen before. */
function compress(indices: Uint8Array): number[] {
  const out: number[] = [];
  let buffer = 0;
  let held = 0;
  let size = 9;
  let next = END + 1;
  let codes = new Map<number, number>();
  const emit = (code: number) => {
    buffer |= code << held;
    for (held += size; held >= 8; held -= 8) {
      out.push(buffer & 255);
      buffer >>>= 8;
    }
  };
  emit(CLEAR);
  let run = indices[0];
  for (let i = 1; i < indices.length; i++) {
    const longer = (run << 8) | indices[i];
    const known = codes.get(longer);
    if (known !== undefined) {
      run = known;
      continue;
    }
    emit(run);
    if (next === 4096) {
      emit(CLEAR);
      codes = new Map();
      size = 9;
      next = END + 1;
    } else {
      codes.set(longer, next++);
      if (next > 1 << size && size < 12) size++;
    }
    run = indices[i];
  }
  emit(run);
  emit(END);
  if (held > 0) out.push(buffer & 255);
  return out;
}
