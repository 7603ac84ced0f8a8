import {validationCurve} from "../../src/stages/training";

test("steps and errors are lists of their own, in order", () => {
  const validation: [number, number][] = [
    [10, 0.5],
    [20, 0.25],
  ];
  expect(validationCurve({validation})).toEqual({steps: [10, 20], loss: [0.5, 0.25]});
});
