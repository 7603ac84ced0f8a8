import {byVariant, methodsOf, optionsOf, variedOptions, wholeTrials} from "../src/trial";
import {trial} from "./trials";

test("trials are grouped by method and options, in their order", () => {
  const trials = [
    trial({a: 1}, 0, 1),
    trial({a: 2, b: 3}, 0, 1),
    trial({a: 1}, 1, 1),
    trial({a: 1}, 0, 1, {method: "diffusion"}),
  ];
  expect(byVariant(trials).map((group) => group.length)).toEqual([2, 1, 1]);
  expect(optionsOf(trials)).toEqual(["a", "b"]);
  expect(methodsOf(trials)).toEqual(["autoencoder", "diffusion"]);
});

test("options in which trials do not differ are left out of what tells them apart", () => {
  expect(variedOptions([trial({a: 1, b: 2}, 0, 1), trial({a: 1, b: 3, c: 4}, 0, 1)])).toEqual(["b", "c"]);
  expect(variedOptions([trial({a: 1}, 0, 1), trial({a: 1}, 1, 1)])).toEqual([]);
});

test("whole trials are measured after all steps", () => {
  const trials = [trial({}, 0, 1), trial({}, 1, 1, {share: 0.5}), trial({}, 2, 1, {measured: undefined})];
  expect(wholeTrials(trials)).toEqual([trials[0]]);
});
