import {pivot} from "../../../lib/evaluate/tables/pivot";

const row = (method: string, horizon: string, VRMSE: number, CRPS: number | null) => ({
  method,
  "÷": 40,
  horizon,
  VRMSE,
  "VRMSE ±": VRMSE / 10,
  CRPS,
});

const rows = [
  row("diffusion", "1:20", 0.5, 0.3),
  row("diffusion", "21:60", 0.6, 0.4),
  row("neural solver", "1:20", 0.4, null),
];

test("rows that agree become one, with a column for each entry and its error", () => {
  expect(pivot(rows, {by: ["method"], over: "horizon", values: ["VRMSE"]})).toEqual([
    {method: "diffusion", "1:20": 0.5, "1:20 ±": 0.05, "21:60": 0.6, "21:60 ±": 0.06},
    {method: "neural solver", "1:20": 0.4, "1:20 ±": 0.04},
  ]);
});

test("columns of several values name both", () => {
  const [wide] = pivot(rows, {by: ["÷", "method"], over: "horizon", values: ["VRMSE", "CRPS"]});
  expect(Object.keys(wide).filter((name) => !name.endsWith("±"))).toEqual([
    ...["÷", "method", "VRMSE 1:20", "CRPS 1:20", "VRMSE 21:60", "CRPS 21:60"],
  ]);
});

test("two rows for a cell and a column that no row has are refused", () => {
  expect(() => pivot([...rows, rows[0]], {by: ["method"], over: "horizon", values: ["VRMSE"]})).toThrow(
    'pivot: expected one row for ["diffusion"] and horizon "1:20", found two.',
  );
  expect(() => pivot(rows, {by: ["method"], over: "rate", values: ["VRMSE"]})).toThrow(
    'pivot: expected rows with a column "rate", found none.',
  );
});
