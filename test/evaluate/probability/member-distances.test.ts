import {Rng} from "@lola-ts/core";
import {memberDistances} from "../../../lib/evaluate/probability/crps";

test("by hand: members 3 and 4 from the truth at one of two points, and 7 from each other", () => {
  const {members, toTruth, apart} = memberDistances([0, 1], [[3, 1], [-4, 1]]); // prettier-ignore
  expect(members).toBe(2);
  expect(toTruth.absolute).toBeCloseTo((3 + 4) / 2 / 2, 14);
  expect(toTruth.square).toBeCloseTo((3 + 4) / 2 / Math.SQRT2, 14);
  expect(apart.absolute).toBeCloseTo(7 / 2, 14);
  expect(apart.square).toBeCloseTo(7 / Math.SQRT2, 14);
});

test("one member is apart from none", () => {
  expect(memberDistances([1, 2], [[2, 4]])).toEqual({
    members: 1,
    toTruth: {absolute: 1.5, square: Math.sqrt(2.5)},
    apart: {absolute: 0, square: 0},
  });
});

test("distances of two members are the sorted members' sum with weights 2 i - K + 1", () => {
  const random = Rng.from("member distances");
  const members = Array.from({length: 9}, () => [random.normal()]);
  const sorted = members.flat().sort((a, b) => a - b);
  const sum = sorted.reduce((total, value, i) => total + (2 * i - 8) * value, 0);
  expect(memberDistances([0], members).apart.absolute).toBeCloseTo(sum / 36, 13);
});

test("a NaN shows, in what it belongs to", () => {
  const {toTruth, apart} = memberDistances([NaN], [[0], [1]]);
  expect([toTruth.absolute, apart.absolute]).toEqual([NaN, 1]);
});
