import {fromDataFrame, toDataFrame} from "../../../lib/evaluate/tables/data-frame";

const rows = [
  {method: "diffusion", "÷": 5, "1:20": 0.7},
  {method: "spatial mean", "÷": null, "1:20": 1},
];

test("a DataFrame keeps columns and values", async () => {
  const frame = await toDataFrame(rows);
  expect(frame.shape).toEqual([2, 3]);
  expect(frame.columns).toEqual(["method", "÷", "1:20"]);
  expect(frame.column("1:20").values).toEqual([0.7, 1]);
});

test("rows survive the way to a DataFrame and back", async () => {
  expect(fromDataFrame(await toDataFrame(rows))).toEqual(rows);
});

test("rows are chosen by what they hold, also among those that were chosen or sorted before", async () => {
  const frame = await toDataFrame([
    {method: "diffusion", horizon: "1:20", value: 3},
    {method: "solver", horizon: "1:20", value: 1},
    {method: "diffusion", horizon: "21:60", value: 2},
    {method: "solver", horizon: "21:60", value: NaN},
  ]);
  const values = (table: typeof frame) => table.column("value").values;
  const early = frame.query(frame.column("horizon").eq("1:20"));
  expect(values(early.query(early.column("method").eq("solver")))).toEqual([1]);
  const diffusion = frame.query(frame.column("method").eq("diffusion"));
  const sorted = diffusion.sortValues("value");
  expect(values(sorted)).toEqual([2, 3]);
  expect(values(sorted.query(sorted.column("horizon").eq("1:20").and(sorted.column("value").gt(0))))).toEqual([3]);
  expect(diffusion.query(diffusion.column("method").eq("none")).shape).toEqual([0, 3]);
});

test("groups have means, which are NaN where a value is", async () => {
  const frame = await toDataFrame([
    {lab: "a", value: 1},
    {lab: "a", value: 2},
    {lab: "b", value: NaN},
    {lab: "b", value: 2},
  ]);
  expect(frame.groupby(["lab"]).col(["value"]).mean().values).toEqual([
    ["a", 1.5],
    ["b", NaN],
  ]);
});
