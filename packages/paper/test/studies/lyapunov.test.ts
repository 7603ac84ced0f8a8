/** Lyapunov exponents against flows whose exponents are known. */
import {preset} from "@lola-ts/laboratory/stages";
import {growthRate, lyapunovExponents} from "../../src/studies/lyapunov";
import {smokeLabs} from "../../../laboratory/test/smoke";

const {artifacts, open} = smokeLabs();

test("of a linear flow it is the largest rate of growth", () => {
  const flow = (x: Float64Array) => x.map((value, i) => value * Math.exp(0.5 * [0.3, -1, 0][i]));
  const {exponent, error} = growthRate(flow, Float64Array.of(0, 0, 1), {interval: 0.5, intervals: 100, skip: 200});
  expect(exponent).toBeCloseTo(0.3, 6);
  expect(error).toBeLessThan(1e-6);
});

/** Advance Lorenz's equations (σ = 10, ρ = 28, β = 8/3) by 0.1. */
function lorenz(start: Float64Array): Float64Array {
  const rate = ([x, y, z]: Float64Array) => Float64Array.of(10 * (y - x), x * (28 - z) - y, x * y - (8 / 3) * z);
  let x = start;
  const step = 0.01;
  const moved = (by: Float64Array, share: number) => x.map((value, i) => value + share * step * by[i]);
  for (let n = 0; n < 10; n++) {
    const a = rate(x);
    const b = rate(moved(a, 0.5));
    const c = rate(moved(b, 0.5));
    const d = rate(moved(c, 1));
    x = x.map((value, i) => value + (step / 6) * (a[i] + 2 * b[i] + 2 * c[i] + d[i]));
  }
  return x;
}

test("of Lorenz's attractor it is 0.906", () => {
  const {exponent, error} = growthRate(lorenz, Float64Array.of(1, 2, 20), {
    interval: 0.1,
    intervals: 8000,
    skip: 200,
    size: 1e-8,
  });
  expect(Math.abs(exponent - 0.9056)).toBeLessThan(0.02); // Sprott, Chaos and Time-Series Analysis (2003)
  expect(error).toBeLessThan(0.02);
});

test("of Kolmogorov flow there is a row a Reynolds number, which is kept", async () => {
  const config = preset("kolmogorov", "smoke");
  const data = {...config.data, reynolds: [40, 80], spinUp: 10, trajectories: {train: 2, valid: 2, test: 2}};
  const lab = open(() => ({...config, data, rollout: {...config.rollout, trajectories: 2}}) as never);
  const rows = await lyapunovExponents(lab, {time: 20});
  expect(rows.map(({block}) => block)).toEqual(['{"Reynolds":40}', '{"Reynolds":80}']);
  for (const {exponent, time, timePerLead} of rows) {
    expect(Math.abs(exponent)).toBeLessThan(2);
    expect(time).toBeCloseTo(1 / exponent, 12);
    expect(timePerLead).toBeCloseTo(2 / 10 / config.stride, 12);
  }
  const write = jest.spyOn(artifacts().constructor.prototype as {write: () => void}, "write");
  expect(await lyapunovExponents(lab, {time: 20})).toEqual(rows);
  expect(write).not.toHaveBeenCalled();
  write.mockRestore();
});

test("refuses other systems, and runs that are too short", async () => {
  await expect(lyapunovExponents(open())).rejects.toThrow("expected a laboratory of Kolmogorov flow");
  expect(() => growthRate(lorenz, Float64Array.of(1, 2, 3), {interval: 0.1, intervals: 5})).toThrow("intervals");
});
