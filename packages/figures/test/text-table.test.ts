import {textTable} from "../src/tables";

test("columns are aligned, errors stand beside their values, and columns without any value are left out", () => {
  const rows = [
    {name: "a", value: 1.5, "value ±": 0.25, none: null},
    {name: "long name", value: 12, "value ±": NaN, none: null},
  ];
  expect(textTable(rows)).toBe("name       value\na          1.50 ± 0.25\nlong name  12");
});

test("a value that is not a list of rows is refused by name", () => {
  expect(() => textTable(1 as never)).toThrow("textTable: expected rows to be");
});
