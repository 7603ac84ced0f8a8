import {samplerStudy} from "../../src/studies/variant-studies";
import {smokeLabs} from "../../../laboratory/test/smoke";
import {withoutTraining} from "./measured";

jest.mock("@lola-ts/sweeps", () => ({...jest.requireActual<object>("@lola-ts/sweeps"), runSweep: jest.fn()}));

const {open} = smokeLabs();
afterAll(() => jest.restoreAllMocks());
const plans = withoutTraining((_, overrides, seed) => 1 / (overrides["rollout.steps"] as number) + seed);

test("samplers are rows of order and network calls, and lines of a figure for each measure", async () => {
  const {rows, figure} = await samplerStudy(open());
  expect(rows).toHaveLength(3 * 5);
  expect(rows[0]).toMatchObject({order: 1, "network calls": 4, seeds: 3, "vrmse@1:20": 1.25, "mid@1:20": 1.25});
  const {data, layout} = figure();
  const lines = ["order 1 (DDIM)", "order 2", "order 3"];
  expect(data.map(({name}) => name)).toEqual([...lines, ...lines, ...lines]);
  expect(JSON.stringify(layout)).toContain("Middle band");
  expect(plans[0].config.rollout).toMatchObject({trajectories: 1, members: 2}); // no more than the preset has
});

test("models are those of the design choices: only rollouts differ", async () => {
  const {latent, autoencoder} = plans[0].config;
  const {config} = open();
  expect(latent.training.steps).toBe(Math.ceil(config.latent.training.steps / 4));
  expect(autoencoder.steps).toEqual({16: 2, 4: 2});
  const {rows} = await samplerStudy(open(), {seeds: 1, steps: [2]});
  expect(rows).toHaveLength(3);
  await expect(samplerStudy(open(), {steps: [0]})).rejects.toThrow("samplerStudy: expected steps to be a list");
  await expect(samplerStudy({} as never)).rejects.toThrow("samplerStudy: expected lab to be a laboratory");
});
