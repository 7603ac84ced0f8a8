import {mkdtemp, readdir, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import path from "node:path";
import {findings} from "../../lib/evaluate/findings";
import {Artifacts} from "../../lib/lab/artifacts";
import {truthOf} from "../../lib/lab/evaluation";
import {Lab, openLab} from "../../lib/lab/lab";
import {preset, type Config} from "../../lib/lab/presets";
import {physicalRollout} from "../../lib/lab/rollouts";
import {tf} from "../../lib/tensor/backend";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), "lab-"))));
afterAll(() => rm(folder, {recursive: true}));

const quiet = () => undefined;
const open = (change: (config: Config) => Config = (config) => config) =>
  new Lab(change(preset("euler", "smoke")), new Artifacts(folder, quiet));

const stages = () =>
  readdir(folder, {recursive: true}).then((files) => files.filter((file) => !file.includes("summary")).sort());

describe("a whole experiment at smoke size", () => {
  const lab = () => open();

  test("simulates data that are standardised over the training split", async () => {
    const dataset = await lab().dataset();
    const states = dataset.states("train");
    const {train, valid, test} = dataset.wells;
    expect([train.length, valid.length, test.length]).toEqual([2, 1, 1]);
    const channels = train.channels.length;
    for (let c = 0; c < channels; c++) {
      const values = states.data.filter((_, i) => i % channels === c);
      const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
      expect(Math.abs(square - 1)).toBeLessThan(0.5); // vector components share one deviation
    }
    expect(dataset.summary.floors).toBe(0);
  });

  test("compresses at each rate, and caches latents in as many copies as told", async () => {
    const experiment = open((config) => ({...config, copies: 2}));
    const autoencoders = await experiment.autoencoders();
    expect(autoencoders.map(({model}) => model.compression)).toEqual([20, 80]);
    const {states, labels} = await experiment.latents(16, "train");
    expect(states.shape).toEqual([4, 11, 2, 2, 16]);
    expect(labels).toHaveLength(4);
    const [, second] = [0, 1].map((row) =>
      states.data.subarray(row * states.shape[1] * 64, (row + 1) * states.shape[1] * 64),
    );
    const [model] = autoencoders;
    const dataset = await experiment.dataset();
    const first = tf.tidy(() =>
      model.model.encode(tf.tensor(dataset.states("train").data.slice(0, 16 * 16 * 5), [1, 16, 16, 5])).dataSync(),
    );
    expect(Math.max(...first.map((value, i) => Math.abs(value - states.data[i])))).toBeLessThan(1e-4);
    expect(Array.from(second.slice(0, 64))).not.toEqual(Array.from(states.data.subarray(0, 64)));
  });

  test("scores every method on every horizon, and decides every finding", async () => {
    const experiment = lab();
    const evaluation = await experiment.evaluation();
    const results = evaluation.results();
    expect(new Set(results.map(({method}) => method))).toEqual(
      new Set(["autoencoder", "diffusion", "neural solver", "first frame", "spatial mean", "training mean"]),
    );
    expect(results.filter(({metric}) => metric === "vrmse").every(({value}) => Number.isFinite(value))).toBe(true);
    expect(findings(results)).toHaveLength(6);
    const [{rows}] = evaluation.curves();
    expect(rows.map(({lead}) => lead)).toEqual(Array.from({length: 10}, (_, i) => 4 * (i + 1)));
  });

  test("rolls out ensembles whose members differ and whose solver answer is single", async () => {
    const experiment = lab();
    const dataset = await experiment.dataset();
    const {model} = await experiment.autoencoder(16);
    const diffusion = await experiment.rollout({kind: "diffusion", latentChannels: 16});
    const solver = await experiment.rollout({kind: "solver", latentChannels: null});
    expect(diffusion.states.shape.slice(0, 3)).toEqual([1, 2, 11]);
    expect(solver.states.shape.slice(0, 3)).toEqual([1, 1, 11]);
    const physical = physicalRollout(diffusion, 0, dataset.standardization, model);
    expect(physical.shape.slice(1)).toEqual(truthOf(dataset, 0).shape);
    const half = physical.data.length / 2;
    expect(Array.from(physical.data.subarray(0, half))).not.toEqual(Array.from(physical.data.subarray(half)));
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

test("the same seed trains the same weights", async () => {
  const train = async () => {
    const other = await mkdtemp(path.join(tmpdir(), "lab-"));
    const lab = new Lab(preset("euler", "smoke"), new Artifacts(other, quiet));
    const {model} = await lab.autoencoder(4);
    await rm(other, {recursive: true});
    return Array.from(await model.weights.data());
  };
  expect(await train()).toEqual(await train());
});

test("an interrupted training goes on where it stopped, and ends the same", async () => {
  const steps = {16: 40, 4: 40};
  const longer = (config: Config) => ({...config, autoencoder: {...config.autoencoder, steps}});
  const reference = await open(longer).autoencoder(4, {seed: 7});

  const other = new Artifacts(await mkdtemp(path.join(tmpdir(), "lab-")), quiet);
  const lab = () => new Lab(longer(preset("euler", "smoke")), other);
  const stopped = lab();
  await stopped.dataset();
  const training = stopped.autoencoder(4, {seed: 7});
  const interrupt = setInterval(() => process.emit("SIGINT"), 200);
  await expect(training).rejects.toThrow(/stopped after step|Interrupted/);
  clearInterval(interrupt);

  const {model, history} = await lab().autoencoder(4, {seed: 7});
  expect(history.loss).toHaveLength(40);
  expect(Array.from(await model.weights.data())).toEqual(Array.from(await reference.model.weights.data()));
  await rm(other.root, {recursive: true});
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
