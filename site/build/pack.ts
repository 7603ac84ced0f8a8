/** Data of a system for the live page: shipped models, test trajectories, and the results of its first view. */
import {createHash} from "node:crypto";
import {existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync} from "node:fs";
import path from "node:path";
import {gunzipSync} from "node:zlib";
import {parseJson, flat} from "@lola-ts/core";
import {standardization, standardize, type Standardization} from "lola/data";
import {displayedView, imageOf} from "@lola-ts/figures";
import {label, planFiles, simulateDataset, type SimulationConfig, systemNames, systemOf} from "@lola-ts/simulators";
import {parametersInWords} from "@lola-ts/laboratory";
import {type Config, Shipped, shippedFolder} from "@lola-ts/laboratory/stages";
import {Autoencoder} from "lola/models";
import {loadCheckpoint, type Checkpoint} from "lola/train";
import {writeSimulated, findWell, openWell, type WellDataset} from "@lola-ts/well";
import {encodeResult, fromHalves, toHalves} from "../live/engine/encoding";
import type {ModelFacts, RateFacts, SystemFacts, TrajectoryFacts} from "../live/engine/facts";
import {prepareFirst} from "../live/engine/first";
import {Lesson, MODELS} from "../live/engine/lesson";
import {root} from "./library";

/** A file of the page: a script that hands its content over. */
export interface PageFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface SystemPack {
  readonly facts: SystemFacts;
  readonly files: readonly PageFile[];
}

const TRAJECTORIES = 3;

/** Folder of what is slow to make and the same every time. */
const CACHE = path.join(root, ".out/site-cache");

const hash = (...texts: string[]) => createHash("sha256").update(texts.join("\n")).digest("hex").slice(0, 16);

/** List the systems that have shipped models and states of two space axes, which the page draws whole; it opens with the first. */
export const shippedSystems = (): string[] =>
  systemNames.filter((name) => systemOf(name).axes.length === 2 && Shipped.open(shippedFolder(name)));

export async function packSystem(name: string): Promise<SystemPack> {
  const shipped = Shipped.open(shippedFolder(name));
  if (!shipped) throw new Error(`site: expected shipped models of ${name} in data/pretrained, found none.`);
  const config = shipped.index.config as Config;
  const models = await readModels(shipped, config);
  const {trajectories, files, shape, sample, constants} = await packTrajectories(shipped, config);
  const system = systemOf(name);
  const view = displayedView(system);
  const {shape: image} = imageOf(sample, 0, view);
  const facts: SystemFacts = {
    name,
    title: system.title,
    preset: config.preset,
    stride: config.stride,
    window: config.window,
    shape,
    standardization: constants,
    shown: {
      channel: view.channel,
      name: view.name,
      unit: "dimensionless",
      decades: view.decades,
      signed: view.signed,
      colours: view.scale.map(([at, colour]) => [at, colour] as const),
      image: [image[0], image[1]],
    },
    rates: models.rates,
    trajectories,
    defaults: {
      latentChannels: models.rates[(models.rates.length - 1) >> 1].latentChannels,
      steps: config.rollout.steps,
      order: config.rollout.order ?? 3,
    },
    first: `${name}-first`,
  };
  const first = await firstOf(facts, models.weights, files[0]);
  const weights = [...models.weights].map(([file, values]) => ({name: file, bytes: toHalves(values)}));
  return {facts, files: [{name: facts.first, bytes: first}, ...weights, ...files]};
}

/** Compute the results of the first view, or read them where nothing has changed since. */
async function firstOf(
  facts: SystemFacts,
  weights: ReadonlyMap<string, Float32Array>,
  trajectory: PageFile,
): Promise<Uint8Array> {
  const engine = path.join(root, "site/live/engine");
  const code = readdirSync(engine).map((file) => readFileSync(path.join(engine, file), "utf8"));
  const contents = [...weights.values()].map((values) => createHash("sha256").update(values).digest("hex"));
  const file = path.join(CACHE, `first-${facts.name}-${hash(JSON.stringify(facts), ...code, ...contents)}.bin`);
  if (!existsSync(file)) {
    const lesson = new Lesson(facts);
    for (const {latentChannels, models} of facts.rates) {
      for (const model of models) lesson.setModel(latentChannels, model, weights.get(model.file)!);
    }
    lesson.setTrajectory(0, fromHalves(trajectory.bytes));
    mkdirSync(CACHE, {recursive: true});
    writeFileSync(file, encodeResult(await prepareFirst(lesson)));
    lesson.dispose();
  }
  return readFileSync(file);
}

