import {existsSync, readdirSync, readFileSync, statSync, writeFileSync} from "node:fs";
import path from "node:path";
import {projectRoot} from "@lola-ts/core";
import {KarrasDenoiser, type DenoiserConfig} from "lola/diffusion";
import {Shipped, shippedFolder} from "../../src/pretrained/shipped";
import {openLab, openTrained} from "../../src/open-lab";
import {preset} from "../../src/presets/presets";
import {emulatorOf} from "../../src/stages/rollouts";
import type {Config} from "../../src/config";
import {
  Autoencoder,
  type AutoencoderConfig,
  contextMask,
  type EmulatorConfig,
  Solver,
  StochasticSolver,
} from "lola/models";
import {loadCheckpoint, train, adamW} from "lola/train";
import {withExecutionMode} from "../../../../test/execution-modes";
import {temporaryFolder} from "../../../../test/folder";
import {tf} from "@lola-ts/engine";

/** Set LOLA_RECORD=1 to write the file anew, after shipping other models. */
const RECORDED = path.join(__dirname, "recorded.json");
const recording = process.env.LOLA_RECORD === "1";

withExecutionMode("eager"); // each model answers once, and to record that would take longer

const folder = temporaryFolder();
const root = path.join(projectRoot(), "data/pretrained");
const systems = readdirSync(root).filter((name) => existsSync(path.join(root, name, "index.json")));
const shippedOf = (system: string) => Shipped.open(shippedFolder(system))!;

interface ModelFile {
  readonly name: string;
  readonly path: string;
}

/** Artefacts of the models of a system. */
const trainedOf = (system: string) =>
  shippedOf(system).index.artifacts.filter(({stage}) => stage === "autoencoder" || stage === "emulator");

/** Unpack the models of a system. */
async function unpackModels(system: string): Promise<ModelFile[]> {
  const models: ModelFile[] = [];
  for (const {name, key} of trainedOf(system)) {
    const target = folder(`${name}-${key.slice(0, 12)}`);
    await shippedOf(system).unpack(key, target);
    models.push({name: path.basename(target), path: path.join(target, "model.safetensors")});
  }
  return models;
}

const unpacked = new Map<string, ModelFile[]>();
beforeAll(async () => {
  for (const system of systems) unpacked.set(system, await unpackModels(system));
});

/** Build a shipped model. */
function build({path}: ModelFile) {
  const {config, weights} = loadCheckpoint(path);
  const {kind, model: settings} = config as {kind?: string; model: unknown};
  const model =
    kind === undefined
      ? new Autoencoder(settings as AutoencoderConfig)
      : kind === "diffusion"
        ? new KarrasDenoiser(settings as DenoiserConfig)
        : new (kind === "solver" ? Solver : StochasticSolver)(settings as EmulatorConfig);
  model.weights = tf.tensor1d(model.layout.fromOfficial(weights));
  return model;
}

/** A smooth batch of the given shape, the same every time. */
function waves(shape: number[]): tf.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Float32Array.from({length: size}, (_, i) => Math.sin(0.37 * i) + 0.3 * Math.cos(0.011 * i)),
    shape,
  );
}

/** Sizes of the input of a model. */
function inputOf(model: ReturnType<typeof build>): {shape: number[]; label?: number} {
  if (model instanceof Autoencoder) {
    const {pixChannels, spatial = 2} = model.config;
    return {shape: [2, ...new Array<number>(spatial).fill(2 * model.stride), pixChannels]};
  }
  const {channels, labelFeatures, patchSize, spatial} = "network" in model.config ? model.config.network : model.config;
  const grid = (patchSize as readonly number[]).slice(1).map((patch) => 4 * patch);
  expect(grid).toHaveLength(spatial! - 1);
  return {shape: [1, 5, ...grid, channels], label: labelFeatures};
}

