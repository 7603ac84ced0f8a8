/**
 * The Well's own reader and ours find the same in the same files: in ours, which are written again here, byte for byte as
 * when the other reader was asked, and in files that h5py wrote. How the answers were recorded: python/record.py.
 */
import {createHash} from "node:crypto";
import {readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {gunzipSync} from "node:zlib";
import {readYaml} from "@lola-ts/core";
import {openWell, type WellDataset} from "../src/well-dataset";
import {STATISTICS, type WellStatistics} from "../src/well-statistics";
import {temporaryFolder} from "../../../test/folder";
import {writeOurs} from "./python/write";

/** A tensor's shape and the digest of its numbers as float32. */
interface Packed {
  shape: number[];
  sha256: string;
  first: number[];
}

interface Answer {
  metadata: Record<string, unknown>;
  samples: {
    file: number;
    trajectory: number;
    start: number;
    length: number;
    stride: number;
    sample: Record<string, Packed>;
  }[];
}

interface Ours {
  digests: Record<string, string>;
  valid: Answer;
  description: string;
  statistics: Record<string, Record<string, unknown>>;
  normalised: number[];
}

const here = (name: string): string => join(__dirname, "python", name);
const recorded = JSON.parse(readFileSync(here("recorded.json"), "utf8")) as {
  ours: Record<string, Ours>;
  theirs: Record<string, Answer>;
};
const folder = temporaryFolder();

const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Compare values with a recorded tensor; one without elements was left out. */
function compare(values: ArrayLike<number>, expected: Packed | undefined, shape?: readonly number[]): void {
  const found = Float32Array.from(values);
  if (!expected) return expect(found).toHaveLength(0);
  expect([...found.slice(0, 4)]).toEqual(expected.first);
  expect(digest(new Uint8Array(found.buffer))).toBe(expected.sha256);
  if (shape) expect(shape).toEqual(expected.shape);
}

function compareMetadata(dataset: WellDataset, metadata: Record<string, unknown>): void {
  const names = metadata.field_names as Record<number, string[]>;
  const constant = metadata.constant_field_names as Record<number, string[]>;
  expect(dataset.files[0].metadata.dataset).toBe(metadata.dataset_name);
  expect(dataset.gridType).toBe(metadata.grid_type);
  expect(dataset.grid).toEqual(metadata.spatial_resolution);
  expect(dataset.channels).toEqual([0, 1, 2].flatMap((order) => names[order]));
  expect(dataset.constantChannels).toEqual([0, 1, 2].flatMap((order) => constant[order]));
  expect(dataset.scalars).toEqual(metadata.constant_scalar_names);
  expect(dataset.variableScalars).toEqual(metadata.scalar_names);
  expect(dataset.files.map((file) => file.metadata.trajectories)).toEqual(metadata.n_trajectories_per_file);
  expect(dataset.files.map((file) => file.metadata.frames)).toEqual(metadata.n_steps_per_trajectory);
}

function compareSamples(dataset: WellDataset, {samples}: Answer): void {
  const first = (file: number): number =>
    dataset.files.slice(0, file).reduce((sum, {metadata}) => sum + metadata.trajectories, 0);
  expect(samples.length).toBeGreaterThan(0);
  for (const {file, trajectory, sample, ...window} of samples) {
    const index = first(file) + trajectory;
    const {scalars, boundary} = dataset.trajectories[index];
    const states = dataset.read(index, window);
    compare(states.data, sample.fields, states.shape);
    compare(dataset.readScalars(index, window).data, sample.scalars);
    const constants = dataset.readConstants(index);
    compare(constants.data, sample.constant_fields, constants.shape);
    compare(Object.values(scalars), sample.constant_scalars);
    compare(boundary.flat(), sample.boundary_conditions);
    const times = dataset
      .times(index)
      .slice(window.start)
      .filter((_, i) => i % window.stride === 0);
    compare(
      times.slice(0, window.length).map((time) => time - times[0]),
      sample.time_grid,
    );
    compare(cells(dataset), sample.space_grid);
  }
}

/** Coordinates of all cells, [X, Y(, Z), D]. */
function cells(dataset: WellDataset): number[] {
  const lines = dataset.axes.map((axis) => [...dataset.coordinates(axis)]);
  return lines
    .reduce((points, line) => points.flatMap((point) => line.map((x) => [...point, x])), [[]] as number[][])
    .flat();
}

describe("files of ours, as The Well's reader sees them", () => {
  beforeAll(() => writeOurs(folder("ours")));
  const names = Object.keys(recorded.ours);

  test("they are the files that it was asked about", () => {
    expect(names).toHaveLength(5);
    for (const {digests} of Object.values(recorded.ours)) {
      expect(Object.keys(digests).length).toBeGreaterThan(1);
      for (const [path, expected] of Object.entries(digests)) {
        const found = digest(readFileSync(folder("ours", path)));
        expect(`${path} ${found}`).toBe(`${path} ${expected}`); // else: record again with python/record.py
      }
    }
  });

  test.each(names)("%s", async (name) => {
    const {valid} = recorded.ours[name];
    const dataset = await openWell(folder("ours"), {datasets: [name], split: "valid"});
    compareMetadata(dataset, valid.metadata);
    compareSamples(dataset, valid);
    dataset.close();
  });

  test.each(names)("statistics and description of %s", async (name) => {
    const {statistics, description, normalised} = recorded.ours[name];
    expect(readFileSync(folder("ours", name, `${name}.yaml`), "utf8")).toBe(description);
    const found = readYaml(folder("ours", name, "stats.yaml")) as WellStatistics;
    for (const key of STATISTICS) {
      const flat = (value: unknown): number[] => [value].flat(2) as number[];
      for (const [field, expected] of Object.entries(statistics[key])) {
        const own = flat(found[key][field]);
        expect(own).toHaveLength(flat(expected).length);
        flat(expected).forEach((value, c) =>
          expect(Math.abs(own[c] - value)).toBeLessThanOrEqual(6e-5 * Math.abs(value)),
        );
      }
    }
    // the other reader divided by what it read in stats.yaml
    const train = await openWell(folder("ours"), {datasets: [name], split: "train"});
    const {fields} = train;
    const per = (key: "mean" | "std") => fields.flatMap((field) => [found[key][field.name]].flat(2));
    const mean = per("mean");
    const std = per("std");
    const state = train.read(0, {start: 1, length: 1}).data;
    expect(normalised).toHaveLength(state.length);
    normalised.forEach((value, i) => {
      const c = i % mean.length;
      expect(value).toBeCloseTo((state[i] - mean[c]) / std[c], 4);
    });
    train.close();
  });
});

describe("files of h5py, as both readers see them", () => {
  test.each(Object.keys(recorded.theirs))("%s", async (name) => {
    const path = name === "dummy" ? folder("dummy.hdf5") : here(`${name}.hdf5`);
    if (name === "dummy") writeFileSync(path, gunzipSync(readFileSync(here("dummy.hdf5.gz"))));
    const dataset = await openWell([path]);
    compareMetadata(dataset, recorded.theirs[name].metadata);
    compareSamples(dataset, recorded.theirs[name]);
    dataset.close();
  });

  test("a compression that is not known here is named", async () => {
    const dataset = await openWell([here("lzf.hdf5")], {fields: ["density"]});
    expect(() => dataset.read(0)).toThrow(
      "lzf.hdf5: expected data as they are or compressed by gzip and shuffle, found the filter lzf (while reading /t0_f",
    );
    dataset.close();
  });
});
