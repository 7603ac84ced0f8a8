import {readFileSync, writeFileSync} from "node:fs";
import {deflateRawSync} from "node:zlib";
import {ZipArchive} from "../../lib/formats/zip";
import {temporaryFolder} from "../folder";
import {writeZip} from "../runs/models";

const path = temporaryFolder();
const content = Buffer.from("0123456789".repeat(20));

const opened: ZipArchive[] = [];
const open = (name: string) => {
  const archive = ZipArchive.open(path(name));
  opened.push(archive);
  return archive;
};
afterEach(() => opened.splice(0).forEach((archive) => archive.close()));

/** Write the archive with some bytes changed. */
async function damaged(name: string, change: (bytes: Buffer) => Buffer | void): Promise<void> {
  await writeZip(path("whole"), {"a/one": content, "a/two": "zwei", "a/empty": ""});
  const bytes = readFileSync(path("whole"));
  writeFileSync(path(name), change(bytes) ?? bytes);
}
const central = (bytes: Buffer) => bytes.indexOf("PK\x01\x02", 0, "latin1");

test("entries are listed and read, whole and in part", async () => {
  await damaged("good", () => undefined);
  const archive = open("good");
  expect([...archive.entries].map(([name, {size}]) => [name, size])).toEqual([
    ["a/one", 200],
    ["a/two", 4],
    ["a/empty", 0],
  ]);
  expect(Buffer.from(archive.read("a/one", 1000))).toEqual(content);
  expect(archive.read("a/empty", 0)).toHaveLength(0);
  const part = new Uint8Array(3);
  archive.readPart("a/one", 15, part);
  expect(Buffer.from(part).toString()).toBe("567");
});

test("a comment at the end is allowed", async () => {
  await damaged("comment", (bytes) => {
    bytes.writeUInt16LE(5, bytes.length - 2);
    return Buffer.concat([bytes, Buffer.from("hello")]);
  });
  expect(open("comment").entries.size).toBe(3);
});

test.each<[string, (bytes: Buffer) => Buffer | void, string]>([
  ["no archive", () => Buffer.from("\x80\x02}q\x00."), "expected a zip archive, found no directory at the end"],
  ["an empty file", () => Buffer.alloc(0), "expected a zip archive"],
  ["half a file", (bytes) => bytes.subarray(0, bytes.length / 2), "the file is truncated or no archive"],
  ["a missing start", (bytes) => bytes.subarray(100), "expected"],
  ["a compressed entry", (bytes) => void bytes.writeUInt16LE(8, central(bytes) + 10), "compression method 8"],
  ["an encrypted entry", (bytes) => void bytes.writeUInt16LE(1, central(bytes) + 8), "found it encrypted"],
  [
    "an entry that unfolds",
    (bytes) => void bytes.writeUInt32LE(2 ** 31, central(bytes) + 24),
    "200 bytes for 2147483648",
  ],
  [
    "an entry beyond the end",
    (bytes) => [20, 24].forEach((field) => bytes.writeUInt32LE(2 ** 31, central(bytes) + field)),
    "2147483648 bytes at byte 0: the file is truncated",
  ],
  [
    "a large size without its field",
    (bytes) => void bytes.writeUInt32LE(0xffffffff, central(bytes) + 24),
    "large sizes",
  ],
  ["too many entries", (bytes) => void bytes.writeUInt16LE(60000, bytes.length - 12), "a directory of 60000 entries"],
  ["one entry too many", (bytes) => void bytes.writeUInt16LE(4, bytes.length - 12), "expected"],
  [
    "a directory beyond the end",
    (bytes) => void bytes.writeUInt32LE(1e9, bytes.length - 6),
    "a directory of 3 entries",
  ],
  ["a huge directory", (bytes) => void bytes.writeUInt32LE(1e9, bytes.length - 10), "a directory of 3 entries"],
  ["a long name", (bytes) => void bytes.writeUInt16LE(60000, central(bytes) + 28), "a directory that is whole"],
  ["one name twice", (bytes) => void bytes.write("one", bytes.lastIndexOf("two"), "latin1"), '"a/one" twice'],
])("%s is refused when it is opened", async (_, change, message) => {
  await damaged("bad", change);
  expect(() => open("bad")).toThrow(message);
  expect(() => open("bad")).toThrow(path("bad"));
});

test.each<[string, (bytes: Buffer) => void, string]>([
  ["a flipped bit", (bytes) => void (bytes[bytes.indexOf("0123") + 70] ^= 1), '"a/one" with the checksum'],
  ["another entry's header", (bytes) => void bytes.write("x", 30, "latin1"), 'the header of "a/one" at byte 0'],
  ["a header that moves the content", (bytes) => void bytes.writeUInt16LE(65000, 28), '"a/one" to end by byte'],
])("%s is refused when the entry is read", async (_, change, message) => {
  await damaged("bad", change);
  const archive = open("bad");
  expect(() => archive.read("a/one", 1000)).toThrow(message);
  expect(() => archive.readPart("a/one", 0, new Uint8Array(1))).toThrow(message);
});

test("reads no more than the requested bytes", async () => {
  await damaged("good", () => undefined);
  const archive = open("good");
  expect(() => archive.read("a/one", 199)).toThrow('expected at most 199 bytes in "a/one", found 200');
  expect(() => archive.readPart("a/one", 199, new Uint8Array(2))).toThrow('bytes 199 to 201 in "a/one", found 200');
  expect(() => archive.readInto("a/one", new Uint8Array(2))).toThrow('expected 2 bytes in "a/one", found 200');
  expect(() => archive.read("a/three", 1)).toThrow('expected an entry "a/three", found none');
  expect(() => ZipArchive.open(path("none"))).toThrow("there is no such file");
});

test("every shorter file is refused", async () => {
  await damaged("whole-1", () => undefined);
  const bytes = readFileSync(path("whole-1"));
  for (let length = 0; length < bytes.length; length += 7) {
    writeFileSync(path("short"), bytes.subarray(0, length));
    expect(() => open("short")).toThrow(path("short"));
  }
});

test("the compressed form of a large entry is not unfolded", async () => {
  const bomb = deflateRawSync(Buffer.alloc(10_000_000));
  await writeZip(path("bomb"), {x: bomb});
  const bytes = readFileSync(path("bomb"));
  bytes.writeUInt16LE(8, central(bytes) + 10);
  bytes.writeUInt32LE(10_000_000, central(bytes) + 24);
  writeFileSync(path("bomb"), bytes);
  expect(() => open("bomb")).toThrow('expected "x" to be stored as it is, found compression method 8');
});
