import {correlation, massError, nrmse, rmse, variance, vrmse} from "../../lib/evaluate/pointwise";

const u = [1, 2, 3, 6]; // mean 3, squares 4 + 1 + 0 + 9 = 14
const v = [1, 4, 3, 4]; // squared errors 0, 4, 0, 4

test("a case by hand", () => {
  expect(variance(u)).toBeCloseTo(14 / 3, 12);
  expect(variance(u, "population")).toBeCloseTo(14 / 4, 12);
  expect(rmse(u, v)).toBe(Math.SQRT2);
  expect(vrmse(u, v, {epsilon: 0})).toBeCloseTo(Math.sqrt(2 / (14 / 3)), 12);
  expect(vrmse(u, v, {epsilon: 0.5, variance: "population"})).toBeCloseTo(Math.sqrt(2 / 4), 12);
  expect(nrmse(u, v, {epsilon: 0})).toBeCloseTo(Math.sqrt(2 / (50 / 4)), 12);
  expect(massError(u, [1, 2, 3, 5])).toBeCloseTo(1 / 12, 12);
});

test("vanishes only at equality, and does not depend on units or offset", () => {
  expect(vrmse(u, u)).toBe(0);
  expect(vrmse(u, v)).toBeGreaterThan(0);
  const scaled = (x: number[]) => x.map((value) => 40 - 7 * value);
  expect(vrmse(scaled(u), scaled(v), {epsilon: 0})).toBeCloseTo(vrmse(u, v, {epsilon: 0}), 12);
});

test("point by point: order does not matter, VRMSE forgets a common shift, NRMSE a common factor only", () => {
  const order = [2, 0, 3, 1];
  const shuffled = (x: number[]) => order.map((i) => x[i]);
  const shifted = (x: number[]) => x.map((value) => value + 50);
  const scaled = (x: number[]) => x.map((value) => -3 * value);
  for (const metric of [rmse, vrmse, nrmse, massError]) {
    expect(metric(shuffled(u), shuffled(v))).toBeCloseTo(metric(u, v), 12);
    expect(metric(u, u)).toBe(0);
  }
  expect(vrmse(shifted(u), shifted(v))).toBeCloseTo(vrmse(u, v), 12);
  expect(nrmse(shifted(u), shifted(v))).toBeLessThan(0.1 * nrmse(u, v));
  expect(rmse(scaled(u), scaled(v))).toBeCloseTo(3 * rmse(u, v), 12);
  for (const metric of [vrmse, nrmse]) {
    expect(metric(scaled(u), scaled(v), {epsilon: 0})).toBeCloseTo(metric(u, v, {epsilon: 0}), 12);
  }
  expect(massError(scaled(u), scaled(v))).toBeCloseTo(massError(u, v), 12);
  expect(rmse(u, v)).toBe(rmse(v, u));
});

test("predicting the mean costs 1, however far it is from zero; NRMSE forgives it", () => {
  const field = Array.from({length: 400}, (_, i) => 100 + Math.sin(i));
  const centre = field.map(() => field.reduce((a, b) => a + b) / field.length);
  expect(vrmse(field, centre, {variance: "population"})).toBeCloseTo(1, 5);
  expect(vrmse(field, centre)).toBeCloseTo(Math.sqrt(399 / 400), 5);
  expect(nrmse(field, centre)).toBeLessThan(0.01);
});

test("epsilon bounds the error of a constant field", () => {
  expect(vrmse([2, 2, 2], [2.1, 2.1, 2.1])).toBeCloseTo(0.1 / 1e-3, 8);
});

test("refuses fields of different size", () => {
  expect(() => vrmse(u, [1, 2])).toThrow("vrmse: expected v to be a row of 4 numbers, found [ 1, 2 ].");
});

test("correlation is 1 for positive multiples, −1 for negative ones, 0 for orthogonal fields", () => {
  const times = (factor: number) => u.map((value) => factor * value);
  expect(correlation(u, times(3))).toBeCloseTo(1, 12);
  expect(correlation(u, times(-2))).toBeCloseTo(-1, 12);
  expect(correlation([1, 1, -1, -1], [1, -1, 1, -1])).toBe(0);
  expect(correlation([1, 0], [1, 1])).toBeCloseTo(Math.SQRT1_2, 12);
  expect(() => correlation(u, [1])).toThrow("correlation: expected v to be a row of 4 numbers, found [ 1 ].");
});
