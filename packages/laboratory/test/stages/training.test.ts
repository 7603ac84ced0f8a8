import {spawn} from "node:child_process";
import {once} from "node:events";
import {existsSync, readFileSync, writeFileSync} from "node:fs";
import {readdir} from "node:fs/promises";
import path from "node:path";
import {trained, type TrainingTask} from "../../src/stages/training";
import {Artifacts} from "@lola-ts/cache";
import type {Config} from "../../src/config";
import {Model, type Specs} from "../../../../lib/nn/module";
import {tf} from "@lola-ts/engine";
import {smokeLabs} from "../smoke";

const {artifacts, open} = smokeLabs();

test("the same seed trains the same weights", async () => {
  const train = async (name?: string) => {
    const {model} = await open(undefined, artifacts(name)).autoencoder(4);
    return Array.from(await model.weights.data());
  };
  expect(await train()).toEqual(await train("two"));
});

test("an interrupted training goes on where it stopped, and ends the same", async () => {
  const steps = {16: 40, 4: 40};
  const longer = (config: Config) => ({...config, autoencoder: {...config.autoencoder, steps}});
  const reference = await open(longer).autoencoder(4, {seed: 7});

  const other = artifacts("other");
  const lab = () => open(longer, other);
  const stopped = lab();
  await stopped.dataset();
  const training = stopped.autoencoder(4, {seed: 7});
  const interrupt = setInterval(() => process.emit("SIGINT"), 200);
  await expect(training).rejects.toThrow(/stopped after step|Interrupted/);
  clearInterval(interrupt);

  const {model, history} = await lab().autoencoder(4, {seed: 7});
  expect(history.loss).toHaveLength(40);
  expect(Array.from(await model.weights.data())).toEqual(Array.from(await reference.model.weights.data()));
});

test("what was trained and encoded is loaded without the states that it was made from", async () => {
  const pixel = {kind: "solver", latentChannels: null} as const;
  const use = async (lab: ReturnType<typeof open>) => {
    const [dataset, {train}] = [await lab.dataset(), (await lab.dataset()).wells];
    const read = jest.spyOn(train, "read");
    await lab.latents(4, "train");
    await lab.emulator({kind: "diffusion", latentChannels: 4});
    const trained = await lab.emulator(pixel);
    return {calls: read.mock.calls.length, states: dataset.shape("train"), weights: await trained.model.weights.data()};
  };
  const [first, second] = [await use(open()), await use(open())];
  expect(first.calls).toBeGreaterThan(0);
  expect(second).toEqual({...first, calls: 0});
});

test("what is trained and scored on states from the disk is the same to the bit as on states in memory", async () => {
  const [latentSolver, pixelSolver] = [4, null].map((latentChannels) => ({kind: "solver", latentChannels}) as const);
  const use = async (memory: number, name?: string) => {
    const lab = open((config) => ({...config, memory}), artifacts(name));
    const {scores} = await lab.evaluation({methods: [latentSolver, pixelSolver]});
    const rows = scores.map((score) => score.rows);
    const [autoencoder, pixel] = [await lab.autoencoder(4), await lab.emulator(pixelSolver)];
    const weights = [autoencoder, pixel].map(({model}) => Array.from(model.weights.dataSync()));
    return {weights, rows, histories: [autoencoder, pixel].map(({history}) => history)};
  };
  expect(await use(1, "from the disk")).toEqual(await use(1e9));
});

/** A straight line through the origin. */
class Line extends Model {
  readonly specs: Specs = {slope: {shape: [1], init: () => Float32Array.of(0)}};
}

describe("a line fitted to y = 2 x", () => {
  const recipe = {stage: "emulator", name: "line", version: 1, config: {kind: "line"}} as const;
  const task: TrainingTask = {
    label: "line",
    config: {optimiser: "adamw", learningRate: 0.1, steps: 200, batch: 4, warmup: 10, clip: 10},
    seed: 0,
    loss: (p, [x, y]) => x.mul(p.get("slope")).sub(y).square().mean(),
    nextBatch: (step) => {
      const x = [1, 2, 3, 4].map((i) => Math.sin(i * (step + 1)));
      return [tf.tensor1d(x), tf.tensor1d(x.map((value) => 2 * value))];
    },
  };

  test("finds the slope, keeps the history, and is not fitted again", async () => {
    const first = await trained(artifacts("line"), recipe, new Line(), task);
    expect((await first.model.weights.data())[0]).toBeCloseTo(2, 2);
    expect(first.history.loss).toHaveLength(200);
    expect(first.history.loss[199]).toBeLessThan(1e-3 * first.history.loss[0]);

    const again = await trained(artifacts("line"), recipe, new Line(), {
      ...task,
      nextBatch: () => {
        throw new Error("it was trained again");
      },
    });
    expect(again.key).toBe(first.key);
    expect(again.seconds).toBe(first.seconds);
    expect(again.history).toEqual(first.history);
    expect(await again.model.weights.data()).toEqual(await first.model.weights.data());
  });

  test("a damaged checkpoint is said and not used: the training begins anew, and ends the same", async () => {
    const store = artifacts("damaged");
    const said: string[] = [];
    const speaking = new Artifacts(store.root, (sentence) => said.push(sentence));
    const failing: TrainingTask = {
      ...task,
      nextBatch: (step) => (step < 100 ? task.nextBatch(step) : Promise.reject(new Error("stop"))),
    };
    await expect(trained(speaking, recipe, new Line(), failing)).rejects.toThrow("stop");
    const partial = store.partial(recipe);
    const bytes = readFileSync(partial);
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(partial, bytes);
    const {model} = await trained(speaking, recipe, new Line(), task);
    expect(said).toEqual([
      `${partial}: the checksum differs: the file is damaged, or another program changed it and kept "lola-sha256" in its metadata. The training starts from its beginning.`,
    ]);
    const reference = await trained(artifacts("line"), recipe, new Line(), task);
    expect(await model.weights.data()).toEqual(await reference.model.weights.data());
  });

  test("a training that fails leaves no artefact", async () => {
    const failing = {...task, nextBatch: () => Promise.reject(new Error("no more data"))};
    const store = artifacts("failing");
    await expect(trained(store, recipe, new Line(), failing)).rejects.toThrow("no more data");
    expect(await store.has(recipe)).toBe(false);
  });
});

