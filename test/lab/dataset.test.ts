import {mkdirSync} from "node:fs";
import {dirname} from "node:path";
import {systemOf} from "../../lib/data/systems";
import {preset} from "../../lib/lab/presets";
import {contents, writeContents} from "../data/wells";
import {smokeLabs} from "./smoke";

const {folder, open} = smokeLabs();

test("simulates data that are standardised over the training split", async () => {
  const dataset = await open().dataset();
  const states = dataset.states("train");
  const {train, valid, test} = dataset.wells;
  expect([train.length, valid.length, test.length]).toEqual([2, 1, 1]);
  const channels = train.channels.length;
  for (let c = 0; c < channels; c++) {
    const values = states.data.filter((_, i) => i % channels === c);
    const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect(Math.abs(square - 1)).toBeLessThan(0.5); // vector components share one deviation
  }
  expect(dataset.summary.floors).toBe(0);
});

test("is simulated once: another laboratory opens the same numbers", async () => {
  const [first, second] = [await open().dataset(), await open().dataset()];
  expect(second.key).toBe(first.key);
  expect(second.summary).toEqual(first.summary); // the time that it took included
  expect(second.states("valid").data).toEqual(first.states("valid").data);
  expect(first.describe().map(({split, trajectories, frames, grid}) => [split, trajectories, frames, grid])).toEqual([
    ["train", 2, 11, "16 × 16"],
    ["valid", 1, 11, "16 × 16"],
    ["test", 1, 11, "16 × 16"],
  ]);
});

describe("The Well's own files", () => {
  const {LOLA_WELL} = process.env;
  afterAll(() => {
    if (LOLA_WELL === undefined) delete process.env.LOLA_WELL;
    else process.env.LOLA_WELL = LOLA_WELL;
  });
  const paper = (system = "euler") => open(() => preset(system, "paper"));

  /** Small files in the folders of some splits. */
  async function write(root: string, splits: string[], frames = 9): Promise<void> {
    const euler = systemOf("euler");
    for (const split of splits) {
      for (const [variant, dataset] of euler.folders.entries()) {
        const file = folder(root, "datasets", dataset, "data", split, "one.hdf5");
        mkdirSync(dirname(file), {recursive: true});
        await writeContents(file, contents(euler, {variant, trajectories: 2, frames}));
      }
    }
    process.env.LOLA_WELL = folder(root);
  }

  test("are named with their folders when they are not there", async () => {
    process.env.LOLA_WELL = folder("nowhere");
    await expect(paper("gravity-cooling").dataset()).rejects.toThrow(
      /nowhere: preset paper reads The Well's own files, expected the folders turbulence_gravity_cooling\/data\/train, turbulence_gravity_cooling\/data\/valid, turbulence_gravity_cooling\/data\/test with files \*\.hdf5 or \*\.h5, found none; the environment variable LOLA_WELL names another place\.$/,
    );
    await write("half", ["train", "test"]);
    await expect(paper().dataset()).rejects.toThrow(
      "expected the folders euler_multi_quadrants_openBC/data/valid, euler_multi_quadrants_periodicBC/data/valid with",
    );
  });

  test("are read with the paper's stride and the official constants", async () => {
    await write("well", ["train", "valid", "test"]);
    const lab = paper();
    const dataset = await lab.dataset();
    expect(dataset.standardization).toEqual(systemOf("euler").standardization);
    expect(dataset.wells.train.length).toBe(4);
    expect(dataset.read("test", 3).shape).toEqual([3, 5, 4, 5]); // states 0, 4 and 8
    expect(dataset.states("valid").shape).toEqual([4, 3, 5, 4, 5]);
    expect(() => dataset.summary).toThrow("expected simulated data");
    expect(lab.caption).toBe("euler, preset paper, seed 0, The Well's data");
    expect(lab.describe()[0].setting).toBe("The Well's files of euler, every 4th state");

    await write("well", ["train"], 13);
    expect((await paper().dataset()).key).not.toBe(dataset.key);
  });

  test("a system without a pixel-space solver has only latent emulators", () => {
    const {methods} = paper("gravity-cooling");
    expect(methods).toHaveLength(6);
    expect(methods.every(({latentChannels}) => latentChannels !== null)).toBe(true);
    expect(paper("rayleigh-benard").methods).toHaveLength(7);
  });
});
