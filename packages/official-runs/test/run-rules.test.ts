import {accepts, checkOptions} from "@lola-ts/core";
import {
  autoencoderRule,
  axisNames,
  denoiserRule,
  fieldDeviation,
  folderNames,
  scheduleRule,
  solverRule,
} from "../src/official-config";
import {tinyAutoencoder, tinyNetwork} from "../../../test/tiny";

const refusal = (rule: Parameters<typeof checkOptions>[1], value: unknown) => () => checkOptions("run", rule, value);

test("configurations of models are accepted, and each wrong option is named", () => {
  const {config} = tinyAutoencoder();
  expect(refusal(autoencoderRule, config)).not.toThrow();
  expect(refusal(solverRule, tinyNetwork())).not.toThrow();
  expect(refusal(denoiserRule, {network: tinyNetwork(), schedule: {name: "rectified"}})).not.toThrow();
  expect(refusal(autoencoderRule, {...config, periodic: "false"})).toThrow("expected periodic to be true or false");
  expect(refusal(autoencoderRule, {...config, dropout: 1})).toThrow("dropout to be a number from 0 to 1 (excluded)");
  expect(refusal(solverRule, {...tinyNetwork(), hidBlocks: 2 ** 21})).toThrow("from 0 to 1048576, found 2097152.");
  expect(refusal(solverRule, {...tinyNetwork(), hidBlock: 2})).toThrow('did you mean "hidBlocks"?');
});

test("a schedule has the options of its name", () => {
  expect(refusal(scheduleRule, {name: "log-logit", scale: 0.5, shift: -1})).not.toThrow();
  expect(refusal(scheduleRule, {name: "log-linear", scale: 0.5})).toThrow('unknown option "scale"');
  expect(refusal(scheduleRule, {name: "rectified", sigmaMin: 0})).toThrow("sigmaMin to be a number above 0 up to 1e9");
});

test("names of folders do not lead to others, axes are two or three, deviations positive", () => {
  for (const names of [["a", "a"], ["../a"], ["."], ["a\n"], [1]]) expect(accepts(folderNames, names)).toBe(false);
  expect([[], ["a", "b c"]].map((value) => accepts(folderNames, value))).toEqual([true, true]);
  expect([["x"], ["x", "y"], ["x", "y", "z"], ["x", "x"]].map((value) => accepts(axisNames, value))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect([0, -1, NaN, 1e31, 0.1].map((value) => accepts(fieldDeviation, value))).toEqual([
    false,
    false,
    false,
    false,
    true,
  ]);
});
