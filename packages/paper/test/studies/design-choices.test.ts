import {designChoices, designVariants} from "../../src/studies/variant-studies";
import {smokeLabs} from "../../../laboratory/test/smoke";
import {withoutTraining} from "./measured";

const {open} = smokeLabs();
afterAll(() => jest.restoreAllMocks());
const plans = withoutTraining((_, overrides, seed) => Object.keys(overrides).length + seed);

test("each choice is changed alone, and compared with the preset as it is", async () => {
  const {rows, caption} = await designChoices(open());
  expect(rows.map(({variant}) => variant)).toEqual(Object.keys(designVariants));
  expect(rows[0]).toMatchObject({"vrmse@1:20": 1, difference: null, seeds: 3});
  expect(rows[1]).toMatchObject({"vrmse@1:20": 2, difference: 1});
  expect(rows.at(-1)!.difference).toBe(4); // a distribution of contexts has four options
  expect(plans[0]).toMatchObject({name: "design-choices-euler-smoke", methods: ["diffusion"], seeds: 3});
  expect(caption).toMatch(/^A quarter of the preset's steps; differences are of VRMSE\./);
});

test("what is no laboratory is refused", async () => {
  await expect(designChoices({} as never)).rejects.toThrow("designChoices: expected lab to be a laboratory");
});
