import {readFileSync} from "node:fs";
import {join} from "node:path";
import {Autoencoder, paperContext, Solver} from "lola/models";
import {systemNames as allNames, systemOf, type SystemName} from "@lola-ts/simulators";
import {KarrasDenoiser} from "lola/diffusion";
import {readCsv} from "lola/evaluate";
import {emulatorNetwork} from "../../src/stages/emulators";
import {preset} from "../../src/presets/presets";
import {parameterCounts, type Model} from "lola/nn";
import {projectRoot} from "@lola-ts/core";

const systemNames = allNames.filter((name) => systemOf(name).paper);
const table = (number: string) => readCsv(join(projectRoot(), `data/paper/table-${number}.csv`));

/** A column of Table 3 or 5 by hyperparameter. */
function column(number: string, group: string): Record<string, string> {
  const [key] = Object.keys(table(number)[0]).filter((name) => name === "dataset_group" || name === "emulator_space");
  const rows = table(number).filter((row) => row[key] === group);
  return Object.fromEntries(rows.map(({hyperparameter, value}) => [hyperparameter, value]));
}

const list = (text: string) => text.replace(/[()]/g, "").split(",").map(Number);
const latentChannels = (system: SystemName) => preset(system, "paper").latentChannels;

function autoencoder(system: SystemName, latChannels: number): Autoencoder {
  const {channels} = systemOf(system);
  return new Autoencoder({...preset(system, "paper").autoencoder.model, pixChannels: channels.length, latChannels});
}

/** An emulator's network, on latents with so many channels or on pixels (null). */
function network(system: SystemName, channels: number | null) {
  const {latent, pixel} = preset(system, "paper");
  const facts = systemOf(system);
  return emulatorNetwork(channels === null ? pixel! : latent, {
    channels: channels ?? facts.channels.length,
    labelFeatures: facts.scalars.length + 2 * facts.axes.length,
    space: facts.axes.length,
  });
}

describe.each(systemNames)("%s, Table 3", (system) => {
  const {model, training, loss, steps} = preset(system, "paper").autoencoder;
  const facts = systemOf(system);
  const printed = column("03", facts.axes.length === 2 ? "Euler & RB" : "TGC");

  test("architecture", () => {
    expect(model.hidChannels).toEqual(list(printed["Channels per level"]));
    expect(model.hidBlocks).toEqual(list(printed["Residual blocks per level"]));
    expect(new Array(model.spatial).fill(model.kernelSize).join("x")).toBe(printed["Kernel size"]);
    expect(model.dropout).toBe(Number(printed.Dropout));
    const {stride} = autoencoder(system, 64);
    expect(printed["Latent shape"]).toContain(`H/${stride}`);
    expect(stride).toBe(facts.paper!.downsampling);
  });

  test("training", () => {
    expect(loss).toBe(printed.Loss.toLowerCase());
    expect(training).toMatchObject({
      optimiser: printed.Optimizer.toLowerCase(),
      learningRate: Number(printed["Learning rate"]),
      weightDecay: Number(printed["Weight decay"]),
      decay: printed.Scheduler,
      clip: Number(printed["Gradient norm clipping"]),
      batch: Number(printed["Batch size"]),
    });
    const total = Number(printed.Epochs) * Number(printed["Steps per epoch"]);
    expect(steps).toEqual(Object.fromEntries(latentChannels(system).map((channels) => [channels, total])));
  });

  test("rates of compression are those of Table 6", () => {
    const rates = table("06").filter(({dataset, method}) => dataset === facts.short && method === "autoencoder");
    const ours = latentChannels(system).map((channels) => autoencoder(system, channels).compression);
    expect(ours).toEqual([...new Set(rates.map(({compression}) => Number(compression)))]);
  });

  test("parameters, to the printed digits", () => {
    const printedCount = Number(printed.Parameters);
    for (const channels of latentChannels(system)) {
      // the printed 7.2e8 of 3D is 3 % below what its channels give; the official configuration has our count
      expect(Math.abs(autoencoder(system, channels).layout.size / printedCount - 1)).toBeLessThan(0.04);
    }
  });
});

