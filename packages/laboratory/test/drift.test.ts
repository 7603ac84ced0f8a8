import {readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import ndarray from "ndarray";
import {KarrasDenoiser} from "lola/diffusion";
import {metricNames} from "lola/evaluate";
import {AUTOENCODER_VERSION} from "../src/stages/autoencoders";
import {STANDARDIZATION_VERSION, type Dataset} from "../src/stages/dataset";
import {EMULATOR_VERSION} from "../src/stages/emulators";
import {EVALUATION_VERSION} from "../src/scoring/score";
import {evaluate} from "../src/stages/evaluation";
import {LATENTS_VERSION} from "../src/stages/latents";
import {ROLLOUT_VERSION} from "../src/stages/rollouts";
import type {Lab} from "../src/lab";
import {preset} from "../src/presets/presets";
import {Autoencoder, Solver} from "lola/models";
import {systemNames, systemOf} from "@lola-ts/simulators";
import {drift, movedNumbers, type RecordedStage, type StageRecord} from "./drift";
import {
  asContestants,
  asTrained,
  randomData,
  smoke,
  smokeLabs,
  tiny,
  obtainRollout,
  inContext,
  latentsBy,
  emulatorOn,
} from "./smoke";

const FILE = path.join(__dirname, "recorded.json");
const RECORDING = process.env.LOLA_RECORD === "1";
const recorded = JSON.parse(readFileSync(FILE, "utf8")) as Record<string, StageRecord>;

const {artifacts, open} = smokeLabs();
type Numbers = Record<string, number>;

/** Mean and root mean square of each channel of an array, channel last. */
function moments({data, shape}: {data: ArrayLike<number>; shape: readonly number[]}): Numbers {
  const channels = shape[shape.length - 1];
  const count = data.length / channels;
  const sums = Array.from({length: channels}, () => [0, 0]);
  for (let i = 0; i < data.length; i++) {
    sums[i % channels][0] += data[i] / count;
    sums[i % channels][1] += data[i] ** 2 / count;
  }
  return Object.fromEntries(
    sums.flatMap(([mean, square], c) => [
      [`mean ${c}`, mean],
      [`rms ${c}`, Math.sqrt(square)],
    ]),
  );
}

/** Loss and gradient of the first step; validation error and size of the weights after the last one. */
async function training({model, history}: Awaited<ReturnType<Lab["emulator"] | Lab["autoencoder"]>>): Promise<Numbers> {
  const weights = await model.weights.data<"float32">();
  const square = weights.reduce((sum, weight) => sum + weight ** 2, 0) / weights.length;
  const [, error] = history.validation[history.validation.length - 1];
  return {
    loss: history.loss[0],
    gradient: history.norm[0],
    "trained, validation": error,
    "trained, rms of weights": Math.sqrt(square),
  };
}

/** Mean over all rows of each metric of each contestant. */
async function scores(dataset: Dataset): Promise<Numbers> {
  const {data, shape} = dataset.states("test");
  const noise = randomData("noise", [2, data.length]).states.data;
  const ensemble = Float32Array.from(noise, (value, i) => data[i % data.length] + 0.1 * value);
  const rollout = {
    method: {kind: "diffusion", latentChannels: null},
    trajectories: dataset.testTrajectories,
    states: ndarray(ensemble, [1, 2, ...shape.slice(1)]),
    key: "noisy",
  } as const;
  const evaluation = await evaluate(inContext(smoke, artifacts(), dataset), asContestants([rollout]));
  const names = [...metricNames, "transport"] as const;
  const means = evaluation.scores.flatMap(({labels, rows}) =>
    names.flatMap((name) => {
      const values = rows.flatMap((row) => row[name] ?? []).filter(Number.isFinite);
      if (values.length === 0) return []; // a single forecast has no spread
      return [[`${labels.method}, ${name}`, values.reduce((sum, value) => sum + value, 0) / values.length] as const];
    }),
  );
  return Object.fromEntries(means);
}

const LATENTS = [3, 6, 2, 2, 3];
const latents = () => ({train: randomData("train", LATENTS), valid: randomData("valid", LATENTS)});
const pixels = () => ({train: randomData("train", [2, 6, 8, 8, 5]), valid: randomData("valid", [1, 6, 8, 8, 5])});

/** Numbers of each stage. Inputs are random or simulated, so that a stage moves with its own code alone. */
const STAGES: (RecordedStage & {measure: () => Promise<Numbers>})[] = [
  ...systemNames.map((system) => ({
    name: `simulation of ${system}`,
    version: systemOf(system).version,
    constant: "version",
    file: `packages/simulators/src/${system}/system.ts`,
    measure: async () => moments((await open(() => preset(system, "smoke")).dataset()).wells.train.readAll()),
  })),
  {
    name: "standardization",
    version: STANDARDIZATION_VERSION,
    constant: "STANDARDIZATION_VERSION",
    file: "packages/laboratory/src/stages/dataset.ts",
    reads: ["simulation of euler"],
    measure: async () => {
      const {mean, std} = (await open().dataset()).standardization;
      return Object.fromEntries([...mean.map((x, c) => [`mean ${c}`, x]), ...std.map((x, c) => [`deviation ${c}`, x])]);
    },
  },
  {
    name: "autoencoder",
    version: AUTOENCODER_VERSION,
    constant: "AUTOENCODER_VERSION",
    file: "packages/laboratory/src/stages/autoencoders.ts",
    reads: ["simulation of euler", "standardization"],
    measure: async () => training(await open().autoencoder(4)),
  },
  {
    name: "latents",
    version: LATENTS_VERSION,
    constant: "LATENTS_VERSION",
    file: "packages/laboratory/src/stages/latents.ts",
    reads: ["simulation of euler", "standardization"],
    measure: async () => {
      const model = Autoencoder.create({...smoke.autoencoder.model, pixChannels: 5, latChannels: 4}, 1);
      const dataset = await open().dataset();
      const config = {...smoke, copies: 2};
      const context = inContext(config, artifacts(), dataset);
      const {states} = await latentsBy(asTrained(model, "fresh"), context, "train").get();
      model.dispose();
      return moments(states);
    },
  },
  ...(["diffusion", "solver", "pixel solver"] as const).map((name) => ({
    name: `emulator, ${name}`,
    version: EMULATOR_VERSION,
    constant: "EMULATOR_VERSION",
    file: "packages/laboratory/src/stages/emulators.ts",
    measure: async () => {
      const method = {
        kind: name === "diffusion" ? name : "solver",
        latentChannels: name === "pixel solver" ? null : 3,
      } as const;
      const data = name === "pixel solver" ? pixels() : latents();
      return training(await emulatorOn(data, smoke, artifacts(), method).get());
    },
  })),
  ...(["diffusion", "solver"] as const).map((kind) => ({
    name: `rollout, ${kind}`,
    version: ROLLOUT_VERSION,
    constant: "ROLLOUT_VERSION",
    file: "packages/laboratory/src/stages/rollouts.ts",
    measure: async () => {
      const model: KarrasDenoiser | Solver =
        kind === "diffusion"
          ? KarrasDenoiser.create({network: tiny, schedule: smoke.schedule}, 1)
          : Solver.create(tiny, 1);
      const {states} = await obtainRollout(
        {...smoke, rollout: {...smoke.rollout, trajectories: 2}},
        artifacts(),
        {kind, latentChannels: 3},
        asTrained(model, "fresh"),
        randomData("test", LATENTS),
      );
      model.dispose();
      return moments(states);
    },
  })),
  {
    name: "evaluation",
    version: EVALUATION_VERSION,
    constant: "EVALUATION_VERSION",
    file: "packages/laboratory/src/stages/evaluation.ts",
    reads: ["simulation of euler", "standardization"],
    measure: async () => scores(await open().dataset()),
  },
];

describe("numbers of a stage move with its version only", () => {
  const raised = STAGES.filter(({name, version}) => recorded[name]?.version !== version).map(({name}) => name);
  const now: Record<string, StageRecord> = {};

  test.each(STAGES)("$name", async (stage) => {
    const numbers = await stage.measure();
    const found = drift(stage, recorded[stage.name], numbers, raised);
    if (RECORDING ? found && !found.recordable : found) throw new Error(found!.sentence);
    now[stage.name] = {version: stage.version, numbers: found ? numbers : recorded[stage.name].numbers};
  });

  afterAll(() => {
    if (RECORDING) writeFileSync(FILE, `${JSON.stringify({...recorded, ...now}, null, 2)}\n`);
  });

  test("nothing else is recorded", () => {
    if (!RECORDING) expect(Object.keys(recorded).sort()).toEqual(STAGES.map(({name}) => name).sort());
  });
});

describe("drift", () => {
  const stage = {name: "emulator", version: 2, constant: "EMULATOR_VERSION", file: "emulators.ts", reads: ["latents"]};
  const before = {version: 2, numbers: {loss: 0.5, norm: 0}};
  const moved = {...before.numbers, loss: 0.51};

  test("is a relative change beyond rounding, or another set of numbers", () => {
    expect(movedNumbers(before.numbers, {loss: 0.50001, norm: 1e-8})).toEqual([]);
    expect(movedNumbers({"trained, loss": 0.5}, {"trained, loss": 0.504})).toEqual([]);
    expect(movedNumbers(before.numbers, moved)).toEqual(["loss: expected 0.5, found 0.51"]);
    expect(movedNumbers({loss: 1}, {error: 1})).toHaveLength(2);
    expect(movedNumbers({loss: 1}, {loss: NaN})).toHaveLength(1);
  });

  test("names the constant to raise, and cannot be recorded before it is raised", () => {
    const found = drift(stage, before, moved, []);
    expect(found).toMatchObject({recordable: false});
    expect(found!.sentence).toMatch(/but EMULATOR_VERSION in emulators\.ts is still 2/);
    expect(drift(stage, before, before.numbers, [])).toBeUndefined();
  });

  test("is recorded when the stage's version was raised, or that of a stage that it reads", () => {
    expect(drift({...stage, version: 3}, before, moved, ["emulator"])).toMatchObject({recordable: true});
    expect(drift(stage, before, moved, ["latents"])).toMatchObject({recordable: true});
    expect(drift(stage, undefined, moved, [])).toMatchObject({recordable: true});
  });
});
