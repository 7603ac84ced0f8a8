import ndarray from "ndarray";
import {fitStandardization, standardize, unstandardize, type Standardization} from "../../lib/data/standardize";
import {standardization} from "../../lib/data/standardize";
import {systemOf, type Transform} from "../../lib/data/systems";
import {Generator} from "../../lib/random";

test.each(["identity", "log", "log1p", "logEps", "arcsinh"] as const)(
  "%s is undone, and its input left as it is",
  (kind) => {
    const constants: Standardization = {transform: [kind, "identity"], mean: [0.3, -1], std: [2, 0.5]};
    const x = Float32Array.of(0.5, 1, 2, -3, 40, 5);
    const y = standardize(x, constants);
    const functions = {
      identity: (v: number) => v,
      log: Math.log,
      log1p: Math.log1p,
      logEps: (v: number) => Math.log(v + 1e-6),
      arcsinh: Math.asinh,
    };
    [0, 2, 4].forEach((i) => expect(y[i]).toBeCloseTo((functions[kind](x[i]) - 0.3) / 2, 5));
    expect(y[3]).toBe(-4);
    const back = unstandardize(y, constants);
    x.forEach((value, i) => expect(back[i] / value).toBeCloseTo(1, 5));
    expect(x).toEqual(Float32Array.of(0.5, 1, 2, -3, 40, 5));
  },
);

test("transposed views are standardised by their own last axis", () => {
  const constants = {transform: ["log1p", "identity"], mean: [1, 2], std: [3, 4]} as const;
  const x = ndarray(Float32Array.of(0, 1, 2, 10, 20, 30), [2, 3]).transpose(1, 0);
  const y = standardize(x, constants);
  expect(y.shape).toEqual([3, 2]);
  expect(y.get(2, 0)).toBeCloseTo((Math.log1p(2) - 1) / 3, 6);
  expect(y.get(2, 1)).toBe(7);
});

test("another number of channels is refused", () => {
  const euler = standardization(systemOf("euler"));
  expect(() => standardize(new Float32Array(12), euler)).toThrow(
    "expected 5 channels on the last axis, found 12 values",
  );
  expect(() => unstandardize(ndarray(new Float32Array(12), [3, 4]), euler)).toThrow("found the shape [3,4]");
});

describe("fitStandardization", () => {
  const fields = [
    {name: "density", order: 0},
    {name: "momentum", order: 1},
  ] as const;
  const transform: Transform[] = ["log1p", "identity", "identity"];
  const generator = Generator.from("fit");
  const cells = 4 * 5 * 6;
  const trajectories = Array.from({length: 3}, () => {
    const data = new Float32Array(cells * 3);
    for (let i = 0; i < data.length; i += 3) {
      data[i] = Math.exp(1 + 0.5 * generator.normal()) - 1;
      data[i + 1] = 100 + 0.01 * generator.normal();
      data[i + 2] = -3 + 2 * generator.normal();
    }
    return ndarray(data, [4, 5, 6, 3]);
  });
  const states = {length: 3, read: (i: number) => trajectories[i]};
  const all = trajectories.flatMap((x) => [...x.data]);
  const channel = (c: number) => all.filter((_, i) => i % 3 === c);
  const average = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = (values: number[], mean = average(values)) =>
    Math.sqrt(average(values.map((value) => (value - mean) ** 2)));

  test("gives mean and population deviation of each transformed channel", () => {
    const {mean, std} = fitStandardization(states, {transform, fields, vector: "component"});
    const values = [channel(0).map((x) => Math.log1p(x)), channel(1), channel(2)];
    values.forEach((list, c) => {
      expect(mean[c]).toBeCloseTo(average(list), 9);
      expect(std[c] / deviation(list)).toBeCloseTo(1, 9);
    });
  });

  test("by default gives vectors mean 0 and one deviation", () => {
    const {mean, std} = fitStandardization(states, {transform, fields});
    expect(mean.slice(1)).toEqual([0, 0]);
    expect(std[1]).toBe(std[2]);
    expect(std[1] / deviation([...channel(1), ...channel(2)], 0)).toBeCloseTo(1, 9);
  });

  test("standardised by their own constants, channels have mean 0 and deviation 1", () => {
    const constants = fitStandardization(states, {transform, fields, vector: "component"});
    const y = trajectories.map((x) => standardize(x, constants));
    const {mean, std} = fitStandardization(
      {length: 3, read: (i) => y[i]},
      {transform: ["identity", "identity", "identity"], fields, vector: "component"},
    );
    mean.forEach((value) => expect(Math.abs(value)).toBeLessThan(1e-3)); // float32 of 100 +- 0.01
    std.forEach((value) => expect(value).toBeCloseTo(1, 3));
  });

  test("a constant channel and a wrong number of channels are refused", () => {
    const still = {length: 1, read: () => ndarray(new Float32Array(12).fill(2), [2, 2, 3])};
    expect(() => fitStandardization(still, {transform, fields})).toThrow("channel 0 with deviation 0");
    expect(() => fitStandardization(states, {transform: ["identity"], fields})).toThrow("expected 1 channels");
  });
});
