import {fromJsonText, toJsonText} from "../../../lib/lab/store/json-numbers";

test("numbers come back as they were, those that are not finite too", () => {
  const value = {errors: [0.1, NaN, Infinity, -Infinity, -1e-300], name: "numbers: none", none: null};
  expect(fromJsonText(toJsonText(value))).toEqual(value);
});
