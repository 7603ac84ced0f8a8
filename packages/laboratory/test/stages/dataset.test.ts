import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync} from "node:fs";
import {dirname} from "node:path";
import ndarray, {type NdArray} from "ndarray";
import {fitStandardization, MemorySource, standardization} from "lola/data";
import {systemOf, type SimulationConfig} from "@lola-ts/simulators";
import {WellSource} from "@lola-ts/well";
import type {Config} from "../../src/config";
import {preset} from "../../src/presets/presets";
import {Artifacts} from "@lola-ts/cache";
import {contents, writeBroken, writeContents} from "../../../well/test/wells";
import {smokeLabs} from "../smoke";

const {folder, artifacts, open} = smokeLabs();

test("simulates data that are standardised over the training split", async () => {
  const dataset = await open().dataset();
  const states = dataset.states("train");
  expect(dataset.shape("train")).toEqual(states.shape);
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

test("is read from the disk if its states are larger than the memory that they may take", async () => {
  const [kept, streamed] = [await open().dataset(), await open((config) => ({...config, memory: 1e5})).dataset()];
  const memory = kept.source("train");
  const disk = streamed.source("train");
  expect(memory).toBeInstanceOf(MemorySource);
  expect(disk).toBeInstanceOf(WellSource);
  expect(disk.shape).toEqual(memory.shape);
  expect(disk.read(1, {start: 2, length: 3, stride: 2}).data).toEqual(
    memory.read(1, {start: 2, length: 3, stride: 2}).data,
  );
});

test("is summarised as The Well's are, and obeys its equations", async () => {
  const dataset = await open().dataset();
  expect(dataset.checks().failures).toEqual([]);
  const [well] = dirname(dataset.wells.train.trajectories[0].path).split("/data/train");
  const files = readdirSync(well);
  expect(files.sort()).toEqual(["data", "euler_multi_quadrants_periodicBC.yaml", "stats.yaml"]);
});

test("a simulation that is interrupted goes on from its finished trajectories", async () => {
  const store = artifacts("interrupted");
  const many = (config: Config): Config => ({
    ...config,
    data: {...config.data, trajectories: {train: 12, valid: 1, test: 1}} as SimulationConfig,
  });
  const kept = () => readdirSync(folder("interrupted", "dataset"), {recursive: true, encoding: "utf8"});
  const work = open(many, store).dataset();
  const poll = setInterval(() => {
    if (existsSync(folder("interrupted", "dataset")) && kept().some((name) => name.endsWith(".trajectory"))) {
      process.emit("SIGINT");
    }
  }, 5);
  await expect(work).rejects.toThrow("Interrupted");
  clearInterval(poll);
  expect(kept().filter((name) => name.endsWith(".trajectory")).length).toBeGreaterThan(0);
  const [resumed, whole] = [await open(many, store).dataset(), await open(many, artifacts("whole")).dataset()];
  expect(resumed.states("train").data).toEqual(whole.states("train").data);
  expect(kept().filter((name) => name.endsWith(".trajectory"))).toEqual([]);
});

describe("symmetries are those of the system", () => {
  const symmetries = async (system: string, mirrors?: Config["mirrors"]) => {
    const dataset = await open(() => ({...preset(system, "smoke"), mirrors})).dataset();
    const {flip, permute, roll, boundary} = dataset.symmetries("train", 0);
    expect(dataset.augmentation("train")).toMatchObject({flip, permute, roll});
    return {flip, permute, roll, boundary, key: dataset.key};
  };

  test("convection is mirrored and rolled along the layer only, and by option as in the official code", async () => {
    const own = await symmetries("rayleigh-benard");
    const periodic = [2, 2];
    expect(own).toMatchObject({flip: [true, false], permute: false, roll: [true, true], boundary: [periodic, [0, 0]]});
    const official = await symmetries("rayleigh-benard", "all");
    expect(official.flip).toBe(true);
    expect(official.key).not.toBe(own.key);
  });

  test("a cloud is mirrored and turned along all axes, and not rolled", async () => {
    const open = [1, 1];
    const expected = {flip: [true, true, true], permute: true, roll: false, boundary: [open, open, open]};
    expect(await symmetries("gravity-cooling")).toMatchObject(expected);
  });

  test("official constants of a system without them are refused before anything is simulated", async () => {
    const lab = open(() => ({...preset("kolmogorov", "tour"), standardization: "official"}));
    await expect(lab.dataset()).rejects.toThrow("expected a system of the paper, found kolmogorov");
  });

  test("Kolmogorov flow is rolled alone, across the force by whole periods of it", async () => {
    expect(await symmetries("kolmogorov")).toMatchObject({flip: false, permute: false, roll: [true, 4]});
  });
});

describe("The Well's own files", () => {
  const {LOLA_WELL} = process.env;
  afterAll(() => {
    if (LOLA_WELL === undefined) delete process.env.LOLA_WELL;
    else process.env.LOLA_WELL = LOLA_WELL;
  });
  const paper = (system = "euler") => open(() => preset(system, "paper"));

  /** Small files in the folders of some splits. */
  async function write(root: string, splits: string[], frames = 9, frameStride?: number): Promise<void> {
    const euler = systemOf("euler");
    for (const split of splits) {
      for (const [variant, dataset] of euler.folders.entries()) {
        const file = folder(root, "datasets", dataset, "data", split, "one.hdf5");
        mkdirSync(dirname(file), {recursive: true});
        const {states, ...made} = contents(euler, {variant, trajectories: 2, frames});
        const positive = [...(states as Iterable<NdArray<Float32Array>>)].map(({data, shape}) =>
          ndarray(Float32Array.from(data, Math.abs), shape),
        );
        await writeContents(file, {...made, states: positive, frameStride});
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

  test("are read with the paper's stride, and standardised by fitted constants or the official ones", async () => {
    await write("well", ["train", "valid", "test"]);
    const lab = paper();
    const dataset = await lab.dataset();
    const {transform, fields} = systemOf("euler");
    const fitted = await fitStandardization(new WellSource(dataset.wells.train, {stride: 4}), {transform, fields});
    expect(dataset.standardization).toEqual(fitted);
    const official = await open(() => ({...preset("euler", "paper"), standardization: "official"})).dataset();
    expect(official.standardization).toEqual(standardization(systemOf("euler")));
    expect(official.key).not.toBe(dataset.key);
    expect(dataset.wells.train.length).toBe(4);
    expect(dataset.read("test", 3).shape).toEqual([3, 5, 4, 5]); // states 0, 4 and 8
    expect(dataset.states("valid").shape).toEqual([4, 3, 5, 4, 5]);
    expect(() => dataset.summary).toThrow("expected simulated data");
    expect(dataset.checks().rows).toHaveLength(1);
    expect(dataset.symmetries("train", 0).flip).toBe(true); // as the official code
    expect(lab.caption).toBe("euler, preset paper, seed 0, The Well's data, 262144 training steps");
    expect((await lab.explain())[0].setting).toBe("The Well's files of euler, every 4th state");

    await write("well", ["train"], 13);
    expect((await paper().dataset()).key).not.toBe(dataset.key);
  });

  test("have a key that follows their content: other values of the same size have another, a copy elsewhere the same", async () => {
    await write("release", ["train", "valid", "test"]);
    const {key} = await paper().dataset();
    const [dataset] = systemOf("euler").folders;
    const file = folder("release", "datasets", dataset, "data", "valid", "one.hdf5");
    utimesSync(file, new Date(), new Date(1e12));
    expect((await paper().dataset()).key).toBe(key);

    cpSync(folder("release"), folder("copied"), {recursive: true});
    process.env.LOLA_WELL = folder("copied");
    expect((await paper().dataset()).key).toBe(key);

    const {atime, mtime, size} = statSync(file);
    const bytes = readFileSync(file);
    bytes.writeFloatLE(0.5 + bytes.readFloatLE(bytes.length - 4), bytes.length - 4);
    writeFileSync(file, bytes);
    utimesSync(file, atime, mtime);
    expect([statSync(file).size, statSync(file).mtimeMs]).toEqual([size, mtime.getTime()]);
    process.env.LOLA_WELL = folder("release");
    expect((await paper().dataset()).key).not.toBe(key);
  });

  test("are opened with one line for each finding", async () => {
    const files = systemOf("euler").folders.flatMap((name) =>
      ["train", "valid", "test"].map((split) => folder("odd", name, "data", split, "one.hdf5")),
    );
    for (const file of files) {
      mkdirSync(dirname(file), {recursive: true});
      await writeBroken(file, (tree) => delete tree.groups.boundary_conditions.groups.y_periodic);
    }
    process.env.LOLA_WELL = folder("odd");
    const said: string[] = [];
    const store = new Artifacts(folder("odd artefacts"), (sentence) => said.push(sentence));
    await open(() => ({...preset("euler", "paper"), standardization: "official"}), store).dataset();
    const finding = "/boundary_conditions: expected a condition along y, found none: its ends count as open";
    const [first, ...lines] = said.join("\n").split("\n");
    expect(first).toBe("dataset: opened, 18 trajectories");
    expect(lines.sort()).toEqual(files.map((file) => `dataset: ${file}: ${finding}`).sort());
  });

  test("that left states out are read with what remains of the stride", async () => {
    await write("strided", ["train", "valid", "test"], 9, 2);
    expect((await paper().dataset()).shape("test")).toEqual([4, 5, 5, 4, 5]); // every second of every second
    await write("other", ["train", "valid", "test"], 9, 3);
    await expect(paper().dataset()).rejects.toThrow(
      /one\.hdf5: expected a frame_stride that divides the stride of 4 between states, found 3\.$/,
    );
  });

  test("a system without a pixel-space solver has only latent emulators", () => {
    const {methods} = paper("gravity-cooling");
    expect(methods).toHaveLength(6);
    expect(methods.every(({latentChannels}) => latentChannels !== null)).toBe(true);
    expect(paper("rayleigh-benard").methods).toHaveLength(7);
  });
});
