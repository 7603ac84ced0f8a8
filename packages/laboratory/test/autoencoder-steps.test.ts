import {autoencoderSteps, stepsRemark} from "../src/stages/autoencoders";
import {preset, presetNames, systemNames} from "../src/presets/presets";

const tour = {autoencoder: {...preset("rayleigh-benard", "tour").autoencoder, steps: {64: 800, 16: 1100, 4: 1850}}};
const withSteps = (steps: Record<number, number>) => ({autoencoder: {...tour.autoencoder, steps}});

test("rates of a preset keep their own steps, and nothing is said", () => {
  for (const system of systemNames()) {
    for (const config of presetNames(system).map((name) => preset(system, name))) {
      for (const channels of config.latentChannels) {
        expect(autoencoderSteps(config, channels)).toEqual({steps: config.autoencoder.steps[channels]});
        expect(stepsRemark(config, channels)).toBeUndefined();
      }
    }
  }
});

test("between two rates the logarithm of the steps is linear in that of the channels", () => {
  expect(autoencoderSteps(withSteps({4: 1000, 16: 250}), 8).steps).toBe(500); // halfway: the geometric mean
  expect(autoencoderSteps(withSteps({1: 1, 64: 4096}), 8).steps).toBe(64); // a power law: n = C²
  expect(autoencoderSteps(tour, 8)).toEqual({steps: 1427, origin: "interpolated between 16 (1100) and 4 (1850)"});
  expect(autoencoderSteps(tour, 32)).toEqual({steps: 938, origin: "interpolated between 64 (800) and 16 (1100)"});
});

test("beyond the preset's rates the nearest one's steps are taken", () => {
  expect(autoencoderSteps(tour, 2)).toEqual({steps: 1850, origin: "those of 4 (1850)"});
  expect(autoencoderSteps(tour, 128)).toEqual({steps: 800, origin: "those of 64 (800)"});
  expect(autoencoderSteps(withSteps({16: 7}), 8).steps).toBe(7);
  expect(() => autoencoderSteps(withSteps({}), 8)).toThrow("expected autoencoder.steps, found none");
});

test("the remark is one line", () => {
  expect(stepsRemark(tour, 8)).toBe(
    "autoencoder, 8 latent channels: 1427 steps, interpolated between 16 (1100) and 4 (1850)",
  );
});
