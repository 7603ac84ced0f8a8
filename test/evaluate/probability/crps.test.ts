import {Rng} from "@lola-ts/core";
import {crps} from "../../../lib/evaluate/probability/crps";
import {recorded} from "./recorded";

test.each(recorded)("equals scoringrules, ensemble %#", (one) => {
  expect(crps(one.truth, one.members)).toBeCloseTo(one["crps, fair"], 12);
  expect(crps(one.truth, one.members, {alpha: 0})).toBeCloseTo(one["crps, plain"], 12);
  const almost = 0.95 * one["crps, fair"] + 0.05 * one["crps, plain"];
  expect(crps(one.truth, one.members, {alpha: 0.95})).toBeCloseTo(almost, 12);
});

test("is the mean absolute error of a single forecast", () => {
  expect(crps([0, 1, 2], [[1, 1, 0]])).toBe(1);
  expect(crps([0, 1, 2], [[1, 1, 0]], {alpha: 0})).toBe(1);
});

test("equals the integral of the squared difference of distribution functions, in its plain form", () => {
  const members = [-1, 0.5, 2];
  const y = 1;
  // between the sorted points the difference is constant: 1/3, 2/3, 2/3 - 1
  const integral = 1.5 * (1 / 3) ** 2 + 0.5 * (2 / 3) ** 2 + 1 * (1 / 3) ** 2;
  expect(
    crps(
      [y],
      members.map((x) => [x]),
      {alpha: 0},
    ),
  ).toBeCloseTo(integral, 14);
});

test.each([2, 4, 16])("has the expectation of a Gaussian, whatever the number of members: %d", (K) => {
  const random = Rng.from("crps", K);
  const points = 40_000;
  const draw = () => Float64Array.from({length: points}, () => random.normal());
  const found = crps(draw(), Array.from({length: K}, draw));
  // E|X - Y| - E|X - X'| / 2 = 1 / sqrt(pi) for independent standard normal variables
  expect(Math.abs(found - 1 / Math.sqrt(Math.PI))).toBeLessThan(5 * (0.8 / Math.sqrt(points)));
});

test("rewards honesty: too narrow and too wide ensembles score worse", () => {
  const random = Rng.from("crps honesty");
  const truth = Float64Array.from({length: 20_000}, () => random.normal());
  const noise = Array.from({length: 8}, () => truth.map(() => random.normal()));
  const score = (width: number) =>
    crps(
      truth,
      noise.map((member) => member.map((x) => width * x)),
    );
  expect(score(1)).toBeLessThan(score(0.5));
  expect(score(1)).toBeLessThan(score(1.8));
});

test("a NaN shows", () => {
  expect(crps([0, NaN], [[0, 0]])).toBeNaN();
  expect(crps([0, 1], [[0, 0], [NaN, 0]])).toBeNaN(); // prettier-ignore
});

test("refuses no members, members of another size and a share outside [0, 1]", () => {
  expect(() => crps([0], [])).toThrow("crps: expected members to be a list, each a row of numbers, found []");
  expect(() => crps([0, 1], [[0]])).toThrow("crps: expected members of 2 points, found one of 1");
  expect(() => crps([0], [[0]], {alpha: 1.5})).toThrow(
    "crps: expected alpha to be a finite number from 0 to 1, found 1.5",
  );
});
