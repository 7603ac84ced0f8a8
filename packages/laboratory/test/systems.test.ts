import {systemOf} from "@lola-ts/simulators";
import {displayedView, imageOf} from "@lola-ts/figures";
import {testTrajectory} from "../src/stages/evaluation";
import type {Lab} from "../src/lab";
import {preset} from "../src/presets/presets";
import {decodeRollout} from "../src/stages/rollouts";
import {smokeLabs, rolloutOf} from "./smoke";

const {open} = smokeLabs();

/** The whole experiment in three dimensions is what the notebooks' test runs. */
describe("convection, a whole experiment at smoke size", () => {
  let lab: Lab;
  beforeAll(() => void (lab = open(() => preset("rayleigh-benard", "smoke"))));

  test("says which system it is", async () => {
    expect(lab.system).toBe(systemOf("rayleigh-benard"));
    expect(lab.caption).toBe(
      "rayleigh-benard, preset smoke, seed 0, 32 × 16 states, 2 training and 1 test trajectories, 6 training steps",
    );
    expect((await lab.explain())[0].setting).toBe("convection, Ra 1e5, Pr 1, 32 × 16 cells, 11 frames to t = 30");
  });

  test("has the label, the horizons and the distance of its system", async () => {
    const dataset = await lab.dataset();
    expect(dataset.labels("test")).toEqual([Float32Array.of(Math.log(1e5), 0, 2, 2, 0, 0)]);
    const results = (await lab.evaluation()).results();
    expect(new Set(results.map(({horizon}) => horizon))).toEqual(new Set(["1:20", "21:40"]));
    expect(new Set(results.map(({dataset: name}) => name))).toEqual(new Set(["RB"]));
    for (const {metric, value} of results) if (metric === "transport") expect(value).toBeGreaterThan(0);
  });

  test("shows a forecast of its own field in the shape of a layer", async () => {
    const [dataset, {model}] = [await lab.dataset(), await lab.autoencoder(16)];
    const rollout = await rolloutOf(lab, {kind: "diffusion", latentChannels: 16});
    const {shape} = decodeRollout(rollout, 0, dataset.standardization, model);
    expect(shape).toEqual([2, 11, 32, 16, 4]);
    const truth = testTrajectory(dataset, 0);
    const image = imageOf(truth, 10, displayedView(dataset.system));
    expect(image.shape).toEqual([32, 16]);
    expect(image.data[0]).toBeGreaterThan(image.data[15]); // hot below, cold above
  });
});

test("Kolmogorov flow, which is not in the paper, makes a whole experiment at smoke size", async () => {
  const lab = open(() => preset("kolmogorov", "smoke"));
  expect((await lab.explain())[0].setting).toBe("Kolmogorov flow, Re 40, 16² cells, 11 frames to t = 2");
  const dataset = await lab.dataset();
  expect(dataset.wells.train.channels).toEqual(["vorticity", "velocity_x", "velocity_y"]);
  expect(dataset.labels("test")).toEqual([Float32Array.of(Math.log(40), 2, 2, 2, 2)]);
  expect(dataset.checks().failures).toEqual([]);
  const results = (await lab.evaluation()).results();
  expect(new Set(results.map(({dataset: name}) => name))).toEqual(new Set(["KF"]));
});
