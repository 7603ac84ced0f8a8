/**
 * The files whose contents The Well's own reader has been asked about: see record.py beside this file.
 */
import {join} from "node:path";
import ndarray from "ndarray";
import {sizeOf} from "@lola-ts/core";
import {systemNames, systemOf} from "@lola-ts/simulators";
import type {WellContents} from "../../src/well-dataset";
import {summariseWell} from "../../src/well-statistics";
import {contents, writeContents} from "../wells";

/** A file with scalars of each trajectory and state, constant fields, and a field that does not change along x. */
function variety(): WellContents {
  const base = contents(systemOf("euler"), {seed: 7});
  const ramp = (shape: number[], slope: number) =>
    ndarray(
      Float32Array.from({length: sizeOf(shape)}, (_, i) => slope * i),
      shape,
    );
  return {
    ...base,
    dataset: "variety",
    scalars: {
      gamma: 1.4,
      seed: {sampleVarying: true, values: [3, 1, 2]},
      drive: {timeVarying: true, values: [0.5, 1.5, 2.5, 3.5]},
      both: {sampleVarying: true, timeVarying: true, values: Array.from({length: 12}, (_, i) => i / 4)},
    },
    constantFields: [
      {name: "depth", order: 0, values: ramp([3, 5, 4], 0.25), sampleVarying: true},
      {name: "height", order: 0, values: ramp([4], 2), along: [false, true]},
      {name: "drift", order: 1, values: ramp([5, 4, 2], -1)},
    ],
    boundary: [
      [0, 1],
      [2, 2],
    ],
  };
}

/** Write them below a folder, as The Well lays them out, and return their paths below it. */
export async function writeOurs(root: string): Promise<string[]> {
  const paths: string[] = [];
  const write = async (what: WellContents, split: string, name: string): Promise<void> => {
    const path = join(what.dataset, "data", split, `${name}.hdf5`);
    await writeContents(join(root, path), what);
    paths.push(path);
  };
  for (const name of systemNames) {
    const system = systemOf(name);
    for (const [variant, folder] of system.folders.entries()) {
      for (const [seed, split] of ["train", "valid"].entries()) {
        await write(contents(system, {variant, seed}), split, "a");
        await write(contents(system, {variant, seed: 2 + seed, frames: 5, trajectories: 2}), split, "b");
      }
      await summariseWell(root, folder);
    }
  }
  for (const split of ["train", "valid"]) await write(variety(), split, "a");
  await summariseWell(root, "variety");
  return paths;
}

if (require.main === module) void writeOurs(process.argv[2]);
