import type {Change} from "../src/changes";
import {preset} from "../src/presets/presets";
import {refusal} from "./refusal";

describe("options that do not fit each other are refused before any work", () => {
  test.each<[change: Change, sentence: string]>([
    [{rollout: {context: 5}}, "expected rollout.context to be below window, 5, found 5."],
    [{rollout: {overlap: 6}}, "expected rollout.overlap to be below window, 5, found 6."],
    [{rollout: {crop: 6}}, "expected rollout.crop to be up to window, 5, found 6."],
    [{rollout: {crop: 2, overlap: 2}}, "expected rollout.overlap to be below rollout.crop, 2, found 2."],
    [{rollout: {start: 2}}, "expected rollout.start to be a multiple of stride, 4, found 2."],
    [{window: 30}, "expected window to be up to data.frames, 26, found 30."],
    [{horizons: [[101, 120]]}, "expected horizons to be ranges with a state each (every 4 up to 100), found 101:120."],
    [{latent: {hidChannels: 60}}, "expected latent.hidChannels to be a multiple of 2 × attentionHeads, 8, found 60."],
    [
      {autoencoder: {model: {hidChannels: [32, 64]}}},
      "expected autoencoder.model.hidBlocks to be a list of 2 entries, as hidChannels, found 3 entries.",
    ],
    [
      {data: {grid: 36}},
      "expected data.grid to be divisible by 8, the cells of a patch of autoencoder.model, found 36.",
    ],
    [{latent: {patchSize: 3}}, "divisible by 24, the cells of a patch of latent, found 32."],
    [
      {pixel: {training: {microBatches: 3}}},
      "expected pixel.training.microBatches to be a divisor of batch, 32, found 3.",
    ],
    [{contexts: {kind: "wrapped", atLeast: 5}}, "expected contexts.atLeast to be below window, 5, found 5."],
    [
      {autoencoder: {steps: {64: undefined, 16: undefined, 4: undefined}}},
      "expected autoencoder.steps to be steps of one",
    ],
  ])("%j", (change, sentence) => expect(refusal(change)).toContain(sentence));

  test.each([
    {data: {trajectories: {train: 1e9}}},
    {data: {trajectories: {test: 1e7}}},
    {data: {grid: 1e9}},
    {data: {frames: 1e9}},
  ])("absurd sizes, before a plan lists them: %j", (change) => expect(refusal(change)).toContain(" to 100000"));

  test("data of another system", () => {
    const {data} = preset("kolmogorov", "tour");
    expect(refusal({data})).toContain("expected data.system to be euler, the lab's system, found kolmogorov.");
  });
});
