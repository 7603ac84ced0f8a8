import {checkOptions} from "../../src/options/check-options";
import {valueInWords} from "../../src/text";
import {flag, list, number, oneOf, optional, section, text, whole} from "../../src/options/rules";

const rule = section({
  periodic: optional(flag),
  dropout: optional(number({min: 0, below: 1})),
  blocks: list(whole({min: 1, max: 8})),
  axes: optional(list(text, {repeats: false})),
  schedule: optional(section({name: oneOf(["log-logit", "rectified"])})),
});
const check = (values: unknown) => () => checkOptions("run", rule, values, "config");

test("options that follow their rules are accepted", () => {
  expect(check({blocks: [1, 8]})).not.toThrow();
  expect(check({periodic: false, dropout: 0, blocks: [1], axes: ["x"], schedule: {name: "rectified"}})).not.toThrow();
});

test.each<[unknown, string]>([
  [{blocks: [1], periodic: "false"}, 'run: expected config.periodic to be true or false, found "false".'],
  [{blocks: [1], periodic: 0}, "run: expected config.periodic to be true or false, found 0."],
  [{blocks: [1], dropout: 1}, "run: expected config.dropout to be a finite number of 0 or more and below 1, found 1."],
  [{blocks: [1], dropuot: 1}, 'run: unknown option "config.dropuot"; did you mean "config.dropout"?'],
  [{blocks: [9]}, "run: expected config.blocks to be a list, each a whole number from 1 to 8, found [ 9 ]."],
  [{}, "run: expected config.blocks to be a list, each a whole number from 1 to 8, found none."],
  [{blocks: [1], axes: ["x", "x"]}, "expected config.axes to be a list without repetition, each a text"],
  [{blocks: [1], schedule: {name: "linear"}}, 'expected config.schedule.name to be "log-logit" or "rectified"'],
  [{blocks: [1], ["\u001b[2J".repeat(100)]: 1}, "run: unknown option"],
  [[1], "run: expected config to be options such as"],
])("%j is refused in one sentence", (values, sentence) => {
  expect(check(values)).toThrow(sentence);
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  expect(check(values)).not.toThrow(/[\u0000-\u001f]/);
});

test("values are printed in part, and without what a terminal obeys", () => {
  expect(valueInWords("x".repeat(1000)).length).toBeLessThan(100);
  expect(valueInWords("\u009b2J\u202e")).toBe('"\\u009b2J\\u202e"');
  expect(valueInWords(undefined)).toBe("none");
});
