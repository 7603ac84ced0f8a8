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
