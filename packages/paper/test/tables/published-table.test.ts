import {resolve} from "node:path";
import {isCovered, missingTimesNote, publishedLeadTimes, publishedTable} from "../../src/tables/published-table";

const path = resolve(__dirname, "../../../../data/paper/table-14.csv");
const own = {method: "LDM ÷40", parameters: "5.9e5 + 2.4e5", leadTime: "1:20", value: 0.5, error: 0.02};

test("all 18 printed rows are there, as printed", () => {
  const {rows} = publishedTable([], path, "Euler");
  expect(rows).toHaveLength(18);
  expect(rows[0]).toEqual({
    source: "[38]",
    method: "FNO",
    dataset: "Euler",
    parameters: "2e7",
    "lead time": "6:12",
    VRMSE: "1.13",
  });
  expect(rows[4]).toMatchObject({source: "paper", method: "LDM ÷80", parameters: "3.1e8 + 2.2e8", VRMSE: "0.075"});
  expect(rows[5]).toMatchObject({dataset: "RB", VRMSE: "10+"});
});

test("ours stand under their dataset, or at the end if the table does not have it", () => {
  const {rows} = publishedTable([own], path, "Euler");
  expect(rows[5]).toMatchObject({source: "this run", method: "LDM ÷40", dataset: "Euler", VRMSE: 0.5, "VRMSE ±": 0.02});
  expect(rows[6]).toMatchObject({dataset: "RB"});
  expect(publishedTable([own], path, "KF").rows.at(-1)).toMatchObject({source: "this run", dataset: "KF"});
});

test("lead times of a dataset are listed once", () => {
  expect(publishedLeadTimes(path, "Euler")).toEqual(["6:12", "1:20"]);
  expect(publishedLeadTimes(path, "RB")).toEqual(["6:12", "2:8", "1:16", "10", "1:20"]);
  expect(publishedLeadTimes(path, "KF")).toEqual([]);
});

test("a forecast covers the lead times that it has states for, and the others are named", () => {
  const every = (stride: number) => Array.from({length: 26}, (_, i) => i * stride);
  const printed = publishedLeadTimes(path, "RB");
  expect(printed.filter((leadTime) => isCovered(leadTime, every(4)))).toEqual(["6:12", "2:8", "1:16", "1:20"]);
  expect(missingTimesNote(printed, every(4))).toBe("Ours are not at 10: their states are at 4, 8, …, 100.");
  expect(missingTimesNote(["10", "1:60"], every(2))).toBe("Ours are not at 1:60: their states are at 2, 4, …, 50.");
  expect(missingTimesNote(printed, every(1))).toBe("");
});
