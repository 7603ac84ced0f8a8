import {mkdirSync, readdirSync, readFileSync, writeFileSync, writeSync} from "node:fs";
import {writeAtomically} from "../../lib/core/files";
import {temporaryFolder} from "../folder";

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
