import {mkdirSync, statSync, truncateSync} from "node:fs";
import {dirname} from "node:path";
import {systemOf} from "@lola-ts/simulators";
import {Batches, MemorySource, standardize, type Batch, type BatchesOptions, type Standardization} from "lola/data";
import {Loader, openBatches} from "../../../lib/data/loader";
import type {BatchStream} from "../../../lib/data/batches";
import {writeHdf5} from "../src/hdf5-writer";
import {wellTree} from "../src/layout";
import {openWell, type WellDataset} from "../src/well-dataset";
import {WellSource} from "../src/well-source";
import {temporaryFolder} from "../../../test/folder";
import {contents, line, writeBroken, writeContents} from "./wells";

const folder = temporaryFolder();
const euler = systemOf("euler");
const standardization: Standardization = {
  transform: ["arcsinh", "arcsinh", "identity", "identity", "identity"],
  mean: [0.1, 0.2, 0.3, 0, 0],
  std: [1, 2, 3, 4, 4],
};
let well: WellDataset;
let options: BatchesOptions;

beforeAll(async () => {
  const paths = euler.folders.map((name) => folder(name, "one.hdf5"));
  for (const [variant, path] of paths.entries()) {
    mkdirSync(dirname(path));
    await writeContents(path, contents(euler, {variant, trajectories: 4, frames: 6, seed: variant}));
  }
  well = await openWell(paths, {system: euler});
  const labels = well.trajectories.map((_, i) => well.label(i));
  const boundaries = well.trajectories.map(({boundary}) => boundary);
  options = {window: 3, batch: 5, seed: 3, labels, augment: {fields: euler.fields, permute: false, boundaries}};
});
afterAll(() => well.close());

async function take(stream: BatchStream, steps: number): Promise<Batch[]> {
  const batches: Batch[] = [];
  for (let i = 0; i < steps; i++) batches.push(await stream.next());
  return batches;
}

test.each([1, 2])("batches are the same in memory, from the disk and made ahead; stride %i", async (stride) => {
  const source = new WellSource(well, {stride, standardization});
  const memory = new Batches(new MemorySource(standardize(well.readAll({stride}), standardization)), options);
  const loader = new Loader(source, options);
  const expected = await take(memory, 20); // 32 or 8 windows an epoch: several epochs
  expect(loader).toMatchObject({shape: memory.shape, epoch: memory.epoch});
  expect(await take(new Batches(source, options), 20)).toEqual(expected);
  expect(await take(loader, 20)).toEqual(expected);
  for (const step of [7, 2, 3, 5, 18]) {
    loader.seek(step);
    expect(await loader.next()).toEqual(expected[step]);
  }
  expect(new Set(expected.map(({label}) => label!.join())).size).toBeGreaterThan(1); // of both datasets
  await loader.close();
});

test("an epoch holds every window once", async () => {
  const loader = new Loader(new WellSource(well), {window: 3, batch: 4, seed: 0});
  const first = (await take(loader, 8)).flatMap(({x}) => [0, 1, 2, 3].map((slot) => x[slot * 300]));
  const all = well.trajectories.flatMap((_, i) =>
    [0, 1, 2, 3].map((start) => well.read(i, {start, length: 1}).data[0]),
  );
  expect([...first].sort()).toEqual([...all].sort());
  expect(new Set(first).size).toBe(32);
  await loader.close();
});

test("options are refused at once, and what is in memory needs no other thread", () => {
  const source = new WellSource(well);
  expect(() => new Loader(source, {...options, window: 7})).toThrow("expected room for 7 states with stride 1");
  expect(openBatches(new MemorySource(well.readAll()), options)).toBeInstanceOf(Batches);
});

test("a NaN is reported with its batch, in the reader's own words; other batches arrive", async () => {
  const hole = (1 * 4 + 2) * 20;
  const path = await writeBroken(
    folder("nan.hdf5"),
    () => undefined,
    (write) => write("/t0_fields/pressure", hole, Float32Array.of(NaN)),
  );
  const broken = await openWell([path], {system: euler});
  const source = new WellSource(broken);
  const here = new Batches(source, {window: 1, batch: 1, seed: 0});
  const there = new Loader(source, {window: 1, batch: 1, seed: 0});
  const outcome = async (stream: BatchStream, step: number) => {
    stream.seek(step);
    try {
      return (await stream.next()).x;
    } catch (error) {
      return (error as Error).message;
    }
  };
  const outcomes = [];
  for (let step = 0; step < 12; step++) {
    outcomes.push(await outcome(there, step));
    expect(outcomes[step]).toEqual(await outcome(here, step));
  }
  expect(outcomes.filter((one) => typeof one === "string")).toEqual([
    expect.stringMatching(
      /nan\.hdf5 .*t0_fields\/pressure, trajectory 1, state 2: expected finite values, found NaN\.$/,
    ),
  ]);
  await there.close();
  broken.close();
});

test("a truncated file is reported, and so is the end of the thread", async () => {
  const path = await writeContents(folder("short.hdf5"), contents(euler));
  const whole = await openWell([path], {system: euler});
  const {size} = statSync(path);
  truncateSync(path, size - 100);
  const loader = new Loader(new WellSource(whole), {window: 1, batch: 1, seed: 0});
  await expect(loader.next()).rejects.toThrow(
    `short.hdf5: the file is truncated, expected ${size} bytes, found ${size - 100}`,
  );
  await loader.close();
  loader.seek(100);
  await expect(loader.next()).rejects.toThrow(/^The worker of batch 100 ended with code [01]$/);
  whole.close();
});

test("memory does not grow with the file", async () => {
  const cells = 64;
  const frames = 100;
  const trajectories = 200;
  const structure = {
    ...contents(euler, {trajectories: 1}),
    axes: ["x", "y"].map((name) => ({name, coordinates: line(cells, 1)})),
    times: Float32Array.from({length: frames}, (_, i) => i),
    trajectories,
  };
  const path = folder("large.hdf5");
  await writeHdf5(path, wellTree(structure)); // zeros that take no place on the disk
  expect(statSync(path).size).toBeGreaterThan(1.6e9);
  const large = await openWell([path], {system: euler});
  const loader = new Loader(new WellSource(large, {standardization}), {window: 5, batch: 32, seed: 0});
  const before = process.memoryUsage.rss();
  let most = 0;
  for (let i = 0; i < 36; i++) {
    await loader.next(); // 13 MB
    most = Math.max(most, process.memoryUsage.rss() - before);
  }
  await loader.close();
  large.close();
  expect(most).toBeLessThan(300e6);
});
