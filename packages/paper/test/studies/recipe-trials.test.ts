import {recipeTrials, recipeVariants} from "../../src/studies/variant-studies";
import {smokeLabs} from "../../../laboratory/test/smoke";
import {withoutTraining} from "./measured";

jest.mock("@lola-ts/sweeps", () => ({...jest.requireActual<object>("@lola-ts/sweeps"), runSweep: jest.fn()}));

const {open} = smokeLabs();
afterAll(() => jest.restoreAllMocks());
const plans = withoutTraining((_, overrides, seed) => 1 + Object.keys(overrides).length + seed);

test("each recipe changes one setting, and is compared with the preset's by VRMSE", async () => {
  const {rows} = await recipeTrials(open(), {seeds: 2});
  expect(rows.map(({variant}) => variant)).toEqual(Object.keys(recipeVariants));
  expect(rows[0]).toMatchObject({"vrmse@1:20": 1.5, validation: 1.5, "change, %": null, seeds: 2});
  for (const row of rows.slice(1)) expect(row["change, %"]).toBeCloseTo(100 * (Math.sqrt(3) - 1), 9);
  expect(plans[0]).toMatchObject({name: "recipes-euler-smoke", methods: ["diffusion"], seeds: 2});
});

test("what is no laboratory is refused", async () => {
  await expect(recipeTrials({} as never)).rejects.toThrow("recipeTrials: expected lab to be a laboratory");
});
