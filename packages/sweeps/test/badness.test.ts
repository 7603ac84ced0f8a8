import {badness} from "../src/badness";

test("errors are bad as they are, a ratio of spread to skill by its distance from 1", () => {
  expect(badness("vrmse@1:20", 0.5)).toBe(0.5);
  expect(badness("ratio@1:20", 0.5)).toBe(0.5);
  expect(badness("ratio@1:20", 1.25)).toBe(0.25);
});
