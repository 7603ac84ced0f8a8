import {preset} from "@lola-ts/laboratory/stages";
import {
  planInWords,
  planSweep,
  trialsOf,
  trainingsInWords,
  sweepInWords,
  inPlanOrder,
  type SweepOptions,
} from "../src/sweep-plan";
import {measuresOf, jobOf} from "../src/trial-config";
import {trialKey} from "../src/trial-run";
import type {Overrides, Space} from "../src/space";
import {trial} from "./trials";

const tour = preset("euler", "tour");

const refusal = (space: unknown, options: unknown = {}) => {
  try {
    planSweep(tour, space as Space, options as SweepOptions);
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    expect((error as Error).message).not.toContain("\n");
    return (error as Error).message;
  }
  return "accepted";
};

test("options of the autoencoder sweep the autoencoder, others the diffusion model, at the middle rate", () => {
  expect(planSweep(tour, {"autoencoder.training.batch": [8, 16]}).methods).toEqual(["autoencoder"]);
  expect(planSweep(tour, {"latent.hidBlocks": [1, 2]}).methods).toEqual(["diffusion"]);
  expect(jobOf(tour, "diffusion")).toEqual({
    stage: "emulator",
    method: {kind: "diffusion", latentChannels: 16},
    changes: {},
  });
  expect(jobOf(tour, "solver-pixel")).toEqual({
    stage: "emulator",
    method: {kind: "solver", latentChannels: null},
    changes: {},
  });
  expect(jobOf({...tour, latentChannels: [4]}, "autoencoder")).toEqual({
    stage: "autoencoder",
    latentChannels: 4,
    changes: {},
  });
});

test("trials are paired by their seeds, which follow the configuration's or the variant's", () => {
  const plan = planSweep({...tour, seed: 5}, [{"latent.hidBlocks": 1}, {"latent.hidBlocks": 1, seed: 9}], {seeds: 2});
  expect(trialsOf(plan).map(({seed}) => seed)).toEqual([5, 9, 6, 10]);
});

test("trials are sorted as the sweep names its variants, whatever ended first, and the first is the baseline", () => {
  const plan = planSweep(tour, {"latent.hidBlocks": [4, 1]}, {seeds: 2, methods: ["solver", "diffusion"]});
  const trials = trialsOf(plan);
  const sorted = inPlanOrder(plan, [...trials].reverse());
  expect(sorted.map(({method, overrides, seed}) => [method, overrides["latent.hidBlocks"], seed])).toEqual([
    ...[4, 1].flatMap((blocks) => [0, 1].map((seed) => ["solver", blocks, seed])),
    ...[4, 1].flatMap((blocks) => [0, 1].map((seed) => ["diffusion", blocks, seed])),
  ]);
  expect(plan.baseline).toEqual({"latent.hidBlocks": 4});
});

test("a name follows from the sweep, and changes with it", () => {
  const space = {"latent.hidBlocks": [1, 2]};
  expect(planSweep(tour, space).name).toBe(planSweep(tour, space, {parallel: 3}).name);
  expect(planSweep(tour, space).name).not.toBe(planSweep(tour, space, {seeds: 2}).name);
});

test("a variant may change nothing", () => {
  const {variants, baseline} = planSweep(tour, [{}, {"latent.qkNorm": false}]);
  expect([variants, baseline]).toEqual([[{}, {"latent.qkNorm": false}], {}]);
});

test("autoencoders of each seed make another sweep, with other trials, and are named in its line", () => {
  const space = {"latent.hidBlocks": [1, 2]};
  const [shared, own] = (["shared", "own"] as const).map((autoencoders) => planSweep(tour, space, {autoencoders}));
  expect(shared).toEqual(planSweep(tour, space));
  expect(own.name).not.toBe(shared.name);
  const [trial] = trialsOf(own);
  expect(trialKey(own, trial)).not.toBe(trialKey(shared, trial));
  expect(planInWords(own)).toContain("1 seed, of autoencoders too; measured");
});

test("quantiles of latents are one measure in words", () => {
  const measure = ["vrmse", "latents.mean", "latents.0.1", "latents.0.9"];
  expect(planInWords(planSweep(tour, {"autoencoder.training.batch": [8]}, {measure}))).toMatch(
    /measured: vrmse, latents\.mean, quantiles of latents$/,
  );
});

