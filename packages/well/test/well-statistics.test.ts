import {mkdirSync} from "node:fs";
import type ndarray from "ndarray";
import {readYaml} from "@lola-ts/core";
import {formatStatistics, summariseWell, type WellStatistics} from "../src/well-statistics";
import {writeWell} from "../src/writer";
import {temporaryFolder} from "../../../test/folder";
import {contents} from "./wells";

const folder = temporaryFolder();

/** Mean, deviation and root mean square by their definitions. */
function direct(values: number[]) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const square = values.reduce((sum, x) => sum + x * x, 0) / values.length;
  return {
    mean,
    std: Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length),
    rms: Math.sqrt(square),
  };
}

test("statistics are those of all values and of differences of consecutive states, and are read as written", async () => {
  const what = contents();
  const states = what.states as ReturnType<typeof ndarray<Float32Array>>[];
  for (const split of ["train", "valid"]) {
    mkdirSync(folder("one", "data", split), {recursive: true});
    await writeWell(folder("one", "data", split, "a.hdf5"), what);
  }
  const found = await summariseWell(folder("."), "one");

  const [densities, differences]: number[][] = [[], []];
  for (const state of states) {
    const [frames, nx, ny] = state.shape;
    for (let t = 0; t < frames; t++) {
      for (let i = 0; i < nx * ny; i++) {
        const x = Math.floor(i / ny);
        const y = i % ny;
        densities.push(state.get(t, x, y, 1));
        if (t > 0) differences.push(Math.fround(state.get(t, x, y, 1) - state.get(t - 1, x, y, 1)));
      }
    }
  }
  for (const key of ["mean", "std", "rms"] as const) {
    expect(found[key].density).toBeCloseTo(direct(densities)[key], 9);
    expect(found[`${key}_delta`].density).toBeCloseTo(direct(differences)[key], 9);
    expect(found[key].momentum).toHaveLength(2);
  }
  const read = readYaml(folder("one", "stats.yaml")) as WellStatistics;
  expect(formatStatistics(read)).toBe(formatStatistics(found));
});
