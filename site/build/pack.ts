/** What the live page loads of a system: shipped models, test trajectories, and the results of its first view. */
import {createHash} from "node:crypto";
import {existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync} from "node:fs";
import path from "node:path";
import {gunzipSync} from "node:zlib";
import {parseJson, flat, type Split} from "@lola-ts/core";
import {standardization, standardize, type Standardization} from "lola/data";
import {displayedView, imageOf} from "@lola-ts/figures";
import {label, planFiles, simulateDataset, type SimulationConfig, systemNames, systemOf} from "@lola-ts/simulators";
import {parametersInWords} from "@lola-ts/laboratory";
import {type Config, Shipped, shippedFolder} from "@lola-ts/laboratory/stages";
import {Autoencoder} from "lola/models";
import {loadCheckpoint, type Checkpoint} from "lola/train";
import {writeSimulated, findWell, openWell, type WellDataset} from "@lola-ts/well";
import {encodeResult, fromHalves, toHalves} from "../live/engine/encoding";
import type {Calibration, ModelFacts, RateFacts, SystemFacts, TrajectoryFacts} from "../live/engine/facts";
import {prepareFirst} from "../live/engine/first";
import {Lesson, MODELS} from "../live/engine/lesson";
import {calibrate} from "./calibration";
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
  const {trajectories, files, shape, sample, constants, periodic} = await packTrajectories(shipped, config);
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
    periodic,
    shares: isFiner(trajectories[0]) ? [0.5, 1] : [1, 0.5],
    rates: models.rates,
    trajectories,
    defaults: {
      latentChannels: models.rates[(models.rates.length - 1) >> 1].latentChannels,
      steps: config.rollout.steps,
      order: config.rollout.order ?? 3,
    },
    first: `${name}-first`,
  };
  const {first, rates} = await computed(facts, config, models.weights, files);
  const weights = [...models.weights].map(([file, values]) => ({name: file, bytes: toHalves(values)}));
  return {facts: {...facts, rates}, files: [{name: facts.first, bytes: first}, ...weights, ...files]};
}

/** Whether the data's simulation has more points than its states. */
function isFiner({simulation}: TrajectoryFacts): boolean {
  const {request} = simulation!;
  return "resolution" in request || ("oversampling" in request && request.oversampling > 1);
}

/** Compute the results of the first view and the meters of the rates, or read them where nothing has changed since. */
async function computed(
  facts: SystemFacts,
  config: Config,
  weights: ReadonlyMap<string, Float32Array>,
  trajectories: readonly PageFile[],
): Promise<{first: Uint8Array; rates: RateFacts[]}> {
  const engine = path.join(root, "site/live/engine");
  const codeOf = (files: readonly string[]) => files.map((file) => readFileSync(path.join(engine, file), "utf8"));
  const contents = [...weights.values()].map((values) => createHash("sha256").update(values).digest("hex"));
  const key = hash(JSON.stringify(facts), ...codeOf(readdirSync(engine)), ...contents);
  const file = path.join(CACHE, `first-${facts.name}-${key}.bin`);
  const lesson = new Lesson(facts);
  for (const {latentChannels, models} of facts.rates) {
    for (const model of models) lesson.setModel(latentChannels, model, weights.get(model.file)!);
  }
  lesson.setTrajectory(0, fromHalves(trajectories[0].bytes));
  mkdirSync(CACHE, {recursive: true});
  if (!existsSync(file)) writeFileSync(file, encodeResult(await prepareFirst(lesson)));
  const meter = hash(JSON.stringify(facts), ...codeOf(["meter.ts", "../../build/calibration.ts"]), ...contents);
  const rates = await withCalibrations(facts, lesson, config, meter);
  lesson.dispose();
  return {first: readFileSync(file), rates};
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

/** Simulate some trajectories of the preset's data, and standardise them. */
async function simulated(config: Config, counts: Partial<Record<Split, number>>, constants: Standardization) {
  const data = config.data as SimulationConfig;
  const wanted = (split: Split) => Math.min(counts[split] ?? 0, data.trajectories[split]);
  const few = {...data, trajectories: {train: wanted("train"), valid: wanted("valid"), test: wanted("test")}};
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
  const read = async (split: Split) => {
    const well: WellDataset = await openWell(findWell(folder, {datasets, split}));
    const states = well.trajectories.map((_, n) => well.read(n));
    return {well, states, standardised: states.map((state) => flat(standardize(state, constants)))};
  };
  return {plans, read};
}

/** Simulate the first test trajectory of each of a few files. */
async function packTrajectories(shipped: Shipped, config: Config) {
  const constants = constantsOf(shipped, config);
  const {plans, read} = await simulated(config, {test: TRAJECTORIES}, constants);
  const all = planFiles(config.data as SimulationConfig).filter(({split}) => split === "test");
  const seeds = all.flatMap(({requests}) => requests.map(({seed}) => JSON.stringify(seed)));
  const simulations = plans.flatMap(({requests, skipped = 0}) =>
    requests.map((request) => ({request, first: skipped})),
  );
  const {well, states, standardised} = await read("test");
  const {boundary: codes = true, logT0} = config.label ?? {};
  const files = standardised.map((values, n) => ({name: `${config.system}-trajectory-${n}`, bytes: toHalves(values)}));
  const trajectories = well.trajectories.map(({scalars, boundary}, n): TrajectoryFacts => ({
    index: seeds.indexOf(JSON.stringify(simulations[n].request.seed)),
    words: parametersInWords(scalars),
    label: Array.from(label(scalars, codes ? boundary : [], {logT0})),
    simulation: simulations[n],
    file: files[n].name,
  }));
  const periodic = all[0].axes.map(({boundary}) => boundary === "periodic");
  return {trajectories, files, shape: [...states[0].shape], sample: states[0], constants, periodic};
}

/** Calibrate the meter of each rate with a training and a validation trajectory of each file, or read it where nothing has changed since. */
async function withCalibrations(facts: SystemFacts, lesson: Lesson, config: Config, key: string): Promise<RateFacts[]> {
  const file = path.join(CACHE, `meter-${facts.name}-${key}.json`);
  if (!existsSync(file)) {
    const count = planFiles(config.data as SimulationConfig).filter(({split}) => split === "valid").length;
    const {read} = await simulated(config, {train: count, valid: count}, facts.standardization);
    const [training, validation] = [await read("train"), await read("valid")].map(({standardised}) => standardised);
    const all: Calibration[] = [];
    for (const {latentChannels} of facts.rates) all.push(await calibrate(lesson, latentChannels, training, validation));
    writeFileSync(file, JSON.stringify(all));
  }
  const all = JSON.parse(readFileSync(file, "utf8")) as Calibration[];
  return facts.rates.map((rate, i) => ({...rate, calibration: all[i]}));
}

function constantsOf(shipped: Shipped, config: Config): Standardization {
  if (config.standardization === "official") return standardization(systemOf(config.system));
  const artifact = shipped.index.artifacts.find(({name}) => name.endsWith("-standardization"));
  if (!artifact) throw new Error(`site: expected shipped constants of ${config.system}'s standardisation, found none.`);
  const bytes = gunzipSync(readFileSync(path.join(shipped.folder, artifact.files[0].stored)));
  return parseJson(bytes.toString()) as Standardization;
}
