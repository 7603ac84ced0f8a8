import {systemNames, systemOf} from "../../lib/systems/registry";
import {distributionError, distributionMetrics, paperTables} from "../../lib/evaluate/distribution";
import {slicedWasserstein, wasserstein} from "../../lib/evaluate/transport";
import {readCsv} from "../../lib/evaluate/tables/csv";
import {projectRoot} from "../../lib/core/paths";

const field = (seed: number) => Float64Array.from({length: 64}, (_, i) => 1.5 + Math.sin(seed + 12.9898 * i * i));
const [u, a, b] = [1, 2, 3].map(field);
const grid = [8, 8];

test.each(systemNames)("%s: the channel exists and the table is of this field and system", (name) => {
  const {channel, compared, table} = distributionMetrics[name];
  const system = systemOf(name);
  expect(system.channels).toContain(channel);
  for (const row of readCsv(`${projectRoot()}/data/paper/table-${table}.csv`)) {
    expect(row.dataset).toBe(system.short);
    expect(row.metric).toBe(compared === "places" ? "SEMD" : "Wasserstein");
    expect(row.field).toBe(channel === "velocity_y" ? "vertical velocity" : channel);
  }
});

test("is the mean over members of where mass is, or of what values there are", () => {
  const places = (slicedWasserstein(u, a, grid) + slicedWasserstein(u, b, grid)) / 2;
  expect(distributionError("euler", u, [a, b], grid)).toBeCloseTo(places, 14);
  const values = (wasserstein(u, a) + wasserstein(u, b)) / 2;
  expect(distributionError("rayleigh-benard", u, [a, b], grid)).toBeCloseTo(values, 14);
  expect(distributionError("gravity-cooling", u, [a, b], [4, 4, 4])).toBeCloseTo(values, 14);
});

test("values may be anywhere, places may not", () => {
  const shuffled = u.map((_, i) => u[(i * 29) % 64]);
  expect(distributionError("rayleigh-benard", u, [shuffled], grid)).toBe(0);
  expect(distributionError("euler", u, [shuffled], grid)).toBeGreaterThan(1e-3);
  expect(distributionError("euler", u, [u, u.map((value) => 3 * value)], grid)).toBeCloseTo(0, 14);
  const raised = u.map((value) => value + 0.25);
  expect(distributionError("gravity-cooling", u, [raised], [4, 4, 4])).toBeCloseTo(0.25, 12);
});

test("a diverged forecast stays visible, sizes are checked", () => {
  const diverged = a.map((value, i) => (i === 7 ? NaN : value));
  for (const name of systemNames) expect(distributionError(name, u, [b, diverged], grid)).toBeNaN();
  expect(() => distributionError("euler", u, [a.subarray(1)], grid)).toThrow(
    "members of 64 values for grid [8,8], found 63",
  );
  expect(() => distributionError("euler", u, [], grid)).toThrow("found none");
});

test("the paper's tables of each system have its numbers", () => {
  for (const system of systemNames) {
    const {spectrum, distribution} = paperTables(system);
    for (const name of [spectrum, distribution]) {
      const rows = readCsv(`${projectRoot()}/data/paper/${name}.csv`);
      expect(new Set(rows.map(({dataset}) => dataset))).toEqual(new Set([systemOf(system).short]));
    }
  }
});
