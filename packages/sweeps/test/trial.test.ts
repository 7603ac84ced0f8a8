import {byVariant, measuredTrials, methodsOf, optionsOf, readEndedTrial, variedOptions} from "../src/trial";
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

test("trials that failed were not measured", () => {
  const trials = [trial({}, 0, 1), trial({}, 2, 1, {measured: undefined})];
  expect(measuredTrials(trials)).toEqual([trials[0]]);
});

test("a trial survives JSON, with numbers that JSON cannot hold", () => {
  const first = trial({width: 1}, 0, NaN);
  expect(readEndedTrial(JSON.parse(JSON.stringify(first)))).toEqual(first);
});

test("a trial that failed has its sentence", () => {
  const failed = {...trial({width: 1}, 0, 1), measured: undefined, error: "diverged"};
  expect(readEndedTrial(JSON.parse(JSON.stringify(failed)))).toMatchObject({error: "diverged", seed: 0});
});

test.each([null, 1, {}, {method: "solver", overrides: [], seed: 0}, {...trial({}, 0, 1), measured: {}}])(
  "%j is none",
  (found) => expect(readEndedTrial(found)).toBeUndefined(),
);