describe("two processes that want the same training", () => {
  const recipe = {stage: "emulator", name: "slow", version: 1, config: {kind: "slow line"}} as const;
  const steps = 40;
  const training = {optimiser: "adamw", learningRate: 0.1, steps, batch: 4, warmup: 10, clip: 10} as const;
  const x = (step: number) => [1, 2, 3, 4].map((i) => Math.sin(i * (step + 1)));

  /** The task in this process, with the steps that it trained here. */
  function here() {
    const trainedHere: number[] = [];
    const task: TrainingTask = {
      label: "slow",
      config: training,
      seed: 0,
      loss: (p, [x, y]) => x.mul(p.get("slope")).sub(y).square().mean(),
      nextBatch: (step) => {
        trainedHere.push(step);
        return [tf.tensor1d(x(step)), tf.tensor1d(x(step).map((value) => 2 * value))];
      },
    };
    return {task, trainedHere};
  }

  /** The same training in another process, with a pause before each step: milliseconds, an expression of the step. */
  function elsewhere(root: string, pause: string) {
    const project = path.resolve(__dirname, "../../../..");
    const script = `
      const {Artifacts} = require("${project}/packages/cache/src/artifacts.ts");
      const {trained} = require("${project}/packages/laboratory/src/stages/training.ts");
      const {Model} = require("${project}/lib/nn/module.ts");
      const {tf} = require("${project}/packages/engine/src/backend.ts");
      class Line extends Model {
        specs = {slope: {shape: [1], init: () => Float32Array.of(0)}};
      }
      const x = ${x.toString()};
      void trained(new Artifacts(${JSON.stringify(root)}), ${JSON.stringify(recipe)}, new Line(), {
        label: "slow",
        config: ${JSON.stringify(training)},
        seed: 0,
        loss: (p, [x, y]) => x.mul(p.get("slope")).sub(y).square().mean(),
        nextBatch: async (step) => {
          await new Promise((resolve) => setTimeout(resolve, ${pause}));
          return [tf.tensor1d(x(step)), tf.tensor1d(x(step).map((value) => 2 * value))];
        },
      });`;
    const transpiler = path.resolve(__dirname, "../../../../environment/typescript.cjs");
    return spawn(process.execPath, ["-r", transpiler, "-e", script], {stdio: "ignore"});
  }

  const until = async (file: string) => {
    while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const weights = async (store: ReturnType<typeof artifacts>, task: TrainingTask) =>
    Array.from(await (await trained(store, recipe, new Line(), task)).model.weights.data());

  test("one of them trains, the other one waits and loads", async () => {
    const store = artifacts("waits");
    const child = elsewhere(store.root, "50");
    const ended = once(child, "close");
    await until(`${store.path(recipe)}.lock`);
    const {task, trainedHere} = here();
    const found = await weights(store, task);
    expect(trainedHere).toEqual([]);
    expect(await ended).toEqual([0, null]);
    expect(await readdir(path.dirname(store.path(recipe)))).toEqual([
      path.basename(store.path(recipe)),
      `${path.basename(store.path(recipe))}.manifest.json`,
    ]);
    expect(await weights(artifacts("alone"), here().task)).toEqual(found);
  });

  test("if one is killed, the other one goes on from what it had saved, and ends the same", async () => {
    const store = artifacts("killed");
    const child = elsewhere(store.root, `step < ${steps / 2} ? 50 : 1e6`);
    const ended = once(child, "close");
    await until(store.partial(recipe));
    const {task, trainedHere} = here();
    const waiting = weights(store, task);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(trainedHere).toEqual([]);
    child.kill("SIGKILL");
    await ended;
    const found = await waiting;
    expect(trainedHere[0]).toBeGreaterThanOrEqual(steps / 5);
    expect(found).toEqual(await weights(artifacts("alone"), here().task));
    expect((await readdir(path.dirname(store.path(recipe)))).filter((name) => /lock|partial/.test(name))).toEqual([]);
  });
});
