import {rungShares, survivors} from "../src/halving";
import {trial} from "./trials";

test("rungs have η times the steps of those before, up to all", () => {
  expect(rungShares({eta: 2, rungs: 3})).toEqual([0.25, 0.5, 1]);
  expect(rungShares({rungs: 1})).toEqual([1]);
});

test("the best third goes on, by means over seeds, rounded up", () => {
  const trials = [5, 1, 4, 2, 3].flatMap((value, a) => [trial({a}, 0, value - 0.9), trial({a}, 1, value + 0.9)]);
  expect(survivors(trials, "error", {}).map(([{overrides}]) => overrides.a)).toEqual([1, 3]);
});

test("what failed or diverged does not go on", () => {
  const trials = [trial({a: 0}, 0, NaN), trial({a: 1}, 0, 9), trial({a: 2}, 0, 0, {measured: undefined, error: "no"})];
  expect(survivors(trials, "error", {eta: 1.5}).map(([{overrides}]) => overrides.a)).toEqual([1]);
});

test("a ratio of spread to skill is best at 1", () => {
  const ratio = (a: number, value: number) => {
    const {measured, ...rest} = trial({a}, 0, 0);
    return {...rest, measured: {...measured, values: {"ratio@1:20": value}}};
  };
  const trials = [ratio(0, 0.5), ratio(1, 1.1), ratio(2, 2)];
  expect(survivors(trials, "ratio@1:20", {eta: 3}).map(([{overrides}]) => overrides.a)).toEqual([1]);
});
