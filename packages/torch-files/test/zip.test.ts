import {readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {deflateRawSync} from "node:zlib";
import {ZipArchive} from "../src/zip";
import {temporaryFolder} from "../../../test/folder";
import {writeZip} from "./archives";

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
/** Position of an entry in the directory. */
function central(bytes: Buffer, entry = 0): number {
  let at = bytes.indexOf("PK\x01\x02", 0, "latin1");
  for (let i = 0; i < entry; i++) at = bytes.indexOf("PK\x01\x02", at + 1, "latin1");
  return at;
}
/** Change a name in header and directory. */
function rename(bytes: Buffer, from: string, to: string): void {
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at, "latin1");
}

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
  [
    "too many entries",
    (bytes) => [12, 14].forEach((field) => bytes.writeUInt16LE(60000, bytes.length - field)),
    "a directory of 60000 entries",
  ],
  [
    "one entry too many",
    (bytes) => [12, 14].forEach((field) => bytes.writeUInt16LE(4, bytes.length - field)),
    "a directory of 4 entries",
  ],
  [
    "a directory beyond the end",
    (bytes) => void bytes.writeUInt32LE(1e9, bytes.length - 6),
    "a directory of 3 entries",
  ],
  ["a huge directory", (bytes) => void bytes.writeUInt32LE(1e9, bytes.length - 10), "a directory of 3 entries"],
  ["a long name", (bytes) => void bytes.writeUInt16LE(60000, central(bytes) + 28), "a directory that is whole"],
  [
    "one entry too few",
    (bytes) => [12, 14].forEach((field) => bytes.writeUInt16LE(2, bytes.length - field)),
    "more bytes after them",
  ],
  ["two numbers of entries", (bytes) => void bytes.writeUInt16LE(2, bytes.length - 14), "2 of its 3 entries"],
  ["another disk", (bytes) => void bytes.writeUInt16LE(1, bytes.length - 18), "a zip archive of one file"],
  [
    "bytes between directory and end",
    (bytes) => Buffer.concat([bytes.subarray(0, -22), Buffer.alloc(4), bytes.subarray(-22)]),
    "that ends at byte",
  ],
  ["bytes before the archive", (bytes) => Buffer.concat([Buffer.alloc(64), bytes]), "that ends at byte"],
  ["two entries in one place", (bytes) => void bytes.writeUInt32LE(0, central(bytes, 1) + 42), "expected"],
  [
    "content in the directory",
    (bytes) => [central(bytes, 2) + 20, central(bytes, 2) + 24].forEach((at) => bytes.writeUInt32LE(46, at)),
    "expected",
  ],
  ["another entry's header", (bytes) => void bytes.write("x", 30, "latin1"), 'the header of "a/one" at byte 0'],
  ["a header that moves the content", (bytes) => void bytes.writeUInt16LE(65000, 28), "expected bytes"],
  ["a header of another size", (bytes) => void bytes.writeUInt32LE(199, 22), 'the header of "a/one"'],
  ["a header of another checksum", (bytes) => void bytes.writeUInt32LE(1, 14), 'the header of "a/one"'],
  ["a header of another method", (bytes) => void bytes.writeUInt16LE(8, 8), 'the header of "a/one"'],
  [
    "a later version of the format",
    (bytes) => void bytes.writeUInt16LE(64, central(bytes) + 6),
    "in a version up to 63, found 64",
  ],
  ["a 7z archive", () => Buffer.from("7z\xbc\xaf\x27\x1c\0\x04" + "\0".repeat(64), "latin1"), "expected a zip archive"],
  ["a name that leads out", (bytes) => rename(bytes, "a/one", "../on"), 'archive\'s folder, found "../on"'],
  ["an absolute name", (bytes) => rename(bytes, "a/one", "/aone"), "names of entries within"],
  ["a name of another system", (bytes) => rename(bytes, "a/one", "C:\\on"), "names of entries within"],
  ["a name with an end inside", (bytes) => rename(bytes, "a/one", "a/o\0e"), "names of entries within"],
  ["a name that is no UTF-8", (bytes) => rename(bytes, "a/one", "a/o\xffe"), "names of entries within"],
  ["one name twice", (bytes) => void bytes.write("one", bytes.lastIndexOf("two"), "latin1"), '"a/one" twice'],
])("%s is refused when it is opened", async (_, change, message) => {
  await damaged("bad", change);
  expect(() => open("bad")).toThrow(message);
  expect(() => open("bad")).toThrow(path("bad"));
});

test("a flipped bit is refused when the entry is read", async () => {
  await damaged("bad", (bytes) => void (bytes[bytes.indexOf("0123") + 70] ^= 1));
  const archive = open("bad");
  expect(() => archive.read("a/one", 1000)).toThrow('"a/one" with the checksum');
  expect(() => archive.readPart("a/one", 0, new Uint8Array(1))).toThrow('"a/one" with the checksum');
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

describe("the large records of an official archive", () => {
  const official = join(__dirname, "../../../test/reference/lola-run/sm/tiny_euler_all_f4c4_vit_tiny/state.pth");
  /** Write the official archive with a field of its last records changed; `at` counts from the end. */
  function changed(at: number, value: number): void {
    const bytes = readFileSync(official);
    bytes.writeUInt32LE(value, bytes.length + at);
    writeFileSync(path("large"), bytes);
  }

  test("agree with each other", () => {
    writeFileSync(path("large"), readFileSync(official));
    expect(open("large").entries.size).toBe(41);
  });

  test.each<[string, number, number, string]>([
    ["another disk in the locator", -22 - 16, 1, "a zip archive of one file"],
    ["two disks in the locator", -22 - 4, 2, "a zip archive of one file, found one of 2"],
    ["another place of the large record", -22 - 12, 5, "a large directory's record before its place"],
    ["another disk in the large record", -22 - 20 - 40, 1, "a directory of 41 entries"],
    ["another number in the large record", -22 - 20 - 24, 40, "a directory of 41 entries, found 41 and 40"],
    ["another length in the large record", -22 - 20 - 16, 2000, "a directory of 41 entries"],
    ["another place in the large record", -22 - 20 - 8, 2000, "a directory of 41 entries"],
    ["another record in its place", -22 - 20 - 56, 0, "a large directory's record, found another"],
  ])("%s is refused", (_, at, value, message) => {
    changed(at, value);
    expect(() => open("large")).toThrow(message);
  });
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
