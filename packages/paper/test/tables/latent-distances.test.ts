import ndarray from "ndarray";
import {latentDistances} from "../../src/tables/token-distances";
import {summary} from "lola/evaluate";

/** Two initial states, two values, two members, one state of two numbers. */
const states = ndarray(
  Float32Array.from([
    ...[0, 0, 3, 4], // initial state 0, first value: members (0, 0) and (3, 4)
    ...[0, 0, 0, 0], // second value
    ...[1, 0, 1, 0],
    ...[0, 0, 0, 2],
  ]),
  [2, 2, 2, 1, 1, 1, 2],
);

test("distances are Euclidean, averaged over pairs of members and initial states; the diagonal is of other noise", () => {
  const {distances, errors} = latentDistances({states, values: [1.2, 1.4]}, 0);
  const first = (0 + 0 + 5 + 5) / 4;
  const second = (1 + Math.sqrt(5) + 1 + Math.sqrt(5)) / 4;
  expect(distances[0][1]).toBeCloseTo((first + second) / 2, 6);
  expect(distances[1][0]).toBeCloseTo(distances[0][1], 12);
  expect(errors![0][1]).toBeCloseTo(summary([first, second]).error, 6);
  expect(distances[0][0]).toBeCloseTo((5 + 0) / 2, 6);
  expect(distances[1][1]).toBeCloseTo((0 + 2) / 2, 6);
});

test("the diagonal of single members is 0", () => {
  const single = ndarray(Float32Array.from([0, 0, 3, 4]), [1, 2, 1, 1, 1, 1, 2]);
  expect(latentDistances({states: single, values: [1.2, 1.4]}, 0).distances).toEqual([
    [0, 5],
    [5, 0],
  ]);
});

test("a state that was not generated is refused", () => {
  expect(() => latentDistances({states, values: [1.2, 1.4]}, 1)).toThrow(/state.*from 0 to 0, found 1/);
});
