import {readdir} from "node:fs/promises";
import {inspect} from "node:util";
import {emulatorName} from "../src/stages/emulators";
import {Artifacts} from "@lola-ts/cache";
import {openLab} from "../src/open-lab";
import {smokeLabs, rolloutOf} from "./smoke";

const {folder, open} = smokeLabs();

const stages = () =>
  readdir(folder(), {recursive: true}).then((files) => files.filter((file) => !file.includes("summary")).sort());

describe("a whole experiment at smoke size", () => {
  const lab = () => open();

  test("scores every method on every horizon", async () => {
    const experiment = lab();
    const evaluation = await experiment.evaluation();
    const results = evaluation.results();
    expect(new Set(results.map(({method}) => method))).toEqual(
      new Set(["autoencoder", "diffusion", "neural solver", "first frame", "spatial mean", "training mean"]),
    );
    expect(results.filter(({metric}) => metric === "vrmse").every(({value}) => Number.isFinite(value))).toBe(true);
    const [{rows}] = evaluation.curves();
    expect(rows.map(({lead}) => lead)).toEqual(Array.from({length: 10}, (_, i) => 4 * (i + 1)));
  });

  test("a claim that holds gets a tick, one that does not stops the cell, and a smoke run judges no trained model", () => {
    const print = jest.spyOn(process.stdout, "write").mockReturnValue(true);
    const experiment = lab();
    experiment.check("mass is conserved", true);
    experiment.check("the error falls", false, {trained: true});
    expect(print.mock.calls.map(([line]) => line)).toEqual([
      "✓ mass is conserved\n",
      "– the error falls (not checked: a smoke run learns nothing)\n",
    ]);
    print.mockRestore();
    expect(() => experiment.check("mass is conserved", false)).toThrow("expected that mass is conserved");
    expect(() => experiment.check("mass is conserved", NaN as never)).toThrow("check: expected holds");
  });

  test("says first what it trains and how long it takes, and then nothing about models that are there", async () => {
    let said = "";
    const print = jest.spyOn(process.stdout, "write").mockImplementation((text) => Boolean((said += String(text))));
    const methods = [{kind: "solver", latentChannels: 16}] as const;
    const plan = () => said.split("\n").filter((line) => line.startsWith("To train"));
    const other = open((config) => ({...config, seed: 7}));
    await other.emulators(methods);
    const once = plan();
    await other.emulators(methods);
    print.mockRestore();
    expect(once).toEqual([
      expect.stringMatching(/^To train: autoencoder-c16, solver-c16; (about .*|not timed here before)\.$/),
    ]);
    expect(plan()).toEqual(once);
  });

  test("repeats a step of a notebook's own training, and an interrupt stops it between two steps", async () => {
    const experiment = lab();
    expect(await experiment.repeat("toy", 3, (index) => 1 / (index + 1))).toEqual([1, 1 / 2, 1 / 3]);
    let count = 0;
    const endless = experiment.repeat("toy", 1e9, () => {
      if (++count === 50) process.emit("SIGINT");
      return 0;
    });
    await expect(endless).rejects.toThrow("Interrupted");
    expect(count).toBe(50);
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
      [await rolloutOf(experiment, spec), /^Rollout of .*diffusion.*: states \[1, 2, .*\], test trajectories \d+$/],
      [await experiment.evaluation(), /^Evaluation of autoencoder ÷\d+, .*diffusion ÷\d+/],
    ]);
    for (const [result, line] of lines) expect(inspect(result)).toMatch(line);
  });

  test("times the simulator and every emulator", async () => {
    const times = await lab().timing();
    expect(times).toHaveLength(2 + lab().methods.length); // the simulator, and diffusion in pixel space
    for (const {generation, decoding, space} of times) {
      expect(generation).toBeGreaterThan(0);
      expect(decoding > 0).toBe(space === "latent");
    }
  });

  test("keeps times, and measures them again where it is asked to", async () => {
    const times = await lab().timing();
    expect(await lab().timing()).toEqual(times);
    const again = await lab().timing({again: true});
    expect(again.map(({method}) => method)).toEqual(times.map(({method}) => method));
    expect(again).not.toEqual(times);
    expect(await lab().timing()).toEqual(again);
    await expect(lab().timing({again: 1} as never)).rejects.toThrow(
      "timing: expected again to be true or false, found 1",
    );
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

test("a laboratory says what a cell loads, many in one line, and is silent about inputs", async () => {
  const said: string[] = [];
  const lab = open(undefined, new Artifacts(folder(), (text) => said.push(text)));
  await lab.evaluation();
  expect(said.splice(0)).toEqual(["scores: loaded"]);
  await lab.dataset();
  expect(said.splice(0)).toEqual([expect.stringMatching(/^dataset: loaded, \d+ trajectories$/)]);
  await lab.emulators();
  expect(said.splice(0)).toEqual([`${lab.methods.length} emulators: loaded`]);
  await rolloutOf(lab, lab.methods[0]);
  expect(said.splice(0)).toEqual([`rollout, ${emulatorName(lab.methods[0])}: loaded`]);
  await lab.emulators();
  await lab.timing();
  expect(said).toEqual([]);
});

describe("a lab that is derived from another", () => {
  const diffusion = {kind: "diffusion", latentChannels: 16} as const;

  test("adds its change to those before it, and has a name of its own", () => {
    const lab = open().with({rollout: {steps: 3}});
    const both = lab.with({copies: 3}, {name: "both"});
    expect(both.changes.map(({option}) => option).sort()).toEqual(["copies", "rollout.steps"]);
    expect(both.name).toBe("euler-smoke-both");
    expect(lab.name).toMatch(/^euler-smoke-[0-9a-f]{8}$/);
    expect(both.with((config) => ({...config, copies: 1})).name).toBe(lab.name);
    expect(lab.artifacts).toBe(both.artifacts);
  });

  test("shares what the change does not touch: nothing is opened, encoded or trained again", async () => {
    const lab = open();
    const before = {
      dataset: await lab.dataset(),
      autoencoder: await lab.autoencoder(16),
      latents: await lab.latents(16, "test"),
      emulator: await lab.emulator(diffusion),
      rollout: await rolloutOf(lab, diffusion),
    };
    const has = jest.spyOn(lab.artifacts, "has");
    const fewer = lab.with({rollout: {steps: lab.config.rollout.steps + 1}});
    expect(await fewer.dataset()).toBe(before.dataset);
    expect(await fewer.autoencoder(16)).toBe(before.autoencoder);
    expect(await fewer.latents(16, "test")).toBe(before.latents);
    expect(await fewer.emulator(diffusion)).toBe(before.emulator);
    expect(has).not.toHaveBeenCalled();
    expect((await rolloutOf(fewer, diffusion)).key).not.toBe(before.rollout.key);
    expect(new Set(has.mock.calls.map(([{stage}]) => stage))).toEqual(new Set(["autoencoder", "emulator", "rollout"]));
    has.mockRestore();

    const drawn = lab.with({rollout: {trajectories: 2}});
    expect(await drawn.dataset()).not.toBe(before.dataset);
    expect((await drawn.dataset()).key).toBe(before.dataset.key);
  });

  test("refuses a split that there is not", async () => {
    await expect(open().dataset("tset" as never)).rejects.toThrow('dataset: expected split to be "train" or "valid"');
  });

  test("refuses unknown options and names, and a change that is none", () => {
    const wrong =
      (...options: unknown[]) =>
      () =>
        open().with(...(options as Parameters<ReturnType<typeof open>["with"]>));
    expect(wrong({rolout: {}})).toThrow('with: unknown option "rolout"; did you mean "rollout"?');
    expect(wrong({copies: 2}, {nam: "x"})).toThrow('with: unknown option "nam"; did you mean "name"?');
    expect(wrong({copies: 2}, {name: "../x"})).toThrow("expected a name of letters");
    expect(wrong()).toThrow("with: expected change to be options or a function, found none.");
  });
});

test("a rate that the preset has no steps for trains by itself, and says for how long once", async () => {
  const print = jest.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    const lab = open();
    const trained = await lab.autoencoder(8);
    expect(await lab.with({copies: 2}).autoencoder(8)).toBe(trained);
    const said = print.mock.calls.map(([line]) => String(line)).filter((line) => line.includes("8 latent channels: "));
    expect(said).toEqual(["autoencoder, 8 latent channels: 6 steps, interpolated between 16 (6) and 4 (6)\n"]);
    await expect(lab.autoencoder(0)).rejects.toThrow(
      "autoencoder: expected latentChannels to be an integer of at least 1",
    );
    await expect(lab.autoencoder(16, {steps: -5})).rejects.toThrow("autoencoder: expected steps to be a whole number");
  } finally {
    print.mockRestore();
  }
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
