import {solverTrials, solverVariants} from "../../src/studies/variant-studies";
import {smokeLabs} from "../../../laboratory/test/smoke";
import {withoutTraining} from "./measured";

jest.mock("@lola-ts/sweeps", () => ({...jest.requireActual<object>("@lola-ts/sweeps"), runSweep: jest.fn()}));

const {open} = smokeLabs();
afterAll(() => jest.restoreAllMocks());
const plans = withoutTraining((_, overrides, seed) => 1 + Object.keys(overrides).length + seed);

test("solvers are compared on the first horizon, and measured on the last", async () => {
  const lab = open();
  const {rows} = await solverTrials(lab, {seeds: 2});
  expect(rows.map(({variant}) => variant)).toEqual(Object.keys(solverVariants(lab.config)));
  expect(rows[0]).toMatchObject({"vrmse@1:20": 1.5, "vrmse@21:40": 1.5, "change, %": null});
  const changes = [3, 6, 3].map((squared) => expect.closeTo(100 * (Math.sqrt(squared) - 1), 9) as number);
  expect(rows.slice(1).map((row) => row["change, %"])).toEqual(changes);
  expect(plans[0]).toMatchObject({name: "solver-recipes-euler-smoke", methods: ["solver"], seeds: 2});
});

test("two windows with half of the steps take as many passes of the network as one with all of them", () => {
  const {config} = open();
  const {latent} = config;
  const variants = solverVariants({...config, latent: {...latent, training: {...latent.training, steps: 3000}}});
  expect(variants["two windows unrolled, half of the steps"]).toEqual({
    "objective.unroll": 2,
    "latent.training.steps": 375,
  });
});

test("what is no laboratory is refused", async () => {
  await expect(solverTrials({} as never)).rejects.toThrow("solverTrials: expected lab to be a laboratory");
});
