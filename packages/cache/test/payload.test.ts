import {mkdir, mkdtemp, rm, stat, utimes, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import path from "node:path";
import {damage, describePayload, readFloats, requireSpace} from "../src/payload";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), "payload-"))));
afterEach(() => rm(folder, {recursive: true}));

test("describes a file and a folder by their SHA-256", async () => {
  await mkdir(path.join(folder, "b"));
  await writeFile(path.join(folder, "b/two"), "abc");
  await writeFile(path.join(folder, "a"), "");
  const [empty, abc] = await describePayload(folder);
  // SHA-256 of the empty string and of "abc": FIPS 180-2, appendix B.1.
  expect(empty).toMatchObject({file: "a", bytes: 0});
  expect(empty.sha256).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(abc).toMatchObject({file: path.join("b", "two"), bytes: 3});
  expect(abc.sha256).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(await describePayload(path.join(folder, "b/two"))).toEqual([{...abc, file: ""}]);
});

test("a payload that was seen before is hashed again only if its size or time changed", async () => {
  const file = path.join(folder, "x");
  await writeFile(file, "one");
  const entries = await describePayload(file);
  const {atime, mtime} = await stat(file);
  await writeFile(file, "two");
  await utimes(file, atime, mtime);
  const changed = [{...entries[0], changed: (await stat(file)).mtimeMs}]; // utimes keeps fewer digits
  expect(await damage(file, changed, true)).toBeUndefined();
  expect(await damage(file, changed, false)).toBe("the checksum differs");
  await utimes(file, 1, 1);
  expect(await damage(file, changed, true)).toBe("the checksum differs");
});

test("reads what float32 a file holds, also an empty one", async () => {
  const file = path.join(folder, "x");
  const values = Float32Array.from({length: 1001}, (_, i) => Math.sin(i));
  await writeFile(file, new Uint8Array(values.buffer));
  expect(await readFloats(file)).toEqual(values);
  await writeFile(file, "");
  expect(await readFloats(file)).toEqual(new Float32Array(0));
});

test("room is asked for before work", async () => {
  await expect(requireSpace(folder, path.join(folder, "x"), 1e17)).rejects.toThrow(/No disk space: .*x needs about/);
  await expect(requireSpace(folder, path.join(folder, "x"), 1)).resolves.toBeUndefined();
});
