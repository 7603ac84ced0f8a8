import {readEndedTrial} from "../src/stored-trial";
import {trial} from "./trials";

test("a trial survives JSON, with numbers that JSON cannot hold", () => {
  const first = trial({width: 1}, 0, NaN);
  expect(readEndedTrial(JSON.parse(JSON.stringify(first)))).toEqual(first);
});

test("a trial that failed has its sentence", () => {
  const failed = {...trial({width: 1}, 0, 1), measured: undefined, error: "diverged"};
  expect(readEndedTrial(JSON.parse(JSON.stringify(failed)))).toMatchObject({error: "diverged", seed: 0});
});

test.each([null, 1, {}, {method: "solver", overrides: [], seed: 0, share: 1}, {...trial({}, 0, 1), measured: {}}])(
  "%j is none",
  (found) => expect(readEndedTrial(found)).toBeUndefined(),
);
