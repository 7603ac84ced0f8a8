import {writeFileSync} from "node:fs";
import {checkLines, sampleFile} from "../../src/stages/dataset-files";
import {temporaryFolder} from "../../../../test/folder";

const folder = temporaryFolder();

/** Sample a file of zeros in which some bytes from `position` on are ones. */
function sampled(bytes: number, position = 0, changed = 0): Promise<string> {
  const file = folder("file");
  writeFileSync(file, new Uint8Array(bytes).fill(1, position, position + changed));
  return sampleFile(file);
}

test.each([1, 100, 5000, 2 ** 22])("each byte of a file of %i bytes counts", async (bytes) => {
  const plain = await sampled(bytes);
  expect(await sampled(bytes)).toBe(plain);
  for (const share of [0, 0.123, 0.5, 0.77]) {
    expect(await sampled(bytes, Math.floor(share * bytes), 1)).not.toBe(plain);
  }
  expect(await sampled(bytes, bytes - 1, 1)).not.toBe(plain);
});

test("a change of a thousandth of a large file is seen wherever it begins, and one of its last byte", async () => {
  const bytes = 2 ** 24 + 12_345;
  const plain = await sampled(bytes);
  for (let i = 0; i < 12; i++) {
    const position = Math.floor((i * bytes) / 13.7);
    expect(await sampled(bytes, position, Math.ceil(bytes / 1000))).not.toBe(plain);
  }
  expect(await sampled(bytes, bytes - 1, 1)).not.toBe(plain);
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
