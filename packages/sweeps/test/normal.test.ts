import {cumulative} from "../src/normal";

test.each([
  [0, 0.5],
  [1, 0.8413447460685429],
  [1.959963984540054, 0.975],
  [-3, 0.0013498980316300946],
  [-5, 2.866515718791939e-7],
  [-10, 7.61985302416053e-24],
])("P(Z ≤ %p) = %p (tables)", (x, expected) => {
  expect(cumulative(x) / expected).toBeCloseTo(1, 9);
});

test("is symmetric, and continuous where the continued fraction takes over from the series", () => {
  for (const x of [0.3, 1.7, 2.9, 3.1, 6]) expect(cumulative(x) + cumulative(-x)).toBeCloseTo(1, 14);
  expect(cumulative(-3 + 1e-12) / cumulative(-3 - 1e-12)).toBeCloseTo(1, 9);
});
