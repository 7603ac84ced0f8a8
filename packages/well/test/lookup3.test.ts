import {lookup3} from "../src/hdf5-writer";

test("lookup3 equals its author's published values", () => {
  const text = Buffer.from("Four score and seven years ago");
  expect(lookup3(new Uint8Array())).toBe(0xdeadbeef);
  expect(lookup3(text)).toBe(0x17770551);
});

test("every bit of a message changes about half of the checksum's bits, whatever the length", () => {
  const bits = (x: number): number => x.toString(2).replaceAll("0", "").length;
  for (let length = 1; length <= 26; length++) {
    const message = Uint8Array.from({length}, (_, i) => 37 * i + length);
    const original = lookup3(message);
    const changes = Array.from({length: 8 * length}, (_, k) => {
      const changed = message.map((byte, i) => (i === k >> 3 ? byte ^ (1 << (k & 7)) : byte));
      return bits((lookup3(changed) ^ original) >>> 0);
    });
    expect(Math.min(...changes)).toBeGreaterThan(3);
    const mean = changes.reduce((a, b) => a + b) / changes.length;
    expect(Math.abs(mean - 16)).toBeLessThan(3);
  }
});
