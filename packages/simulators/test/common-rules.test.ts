import {accepts, checkOptions, section} from "@lola-ts/core";
import {commonRules, positives} from "../src/plan";

const right = {trajectories: {train: 8, valid: 1, test: 2}, frames: 21, endTime: 1.5, seed: 0};
const check = (change: object) => () => checkOptions("data", section(commonRules), {...right, ...change});

test("options that the data of all systems share are accepted", () => {
  expect(check({})).not.toThrow();
});

test.each([
  [{frames: 1}, "data: expected frames to be a whole number of 2 or more, found 1."],
  [{endTime: 0}, "data: expected endTime to be a finite number above 0, found 0."],
  [{endTime: NaN}, "data: expected endTime to be a finite number above 0, found NaN."],
  [{seed: -1}, "data: expected seed to be a whole number of 0 or more, found -1."],
  [{trajectories: {train: 8, valid: 0, test: 2}}, "expected trajectories.valid to be a whole number of 1 or more"],
  [{trajectories: {train: 8, valid: 1}}, "expected trajectories.test to be a whole number of 1 or more, found none."],
])("%j is refused", (change, expected) => {
  expect(check(change)).toThrow(expected);
});

test("positives are numbers above 0, none twice", () => {
  expect([[1, 0.5], [1, 1], [0], [-1], []].map((list) => accepts(positives, list))).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});
