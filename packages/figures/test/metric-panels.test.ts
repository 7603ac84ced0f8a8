import {cutInWords, rangeOf, withBands, type Curve} from "../src/metric-curves";

const curve = (values: number[], own: Partial<Curve> = {}): Curve => ({
  ...{method: "diffusion", compression: 16, ...own},
  rows: values.map((value, lead) => ({lead, vrmse: value, ratio: value, low: value, mid: value, high: value})),
});

test("errors begin at 0 and end above the largest, the ratio around its line at 1", () => {
  const [bottom, top] = rangeOf([curve([0.2, 0.4, 0.5])], "vrmse");
  expect(bottom).toBeLessThan(0);
  expect(bottom).toBeGreaterThan(-0.1);
  expect(top).toBeGreaterThan(0.5);
  expect(top).toBeLessThan(0.6);
  const [low, high] = rangeOf([curve([0.7, 0.8, 0.9])], "ratio");
  expect(low).toBeLessThan(0.7);
  expect(low).toBeGreaterThan(0.5);
  expect(high).toBeGreaterThan(1.1);
});

test("a curve far above all others is cut, and the panel says how far it goes", () => {
  const curves = [
    curve([0.2, 0.3, 0.4]),
    curve([0.3, 0.4, 30]),
    curve([1, 2, 500], {method: "mean", compression: undefined}),
  ];
  const [, top] = rangeOf(curves, "vrmse");
  expect(top).toBeLessThan(2);
  expect(cutInWords(curves, "vrmse", top)).toBe("cut: up to 30, grey: up to 500");
  expect(cutInWords(curves.slice(0, 1), "vrmse", top)).toBe("");
});

test("numbers that are not finite change no range", () => {
  const values = [0.2, 0.4, 0.5];
  expect(rangeOf([curve([...values, NaN])], "mid")).toEqual(rangeOf([curve(values)], "mid"));
});

test("bands are explained where there are some", () => {
  const plain = curve([1]);
  const banded = {...plain, rows: plain.rows.map((row) => ({...row, "vrmse ±": 0.1}))};
  expect(withBands("Euler", [plain])).toBe("Euler");
  expect(withBands("Euler", [banded])).toBe("Bands: one standard error over trajectories, either way. Euler");
});
