import {metricNames, type MetricRow} from "lola/evaluate";
import {PackedRows} from "../../src/scoring/score";

const row = (trajectory: number, state: number, field: string, more: Partial<MetricRow> = {}): MetricRow =>
  ({
    trajectory,
    field,
    state,
    ...(Object.fromEntries(metricNames.map((name, i) => [name, trajectory + 0.1 * i + state])) as Record<
      "vrmse",
      number
    >),
    ...more,
  }) as MetricRow;

test("rows come back as they were added: fields, states, missing and undefined numbers, ranks", () => {
  const rows = [
    row(7, 0, "density", {transport: 0.25, ranks: [3, 0, 1]}),
    row(7, 0, "energy", {ranks: [1, 1, 2]}),
    row(7, 1, "density", {transport: NaN}),
    row(2, -1, "energy", {ratio: NaN, spread: Infinity, mass: 0.5}),
  ];
  const packed = new PackedRows();
  packed.add(rows.slice(0, 3));
  packed.add(rows.slice(3));
  const found = packed.all();
  expect(found).toEqual(rows);
  expect("transport" in found[1]).toBe(false);
  expect("ranks" in found[2]).toBe(false);
  expect(packed.all()).toEqual(rows);
});

test("rows of several trajectories may be added at once; none is nothing", () => {
  const rows = [row(0, 0, "a"), row(1, 0, "a")];
  const packed = new PackedRows();
  packed.add([]);
  packed.add(rows);
  expect(packed.all()).toEqual(rows);
});
