import {Rng} from "@lola-ts/core";
import {mantelTest, ranks} from "../../../lib/evaluate/statistics/mantel";

const between = (x: readonly number[]) => x.map((a) => x.map((b) => (a - b) ** 2));

test("equal values share the mean of their ranks", () => {
  expect(ranks([3, 1, 3, 2])).toEqual([1, -1.5, 1, -0.5]);
});

test("distances that are a growing function of the parameter's have correlation 1, at the smallest possible p", () => {
  const {correlation, p} = mantelTest(between([1, 2, 4, 8, 16]), [1, 2, 4, 8, 16]);
  expect(correlation).toBeCloseTo(1, 12);
  expect(p).toBeCloseTo(1 / 120, 12);
  expect(mantelTest(between([1, 2, 3, 4]), [1, 2, 3, 4]).p).toBeCloseTo(2 / 24, 12); // so does the reversed order
});

test("of distances without structure p is uniform", () => {
  const random = Rng.from("mantel test");
  const p = Array.from({length: 200}, () => {
    const d = Array.from({length: 5}, () => new Array<number>(5).fill(0));
    for (let i = 0; i < 5; i++) for (let j = 0; j < i; j++) d[i][j] = d[j][i] = random.uniform();
    return mantelTest(d, [1, 2, 4, 8, 16]).p;
  });
  expect(p.filter((one) => one <= 0.1).length / 200).toBeLessThan(0.16);
  expect(p.filter((one) => one <= 0.5).length / 200).toBeGreaterThan(0.4);
});

test("more than seven things are permuted at random, and fewer than three refused", () => {
  const x = Array.from({length: 9}, (_, i) => i);
  expect(mantelTest(between(x), x).p).toBeLessThan(0.002);
  expect(() =>
    mantelTest(
      [
        [0, 1],
        [1, 0],
      ],
      [1, 2],
    ),
  ).toThrow("mantelTest: expected distances between 3 things or more");
});
