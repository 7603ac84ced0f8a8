/**
 * Keys of artefacts. Each is the hash of a recipe, so one that changes without a version would have everything made again, and
 * models and scores that come with the project would no longer be found. LOLA_RECORD=1 writes recorded-keys.json anew.
 */
import {readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import type * as Fit from "../../../lib/data/fit";
import {type AutoencoderChanges, type EmulatorChanges, type EmulatorSpec} from "../../laboratory/src/model-changes";
import {autoencoderStage} from "../../laboratory/src/stages/autoencoders";
import {changedConfig, type Change} from "../../laboratory/src/changes";
import type {Config} from "../../laboratory/src/config";
import {Lab} from "../../laboratory/src/lab";
import {latentCalibration} from "../../laboratory/src/latent-calibration";
import {parameterForecasts} from "../src/parameter-forecasts";
import {preset, presetNames, systemNames} from "../../laboratory/src/presets/presets";
import {scoreAll} from "../src/pretrain/pretrain";
import {Shipped, shippedFolder} from "../../laboratory/src/pretrained/shipped";
import {rivals} from "../../laboratory/src/rivals";
import {evaluationRecipe} from "../../laboratory/src/scoring/score";
import {Dataset} from "../../laboratory/src/stages/dataset";
import {emulatorStage} from "../../laboratory/src/stages/emulators";
import {latentsStage} from "../../laboratory/src/stages/latents";
import {Artifacts, artifactKey, Memo, node, ready, type Artifact, type Recipe} from "@lola-ts/cache";
import {SPLITS} from "@lola-ts/core";
import {guidedRollout, onOtherTrajectories, parameterSweep} from "../src/index";
import type * as Simulate from "../../simulators/src/index";
import {temporaryFolder} from "../../../test/folder";
import {asTrained, asTraining, randomData, rolloutsOf, smoke} from "../../laboratory/test/smoke";

/** Constants that no rounding of a machine changes. */
jest.mock("lola/data", () => {
  const actual = jest.requireActual<typeof Fit>("lola/data");
  return {
    ...actual,
    fitStandardization: async (...options: Parameters<typeof Fit.fitStandardization>) => {
      const fitted = await actual.fitStandardization(...options);
      return {...fitted, mean: fitted.mean.map(() => 0), std: fitted.std.map(() => 1)};
    },
  };
});

/** Trajectories of each configuration's number and length, on the grid of the preset smoke and for a short time. */
jest.mock("@lola-ts/simulators", () => {
  const actual = jest.requireActual<typeof Simulate>("@lola-ts/simulators");
  const coarse = (config: Simulate.SimulationConfig) => {
    const data = preset(config.system ?? "euler", "smoke").data as Simulate.SimulationConfig;
    const {trajectories, frames} = config;
    const boundaries = "boundaries" in config ? {boundaries: config.boundaries} : {};
    const numbers = "reynolds" in config ? {reynolds: config.reynolds} : {}; // by which long runs choose trajectories
    const endTime = data.endTime / 100;
    const begin = "startTime" in data ? {startTime: data.startTime! / 100} : {};
    return {...data, trajectories, frames, endTime, ...begin, ...boundaries, ...numbers} as Simulate.SimulationConfig;
  };
  const simulateDataset: typeof Simulate.simulateDataset = (config, ...rest) =>
    actual.simulateDataset(coarse(config), ...rest);
  return {...actual, simulateDataset};
});

const FILE = path.join(__dirname, "recorded-keys.json");
const RECORDING = process.env.LOLA_RECORD === "1";
const folder = temporaryFolder();

type Keys = Record<string, string>;
const recorded = RECORDING ? {} : (JSON.parse(readFileSync(FILE, "utf8")) as Record<string, Keys>);

/** Compare keys with the recorded ones, or record them. */
function expectRecorded(name: string, keys: Keys): void {
  if (RECORDING) recorded[name] = keys;
  else expect(keys).toEqual(recorded[name]);
}

afterAll(() => {
  if (RECORDING) writeFileSync(FILE, `${JSON.stringify(recorded, null, 1)}\n`);
});

/** A store that remembers the recipes that it was asked for, and what it had to make. */
class AskedArtifacts extends Artifacts {
  readonly asked = new Map<string, Recipe>();
  readonly made: string[] = [];

  override async obtain(...options: Parameters<Artifacts["obtain"]>): Promise<Artifact> {
    const [recipe] = options;
    this.asked.set(this.key(recipe), recipe);
    const artifact = await super.obtain(...options);
    if (artifact.fresh) this.made.push(recipe.stage);
    return artifact;
  }
}

/** Keys by stage and name; those of one name are joined. */
function keysIn(asked: ReadonlyMap<string, Recipe>): Keys {
  const keys: Record<string, string[]> = {};
  for (const [key, {stage, name}] of asked) (keys[`${stage} ${name}`] ??= []).push(key.slice(0, 12));
  const sorted = Object.entries(keys).map(([name, list]) => [name, list.sort().join(" ")] as const);
  return Object.fromEntries(sorted.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Changes of each kind of option, and one of none. */
const CHANGES: Record<string, Change> = {
  none: {},
  seed: {seed: 1},
  label: {label: {boundary: false}},
  loss: {autoencoder: {loss: "mae"}},
  copies: {copies: 3},
  window: {window: 6},
  latent: {latent: {hidBlocks: 1}},
  objective: {objective: {over: "generated", weight: "none", members: 2}},
  rollout: {rollout: {steps: 3, symmetries: true}},
  context: {rollout: {context: 2}},
  perturbation: {rollout: {perturbation: 0.1, members: 3}},
  metrics: {metrics: {noisyLatents: true}},
};

const presets = systemNames().flatMap((system) => presetNames(system).map((name) => [system, name] as const));

/** The dataset of the preset smoke for a configuration. */
const datasetOf = (config: Config) => Dataset.obtain(config, new Artifacts(folder("data"), () => undefined));

/** Keys of each stage of a configuration, of every kind of emulator, with changes of autoencoder and emulator. */
async function stageKeys(config: Config): Promise<string> {
  const store = new Artifacts(folder("data"), () => undefined);
  const dataset = await datasetOf(config);
  const [channels] = config.latentChannels;
  const keys = [dataset.key];
  const coders: AutoencoderChanges[] = [{}, {model: {saturation: "tanh"}, steps: 5, seed: 3}];
  const emulators: EmulatorChanges[] = [{}, {network: {hidBlocks: 1}, training: {steps: 7}, seed: 4}];
  for (const changes of coders) {
    const context = {config, dataset, artifacts: store, memo: new Memo()};
    const autoencoder = node(autoencoderStage, context, {latentChannels: channels, changes}).key;
    const [train, valid, test] = SPLITS.map(
      (split) => node(latentsStage, context, {latentChannels: channels, split, changes}).key,
    );
    keys.push(autoencoder, train, valid, test);
    const space = dataset.system.axes.map(() => 2);
    const latents = (key: string) => ({
      ...randomData("latents", [2, 20, ...space, channels]),
      labels: dataset.labels("test"),
      key: dataset.labelledKey(key),
    });
    for (const kind of ["diffusion", "solver", "crps"] as const) {
      const method: EmulatorSpec = {kind, latentChannels: channels};
      for (const own of emulators) {
        const solver = kind === "crps" ? ready(asTrained(undefined as never, "solver")) : undefined;
        const data = {train: asTraining(latents(train)), valid: asTraining(latents(valid)), solver};
        const emulator = node(emulatorStage, context, {method, changes: own}, data).key;
        const rollout = rolloutsOf(config, store, method, asTrained(undefined as never, emulator), latents(test)).key;
        const labels = {method: "diffusion", space: "latent", compression: 2} as const;
        const scores = store.key(evaluationRecipe({config, dataset}, {name: "one", labels, inputs: [rollout]}));
        keys.push(emulator, rollout, scores);
      }
    }
  }
  return artifactKey(keys).slice(0, 12);
}

test.each(presets)("keys of all stages of %s, preset %s, with typical changes", async (system, name) => {
  const {data, stride, rollout, horizons} = preset(system, "smoke");
  const changes = name === "tour" ? CHANGES : {none: {}};
  const keys: Keys = {};
  for (const [change, options] of Object.entries(changes)) {
    const changed = changedConfig("keys", preset(system, name), options);
    keys[change] = await stageKeys({
      ...changed,
      data,
      stride,
      horizons,
      rollout: {...changed.rollout, start: rollout.start},
    });
  }
  expectRecorded(`${system} ${name}`, keys);
});

test("keys of a laboratory's artefacts: ensembles, retrofits, guidance, sweeps, other trajectories", async () => {
  const store = new AskedArtifacts(folder("smoke"), () => undefined);
  const lab = new Lab({...smoke, latentChannels: [16]}, store);
  const diffusion = {kind: "diffusion", latentChannels: 16} as const;
  const solver = {kind: "solver", latentChannels: 16} as const;
  await lab.evaluation();
  await lab.latents(16, "train", {steps: 2});
  await lab.evaluation({
    methods: [
      {...solver, label: "two", changes: {seeds: 2}},
      {...solver, label: "noisy", changes: {rollout: {perturbation: 0.1}}},
      {...solver, label: "trained on", changes: {from: "solver", training: {steps: 2}}},
      {...diffusion, label: "symmetric", changes: {rollout: {symmetries: true}}},
      {...diffusion, label: "narrow", changes: {autoencoder: {model: {saturation: "tanh"}}}},
      {kind: "crps", latentChannels: 16, label: "retrofit", changes: {from: "solver", training: {steps: 2}}},
    ],
    trivial: false,
  });
  await lab.with({metrics: {reference: "autoencoded"}, rollout: {steps: 3}}).evaluation({methods: [diffusion]});
  await latentCalibration(lab, [diffusion]);
  await guidedRollout(lab);
  await guidedRollout(lab, {observation: {kind: "coarse", factor: 4}, noise: 0.1, members: 2});
  await parameterSweep(lab);
  await parameterForecasts(lab, {parameter: "gamma", values: [1.2, 1.4], initialStates: 1});
  const away = {data: {boundaries: ["open" as const]}, trajectories: 2, members: 2};
  await onOtherTrajectories(lab, away).evaluation({trivial: false});
  expectRecorded("laboratory", keysIn(store.asked));
});

describe.each(systemNames())("models and scores that come with the project for %s", (system) => {
  test("are all found, and nothing else is trained or scored", async () => {
    const shipped = Shipped.open(shippedFolder(system))!;
    const store = new AskedArtifacts(folder(`shipped-${system}`), () => undefined, shipped);
    const lab = new Lab(preset(system, "mini"), store);
    const own = [...(await lab.autoencoders()), ...(await lab.emulators())].map(({key}) => key);
    expect([...shipped.index.models].sort()).toEqual(own.sort());
    await lab.emulators(rivals(lab.config).filter(({kind}) => kind === "crps"));
    await scoreAll(lab);
    const wanted = ["autoencoder", "emulator", "evaluation"];
    expect(store.made.filter((stage) => wanted.includes(stage))).toEqual([]);
    const asked = [...store.asked].flatMap(([key, {stage}]) => (wanted.includes(stage) ? [key] : []));
    const listed = shipped.index.artifacts.filter(({stage}) => wanted.includes(stage)).map(({key}) => key);
    expect(asked.sort()).toEqual(listed.sort());
    await lab.memo.release();
  });
});
