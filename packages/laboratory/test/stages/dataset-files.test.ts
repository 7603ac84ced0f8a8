import {closeSync, openSync, writeFileSync, writeSync} from "node:fs";
import {checkLines, sampleFile} from "../../src/stages/dataset-files";
import {temporaryFolder} from "../../../../test/folder";

const folder = temporaryFolder();

/** Sample a file of zeros, and sample it while some bytes from a position on are ones. */
function zeros(bytes: number) {
  const file = folder("file");
  writeFileSync(file, new Uint8Array(bytes));
  const fill = (value: number, position: number, changed: number) => {
    const handle = openSync(file, "r+");
    writeSync(handle, new Uint8Array(changed).fill(value), 0, changed, position);
    closeSync(handle);
  };
  const changed = async (position: number, count = 1) => {
    fill(1, position, count);
    const sample = await sampleFile(file);
    fill(0, position, count);
    return sample;
  };
  return {plain: () => sampleFile(file), changed};
}

test.each([1, 100, 5000, 2 ** 22])("each byte of a file of %i bytes counts", async (bytes) => {
  const file = zeros(bytes);
  const plain = await file.plain();
  for (const share of [0, 0.123, 0.5, 0.77]) {
    expect(await file.changed(Math.floor(share * bytes))).not.toBe(plain);
  }
  expect(await file.changed(bytes - 1)).not.toBe(plain);
  expect(await file.plain()).toBe(plain);
});

test("a change of a thousandth of a large file is seen wherever it begins, and one of its last byte", async () => {
  const bytes = 2 ** 24 + 12_345;
  const file = zeros(bytes);
  const plain = await file.plain();
  for (let i = 0; i < 12; i++) {
    expect(await file.changed(Math.floor((i * bytes) / 13.7), Math.ceil(bytes / 1000))).not.toBe(plain);
  }
  expect(await file.changed(bytes - 1)).not.toBe(plain);
});

test("many findings are counted, the same ones said once", () => {
  const checks = Array.from({length: 25}, (_, n) => `file ${n}: odd`);
  const lines = checkLines([
    {checks, skipped: []},
    {checks, skipped: ["a: no HDF5"]},
  ]);
  expect(lines).toEqual([...checks.slice(0, 10), "and 16 more findings: see checks of the dataset"]);
  expect(checkLines([{checks: [], skipped: ["a: no HDF5"]}])).toEqual(["skipped: a: no HDF5"]);
});
