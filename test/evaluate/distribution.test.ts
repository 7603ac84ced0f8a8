import {systemNames, systemOf} from "@lola-ts/simulators";
import {distributionError} from "../../lib/evaluate/distribution";
import {slicedWasserstein, wasserstein} from "../../lib/evaluate/transport";
import {readCsv} from "../../lib/evaluate/tables/csv";
import {projectRoot} from "@lola-ts/core";

const field = (seed: number) => Float64Array.from({length: 64}, (_, i) => 1.5 + Math.sin(seed + 12.9898 * i * i));
const [u, a, b] = [1, 2, 3].map(field);
const grid = [8, 8];

const paperSystems = systemNames.filter((name) => systemOf(name).paper);
const places = {compared: "places", channel: "density", title: ""} as const;
const values = {compared: "values", channel: "density", title: ""} as const;

test.each(systemNames)("%s: the channel exists", (name) => {
  const {channels, distribution} = systemOf(name);
  expect(channels).toContain(distribution.channel);
});

test.each(paperSystems)("%s: the table is of this field and system", (name) => {
  const {distribution, paper, short} = systemOf(name);
  for (const row of readCsv(`${projectRoot()}/data/paper/table-${paper!.tables.distribution}.csv`)) {
    expect(row.dataset).toBe(short);
    expect(row.metric).toBe(distribution.compared === "places" ? "SEMD" : "Wasserstein");
    expect(row.field).toBe(distribution.channel === "velocity_y" ? "vertical velocity" : distribution.channel);
  }
});

test("is the mean over members of where mass is, or of what values there are", () => {
  const ofPlaces = (slicedWasserstein(u, a, grid) + slicedWasserstein(u, b, grid)) / 2;
  expect(distributionError(places, u, [a, b], grid)).toBeCloseTo(ofPlaces, 14);
  const ofValues = (wasserstein(u, a) + wasserstein(u, b)) / 2;
  expect(distributionError(values, u, [a, b], grid)).toBeCloseTo(ofValues, 14);
  expect(distributionError(values, u, [a, b], [4, 4, 4])).toBeCloseTo(ofValues, 14);
});

test("values may be anywhere, places may not", () => {
  const shuffled = u.map((_, i) => u[(i * 29) % 64]);
  expect(distributionError(values, u, [shuffled], grid)).toBe(0);
  expect(distributionError(places, u, [shuffled], grid)).toBeGreaterThan(1e-3);
  expect(distributionError(places, u, [u, u.map((value) => 3 * value)], grid)).toBeCloseTo(0, 14);
  const raised = u.map((value) => value + 0.25);
  expect(distributionError(values, u, [raised], [4, 4, 4])).toBeCloseTo(0.25, 12);
});

test("a diverged forecast stays visible, sizes are checked", () => {
  const diverged = a.map((value, i) => (i === 7 ? NaN : value));
  for (const metric of [places, values]) expect(distributionError(metric, u, [b, diverged], grid)).toBeNaN();
  expect(() => distributionError(places, u, [a.subarray(1)], grid)).toThrow(
    "members to be a list, each a row of 64 numbers, found [a row of 63 numbers]",
  );
  expect(() => distributionError(places, u, [], grid)).toThrow("found []");
});

test("the paper's tables of each of its systems have its numbers", () => {
  for (const system of paperSystems.map(systemOf)) {
    const {spectrum, distribution} = system.paper!.tables;
    for (const number of [spectrum, distribution]) {
      const rows = readCsv(`${projectRoot()}/data/paper/table-${`${number}`.padStart(2, "0")}.csv`);
      expect(new Set(rows.map(({dataset}) => dataset))).toEqual(new Set([system.short]));
    }
  }
});
