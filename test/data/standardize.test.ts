import ndarray from "ndarray";
import {standardization, standardize, unstandardize, type Standardization} from "../../lib/data/standardize";

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

test("logEps holds what is far below its epsilon of 1e-6, also 0", () => {
  const constants: Standardization = {transform: ["logEps"], mean: [0], std: [1]};
  const x = Float32Array.of(0, 1e-7, 1e-6, 3e-6);
  const y = standardize(x, constants);
  [1e-6, 1.1e-6, 2e-6, 4e-6].forEach((sum, i) => expect(y[i]).toBeCloseTo(Math.log(sum), 5));
  unstandardize(y, constants).forEach((value, i) => expect(Math.abs(value - x[i])).toBeLessThan(1e-11));
});

test("transposed views are standardised by their own last axis", () => {
  const constants = {transform: ["log1p", "identity"], mean: [1, 2], std: [3, 4]} as const;
  const x = ndarray(Float32Array.of(0, 1, 2, 10, 20, 30), [2, 3]).transpose(1, 0);
  const y = standardize(x, constants);
  expect(y.shape).toEqual([3, 2]);
  expect(y.get(2, 0)).toBeCloseTo((Math.log1p(2) - 1) / 3, 6);
  expect(y.get(2, 1)).toBe(7);
});

test("another number of channels is refused", () => {
  const five = [0, 1, 2, 3, 4];
  const constants: Standardization = {transform: five.map(() => "identity"), mean: five, std: five.map(() => 1)};
  expect(() => standardize(new Float32Array(12), constants)).toThrow(
    "expected 5 channels on the last axis, found 12 values",
  );
  expect(() => unstandardize(ndarray(new Float32Array(12), [3, 4]), constants)).toThrow("found the shape [3,4]");
});

test("published constants ask no more of a system than its type does", () => {
  const constants = {mean: [1], std: [2]};
  const system = {name: "still", transform: ["identity"], paper: {standardization: constants}} as const;
  expect(standardization(system)).toEqual({transform: ["identity"], ...constants});
});

test("a value whose transform is undefined is refused, and one that was not finite before stays so", () => {
  const constants: Standardization = {transform: ["identity", "log"], mean: [0, 0], std: [1, 1]};
  expect(() => standardize(Float32Array.of(1, -1), constants)).toThrow(
    "standardize: expected values of channel 1 with a finite log, found -1",
  );
  expect([...standardize(Float32Array.of(NaN, Infinity), constants)]).toEqual([NaN, Infinity]);
});
