import {mkdirSync} from "node:fs";
import {dirname} from "node:path";
import type {Transform} from "@lola-ts/core";
import {systemOf} from "@lola-ts/simulators";
import {fitStandardization, MemorySource} from "lola/data";
import {openWell, type WellDataset} from "../src/well-dataset";
import {WellSource} from "../src/well-source";
import {temporaryFolder} from "../../../test/folder";
import {contents, writeBroken, writeContents} from "./wells";

describe("files of The Well, from which constants are fitted,", () => {
  const folder = temporaryFolder();
  const euler = systemOf("euler");
  const transform: Transform[] = ["arcsinh", "arcsinh", "identity", "identity", "identity"];
  const options = {transform, fields: euler.fields};
  let well: WellDataset;
  let paths: string[];

  beforeAll(async () => {
    paths = euler.folders.map((name) => folder(name, "one.hdf5"));
    for (const [variant, path] of paths.entries()) {
      mkdirSync(dirname(path));
      await writeContents(path, contents(euler, {variant, trajectories: 4, frames: 6, seed: variant}));
    }
    well = await openWell(paths, {system: euler});
  });
  afterAll(() => well.close());

  test("give the same constants to the bit with any number of threads, and as in memory", async () => {
    const memory = await fitStandardization(new MemorySource(well.readAll()), options);
    for (const workers of [0, 1, 2, 3]) {
      expect(await fitStandardization(new WellSource(well), {...options, workers})).toEqual(memory);
    }
    const values = well.readAll().data;
    const energy = [...values].filter((_, i) => i % 5 === 0).map(Math.asinh);
    const average = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b) / numbers.length;
    const mean = average(energy);
    const deviation = Math.sqrt(average(energy.map((value) => (value - mean) ** 2)));
    expect(memory.mean[0]).toBeCloseTo(mean, 12);
    expect(memory.std[0] / deviation).toBeCloseTo(1, 12);
  });

  test("that a thread cannot read are named in the reader's own words, and aborts end the work", async () => {
    const bad = await writeBroken(
      folder("bad.hdf5"),
      () => undefined,
      (write) => write("/t0_fields/pressure", (1 * 4 + 2) * 20 + 7, Float32Array.of(NaN)),
    );
    const broken = await openWell([bad], {system: euler});
    const work = fitStandardization(new WellSource(broken), {...options, workers: 2});
    await expect(work).rejects.toThrow(
      /bad\.hdf5 .*t0_fields\/pressure, trajectory 1, state 2: expected finite values, found NaN/,
    );
    broken.close();
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(fitStandardization(new WellSource(well), {...options, workers: 2, signal})).rejects.toThrow("enough");
  });
});
