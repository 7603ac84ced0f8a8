import {Rng} from "@lola-ts/core";
import {crps} from "../../../lib/evaluate/probability/crps";
import {dressingFactor, gaussianCrps} from "../../../lib/evaluate/probability/dressing";

test("the score of a Gaussian is that of the closed form at known places", () => {
  expect(gaussianCrps(0, 1)).toBeCloseTo((Math.SQRT2 - 1) / Math.sqrt(Math.PI), 6);
  expect(gaussianCrps(1, 1)).toBeCloseTo(0.6024414, 6); // properscoring 0.1: crps_gaussian(1, 0, 1)
  expect(gaussianCrps(-3, 2)).toBeCloseTo(gaussianCrps(3, 2), 15);
  expect(gaussianCrps(6, 2)).toBeCloseTo(2 * gaussianCrps(3, 1), 14);
  expect(gaussianCrps(1.5, 0)).toBe(1.5);
  expect(gaussianCrps(50, 1)).toBeCloseTo(50 - 1 / Math.sqrt(Math.PI), 9);
});

test("it is the fair score of many members", () => {
  const rng = Rng.from("gaussian members");
  const truth = Float64Array.from({length: 2000}, () => 1.3 * rng.normal());
  const members = Array.from({length: 16}, () => truth.map(() => 0.7 * rng.normal()));
  const closed = truth.reduce((sum, one) => sum + gaussianCrps(one, 0.7), 0) / truth.length;
  expect(crps(truth, members) / closed).toBeCloseTo(1, 2);
});

test("the factor of Gaussian errors is their deviation in units of the forecast's", () => {
  const rng = Rng.from("errors");
  const forecasts = [0.5, 1, 4].map((deviation) => ({
    errors: Float64Array.from({length: 20_000}, () => 0.3 * deviation * rng.normal()),
    deviation,
    scale: deviation,
  }));
  expect(dressingFactor(forecasts)).toBeCloseTo(0.3, 2);
});

test("no unit and no number of errors gives a forecast more weight", () => {
  const rng = Rng.from("two forecasts");
  const errors = (deviation: number) => Float64Array.from({length: 200}, () => deviation * rng.normal());
  const [sharp, blunt] = [0.3, 3].map((deviation) => ({errors: errors(deviation), deviation: 1, scale: 1}));
  const factor = dressingFactor([sharp, blunt]);
  expect(factor).toBeGreaterThan(0.4);
  expect(factor).toBeLessThan(2.9);
  const inOtherUnits = {errors: blunt.errors.map((error) => 100 * error), deviation: 100, scale: 100};
  expect(dressingFactor([sharp, inOtherUnits]) / factor).toBeCloseTo(1, 2);
  const twice = {...blunt, errors: Float64Array.of(...blunt.errors, ...blunt.errors)};
  expect(dressingFactor([sharp, twice]) / factor).toBeCloseTo(1, 2);
});

test("no other factor has a smaller score", () => {
  const rng = Rng.from("heavy errors");
  const forecast = {errors: Float64Array.from({length: 500}, () => rng.normal() ** 3), deviation: 2};
  const score = (factor: number) =>
    forecast.errors.reduce((sum, error) => sum + gaussianCrps(error, factor * forecast.deviation), 0);
  const best = dressingFactor([forecast]);
  for (const other of [0.8, 0.95, 1.05, 1.25]) expect(score(other * best)).toBeGreaterThan(score(best));
});

test("without errors there is nothing to fit", () => {
  expect(() => dressingFactor([])).toThrow("dressingFactor: expected errors of forecasts, found none.");
});

test("a negative deviation is refused", () => {
  expect(() => gaussianCrps(0, -1)).toThrow("gaussianCrps: expected a deviation of 0 or more, found -1");
});
