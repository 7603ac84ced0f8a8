/** Damages of bytes and texts that are common to formats. */
import type {Rng} from "@lola-ts/core";

/** Draw one item of a list. */
export const pick = <T>(rng: Rng, list: readonly T[]): T => list[rng.integer(list.length)];

/** Integers at which readers break: signs, powers of two and their neighbours. */
const INTEGERS = [0, 1, 2, 3, 7, 64, 127, 128, 255, 256, 2 ** 15, 65535, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

/** Replace `count` bytes from `from` on by others. */
export function splice(bytes: Buffer, from: number, count: number, insert: Uint8Array | string = ""): Buffer {
  const middle = typeof insert === "string" ? Buffer.from(insert) : insert;
  return Buffer.concat([bytes.subarray(0, from), middle, bytes.subarray(from + count)]);
}

/** Write an integer of 1, 2, 4 or 8 bytes at which readers break. */
function overwriteInteger(bytes: Buffer, rng: Rng): Buffer {
  const width = pick(rng, [1, 2, 4, 8]);
  const out = Buffer.from(bytes);
  if (out.length < width) return out;
  const word = Buffer.alloc(8);
  word.writeBigUInt64LE(rng.integer(8) === 0 ? 2n ** 64n - 1n : BigInt(pick(rng, INTEGERS)));
  word.copy(out, rng.integer(out.length - width + 1), 0, width);
  return out;
}

const BYTE_MUTATIONS: readonly ((bytes: Buffer, rng: Rng) => Buffer)[] = [
  (bytes, rng) => {
    const out = Buffer.from(bytes);
    if (out.length > 0) out[rng.integer(out.length)] ^= 1 << rng.integer(8);
    return out;
  },
  (bytes, rng) => splice(bytes, rng.integer(bytes.length + 1), 1, Buffer.of(rng.integer(256))),
  overwriteInteger,
  (bytes, rng) => bytes.subarray(0, rng.integer(bytes.length + 1)),
  (bytes, rng) => splice(bytes, rng.integer(bytes.length + 1), rng.integer(16)),
  (bytes, rng) => splice(bytes, rng.integer(bytes.length + 1), 0, Buffer.alloc(1 + rng.integer(64), rng.integer(256))),
  (bytes, rng) => {
    const from = rng.integer(bytes.length + 1);
    return splice(bytes, rng.integer(bytes.length + 1), 0, bytes.subarray(from, from + rng.integer(256)));
  },
];

/** Damage bytes without knowledge of their structure: flipped bits, integers, cuts, repetitions. */
export const mutateBytes = (bytes: Buffer, rng: Rng): Buffer => pick(rng, BYTE_MUTATIONS)(bytes, rng);

/** Values at which readers of texts break. */
const WORDS = [
  ...["", "null", "true", "false", "0", "-0", "-1", "1.5", "1e300", "1e999", "-1e308", "NaN", ".nan", ".inf", "0x10"],
  ...["9007199254740993", "18446744073709551616", '"x"', '"\\u0000"', '"\\u001b[2J"', "[]", "{}", "[[[[", "{{{{"],
  ...["__proto__", "constructor", "toString", '"false"', "../../etc", "*a", "&a", "!!js/function", "<<", "|", ">", "?"],
  ...["\u0000", "\u001b[31m", "\u202e", "\ufeff", "\ud800", "\r", "\t", ",", ":", '"', "'", "\n", "# ", "---\n", "..."],
];

/** Characters of a token that is repeated, at most. */
const LONGEST = 2 ** 18;

/** Damage a text at the bounds of its tokens. */
export function mutateText(text: string, rng: Rng): string {
  const tokens = text.match(/[\p{L}\p{N}_.+-]+|\s+|./gsu) ?? [];
  const at = rng.integer(tokens.length + 1);
  const other = tokens[rng.integer(Math.max(1, tokens.length))] ?? "";
  const kind = rng.integer(7);
  if (kind === 0) tokens.splice(at, 1, pick(rng, WORDS));
  else if (kind === 1) tokens.splice(at, 0, pick(rng, WORDS));
  else if (kind === 2) tokens.splice(at, 1 + rng.integer(8));
  else if (kind === 3) tokens.splice(at, 1, other);
  else if (kind === 4) tokens.splice(at, 0, ...tokens.slice(at, at + 1 + rng.integer(64)));
  else if (kind === 5) {
    const token = tokens[at] ?? "x";
    tokens.splice(
      at,
      0,
      token.repeat(Math.min(2 ** rng.integer(17), Math.ceil(LONGEST / token.length))).slice(0, LONGEST),
    );
  } else tokens.splice(at, 1, `${pick(rng, INTEGERS)}`);
  return tokens.join("");
}

/** Damage by several of the mutations at once, mostly by one. */
export function several(rng: Rng, mutate: (bytes: Buffer) => Buffer, bytes: Buffer): Buffer {
  let out = bytes;
  for (let i = pick(rng, [1, 1, 1, 2, 3, 8]); i > 0; i--) out = mutate(out);
  return out;
}
