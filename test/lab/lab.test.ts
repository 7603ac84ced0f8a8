import {readdir} from "node:fs/promises";
import {findings} from "../../lib/evaluate/findings";
import {openLab} from "../../lib/lab/lab";
import {emulatorName} from "../../lib/lab/stages/emulators";
import {Artifacts} from "../../lib/lab/store/artifacts";
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

test("a laboratory says what a cell loads, in one line each, and is silent about inputs", async () => {
  const said: string[] = [];
  const lab = open(undefined, new Artifacts(folder(), (text) => said.push(text)));
  await lab.evaluation();
  expect(said.splice(0)).toEqual(["scores: loaded"]);
  await lab.dataset();
  expect(said.splice(0)).toEqual([expect.stringMatching(/^dataset: loaded, \d+ trajectories$/)]);
  await lab.emulators();
  const emulators = said.splice(0).join("\n").split("\n");
  expect(emulators.map((line) => line.split(":")[0]).sort()).toEqual(lab.methods.map(emulatorName).sort());
  for (const line of emulators) expect(line).toMatch(/: loaded, trained for \d+ steps in \d.* s$/);
  await lab.rollout(lab.methods[0]);
  expect(said.splice(0)).toEqual([`rollout, ${emulatorName(lab.methods[0])}: loaded`]);
  await lab.emulators();
  await lab.timing();
  expect(said).toEqual([]);
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
