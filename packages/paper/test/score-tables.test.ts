import {comparedContexts, sharedStart} from "../src/score-tables";
import {preset} from "@lola-ts/laboratory/stages";

const lab = {config: preset("euler", "tour")};
const {stride} = lab.config;
const startingAt = (start: number) => ({config: {...lab.config, rollout: {...lab.config.rollout, start}}});

test("one to three context states are compared, where the window has something left to predict", () => {
  expect(comparedContexts(lab)).toEqual([1, 2, 3]);
  expect(comparedContexts({config: {...lab.config, window: 3}})).toEqual([1, 2]);
});

test("forecasts from different numbers of states begin where the longest context ends, or later", () => {
  expect(sharedStart(lab, [1])).toBe(0);
  expect(sharedStart(lab, [1, 3, 2])).toBe(2 * stride);
  expect(sharedStart(startingAt(stride), [1, 2, 3])).toBe(2 * stride);
  expect(sharedStart(startingAt(5 * stride), [1, 2, 3])).toBe(5 * stride);
});
