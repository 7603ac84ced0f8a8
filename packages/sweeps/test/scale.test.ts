import {scaleOf} from "../src/scale";

test("numbers that are positive and far apart are on a logarithmic axis, others on an even one, words on their own", () => {
  expect(scaleOf([1e-3, 1e-1])).toEqual({kind: "numbers", from: 1e-3, to: 1e-1, log: true});
  expect(scaleOf([32, 128])).toEqual({kind: "numbers", from: 32, to: 128, log: false});
  expect(scaleOf([-1, 100])).toMatchObject({log: false});
  expect(scaleOf(["a", 1, "a"])).toEqual({kind: "words", words: ['"a"', "1"]});
  expect(scaleOf([3, 3])).toEqual({kind: "words", words: ["3"]});
  expect(scaleOf([])).toEqual({kind: "words", words: []});
});
