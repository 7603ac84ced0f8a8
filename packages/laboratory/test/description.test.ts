import path from "node:path";
import {projectRoot} from "@lola-ts/core";
import {type Change, changedConfig, changesOf} from "../src/changes";
import {captionOf, describeConfig, folderOf, nameOf} from "../src/description";
import {preset} from "../src/presets/presets";
import {codeContext} from "lola/models";

const tour = () => preset("euler", "tour");
const wrapped = () => ({...tour(), contexts: {kind: "wrapped", lambda: 1} as const});

const environment = {...process.env};
beforeEach(() => {
  for (const name of ["LOLA_SYSTEM", "LOLA_PRESET", "LOLA_OUT", "LOLA_FIGURES"]) delete process.env[name];
});
afterAll(() => void Object.assign(process.env, environment));

test("changes are listed by their place, options that were left out included", () => {
  expect(changesOf(tour())).toEqual([]);
  const {autoencoder, ...rest} = tour();
  const changed = {
    ...rest,
    autoencoder: {...autoencoder, model: {...autoencoder.model, saturation: "tanh" as const}},
    copies: 1,
    metrics: {ratio: "code" as const},
    horizons: rest.horizons.slice(0, 1),
  };
  expect(changesOf(changed)).toEqual(
    expect.arrayContaining([
      {option: "autoencoder.model.saturation", preset: "softclip2", here: "tanh"},
      {option: "copies", preset: 4, here: 1},
      {option: "metrics.ratio", preset: "default", here: "code"},
      {option: "horizons", preset: "[[1,20],[21,60],[61,100]]", here: "[[1,20]]"},
    ]),
  );
  expect(changesOf(changed)).toHaveLength(4);
  const [pixel, ...others] = changesOf({...tour(), pixel: undefined});
  expect(pixel).toMatchObject({option: "pixel", here: "none"});
  expect(others).toEqual([]);
});

test("no change is hidden: the table lists every option that differs, and a caption up to three or their number", () => {
  const change: Change = {
    copies: 1,
    window: 4,
    seed: 3,
    data: {lines: "well", gammas: [1.4]},
    latent: {hidBlocks: 1},
    rollout: {steps: 4},
    contexts: codeContext,
  };
  const config = changedConfig("openLab", tour(), change);
  const options = ["copies", "window", "seed", "data.lines", "data.gammas", "latent.hidBlocks", "rollout.steps"];
  options.push("contexts.kind", "contexts.lambda", "contexts.rho", "contexts.atLeast");
  expect(changesOf(config).map(({option}) => option)).toEqual(expect.arrayContaining(options));
  expect(changesOf(config)).toHaveLength(options.length);
  const table = JSON.stringify(describeConfig(config));
  for (const option of options) expect(table).toContain(`${option} = `);
  expect(captionOf(config)).toContain("changed: 10 options, seed 3,"); // the seed has its own place
  const few = changedConfig("openLab", tour(), {
    copies: 1,
    window: 4,
    latent: {hidBlocks: 1},
    rollout: {trajectories: 5},
  });
  expect(captionOf(few)).toContain("changed: copies = 1; window = 4; latent.hidBlocks = 1, seed 0,");
  expect(captionOf(few)).toContain("640 training and 5 of 20 test trajectories");
});

test("an experiment is named by system, preset, and a hash of what was changed or the given name", () => {
  expect(nameOf(tour())).toBe("euler-tour");
  expect(nameOf(wrapped())).toMatch(/^euler-tour-[0-9a-f]{8}$/);
  expect(nameOf({...wrapped(), seed: 1})).not.toBe(nameOf(wrapped()));
  expect(nameOf(wrapped(), "wrapped")).toBe("euler-tour-wrapped");
  expect(() => nameOf(tour(), "../../../test/figures")).toThrow('expected a name of letters, digits, "-", "_" and "."');
});

test("only the unchanged configuration of the run writes to the run's figures", () => {
  const at = (config = tour(), name?: string) => path.relative(projectRoot(), folderOf(config, name));
  expect(at()).toBe(".out/euler-tour/figures");
  expect(at(wrapped())).toBe(`.out/${nameOf(wrapped())}/figures`);
  expect(at(wrapped(), "wrapped")).toBe(".out/euler-tour-wrapped/figures");
  expect(at(preset("euler", "smoke"))).toBe(".out/euler-smoke/figures");
  process.env.LOLA_PRESET = "smoke";
  expect(at(preset("euler", "smoke"))).toBe(".out/euler-smoke/figures");
  expect(at()).toBe(".out/euler-tour/figures");
  process.env.LOLA_OUT = path.join(projectRoot(), "elsewhere");
  expect(at(preset("rayleigh-benard", "smoke"))).toBe("elsewhere/figures");
  expect(at()).toBe("elsewhere/euler-tour/figures");
});

test("a run that renews committed figures renews the figures of other systems at its preset", () => {
  Object.assign(process.env, {LOLA_PRESET: "tour", LOLA_SYSTEM: "kolmogorov"});
  process.env.LOLA_FIGURES = path.join(projectRoot(), "figures/kolmogorov");
  const at = (config = tour()) => path.relative(projectRoot(), folderOf(config));
  expect(at(preset("kolmogorov", "tour"))).toBe("figures/kolmogorov");
  expect(at()).toBe("figures/euler");
  expect(at(preset("euler", "mini"))).toBe(".out/euler-mini/figures");
  expect(at(wrapped())).toBe(`.out/${nameOf(wrapped())}/figures`);
  process.env.LOLA_FIGURES = path.join(projectRoot(), "elsewhere");
  expect(at()).toBe(".out/euler-tour/figures");
});

test("captions say the change, the seed and the steps", () => {
  expect(captionOf(tour())).toBe(
    "euler, preset tour, seed 0, 32² states, 640 training and 20 test trajectories, 520 to 2400 training steps",
  );
  expect(captionOf({...tour(), copies: 1, seed: 3})).toMatch(/^euler, preset tour, changed: copies = 1, seed 3, /);
  expect(captionOf(preset("euler", "paper"))).toBe(
    "euler, preset paper, seed 0, The Well's data, 262144 training steps",
  );
});

test("the table of options has every change beside the preset's value, the seeds and the steps of each rate", () => {
  const row = (name: string, config = tour()) => describeConfig(config).find(({part}) => part === name)?.setting;
  expect(row("changed")).toBeUndefined();
  expect(row("changed", {...tour(), copies: 1})).toBe("copies = 1 (preset: 4)");
  expect(row("seeds")).toBe("0; dataset 0");
  expect(row("training")).toBe("soap, 2000 (16), 2000 (4) steps");
  expect(row("steps of new rates")).toBeUndefined();
  expect(row("memory of a training")).toMatch(
    /^about autoencoder [\d.]+ GB, latent emulator [\d.]+ GB, pixel solver [\d.]+ GB$/,
  );
  const eight = {...tour(), latentChannels: [8]};
  expect(row("training", eight)).toBe("soap, 2000 (8) steps");
  expect(row("steps of new rates", eight)).toBe(
    "autoencoder, 8 latent channels: 2000 steps, interpolated between 16 (2000) and 4 (2000)",
  );
  expect(captionOf(eight)).toContain("520 to 2400 training steps");
});

test("a name that makes too long a file's name is refused", () => {
  expect(nameOf(tour(), "a".repeat(100))).toContain("a".repeat(100));
  expect(() => nameOf(tour(), "a".repeat(101))).toThrow("at most 100 of them");
});