describe.each([
  ["latent", systemNames],
  ["pixel", systemNames.filter((system) => systemOf(system).axes.length === 2)],
] as const)("Table 5, %s space", (space, systems) => {
  const printed = column("05", space);

  test.each(systems)("%s", (system) => {
    const config = preset(system, "paper");
    const emulator = config[space]!;
    expect(emulator.hidChannels).toBe(Number(printed["Embedding size"]));
    expect(emulator.hidBlocks).toBe(Number(printed.Blocks));
    expect(emulator.dropout).toBe(Number(printed.Dropout));
    const {patchSize} = network(system, space === "latent" ? 4 : null);
    expect(patchSize).toEqual([1, ...systemOf(system).axes.map(() => Number(printed["Patch size"].split("x")[2]))]);
    expect(emulator.training).toMatchObject({
      optimiser: "adamw", // Adam is AdamW without decay
      learningRate: Number(printed["Learning rate"]),
      weightDecay: Number(printed["Weight decay"]),
      decay: printed.Scheduler,
      clip: Number(printed["Gradient norm clipping"]),
      batch: Number(printed["Batch size"]),
      steps: Number(printed.Epochs) * Number(printed["Steps per epoch"]),
    });
    expect(Number(printed["Weight decay"])).toBe(0);
    const {layout} = new Solver(network(system, space === "latent" ? 64 : null));
    expect(layout.size / Number(printed.Parameters)).toBeCloseTo(1, 1);
    const names = layout.entries.map(({name}) => name);
    expect(names.some((name) => name.includes("positional_embedding"))).toBe(true);
    expect(names.filter((name) => name.endsWith(".theta"))).toHaveLength(emulator.hidBlocks); // RoPE
  });
});

test("Section B.4 and B.5: contexts, ensembles, sampler, horizons", () => {
  const [gas, convection, cloud] = table("02").filter(({property}) => property === "stride"); // in the paper's order
  const strides = new Map(Object.entries({euler: gas, "rayleigh-benard": convection, "gravity-cooling": cloud}));
  for (const system of systemNames) {
    const {window, contexts, rollout, horizons, stride, pixel} = preset(system, "paper");
    expect({window, contexts}).toEqual({window: 5, contexts: paperContext});
    expect(rollout).toEqual({members: 16, steps: 16, order: 3, trajectories: 64});
    const {short, axes, well, paper} = systemOf(system);
    // the horizons of Tables 6 and 7 are misprinted for TGC: Table 13 has those that the numbers belong to
    const {distribution} = paper!.tables;
    const rows = paper!.printedHorizons === paper!.horizons ? table("06") : table(`${distribution}`);
    const printed = new Set(rows.filter(({dataset}) => dataset === short).map(({horizon}) => horizon));
    expect(horizons.map((range) => range.join(":"))).toEqual([...printed]);
    expect(stride).toBe(Number(strides.get(system)!.value));
    expect(horizons[2][1]).toBeLessThanOrEqual(well!.frames);
    expect(pixel === undefined).toBe(axes.length === 3);
  }
});

describe("exact parameter counts, nothing is allocated", () => {
  const file = join(projectRoot(), "test/reference/parameter-counts.json");
  const {values} = JSON.parse(readFileSync(file, "utf8")) as {values: Record<string, Record<string, number>>};

  /** All models of the presets by the names of the reference. */
  const models = new Map<string, () => Model>();
  for (const system of systemNames) {
    const {channels, axes} = systemOf(system);
    const name = system.replace("-", "_");
    for (const latent of latentChannels(system)) {
      const config = network(system, latent);
      models.set(`dcae_${axes.length}d_pix${channels.length}_lat${latent}`, () => autoencoder(system, latent));
      models.set(
        `diffusion_${name}_lat${latent}`,
        () => new KarrasDenoiser({network: config, schedule: {name: "log-logit"}}),
      );
      models.set(`solver_${name}_lat${latent}`, () => new Solver(config));
    }
    if (preset(system, "paper").pixel) models.set(`pixel_solver_${name}`, () => new Solver(network(system, null)));
  }

  test("the presets have the official models and no others", () => {
    expect([...models.keys()].sort()).toEqual(Object.keys(values).sort());
  });

  test.each(Object.entries(values))("%s", (name, {total, ...modules}) => {
    const model = models.get(name)!();
    expect(parameterCounts(model, Object.keys(modules))).toEqual(modules);
    expect(Object.values(parameterCounts(model)).reduce((sum, count) => sum + count, 0)).toBe(total);
    expect(model.layout.size).toBe(total);
  });
});
