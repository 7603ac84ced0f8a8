import {timesRecipe} from "../../../lib/lab/parts/method-times";
import {preset} from "../../../lib/lab/presets/presets";
import {artifactKey} from "../../../lib/lab/store/artifacts";

const smoke = preset("euler", "smoke");
const keyOf = (...args: Parameters<typeof timesRecipe>) => {
  const {stage, version, config, inputs} = timesRecipe(...args);
  return artifactKey({stage, version, config}, inputs);
};

test("times belong to models, to how they are rolled out, and to a machine", () => {
  const key = keyOf(smoke, ["data", "model"]);
  expect(keyOf({...smoke, horizons: [[1, 4]]}, ["data", "model"])).toBe(key);
  expect(keyOf(smoke, ["data", "another"])).not.toBe(key);
  expect(keyOf({...smoke, rollout: {...smoke.rollout, steps: 3}}, ["data", "model"])).not.toBe(key);
  expect(timesRecipe(smoke, []).config).toMatchObject({machine: expect.stringContaining("logical cores") as string});
});
