import {readdir} from "node:fs/promises";
import {inspect} from "node:util";
import {findings} from "../../lib/evaluate/findings";
import {openLab} from "../../lib/lab/lab";
import {smokeLabs} from "./smoke";

const {folder, open} = smokeLabs();

const stages = () =>
  readdir(folder(), {recursive: true}).then((files) => files.filter((file) => !file.includes("summary")).sort());

describe("a whole experiment at smoke size", () => {
  const lab = () => open();

  test("scores every method on every horizon, and decides every finding", async () => {
    const experiment = lab();
    const evaluation = await experiment.evaluation();
    const results = evaluation.results();
    expect(new Set(results.map(({method}) => method))).toEqual(
      new Set(["autoencoder", "diffusion", "neural solver", "first frame", "spatial mean", "training mean"]),
    );
    expect(results.filter(({metric}) => metric === "vrmse").every(({value}) => Number.isFinite(value))).toBe(true);
    expect(findings(results)).toHaveLength(8);
    const [{rows}] = evaluation.curves();
    expect(rows.map(({lead}) => lead)).toEqual(Array.from({length: 10}, (_, i) => 4 * (i + 1)));
  });

  test("prints each result as one line", async () => {
    const experiment = lab();
    const spec = {kind: "diffusion", latentChannels: 16} as const;
    const lines = new Map<unknown, RegExp>([
      [experiment, /^Lab euler-smoke: euler, preset smoke, /],
      [await experiment.dataset(), /^Dataset of euler: train \[\d+, \d+, 16, 16, 5\], valid \[.*\], test \[.*\]$/],
      [await experiment.autoencoder(16), /^Trained Autoencoder: \d+ steps in [\d.]+ s, validation [\d.]+, key \w+$/],
      [await experiment.latents(16, "test"), /^Latents of the test split: states \[\d+, \d+, \d+, \d+, 16\]$/],
      [(await experiment.emulators())[0], /^Trained KarrasDenoiser: \d+ steps in /],
      [await experiment.rollout(spec), /^Rollout of .*diffusion.*: states \[1, 2, .*\], test trajectories \d+$/],
      [await experiment.evaluation(), /^Evaluation of autoencoder ÷\d+, .*diffusion ÷\d+/],
    ]);
    for (const [result, line] of lines) expect(inspect(result)).toMatch(line);
  });

  test("times the simulator and every emulator", async () => {
    const times = await lab().timing();
    expect(times).toHaveLength(1 + lab().methods.length);
    for (const {generation, decoding, space} of times) {
      expect(generation).toBeGreaterThan(0);
      expect(decoding > 0).toBe(space === "latent");
    }
  });

  test("makes nothing twice, and only what depends on a changed knob anew", async () => {
    const before = await stages();
    await lab().evaluation();
    expect(await stages()).toEqual(before);

    const changed = open((config) => ({...config, seed: 1}));
    await changed.autoencoder(16);
    const added = (await stages()).filter((file) => !before.includes(file));
    expect(added.every((file) => file.startsWith("autoencoder"))).toBe(true);
    expect(added.length).toBeGreaterThan(0);
  });
});

test("the environment chooses system and preset, and a wrong one is refused", () => {
  const {LOLA_PRESET} = process.env;
  process.env.LOLA_PRESET = "smoke";
  expect(openLab().config.preset).toBe("smoke");
  process.env.LOLA_PRESET = "gigantic";
  expect(() => openLab()).toThrow("gigantic");
  if (LOLA_PRESET === undefined) delete process.env.LOLA_PRESET;
  else process.env.LOLA_PRESET = LOLA_PRESET;
});
