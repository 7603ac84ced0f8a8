/**
 * Results as bytes: a page that is opened as a file may load scripts alone, so that data come as text in scripts.
 *
 * Layout: length of the JSON text (u32, little-endian), the text, then the values. In the text, an array of images is
 * {"$images": [offset, length, low, high]}, quantised to bytes between low and high; an array of half-precision numbers is
 * {"$half": [offset, length]}; other rows of numbers are lists.
 */
import {fromHalf, toHalf} from "@lola-ts/core";

const DIGITS = 5;

function quantised(values: Float32Array): {bytes: Uint8Array; low: number; high: number} {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const step = high > low ? 255 / (high - low) : 0;
  return {bytes: Uint8Array.from(values, (value) => Math.round((value - low) * step)), low, high};
}

/** Encode half-precision numbers, little-endian. */
export function toHalves(values: Float32Array): Uint8Array {
  return new Uint8Array(toHalf(values).buffer);
}

export function fromHalves(bytes: Uint8Array): Float32Array {
  return fromHalf(new Uint16Array(bytes.slice().buffer));
}

/** Whether a value is an array of a type, perhaps of another realm: the tensor engine's are, where tests pack a system. */
const isTyped = <T>(value: unknown, type: string): value is T =>
  Object.prototype.toString.call(value) === `[object ${type}]`;

export function encodeResult(result: unknown): Uint8Array {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const place = (bytes: Uint8Array): number => {
    parts.push(bytes);
    offset += bytes.length;
    return offset - bytes.length;
  };
  const text = JSON.stringify(result, (key, value: unknown) => {
    if (isTyped<Float64Array>(value, "Float64Array"))
      return Array.from(value, (one) => Number(one.toPrecision(DIGITS)));
    if (typeof value === "number" && !Number.isInteger(value)) return Number(value.toPrecision(DIGITS));
    if (!isTyped<Float32Array>(value, "Float32Array")) return value;
    const isImages = key !== "latents";
    if (!isImages) return {$half: [place(toHalves(value)), value.length]};
    const {bytes, low, high} = quantised(value);
    return {$images: [place(bytes), value.length, low, high]};
  });
  const header = new TextEncoder().encode(text);
  const all = new Uint8Array(4 + header.length + offset);
  new DataView(all.buffer).setUint32(0, header.length, true);
  all.set(header, 4);
  let at = 4 + header.length;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Decode text of files. A loop: with a callback for each of millions of bytes the first picture comes later. */
export function fromBase64(text: string): Uint8Array {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

/** Decode a result. @throws Error if it is cut short. */
export function decodeResult<T>(bytes: Uint8Array): T {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const start = 4 + length;
  const text = new TextDecoder().decode(bytes.subarray(4, start));
  const take = (at: number, size: number): Uint8Array => {
    if (start + at + size > bytes.length) throw new Error(`expected ${start + at + size} bytes, found ${bytes.length}`);
    return bytes.subarray(start + at, start + at + size);
  };
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== "object" || value === null) return value;
    const {$images: images, $half: half} = value as {$images?: number[]; $half?: number[]};
    if (half) return fromHalves(take(half[0], 2 * half[1]));
    if (!images) return value;
    const [at, size, low, high] = images;
    const values = new Float32Array(size);
    take(at, size).forEach((byte, i) => (values[i] = low + (byte / 255) * (high - low)));
    return values;
  }) as T;
}
