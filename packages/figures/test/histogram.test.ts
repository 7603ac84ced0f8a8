import {distribution, histogram} from "../src/bars";

test("densities integrate to the share of values inside, outliers do not widen the bins", () => {
  const values = Float32Array.from({length: 10000}, (_, i) => (i === 0 ? 1e6 : i / 10000));
  const {centres, density, width} = distribution(values, 50);
  expect(centres).toHaveLength(50);
  expect(centres[49]).toBeLessThan(1);
  expect(density.reduce((a, b) => a + b) * width).toBeGreaterThan(0.99);
  expect(density.reduce((a, b) => a + b) * width).toBeLessThanOrEqual(1);
  for (const value of density) expect(Math.abs(value - 1)).toBeLessThan(0.05);
});

test("a constant field has one bar, an empty one is refused", () => {
  expect(distribution([3, 3, 3], 10).density.filter((value) => value > 0)).toHaveLength(1);
  expect(() => distribution([NaN], 10)).toThrow("expected finite values, found none");
});

test("a strided view has the bars of its values", () => {
  const view = {data: [0, 9, 1, 9, 2, 9], shape: [3], stride: [2], offset: 0};
  const [strided] = histogram([{name: "density", before: view, after: view}]).data;
  const [plain] = histogram([{name: "density", before: [0, 1, 2], after: [0, 1, 2]}]).data;
  expect(strided).toEqual(plain);
});

test("a column per field: before above, after below with the normal density beside it", () => {
  const {data, layout} = histogram(["density", "energy"].map((name) => ({name, before: [1, 2, 3], after: [-1, 0, 1]})));
  expect(data.map(({name}) => name)).toEqual([
    "density, before",
    "energy, before",
    "density, after",
    "standard normal",
    "energy, after",
    "standard normal",
  ]);
  const {xaxis, xaxis3, yaxis, yaxis3} = layout;
  expect(xaxis!.domain).toEqual(xaxis3!.domain);
  expect(yaxis!.domain![0]).toBeGreaterThan(yaxis3!.domain![1]);
});
