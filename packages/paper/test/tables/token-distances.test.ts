import {Rng} from "@lola-ts/core";
import {tokenDistances, type TrajectoryTokens} from "../../src/tables/token-distances";

/** Trajectories of normal tokens in 3 dimensions around a mean, with their own small offsets. */
function trajectories(value: number, mean: number, count: number): TrajectoryTokens[] {
  const random = Rng.from("tokens", value);
  return Array.from({length: count}, () => {
    const offset = 0.1 * random.normal();
    const tokens = Array.from({length: 400}, () => Array.from({length: 3}, () => mean + offset + random.normal()));
    return {value, tokens};
  });
}

test("distances are those of the means where covariances agree, with an error and a floor", () => {
  const {values, distances, errors, notes} = tokenDistances([...trajectories(2, 5, 6), ...trajectories(1, 0, 6)]);
  expect(values).toEqual([1, 2]);
  expect(distances[0][1]).toBeCloseTo(5 * Math.sqrt(3), 0);
  expect(distances[0][0]).toBe(0);
  expect(errors![0][1]).toBeGreaterThan(0.02); // offsets of 0.1 over six trajectories of each
  expect(errors![0][1]).toBeLessThan(0.3);
  expect(notes![0]).toMatchObject({trajectories: 6, states: 2400});
  expect(notes![0].halves).toBeLessThan(0.5);
});

test("a value with one trajectory has neither error nor halves", () => {
  const {errors, notes} = tokenDistances([...trajectories(1, 0, 1), ...trajectories(2, 1, 3)]);
  expect(errors![0][1]).toBeNaN();
  expect(notes![0].halves).toBeNull();
});

test("a single value is refused in one sentence", () => {
  expect(() => tokenDistances(trajectories(1, 0, 2))).toThrow(
    "tokenDistances: expected two values or more with two states or more each, found 800 states.",
  );
});
