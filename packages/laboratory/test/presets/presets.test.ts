import {systemOf, planFiles} from "@lola-ts/simulators";
import type {Config} from "../../src/config";
import {preset, presetNames, systemNames} from "../../src/presets/presets";
import {SPLITS, type Split} from "@lola-ts/core";

const isPeriodic = ({boundary}: {boundary: string}): boolean => boundary === "periodic";

/** Cells of a state along each axis. */
const gridOf = ({system, data}: Config): readonly number[] =>
  "source" in data ? systemOf(system).well!.grid : [data.grid].flat();

/** Largest lead time of a trajectory. */
const lastLead = ({system, data, stride}: Config): number =>
  "source" in data ? systemOf(system).well!.frames : (data.frames - 1) * stride;

test("names every system and preset that there is when another is asked for", () => {
  expect(() => preset("navier", "tour")).toThrow(
    /^preset: expected system to be "rayleigh-benard" or .*, found "navier"\.$/,
  );
  expect(() => preset("euler", "huge")).toThrow(
    'preset: expected name, for euler, to be "smoke" or "tour" or "mini" or "paper", found "huge".',
  );
  expect(() => preset("gravity-cooling", "huge")).toThrow("expected name, for gravity-cooling, to be");
});

test("every system has the same presets but for the paper's, under its own name and theirs", () => {
  for (const system of systemNames()) {
    const {paper} = systemOf(system);
    expect(presetNames(system)).toEqual(["smoke", "tour", "mini", ...(paper ? ["paper"] : [])]);
    for (const name of presetNames(system)) expect(preset(system, name)).toMatchObject({system, preset: name});
  }
});

test("gives a copy: a changed knob stays with its experiment", () => {
  const config = preset("euler", "tour");
  config.latentChannels.push(1);
  expect(preset("euler", "tour").latentChannels).not.toContain(1);
});

describe.each(systemNames().flatMap((system) => presetNames(system).map((name) => [system, name] as const)))(
  "%s, %s",
  (system, name) => {
    const config = preset(system, name);

    test("has steps for every compression rate and divides the grid into latents and patches", () => {
      for (const channels of config.latentChannels) expect(config.autoencoder.steps[channels]).toBeGreaterThan(0);
      const {patchSize = 1, hidChannels} = config.autoencoder.model;
      const stride = patchSize * 2 ** (hidChannels.length - 1);
      for (const cells of gridOf(config)) {
        expect(cells % stride).toBe(0);
        if (config.pixel) expect(cells % config.pixel.patchSize).toBe(0);
      }
    });

    test("pads with zeros unless all axes are periodic, and has a pixel-space solver in two dimensions only", () => {
      const {model} = config.autoencoder;
      const periodic = "source" in config.data ? false : planFiles(config.data)[0].axes.every(isPeriodic);
      expect(model.periodic).toBe(periodic);
      expect(model.spatial).toBe(systemOf(system).axes.length);
      expect(config.pixel === undefined).toBe(model.spatial === 3);
    });

    test("deals every split to all choices of parameters, and rolls out no more than there is", () => {
      const {data, rollout} = config;
      if ("source" in data) return;
      const files = (split: Split) => planFiles(data).filter((file) => file.split === split);
      if (name !== "smoke") {
        const counts = SPLITS.map((split) => files(split).length);
        expect(new Set(counts).size).toBe(1);
      }
      const test = files("test").reduce((sum, {requests}) => sum + requests.length, 0);
      expect(rollout.trajectories).toBeLessThanOrEqual(test);
    });

    test("orders rates from the lowest compression to the highest, with every horizon inside the trajectories", () => {
      expect([...config.latentChannels].sort((a, b) => b - a)).toEqual(config.latentChannels);
      const last = lastLead(config);
      for (const [from, to] of config.horizons) {
        expect(from).toBeLessThan(to);
        expect(to).toBeLessThanOrEqual(last);
      }
    });
  },
);
