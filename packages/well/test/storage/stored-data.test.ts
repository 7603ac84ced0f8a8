/** Files that h5py wrote (fixtures.py): whole and partly written in each layout, and hostile ones. */
import {readdirSync, readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {gunzipSync} from "node:zlib";
import {openWell} from "../../src/well-dataset";
import {temporaryFolder} from "../../../../test/folder";

const fixtures = join(__dirname, "fixtures");
const folder = temporaryFolder();

/** Unpack a fixture and return its path. */
function unpack(name: string): string {
  const path = folder(`${name}.h5`);
  writeFileSync(path, gunzipSync(readFileSync(join(fixtures, `${name}.h5.gz`))));
  return path;
}

const named = (start: string): string[] =>
  readdirSync(fixtures)
    .filter((name) => name.startsWith(start))
    .map((name) => name.slice(0, -".h5.gz".length));

/** Open and read a fixture; the sum of its last trajectory, or the sentence that refuses it. */
async function outcome(name: string): Promise<number | string> {
  const path = unpack(name);
  try {
    const dataset = await openWell([path]);
    const {data} = dataset.read(dataset.length - 1);
    dataset.close();
    return data.reduce((a, b) => a + b, 0);
  } catch (error) {
    return (error as Error).message.replace(path, "file");
  }
}

test.each(named("whole"))("%s: a file that holds every value is read in each layout", async (name) => {
  const [all, last] = name.includes("paged") ? [3 * 4 * 64 * 64, 4 * 64 * 64] : [240, 80];
  const constant = {"whole-compact": 2 * last, "whole-implicit": last}[name];
  const ramp = Float32Array.from({length: last}, (_, i) => all - last + i).reduce((a, b) => a + b, 0);
  expect(await outcome(name)).toBe(constant ?? ramp);
});

test.each(named("partial"))("%s: a file in which values were never written is refused", async (name) => {
  expect(await outcome(name)).toMatch(
    /^file: \/t0_fields\/density: expected (\d+ chunks of )?values, found .*never written\.$/,
  );
});

describe("nothing outside of a file is opened", () => {
  const inside = "expected an object in the file itself, found the external link";
  const cases = [
    ["external-last", `file: /t0_fields/density: ${inside} /t0_fields/density to /secret of other.h5.`],
    ["external-middle", `file: /t0_fields: ${inside} /t0_fields to /g of other.h5.`],
    ["external-soft", `file: /t0_fields/density: ${inside} /m to /g of other.h5.`],
    ["raw", "file: /t0_fields/density: expected values in the file itself, found values in other files as raw bytes."],
    ["virtual", "file: /t0_fields/density: expected values in the file itself, found values in other datasets."],
  ];

  test.each(cases)("%s", async (name, sentence) => {
    unpack("other");
    expect(await outcome(name)).toBe(sentence);
  });
});

describe("a declared size is compared with the file before anything is allocated", () => {
  const cases: [string, RegExp][] = [
    [
      "bomb-chunk",
      /expected compressed chunks of at most 134217728 bytes unless .*, found 536870912 from 521832 bytes\.$/,
    ],
    ["stream", /expected compressed chunks to be smaller than their values, found 960 from \d+ bytes\.$/],
    ["many", /@n_trajectories: expected an integer from 1 to 1000000, found 50000000\.$/],
    ["shared", /@n_trajectories: expected an integer from 1 to 1000000, found 30000000\.$/],
    ["hugetraj", /@n_trajectories: expected an integer from 1 to 1000000, found 10000000000000\.$/],
    ["hugegrid", /dimensions\/x: expected 9765625000 chunks of values, found a file of 18408 bytes/],
    ["hugeframes", /dimensions\/time: expected 9765625000 chunks of values, found a file of 18528 bytes/],
    ["tile", /^file: expected 4 states.* to take at most .* GB of memory, found 160 GB\.$/],
    ["mask", /^file: expected 4 states.* to take at most .* GB of memory, found 17\.2 GB\.$/],
  ];

  test.each(cases)("%s", async (name, sentence) => {
    await outcome("whole-contiguous"); // the library is loaded
    const before = process.memoryUsage().rss;
    expect(await outcome(name)).toMatch(sentence);
    expect((process.memoryUsage().rss - before) / 1e6).toBeLessThan(500);
  });
});

test("soft links that lead in circles, texts, and numbers of two bytes are refused", async () => {
  expect(await outcome("loop")).toBe(
    "file: /t0_fields/density: expected at most 16 soft links, found links that lead in circles.",
  );
  expect(await outcome("text")).toMatch("/t0_fields/density: expected numbers of 1 to 8 bytes, found texts of");
  expect(await outcome("half")).toMatch("expected numbers of 1 to 8 bytes, found floating-point numbers of 2 bytes");
});

test("texts of a file are printed without control characters", async () => {
  expect(await outcome("esc")).toBe(
    "file (dataset \\u001b[31mred\\u0007): /t0_fields/a\\u001b]0;x\\u0007: expected a dataset, found none.",
  );
});
