import path from "node:path";
import {projectRoot} from "../../lib/core/paths";
import {captionOf, changesOf, describeConfig, folderOf, nameOf} from "../../lib/lab/description";
import {preset} from "../../lib/lab/presets/presets";

const tour = () => preset("euler", "tour");
const wrapped = () => ({...tour(), contexts: {kind: "wrapped", lambda: 1} as const});

const environment = {...process.env};
beforeEach(() => {
  for (const name of ["LOLA_SYSTEM", "LOLA_PRESET", "LOLA_OUT"]) delete process.env[name];
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
  expect(changesOf(changed).sort()).toEqual([
    "autoencoder.model.saturation = tanh",
    "copies = 1",
    "horizons = [[1,20]]",
    "metrics.ratio = code",
  ]);
  expect(changesOf({...tour(), pixel: undefined}).join()).toContain("pixel");
});

test("an experiment is named by system, preset, and a hash of what was changed or the given name", () => {
  expect(nameOf(tour())).toBe("euler-tour");
  expect(nameOf(wrapped())).toMatch(/^euler-tour-[0-9a-f]{8}$/);
  expect(nameOf({...wrapped(), seed: 1})).not.toBe(nameOf(wrapped()));
  expect(nameOf(wrapped(), "wrapped")).toBe("euler-tour-wrapped");
  expect(() => nameOf(tour(), "../figures")).toThrow('expected a name of letters, digits, "-", "_" and "."');
});

test("only the unchanged configuration of the run writes to the run's figures", () => {
  const at = (config = tour(), name?: string) => path.relative(projectRoot(), folderOf(config, name));
  expect(at()).toBe("figures");
  expect(at(wrapped())).toBe(`.out/${nameOf(wrapped())}/figures`);
  expect(at(wrapped(), "wrapped")).toBe(".out/euler-tour-wrapped/figures");
  expect(at(preset("euler", "smoke"))).toBe(".out/euler-smoke/figures");
  process.env.LOLA_PRESET = "smoke";
  expect(at(preset("euler", "smoke"))).toBe(".out/euler-smoke/figures");
  expect(at()).toBe(".out/euler-tour/figures");
  process.env.LOLA_OUT = path.join(projectRoot(), "elsewhere");
  expect(at(preset("euler", "smoke"))).toBe("elsewhere/figures");
  expect(at()).toBe("elsewhere/euler-tour/figures");
});

test("captions say the change, the seed and the steps", () => {
  expect(captionOf(tour())).toBe(
    "euler, preset tour, seed 0, 32² states, 160 training and 20 test trajectories, 680 to 1850 training steps",
  );
  expect(captionOf({...tour(), copies: 1, seed: 3})).toMatch(/^euler, preset tour, changed: copies = 1, seed 3, /);
  const many = {...wrapped(), copies: 1, window: 4, stride: 2};
  expect(captionOf(many)).toContain("and 2 more, seed 0");
  expect(captionOf(preset("euler", "paper"))).toBe(
    "euler, preset paper, seed 0, The Well's data, 262144 training steps",
  );
});

test("the table of options has every change", () => {
  const row = (config = tour()) => describeConfig(config).find(({part}) => part === "changed");
  expect(row()).toBeUndefined();
  expect(row({...tour(), copies: 1})).toEqual({part: "changed", setting: "copies = 1"});
});
