import {BOUNDARY} from "@lola-ts/core";
import {standardize} from "lola/data";
import {type Lab, encodeStates, trajectoryAt, openTrained} from "@lola-ts/laboratory";
import {Dataset} from "@lola-ts/laboratory/stages";
import {runSweep} from "@lola-ts/sweeps";
import {onOtherTrajectories} from "../../src/studies/other-trajectories";
import {viewRollouts} from "../../src/views/rollout-view";
import {smokeLabs, rolloutOf} from "../../../laboratory/test/smoke";

const {artifacts, open} = smokeLabs();
const diffusion = {kind: "diffusion", latentChannels: 16} as const;

describe("trained models on other trajectories", () => {
  let [lab, away]: Lab[] = [];
  beforeAll(async () => {
    lab = open((config) => ({...config, latentChannels: [16]}));
    away = onOtherTrajectories(lab, {data: {boundaries: ["open"]}, trajectories: 2, members: 3});
    await lab.emulators();
  });

  test("have other boundaries in states and labels, and the constants of the models' own data", async () => {
    const [there, own] = [await away.dataset(), await lab.dataset()];
    expect(there.testTrajectories).toEqual([0, 1]);
    expect(there.splits).toEqual(["test"]);
    expect(there.wells.test.trajectories[0].boundary.flat()).toEqual(Array(4).fill(BOUNDARY.OPEN));
    expect(Array.from(there.labels("test")[0].slice(1))).toEqual(Array(4).fill(BOUNDARY.OPEN));
    expect(there.standardization).toEqual(own.standardization);
    expect(there.key).not.toBe(own.key);
    expect(there.modelsKey).toBe(own.key);
    expect(there.read("test", 0).data).not.toEqual(own.read("test", 0).data);
  });

  test("are the models as they were trained; latents and rollouts are other ones", async () => {
    const [there, own] = [await away.emulator(diffusion), await lab.emulator(diffusion)];
    expect(there.key).toBe(own.key);
    expect(there.model.weights.dataSync()).toEqual(own.model.weights.dataSync());
    const [far, near] = [await rolloutOf(away, diffusion), await rolloutOf(lab, diffusion)];
    expect(far.states.shape.slice(0, 2)).toEqual([2, 3]);
    expect(far.key).not.toBe(near.key);
    expect((await away.latents(16, "test")).key).not.toBe((await lab.latents(16, "test")).key);
  });

  test("are shown and scored as any, and captions tell trajectories and models apart", async () => {
    const view = await viewRollouts(away, {trajectory: 1});
    const texts = view
      .galleryFigure()
      .layout.annotations!.map(({text}) => text)
      .join(" ")
      .replaceAll("<br>", " ");
    expect(texts).toContain("open boundaries");
    expect(texts).toContain("Here: 2 test trajectories of other data (open Euler), ensembles of 3.");
    expect(texts).toContain(`Models: ${lab.caption}`);
    const results = (await away.evaluation({trivial: false})).results();
    const errors = results.filter(({metric}) => metric === "vrmse");
    expect(new Set(errors.map(({method}) => method))).toEqual(new Set(["autoencoder", "diffusion", "neural solver"]));
    expect(errors.every(({value, error}) => value > 0 && error > 0)).toBe(true); // an error takes two trajectories
  });

  test("stay the same models where rollouts or scores change", async () => {
    const derived = away.with({rollout: {steps: 1}, horizons: [[4, 8]]});
    const [there, own] = [await derived.emulator(diffusion), await lab.emulator(diffusion)];
    expect(there.key).toBe(own.key);
    expect((await derived.dataset()).key).toBe((await away.dataset()).key);
    expect((await derived.latents(16, "test")).key).toBe((await away.latents(16, "test")).key);
    expect((await rolloutOf(derived, diffusion)).key).not.toBe((await rolloutOf(away, diffusion)).key);
    expect(derived.caption).toContain("ensembles of 3, rollout.steps = 1; horizons = [[4,8]]. Models: ");
    const opened = openTrained(away, {trajectories: 1});
    expect((await opened.emulator(diffusion)).key).toBe(own.key);
    expect((await opened.dataset()).testTrajectories).toHaveLength(1);
  });

  test("refuse a change that would train, before any work, and sweeps", async () => {
    const expected = "expected a change of rollouts or scores, because trained models stay as they are; found ";
    expect(() => away.with({window: 4})).toThrow(`with: ${expected}window = 4.`);
    expect(() => away.with({data: {boundaries: ["periodic"]}})).toThrow(expected);
    await expect(runSweep(away, {"rollout.steps": [1, 2]})).rejects.toThrow(
      "sweep: expected a laboratory that trains, found trained models on other trajectories.",
    );
  });

  test("of another split, too, are standardised as the models' own data", async () => {
    const {artifacts: store, config} = away;
    const {standardization, ...all} = await Dataset.beside(config, lab.config, store, ["train", "valid", "test"]);
    expect(standardization).toEqual((await lab.dataset()).standardization);
    const {model} = await lab.autoencoder(16);
    const states = standardize(all.wells.valid.read(0), standardization);
    const {data} = trajectoryAt((await away.latents(16, "valid")).states, 0);
    expect(data).toEqual(encodeStates(model, states).data);
  });

  test("without a change they are the first of the models' own", async () => {
    const few = onOtherTrajectories(lab);
    const [there, own] = [await few.dataset(), await lab.dataset()];
    expect(there.read("test", 0).data).toEqual(own.read("test", 0).data);
    expect((await rolloutOf(few, diffusion)).states.data).toEqual((await rolloutOf(lab, diffusion)).states.data);
  });
});

test("nothing is trained", async () => {
  const untrained = onOtherTrajectories(open(undefined, artifacts("empty")));
  await expect(untrained.emulator(diffusion)).rejects.toThrow("is not there");
});

test("refuses what is no laboratory, unknown options, and data that are not simulated", () => {
  expect(() => onOtherTrajectories({} as never)).toThrow("onOtherTrajectories: expected lab to be");
  expect(() => onOtherTrajectories(open(), {members: 0})).toThrow("members");
  expect(() => onOtherTrajectories(open(), {data: {boundary: ["open"]} as never})).toThrow("boundary");
  const official = open((config) => ({...config, data: {source: "well"}}) as never);
  expect(() => onOtherTrajectories(official)).toThrow("expected a laboratory of simulated data");
});