/** Mean and root mean square of what a model makes of waves. */
function answer(config: Config, model: ReturnType<typeof build>): number[] {
  const {shape, label} = inputOf(model);
  const y = tf.tidy(() => {
    const x = waves(shape);
    if (model instanceof Autoencoder) return model.decode(model.encode(x));
    const emulator = emulatorOf(config, model);
    return emulator(x, tf.tensor1d(contextMask(5, 1)), waves([1, label!]) as tf.Tensor2D, {i: 0, row: 0});
  });
  const [mean, square] = tf.tidy(() => [y.mean().dataSync()[0], y.square().mean().dataSync()[0]]);
  y.dispose();
  return [mean, Math.sqrt(square)];
}

test("some models are shipped, and those of each system are of its preset and of this code", () => {
  expect(systems).toContain("euler");
  for (const system of systems) {
    const lab = openLab({system, preset: "mini", pretrained: true});
    expect(lab.artifacts.root).toMatch(/unpacked$/);
    expect(openTrained(openLab({system, preset: "tour"}), {trajectories: 3}).config).toEqual({
      ...lab.config,
      rollout: {...lab.config.rollout, trajectories: 3},
    });
  }
});

test("laboratories of shipped models share what they have loaded, those of own models do not", () => {
  const mini = openLab({system: "euler", preset: "mini"});
  const tour = openLab({system: "euler", preset: "tour"});
  for (const other of [openLab({system: "euler", preset: "mini"}), openTrained(tour), openTrained(mini)]) {
    expect(other.memo).toBe(mini.memo);
    expect(other.artifacts).toBe(mini.artifacts);
  }
  expect(openLab({system: "euler", preset: "tour"}).memo).not.toBe(tour.memo);
});

describe.each(systems)("%s", (system) => {
  test("every file is there and no other, and all that comes trained is at most 120 MB", () => {
    const {folder, index} = shippedOf(system);
    const listed = index.artifacts.flatMap(({files}) => files.map(({stored}) => stored));
    expect(readdirSync(folder).sort()).toEqual([...listed, "index.json"].sort());
    const all = readdirSync(path.dirname(folder), {recursive: true, withFileTypes: true});
    const sizes = all.flatMap((file) => (file.isFile() ? [statSync(path.join(file.parentPath, file.name)).size] : []));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(120e6);
  });

  test("every model answers as it did when it was shipped", () => {
    const known = existsSync(RECORDED) ? (JSON.parse(readFileSync(RECORDED, "utf8")) as Record<string, number[]>) : {};
    const config = preset(system, "mini");
    const found: Record<string, number[]> = {};
    for (const file of unpacked.get(system)!) {
      const model = build(file);
      found[file.name] = answer(config, model).map((value) => Number(value.toPrecision(6)));
      model.dispose();
    }
    if (recording) writeFileSync(RECORDED, `${JSON.stringify({...known, ...found}, null, 1)}\n`);
    for (const [name, values] of Object.entries(found)) {
      values.forEach((value, i) => expect(Math.abs(value - (recording ? value : known[name][i]))).toBeLessThan(2e-3));
    }
  });

  test("a model of each kind trains on", async () => {
    const kinds = new Map<unknown, ModelFile>();
    for (const file of unpacked.get(system)!)
      kinds.set((loadCheckpoint(file.path).config as {kind?: string}).kind, file);
    for (const file of kinds.values()) {
      const model = build(file);
      const {shape, label} = inputOf(model);
      const {history} = await train(model, {
        loss: (p, [x, mask, parameters], random) =>
          model instanceof Autoencoder
            ? model.loss(p, [x])
            : (model as Solver).loss(p, [x, mask, parameters], {random} as never),
        nextBatch: () =>
          label === undefined
            ? [waves(shape)]
            : [waves(shape), tf.tensor2d(contextMask(5, 1), [1, 5]), waves([1, label])],
        optimiser: adamW(),
        learningRate: () => 1e-4,
        steps: 2,
      });
      expect(history.loss.every(Number.isFinite)).toBe(true);
      model.dispose();
    }
  });
});
