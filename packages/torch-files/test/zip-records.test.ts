import {crc32} from "node:zlib";
import {CENTRAL, CHUNK, END, END64, LOCAL, LOCATOR, checksum} from "../src/zip";

test("the checksum is CRC-32, with the check value of its definition", () => {
  expect(checksum(Buffer.from("123456789"))).toBe(0xcbf43926);
  expect(checksum(Buffer.alloc(0))).toBe(0);
});

test("the checksum of several chunks is that of the whole", () => {
  const content = new Uint8Array(2 * CHUNK + 5);
  for (let i = 0; i < content.length; i += 997) content[i] = i;
  expect(checksum(content)).toBe(crc32(content));
});

test("records begin with PK, as the format's author signed them, and differ", () => {
  const signatures = [LOCAL, CENTRAL, END, END64, LOCATOR].map((word) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(word);
    return bytes.toString("latin1");
  });
  expect(signatures.map((text) => text.slice(0, 2))).toEqual(signatures.map(() => "PK"));
  expect(new Set(signatures).size).toBe(signatures.length);
});
