import {fromJsonText, toJsonText} from "../src/json";

test("numbers come back as they were, those that are not finite too", () => {
  const value = {errors: [0.1, NaN, Infinity, -Infinity, -1e-300], name: "numbers: none", none: null};
  expect(fromJsonText(toJsonText(value))).toEqual(value);
});

test("text of finite numbers is read as JSON, also beside a name that looks like another one", () => {
  for (const value of [
    {a: [1, -0.5, null], b: "numbers: none"},
    {"number:1": 2, c: {d: [true]}},
  ]) {
    expect(fromJsonText(toJsonText(value))).toEqual(value);
  }
});
