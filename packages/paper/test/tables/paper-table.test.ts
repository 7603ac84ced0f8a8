import {laidOut, lowestPerRow} from "../../src/tables/paper-table";

describe("the smallest number of a row", () => {
  test("is marked in each group of columns, ties together", () => {
    const rows = [
      {a: 1, b: 2, c: 0.5, d: 0.5},
      {a: 3, b: 2, c: null, d: 1},
    ];
    expect(
      lowestPerRow(rows, [
        ["a", "b"],
        ["c", "d"],
      ]),
    ).toEqual([["a", "c", "d"], ["b"]]);
  });

  test("is not marked where there is nothing to compare, and a diverged forecast is not the best", () => {
    expect(
      lowestPerRow(
        [
          {a: 1, b: null},
          {a: NaN, b: NaN},
          {a: NaN, b: 2, c: 1},
        ],
        [["a", "b", "c"]],
      ),
    ).toEqual([[], [], ["c"]]);
    expect(lowestPerRow([], [["a"]])).toEqual([]);
  });
});

test("numbers are laid out in the order in which rows first appear, empty where there is none", () => {
  const numbers = [
    {row: {method: "b"}, column: "y", value: 1, error: 0.1},
    {row: {method: "a"}, column: "x", value: 2},
    {row: {method: "b"}, column: "x", value: null},
  ];
  expect(laidOut(numbers, ["x", "y"])).toEqual([
    {method: "b", x: null, y: 1, "y ±": 0.1},
    {method: "a", x: 2, y: null, "y ±": null},
  ]);
});
