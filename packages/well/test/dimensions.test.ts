import {checkCoordinates, checkTimes} from "../src/metadata";

const of = (...values: number[]) => Float64Array.from(values);

test("times have to be finite and must not decrease; repeated ones are reported", () => {
  expect(checkTimes(of(0, 0.5, 1), 3)).toEqual({});
  expect(checkTimes(of(0, 1, 2, 0, 1, 2), 3)).toEqual({}); // two trajectories
  expect(checkTimes(of(0, NaN), 2)).toEqual({failure: {expected: "finite times", found: "NaN"}});
  expect(checkTimes(of(0, 2, 1), 3)).toEqual({failure: {expected: "times that do not decrease", found: "1 after 2"}});
  expect(checkTimes(of(0, 0, 0), 3)).toEqual({
    report: {expected: "times that increase", found: "2 that repeat the one before"},
  });
});

test("coordinates have to be finite; those without one direction are reported", () => {
  for (const fine of [of(0, 1, 3), of(3, 1, 0), of(7)]) expect(checkCoordinates(fine, fine.length)).toEqual({});
  expect(checkCoordinates(of(0, Infinity), 2)).toEqual({failure: {expected: "finite coordinates", found: "Infinity"}});
  const expected = "coordinates that increase or decrease";
  expect(checkCoordinates(of(0, 2, 1, 3), 4)).toEqual({report: {expected, found: "1 after 2"}});
  expect(checkCoordinates(of(0, 0), 2)).toEqual({report: {expected, found: "0 after 0"}});
});
