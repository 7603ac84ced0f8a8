import {readdirSync} from "node:fs";
import path from "node:path";
import {Lab} from "../../src/lab";
import {packArtifacts, RecordingArtifacts} from "../../src/pretrained/pack";
import {Shipped} from "../../src/pretrained/shipped";
import {preset} from "../../src/presets/presets";
import {Artifacts} from "@lola-ts/cache";
import {train, adamW, loadCheckpoint} from "lola/train";
import {temporaryFolder} from "../../../../test/folder";
import {rolloutOf} from "../smoke";
import {tf} from "@lola-ts/engine";

const folder = temporaryFolder();
const smoke = preset("euler", "smoke");
const half = {weights: "bfloat16"} as const;
const config = {
  ...smoke,
  autoencoder: {...smoke.autoencoder, training: {...smoke.autoencoder.training, ...half}},
  latent: {...smoke.latent, training: {...smoke.latent.training, ...half}},
};
const diffusion = {kind: "diffusion", latentChannels: 16} as const;

/** Scores and one forecast of a laboratory. */
async function resultsOf(lab: Lab) {
  const {scores} = await lab.evaluation({methods: [diffusion], climate: true});
  const {states} = await rolloutOf(lab, diffusion);
  return {scores, states: [...states.data]};
}

let shipped: Shipped;
let made: Awaited<ReturnType<typeof resultsOf>>;
beforeAll(async () => {
  const store = new RecordingArtifacts(folder("trained"), () => undefined);
  const lab = new Lab(config, store);
  made = await resultsOf(lab);
  await packArtifacts(config, store, folder("packed"), {models: [(await lab.autoencoder(16)).key]});
  shipped = Shipped.open(folder("packed"))!;
});

const open = (name: string, using?: Shipped) => new Artifacts(folder(name), () => undefined, using);

test("only models, scores and constants are packed, models in half precision and without their optimiser", async () => {
  const {artifacts, models: own} = shipped.index;
  expect(own).toEqual(artifacts.filter(({stage}) => stage === "autoencoder").map(({key}) => key));
  const stages = artifacts.map(({stage}) => stage).sort();
  expect([...new Set(stages)]).toEqual(["autoencoder", "dataset", "emulator", "evaluation"]);
  expect(artifacts.filter(({stage}) => stage === "dataset").map(({name}) => name)).toEqual([
    "euler-smoke-standardization",
    "euler-smoke-training-mean",
    "euler-smoke-climate",
  ]);
  const models = artifacts.filter(({stage}) => stage === "autoencoder" || stage === "emulator");
  for (const {name, key} of models) {
    await shipped.unpack(key, folder("models", name));
    const {optimiser, history} = loadCheckpoint(path.join(folder("models", name), "model.safetensors"));
    expect(optimiser.state).toEqual([]);
    expect(history.loss).toHaveLength(6);
  }
  expect(models).toHaveLength(2);
});

test("a laboratory with shipped models has the same scores and forecasts, and simulates no training data", async () => {
  const lab = new Lab(config, open("unpacked", shipped));
  const dataset = await lab.dataset();
  expect(dataset.splits).toEqual(["test"]);
  expect(() => dataset.wells.train).toThrow(
    'dataset: expected the train split, found test; where trained models are shipped, lab.dataset("train")',
  );
  const {scores, states} = await resultsOf(lab);
  expect(states).toEqual(made.states); // weights of this precision have the bits of packed ones
  const numbers = (list: typeof scores) =>
    list.flatMap(({rows}) => rows.flatMap(({vrmse, crps, ranks}) => [vrmse, crps, ...(ranks ?? [])]));
  expect(numbers(scores)).toEqual(
    numbers(made.scores).map((value) => (Number.isInteger(value) ? value : Number(value.toPrecision(4)))),
  );
  const unpacked = readdirSync(folder("unpacked"), {withFileTypes: true});
  const stages = unpacked.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort(); // beside times.json
  expect(stages).toEqual(["autoencoder", "dataset", "emulator", "evaluation", "latents", "rollout"]);
  const latents = readdirSync(path.join(folder("unpacked"), "latents"));
  expect(
    latents.every((name) => name.startsWith("euler-smoke-c16-test") || name.startsWith("euler-smoke-c16-valid")),
  ).toBe(true);
});

test("scores that are not to keep their ranks lose nothing else", async () => {
  const store = new RecordingArtifacts(folder("trained"), () => undefined);
  await new Lab(config, store).evaluation({methods: [diffusion]});
  await packArtifacts(config, store, folder("without ranks"), {models: [], ranked: new Set()});
  const read = async (from: Shipped, name: string) =>
    (await new Lab(config, open(name, from)).evaluation({methods: [diffusion]})).scores;
  const [full, lean] = [await read(shipped, "with ranks"), await read(Shipped.open(folder("without ranks"))!, "lean")];
  expect(full.some(({rows}) => rows.some((row) => row.ranks))).toBe(true);
  const withoutRanks = (scores: typeof full) =>
    scores.map(({rows, ...score}) => ({...score, rows: rows.map(({ranks: _, ...row}) => row)}));
  expect(lean).toEqual(withoutRanks(full));
});

test("other scores of the same models need no training data either", async () => {
  const lab = new Lab({...config, metrics: {variance: "population"}}, open("other scores", shipped));
  const {scores} = await lab.evaluation({methods: [diffusion]});
  expect(scores.map(({labels}) => labels.method)).toContain("training mean");
  expect((await lab.dataset()).splits).toEqual(["test"]);
  expect(readdirSync(folder("other scores", "dataset")).filter((name) => /^euler-smoke-[0-9a-f]+$/.test(name))).toEqual(
    [],
  );
});

test("a change trains what it touches, on training data that are simulated then", async () => {
  const lab = new Lab(config, open("changed", shipped)).with({latent: {hidBlocks: 2}});
  const {model} = await lab.emulator(diffusion);
  expect(model.config).toMatchObject({network: {hidBlocks: 2}});
  expect((await lab.latents(16, "train")).states.shape[0]).toBe(smoke.copies * 2);
  const [{key}] = shipped.index.artifacts.filter(({stage}) => stage === "autoencoder");
  expect((await lab.autoencoder(16)).key).toBe(key); // which the change does not touch
});

test("a shipped model trains on", async () => {
  const lab = new Lab(config, open("further", shipped));
  const {model} = await lab.autoencoder(16);
  const dataset = await lab.dataset("valid");
  expect(dataset.splits).toEqual(["valid"]);
  const states = dataset.states("valid");
  const batch = () => [tf.tensor(states.data.subarray(0, 16 * 16 * 5), [1, 16, 16, 5])];
  const before = await model.weights.data();
  const {history} = await train(model, {
    loss: (p, x) => model.loss(p, x),
    nextBatch: batch,
    optimiser: adamW(),
    learningRate: () => 1e-3,
    steps: 2,
  });
  expect(history.loss.every(Number.isFinite)).toBe(true);
  expect(history.loss[1]).toBeLessThan(history.loss[0]);
  expect(await model.weights.data()).not.toEqual(before);
});
