import {optunaJournal} from "../src/optuna-journal";
import {trial} from "./trials";

const variants = [
  {method: "autoencoder", overrides: {rate: 1e-3, name: "x"}},
  {method: "autoencoder", overrides: {rate: 1e-1, name: "y"}},
];
const study = {name: "s", measure: "error", variants};
const lines = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test("a journal has the operations that Optuna writes itself", () => {
  const [create, begin, method, rate, name, first, second, ...rest] = lines(
    optunaJournal([trial(variants[1].overrides, 0, 0.5)], study),
  );
  expect(create).toEqual({worker_id: "lola", op_code: 0, study_name: "s", directions: [1]});
  expect(begin).toMatchObject({op_code: 4, study_id: 0});
  expect(method).toMatchObject({op_code: 5, param_name: "method", param_value_internal: 0});
  expect(rate).toMatchObject({op_code: 5, trial_id: 0, param_name: "rate", param_value_internal: 0.1});
  expect(JSON.parse(rate.distribution as string)).toEqual({
    name: "FloatDistribution",
    attributes: {step: null, low: 1e-3, high: 1e-1, log: true},
  });
  expect(JSON.parse(name.distribution as string)).toEqual({
    name: "CategoricalDistribution",
    attributes: {choices: ["x", "y"]},
  });
  expect(name.param_value_internal).toBe(1);
  expect([first, second]).toMatchObject([
    {op_code: 7, step: 50, intermediate_value: 1},
    {op_code: 7, step: 100, intermediate_value: 0.5},
  ]);
  expect(rest.at(-1)).toMatchObject({op_code: 6, state: 1, values: [0.5]});
});

test("a longer sweep's journal begins with that of a shorter one", () => {
  const early = trial(variants[0].overrides, 0, 1);
  const late = trial(variants[1].overrides, 1, 2);
  expect(optunaJournal([late, early], study).startsWith(optunaJournal([early], study))).toBe(true);
});

test("a trial that failed, or whose value is not finite, is a failed one", () => {
  const failed = trial(variants[0].overrides, 0, 0, {measured: undefined, error: "diverged"});
  const text = lines(optunaJournal([failed, trial(variants[1].overrides, 1, NaN)], study));
  const ends = text.filter(({op_code}) => op_code === 6);
  expect(ends).toMatchObject([
    {state: 3, values: null},
    {state: 3, values: null},
  ]);
  expect(text).toContainEqual(expect.objectContaining({user_attr: {error: "diverged"}}));
});
