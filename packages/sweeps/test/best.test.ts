import {bestVariants} from "../src/best";
import {trial} from "./trials";

const trials = [
  trial({name: "x", rate: 1}, 0, 3),
  trial({name: "x", rate: 1}, 1, 1),
  trial({name: "x", rate: 2}, 0, 1.5),
  trial({name: "y", rate: 1}, 0, NaN),
  trial({name: "y", rate: 2}, 0, 9),
];

test("the best is the one with the smallest mean over seeds, for each value of some options", () => {
  expect(bestVariants(trials, "error")).toEqual([{name: "x", rate: 2}]);
  expect(bestVariants(trials, "error", ["name"])).toEqual([
    {name: "x", rate: 2},
    {name: "y", rate: 2},
  ]);
});
