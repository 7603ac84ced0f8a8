import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
  rmSync,
  utimesSync,
} from "node:fs";
import {explainWriteError, writeAll, writeAtomically, writeWhole} from "../src/files";
import {LabError} from "../src/lab-error";
import {temporaryFolder} from "../../../test/folder";

const folder = temporaryFolder();
const text = (value: string) => (fd: number) => void writeSync(fd, value);

test("a file appears whole, with the folders on its way, and replaces what was there", async () => {
  const path = folder("new", "deep", "file.txt");
  await writeAtomically(path, text("first and long"));
  expect(readFileSync(path, "utf8")).toBe("first and long");
  await writeAtomically(path, text("second"));
  expect(readFileSync(path, "utf8")).toBe("second");
  expect(readdirSync(folder("new", "deep"))).toEqual(["file.txt"]);
});

test("while it is written, a reader sees the old file", async () => {
  const path = folder("seen.txt");
  writeFileSync(path, "old");
  await writeAtomically(path, async (fd) => {
    writeSync(fd, "half of");
    await new Promise(setImmediate);
    expect(readFileSync(path, "utf8")).toBe("old");
    writeSync(fd, " new");
  });
  expect(readFileSync(path, "utf8")).toBe("half of new");
});

test("two writers of one file do not mix: the last to end wins", async () => {
  const path = folder("race.txt");
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const slow = writeAtomically(path, async (fd) => {
    writeSync(fd, "slow ");
    await gate;
    writeSync(fd, "slow");
  });
  await writeAtomically(path, text("fast"));
  expect(readFileSync(path, "utf8")).toBe("fast");
  release();
  await slow;
  expect(readFileSync(path, "utf8")).toBe("slow slow");
});

test("a write that fails leaves nothing behind and hands on its reason", async () => {
  mkdirSync(folder("failing"));
  const path = folder("failing", "file.txt");
  const failure = writeAtomically(path, (fd) => {
    writeSync(fd, "half");
    throw new Error("the writer gave up");
  });
  await expect(failure).rejects.toThrow("the writer gave up");
  expect(readdirSync(folder("failing"))).toEqual([]);
});

test("a full disk and a file in the way are named in one sentence", async () => {
  const path = folder("full.txt");
  const full = writeAtomically(path, () => {
    throw Object.assign(new Error("ENOSPC: no space left on device, write"), {code: "ENOSPC"});
  });
  await expect(full).rejects.toThrow(`${path}: no space left on the disk`);
  writeFileSync(path, "");
  const inside = folder("full.txt", "inside.txt");
  await expect(writeAtomically(inside, text(""))).rejects.toThrow(`${inside}: a file is in the way of its folder`);
});

test("content is written whole, text as UTF-8", async () => {
  const path = folder("deep", "er", "x.csv");
  await writeWhole(path, "÷4\n");
  expect(readFileSync(path, "utf8")).toBe("÷4\n");
  await writeWhole(path, Buffer.from([1, 2]));
  expect([...readFileSync(path)]).toEqual([1, 2]);
});

test("all bytes are written one after the other, or where they are to be", () => {
  const path = folder("places.bin");
  const fd = openSync(path, "w");
  writeAll(fd, Buffer.from("abcd"));
  writeAll(fd, Buffer.from("XY"), 1);
  writeAll(fd, Buffer.from("e"));
  closeSync(fd);
  expect(readFileSync(path, "utf8")).toBe("aXYde");
});

test("what killed processes left of a file is removed ten minutes after, and nothing else", async () => {
  const path = folder("left", "file.txt");
  await writeWhole(path, "before");
  const old = [".file.txt.123-0.tmp", ".file.txt.123-4.tmp"];
  const others = [".file.txt.x-0.tmp", ".other.txt.123-0.tmp", "file.txt.123-0.tmp", ".file.txt.new.123-0.tmp"];
  const hour = Date.now() / 1000 - 3600;
  for (const name of [...old, ...others]) writeFileSync(folder("left", name), "half");
  for (const name of [...old, ...others]) utimesSync(folder("left", name), hour, hour);
  writeFileSync(folder("left", ".file.txt.124-0.tmp"), "half"); // of a process that may still write
  await writeWhole(path, "after");
  expect(readdirSync(folder("left")).sort()).toEqual([".file.txt.124-0.tmp", "file.txt", ...others].sort());
});

test("a folder that is removed meanwhile is named in one sentence", async () => {
  const path = folder("removed", "file.txt");
  const failure = writeAtomically(path, () => rmSync(folder("removed"), {recursive: true}));
  await expect(failure).rejects.toThrow(`${path}: its folder was removed or cannot be written`);
});

test("an error that is not about writing stays as it is", () => {
  const missing = Object.assign(new Error("ENOENT"), {code: "ENOENT", syscall: "open", path: "/another"});
  for (const error of [new Error("anything else"), missing]) expect(explainWriteError(error, "x")).toBe(error);
  const unmade = Object.assign(new Error("ENOENT"), {code: "ENOENT", syscall: "mkdir", path: "/another"});
  expect(explainWriteError(unmade, "x")).toEqual(
    new LabError("no-folder", "x: its folder was removed or cannot be written."),
  );
  const full = Object.assign(new Error("ENOSPC"), {code: "ENOSPC"});
  expect(explainWriteError(full, "x", "half of it is kept")).toEqual(
    new LabError("no-space", "x: no space left on the disk; half of it is kept."),
  );
});