/** A trial of the model with a key, which took half an hour. */
const halfHour = (key: string, more: object = {}, overrides: Overrides = {}) => {
  const {measured, ...rest} = trial(overrides, 0, 1);
  return {...rest, measured: {...measured, key, seconds: 1800}, ...more};
};

test("a caption counts trainings, failed ones too, and core-hours of every thread; trials of one model are one", () => {
  const failed = {...halfHour("none"), measured: undefined, error: "train: diverged."};
  const trials = [halfHour("a"), halfHour("a"), halfHour("b", {}, {threads: 3}), failed];
  expect(trainingsInWords({threads: 2}, trials)).toBe("3 trainings, 1 failed, 2.5 core-hours");
  expect(trainingsInWords({threads: 1}, [trial({}, 0, 1)])).toBe("1 training, 0.83 core-minutes");
  expect(trainingsInWords({threads: 0}, [halfHour("a")])).toBe("1 training"); // on all cores, however many there were
  expect(trainingsInWords({threads: 1}, [failed])).toBe("1 training, 1 failed");
});

test("a sweep's line says how many trainings came with the project", () => {
  const plan = planSweep(tour, {"latent.hidBlocks": [1, 2]});
  expect(sweepInWords(plan, [])).toBe(planInWords(plan));
  expect(sweepInWords(plan, [halfHour("a", {shipped: true}), halfHour("b")])).toBe(
    `${planInWords(plan)}; 2 trainings, 1 core-hour; 1 of them came with the project, trained elsewhere`,
  );
});

test.each([
  [{"latent.width": [64]}, {}, 'sweep: unknown option "latent.width"; known are hidChannels,'],
  [{"latent.hidChanels": [64]}, {}, 'sweep: unknown option "latent.hidChanels"; did you mean "latent.hidChannels"?'],
  [
    {"latent.hidChannels": ["wide"]},
    {},
    'sweep: expected latent.hidChannels to be a whole number of 1 or more, found "wide".',
  ],
  [{"latent.hidChannels": [64, 65]}, {}, "sweep: expected latent.hidChannels to be "],
  [
    {"latent.hidBlocks": [1]},
    {measure: "vmse@1:20"},
    'sweep: an ensemble of emulators has no measure "vmse@1:20"; did you mean "vrmse@1:20" or "rmse@1:20"?',
  ],
  [{"latent.hidBlocks": [1]}, {measure: "vrmse@101:120"}, "sweep: expected horizons to be ranges with a state each"],
  [
    {"latent.hidBlocks": [1]},
    {methods: "solver-16", measure: "ratio@1:20"},
    "sweep: an emulator with one answer has no measure",
  ],
  [
    {"latent.hidBlocks": [1]},
    {methods: "difusion"},
    'sweep: expected methods such as "autoencoder", "diffusion-16" or "solver-pixel", found "difusion".',
  ],
  [{"latent.hidBlocks": [1]}, {methods: ["autoencoder", "autoencoder"]}, "sweep: expected methods to be "],
  [{"latent.hidBlocks": [1]}, {seeds: 0}, "sweep: expected seeds to be a whole number from 1 to 1000, found 0."],
  [
    {"latent.hidBlocks": [1]},
    {name: "a/b"},
    'sweep: expected name to be a name of letters, digits, "-", "_" and ".", found "a/b".',
  ],
  [
    {"latent.hidBlocks": [1]},
    {baseline: {"latent.hidBlocks": 7}},
    "sweep: expected a variant with the baseline's latent.hidBlocks = 7, found none.",
  ],
  [{"latent.hidBlocks": [1]}, {seed: 3}, 'sweep: unknown option "seed"; did you mean "seeds"?'],
  [{system: ["rayleigh-benard"]}, {}, "sweep: expected system to stay euler in a change"],
])("%j with %j is refused", (space, options, sentence) => {
  expect(refusal(space, options)).toContain(sentence);
});

test("two reconstruction losses of an autoencoder are refused: each is a training of its own", () => {
  expect(() => measuresOf(tour, "autoencoder", ["mae", "mse"])).toThrow("found mae and mse: sweep them in turn");
});
