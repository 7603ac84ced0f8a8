import {closeSync, openSync, readFileSync, statSync, writeFileSync} from "node:fs";
import {readDirectory, ZipFile} from "../src/zip";
import {temporaryFolder} from "../../../test/folder";
import {writeZip} from "./archives";

const path = temporaryFolder();

/** Read the directory of a file. */
function directoryOf(name: string) {
  const fd = openSync(path(name), "r");
  try {
    return readDirectory(new ZipFile(path(name), fd, statSync(path(name)).size));
  } finally {
    closeSync(fd);
  }
}

test("a directory lists its entries in order, each with size, checksum and place of its content", async () => {
  await writeZip(path("whole"), {"a/one": "eins", "a/empty": ""});
  const entries = directoryOf("whole");
  expect([...entries.keys()]).toEqual(["a/one", "a/empty"]);
  const {start, size, crc} = entries.get("a/one")!;
  expect(readFileSync(path("whole")).toString("utf8", start, start + size)).toBe("eins");
  expect(crc).toBe(0x58c84e2d); // of "eins", by Python's zlib.crc32
  expect(entries.get("a/empty")).toMatchObject({size: 0, crc: 0});
});

test("bytes beyond the end of the file are refused", async () => {
  await writeZip(path("short"), {a: "x"});
  const fd = openSync(path("short"), "r");
  const {size} = statSync(path("short"));
  const file = new ZipFile(path("short"), fd, size);
  expect(file.bytesAt(0, 4).toString("latin1")).toBe("PK\x03\x04");
  expect(() => file.bytesAt(size - 1, 2)).toThrow(`expected bytes ${size - 1} to ${size + 1}, found ${size} bytes.`);
  closeSync(fd);
});

test.each([
  [
    "a name in the entry's own header that is another",
    "PK\x03\x04",
    30,
    "b",
    /expected the header of "a" at byte 0, found another/,
  ],
  [
    "a name that leads out of the folder",
    "PK\x01\x02",
    46,
    "/",
    /expected names of entries within the archive's folder/,
  ],
  [
    "another number of entries",
    "PK\x05\x06",
    10,
    "\x02",
    /expected a zip archive of one file, found 1 of its 2 entries/,
  ],
])("%s is refused", async (_, record, at, byte, expected) => {
  await writeZip(path("changed"), {a: "x"});
  const bytes = readFileSync(path("changed"));
  bytes.write(byte, bytes.indexOf(record, 0, "latin1") + at, "latin1");
  writeFileSync(path("changed"), bytes);
  expect(() => directoryOf("changed")).toThrow(expected);
});
