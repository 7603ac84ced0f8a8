import {createHash} from "node:crypto";
import {readFileSync, writeFileSync} from "node:fs";
import {openSafetensors, writeSafetensors} from "../src/safetensors";
import {temporaryFolder} from "../../../test/folder";

const folder = temporaryFolder();
const texts = new Map([["config", "{}"]]);
const tensors = new Map([
  ["matrix", {shape: [2, 3], data: Float32Array.of(1, -2, 3.5, NaN, Infinity, -0)}],
  ["steps", {shape: [2], data: Int32Array.of(-7, 2 ** 31 - 1)}],
]);

test("a changed byte anywhere in a file of ours is found, but in the name of the checksum: then a file has none", async () => {
  const path = folder("file.safetensors");
  await writeSafetensors(path, tensors, texts);
  const whole = readFileSync(path);
  const name = whole.indexOf("lola-sha256");
  for (let at = 0; at < whole.length; at++) {
    const bytes = Buffer.from(whole);
    bytes[at] ^= 1;
    writeFileSync(path, bytes);
    if (at >= name && at < name + "lola-sha256".length) openSafetensors(path).close();
    else expect(() => openSafetensors(path)).toThrow(`${path}: `);
  }
  writeFileSync(path, whole);
  const file = openSafetensors(path);
  expect([...file.metadata]).toEqual([...texts]);
  file.close();
});

test("a checksum is the SHA-256 of the file in which its digits are zeros", async () => {
  const path = folder("file.safetensors");
  await writeSafetensors(path, tensors);
  const text = readFileSync(path, "latin1");
  const digits = /"lola-sha256":"([0-9a-f]{64})"/.exec(text)![1];
  const blank = Buffer.from(text.replace(digits, "0".repeat(64)), "latin1");
  expect(createHash("sha256").update(blank).digest("hex")).toBe(digits);
});
