import {variantStudy} from "../../src/studies/variant-studies";
import {smokeLabs} from "../../../laboratory/test/smoke";
import {withoutTraining} from "./measured";

jest.mock("@lola-ts/sweeps", () => ({...jest.requireActual<object>("@lola-ts/sweeps"), runSweep: jest.fn()}));

const {open} = smokeLabs();
afterAll(() => jest.restoreAllMocks());
const plans = withoutTraining((_, overrides, seed) => 1 + 2 * Object.keys(overrides).length + seed);

test("variants take a quarter of the steps, in the order of their names, with VRMSE first", async () => {
  const lab = open();
  const variants = {plain: {}, slow: {"latent.training.learningRate": 1e-3}};
  const plan = {where: "mine", name: "mine", variants, measure: "mid@1:20"};
  const {rows, caption, sweep} = await variantStudy(lab, plan, {seeds: 1});
  expect(rows).toMatchObject([
    {variant: "plain", "vrmse@1:20": 1},
    {variant: "slow", "vrmse@1:20": 3, "change, %": expect.closeTo(200, 9)},
  ]);
  expect(Object.keys(rows[0]).join()).not.toMatch(/method|training/);
  expect(caption).toBe(`A quarter of the preset's steps; changes are of VRMSE. ${sweep.caption}`);
  expect(plans[0].measures).toEqual(["vrmse@1:20", "crps@1:20", "mid@1:20"]);
  expect(plans[0].config.latent.training.steps).toBe(Math.ceil(lab.config.latent.training.steps / 4));
});

test("options are refused in the name of the function that asked", async () => {
  const plan = {where: "mine", name: "mine", variants: {plain: {}}, measure: "mid@1:20"};
  await expect(variantStudy(open(), plan, {seeds: 0})).rejects.toThrow(/^mine: /);
});
