import {designChoices, designVariants} from "../../src/studies/variant-studies";
import {smokeLabs} from "../../../laboratory/test/smoke";
import {withoutTraining} from "./measured";

jest.mock("@lola-ts/sweeps", () => ({...jest.requireActual<object>("@lola-ts/sweeps"), runSweep: jest.fn()}));

const {open} = smokeLabs();
afterAll(() => jest.restoreAllMocks());
const plans = withoutTraining((_, overrides, seed) => 1 + Object.keys(overrides).length + seed);

test("each choice is changed alone, and compared with the preset as it is", async () => {
  const {rows, caption} = await designChoices(open());
  expect(rows.map(({variant}) => variant)).toEqual(Object.keys(designVariants));
  expect(rows[0]).toMatchObject({"vrmse@1:20": 2, "change, %": null, seeds: 3});
  expect(rows[1]).toMatchObject({"vrmse@1:20": 3, "change, %": expect.closeTo(100 * (4 ** (1 / 3) - 1), 9)});
  expect(rows.at(-1)!["change, %"]).toBeCloseTo(100 * (35 ** (1 / 3) - 1), 9); // contexts have four options
  expect(plans[0]).toMatchObject({name: "design-choices-euler-smoke", methods: ["diffusion"], seeds: 3});
  expect(caption).toMatch(/^A quarter of the preset's steps; changes are of VRMSE\./);
});

test("what is no laboratory is refused", async () => {
  await expect(designChoices({} as never)).rejects.toThrow("designChoices: expected lab to be a laboratory");
});
