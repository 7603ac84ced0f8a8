/** What the live page loads of a system: shipped models, test trajectories, and the results of its first view. */
import {createHash} from "node:crypto";
import {existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync} from "node:fs";
import path from "node:path";
import {gunzipSync} from "node:zlib";
import {parseJson, flat} from "@lola-ts/core";
import {standardization, standardize, type Standardization} from "lola/data";
import {displayedView, imageOf} from "@lola-ts/figures";
import {label, planFiles, simulateDataset, type SimulationConfig, systemOf} from "@lola-ts/simulators";
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

/** List the systems that have shipped models and states of two space axes, which the page draws whole. */
export function shippedSystems(): string[] {
  const folder = path.dirname(shippedFolder("any"));
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => Shipped.open(shippedFolder(name))) : [];
  return names.filter((name) => systemOf(name).axes.length === 2);
}

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
  const first = await firstView(facts, models.weights, files);
  const weights = [...models.weights].map(([file, values]) => ({name: file, bytes: toHalves(values)}));
  return {facts, files: [{name: facts.first, bytes: first}, ...weights, ...files]};
}

/** Compute the results of the first view, or read them where nothing has changed since. */
async function firstView(
  facts: SystemFacts,
  weights: ReadonlyMap<string, Float32Array>,
  trajectories: readonly PageFile[],
): Promise<Uint8Array> {
  const engine = path.join(root, "site/live/engine");
  const code = readdirSync(engine).map((file) => readFileSync(path.join(engine, file), "utf8"));
  const contents = [...weights.values()].map((values) => createHash("sha256").update(values).digest("hex"));
  const file = path.join(CACHE, `first-${facts.name}-${hash(JSON.stringify(facts), ...code, ...contents)}.bin`);
  if (existsSync(file)) return readFileSync(file);
  const lesson = new Lesson(facts);
  for (const {latentChannels, models} of facts.rates) {
    for (const model of models) lesson.setModel(latentChannels, model, weights.get(model.file)!);
  }
  lesson.setTrajectory(0, fromHalves(trajectories[0].bytes));
  const bytes = encodeResult(await prepareFirst(lesson));
  lesson.dispose();
  mkdirSync(CACHE, {recursive: true});
  writeFileSync(file, bytes);
  return bytes;
}

interface Trained {
  readonly kind?: string;
  readonly model: unknown;
  readonly training: unknown;
  readonly seed: number;
}

/** Read the weights of autoencoders, diffusion emulators and solvers: one of each kind and rate, trained as the preset says. */
export async function readModels(
  shipped: Shipped,
  config: Config,
): Promise<{rates: RateFacts[]; weights: Map<string, Float32Array>}> {
  const weights = new Map<string, Float32Array>();
  const checkpoints = new Map<string, Checkpoint>();
  for (const {stage, name, key} of shipped.index.artifacts) {
    if (stage !== "autoencoder" && stage !== "emulator") continue;
    const folder = path.join(CACHE, `${name}-${key.slice(0, 12)}`);
    await shipped.unpack(key, folder);
    checkpoints.set(key, loadCheckpoint(path.join(folder, "model.safetensors")));
  }
  const ofStage = (stage: string, end = "") =>
    shipped.index.artifacts
      .filter((artifact) => artifact.stage === stage && artifact.name.endsWith(end))
      .map(({key}) => checkpoints.get(key)!);
  const trainedAs = (checkpoint: Checkpoint) => checkpoint.config as Trained;
  const rates = ofStage("autoencoder").map((checkpoint): RateFacts => {
    const autoencoder = new Autoencoder(trainedAs(checkpoint).model as Autoencoder["config"]);
    const {latChannels} = autoencoder.config;
    const emulatorOf = (kind: string) =>
      ofStage("emulator", `-${kind}-c${latChannels}`).find((made) => isOfPreset(trainedAs(made), config));
    const trained = {autoencoder: checkpoint, diffusion: emulatorOf("diffusion"), solver: emulatorOf("solver")};
    const models = (Object.keys(MODELS) as ModelFacts["kind"][]).flatMap((kind) => {
      const made = trained[kind];
      if (!made) return [];
      const model = new MODELS[kind](trainedAs(made).model as never);
      const file = `${config.system}-c${latChannels}-${kind}`;
      weights.set(file, model.layout.fromOfficial(made.weights));
      return [{kind, file, config: model.config} as ModelFacts];
    });
    return {latentChannels: latChannels, compression: autoencoder.compression, models};
  });
  const complete = rates.filter(({models}) => models.length === 3);
  if (complete.length === 0)
    throw new Error(`site: expected an autoencoder, a diffusion emulator and a solver shipped.`);
  return {rates: complete.sort((a, b) => a.compression - b.compression), weights};
}

/** Whether an emulator was trained as the preset says: not for longer, nor from another's weights or seed. */
function isOfPreset({training, seed}: Trained, config: Config): boolean {
  return seed === config.seed && JSON.stringify(training) === JSON.stringify(config.latent.training);
}

/** Simulate the first test trajectory of each of a few files, and standardise them. */
async function packTrajectories(shipped: Shipped, config: Config) {
  const data = config.data as SimulationConfig;
  const all = planFiles(data).filter(({split}) => split === "test");
  const few = {...data, trajectories: {train: 0, valid: 0, test: Math.min(TRAJECTORIES, data.trajectories.test)}};
  const folder = path.join(
    CACHE,
    `${config.system}-${hash(JSON.stringify(few), `${systemOf(config.system).version}`)}`,
  );
  if (!existsSync(path.join(folder, "complete"))) {
    rmSync(folder, {recursive: true, force: true});
    mkdirSync(folder, {recursive: true});
    await simulateDataset(few, async (file) => void (await writeSimulated(folder, file)), {workers: 0});
    writeFileSync(path.join(folder, "complete"), "");
  }
  const seeds = all.flatMap(({requests}) => requests.map(({seed}) => JSON.stringify(seed)));
  const chosen = planFiles(few).flatMap(({requests}) => requests.map(({seed}) => seeds.indexOf(JSON.stringify(seed))));
  const well: WellDataset = await openWell(
    findWell(folder, {datasets: [...new Set(planFiles(few).map(({dataset}) => dataset))], split: "test"}),
  );
  const constants = constantsOf(shipped, config);
  const {boundary: codes = true, logT0} = config.label ?? {};
  const states = well.trajectories.map((_, n) => well.read(n));
  const files = states.map((state, n) => ({
    name: `${config.system}-trajectory-${n}`,
    bytes: toHalves(flat(standardize(state, constants))),
  }));
  const trajectories = well.trajectories.map(({scalars, boundary}, n): TrajectoryFacts => ({
    index: chosen[n],
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
