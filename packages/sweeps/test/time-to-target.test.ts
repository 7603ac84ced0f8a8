import {stepsToTarget, targetTable} from "../src/time-to-target";
import {trial} from "./trials";

const validation = [
  [10, 8],
  [20, 4],
  [30, 2],
] as const;

test("steps to an error lie on straight lines between validations", () => {
  expect(stepsToTarget({validation}, 3)).toBe(25);
  expect(stepsToTarget({validation}, 4)).toBe(20);
  expect(stepsToTarget({validation}, 9)).toBe(10);
  expect(stepsToTarget({validation}, 1)).toBeUndefined();
});

test("the table averages over the seeds that reach it; its error is by default one that all reach", () => {
  const trials = [trial({a: 1}, 0, 1), trial({a: 1}, 1, 2), trial({a: 2}, 0, 4)];
  const [first, second] = targetTable(trials);
  expect(first).toMatchObject({error: 4, reached: "2 of 2", steps: 50, seconds: 25});
  expect(second).toMatchObject({error: 4, reached: "1 of 1", steps: 100});
  expect(targetTable(trials, 1.5)[0]).toMatchObject({reached: "1 of 2", steps: 75, seconds: 37.5, "steps ±": null});
  expect(targetTable(trials, 0.5)[0]).toMatchObject({reached: "0 of 2", steps: null});
});