/** Read the weights of the preset's own autoencoders, diffusion emulators and solvers, at the rates that have all three. */
export async function readModels(
  shipped: Shipped,
  config: Config,
): Promise<{rates: RateFacts[]; weights: Map<string, Float32Array>}> {
  const checkpoints = new Map<string, Checkpoint>();
  for (const {name, key} of shipped.index.artifacts.filter((one) => shipped.index.models.includes(one.key))) {
    const folder = path.join(CACHE, `${name}-${key.slice(0, 12)}`);
    await shipped.unpack(key, folder);
    checkpoints.set(name, loadCheckpoint(path.join(folder, "model.safetensors")));
  }
  const weights = new Map<string, Float32Array>();
  const rates = config.latentChannels.flatMap((latentChannels): RateFacts[] => {
    const models = (Object.keys(MODELS) as ModelFacts["kind"][]).flatMap((kind) => {
      const emulator = kind === "autoencoder" ? "" : `-${kind}`;
      const checkpoint = checkpoints.get(`${config.system}-${config.preset}${emulator}-c${latentChannels}`);
      if (!checkpoint) return [];
      const model = new MODELS[kind]((checkpoint.config as {model: unknown}).model as never);
      const file = `${config.system}-c${latentChannels}-${kind}`;
      weights.set(file, model.layout.fromOfficial(checkpoint.weights));
      return [{kind, file, config: model.config} as ModelFacts];
    });
    const [autoencoder] = models;
    if (models.length < 3) return [];
    const {compression} = new Autoencoder(autoencoder.config as Autoencoder["config"]);
    return [{latentChannels, compression, models}];
  });
  if (rates.length === 0) throw new Error(`site: expected an autoencoder, a diffusion emulator and a solver shipped.`);
  return {rates: rates.sort((a, b) => a.compression - b.compression), weights};
}

/** Simulate the first test trajectories of the preset's data, or read them where nothing has changed since. */
async function simulated(config: Config): Promise<{plans: ReturnType<typeof planFiles>; well: WellDataset}> {
  const data = config.data as SimulationConfig;
  const few = {...data, trajectories: {train: 0, valid: 0, test: Math.min(TRAJECTORIES, data.trajectories.test)}};
  const key = hash(JSON.stringify(few), `${systemOf(config.system).version}`);
  const folder = path.join(CACHE, `${config.system}-${key}`);
  if (!existsSync(path.join(folder, "complete"))) {
    rmSync(folder, {recursive: true, force: true});
    mkdirSync(folder, {recursive: true});
    await simulateDataset(few, async (file) => void (await writeSimulated(folder, file)), {workers: 0});
    writeFileSync(path.join(folder, "complete"), "");
  }
  const plans = planFiles(few);
  const datasets = [...new Set(plans.map(({dataset}) => dataset))];
  return {plans, well: await openWell(findWell(folder, {datasets, split: "test"}))};
}

/** Simulate the first test trajectory of each of a few files, and standardise them. */
async function packTrajectories(shipped: Shipped, config: Config) {
  const constants = constantsOf(shipped, config);
  const {plans, well} = await simulated(config);
  const all = planFiles(config.data as SimulationConfig).filter(({split}) => split === "test");
  const seedsOf = (files: typeof all) => files.flatMap(({requests}) => requests.map(({seed}) => JSON.stringify(seed)));
  const [seeds, seedsOfAll] = [seedsOf(plans), seedsOf(all)];
  const {boundary: codes = true, logT0} = config.label ?? {};
  const states = well.trajectories.map((_, n) => well.read(n));
  const files = states.map((state, n) => ({
    name: `${config.system}-trajectory-${n}`,
    bytes: toHalves(flat(standardize(state, constants))),
  }));
  const trajectories = well.trajectories.map(({scalars, boundary}, n): TrajectoryFacts => ({
    index: seedsOfAll.indexOf(seeds[n]),
    words: parametersInWords(scalars),
    label: Array.from(label(scalars, codes ? boundary : [], {logT0})),
    file: files[n].name,
  }));
  return {trajectories, files, shape: [...states[0].shape], sample: states[0], constants};
}

function constantsOf(shipped: Shipped, config: Config): Standardization {
  if (config.standardization === "official") return standardization(systemOf(config.system));
  const artifact = shipped.index.artifacts.find(({name}) => name.endsWith("-standardization"));
  if (!artifact) throw new Error(`site: expected shipped constants of ${config.system}'s standardisation, found none.`);
  const bytes = gunzipSync(readFileSync(path.join(shipped.folder, artifact.files[0].stored)));
  return parseJson(bytes.toString()) as Standardization;
}
