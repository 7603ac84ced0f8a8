import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {sizeOf, Rng} from "@lola-ts/core";
import {Layout, type BoundParameters} from "../../lib/nn/module";
import {tf, type Random} from "@lola-ts/engine";
import {adamW} from "../../lib/train/optimisers/adamw";
import {loadCheckpoint, saveCheckpoint, type Checkpoint} from "../../lib/train/checkpoint";
import {AbortedError, DivergedError, train, type TrainOptions} from "../../lib/train/loop";
import {learningRate} from "../../lib/train/learning-rate";
import {psgd} from "../../lib/train/optimisers/psgd";
import {soap} from "../../lib/train/optimisers/soap";

const normal = (generator: Rng, shape: readonly number[]) =>
  Float32Array.from({length: sizeOf(shape)}, () => generator.normal() / 3);

/** A small convolutional regression. */
function makeModel() {
  const layout = new Layout({
    "conv.weight": {shape: [3, 3, 2, 4], init: normal, kind: "conv"},
    "head.weight": {shape: [3, 4], init: normal},
    "head.bias": {shape: [3], init: normal},
  });
  let weights = tf.tensor1d(layout.initialise(7));
  return {
    layout,
    get weights() {
      return weights;
    },
    set weights(next: tf.Tensor1D) {
      weights.dispose();
      weights = next;
    },
  };
}

function loss(p: BoundParameters, [x, y]: tf.Tensor[], random: Random): tf.Scalar {
  const noisy = x.add(random.normal(x.shape).mul(0.1)) as tf.Tensor4D;
  const hidden = tf.tanh(tf.conv2d(noisy, p.get<tf.Tensor4D>("conv.weight"), 1, "same")).mean([1, 2]);
  const out = tf.matMul(hidden, p.get("head.weight"), false, true).add(p.get("head.bias"));
  return tf.mean<tf.Scalar>(tf.squaredDifference(out, y));
}

function nextBatch(step: number): tf.Tensor[] {
  const generator = Rng.from("batch", step);
  return [tf.tensor(normal(generator, [4, 5, 5, 2]), [4, 5, 5, 2]), tf.tensor(normal(generator, [4, 3]), [4, 3])];
}

const base = (steps: number): TrainOptions => ({
  loss,
  nextBatch,
  optimiser: adamW(),
  steps,
  learningRate: learningRate({rate: 0.01, steps: 20, warmup: 2}),
  seed: 3,
  config: {width: 4},
});

/** A batch function that poisons the batches of some steps. */
const poisoned = (bad: (step: number) => boolean) => (step: number) => {
  const [x, y] = nextBatch(step);
  if (!bad(step)) return [x, y];
  const poison = tf.fill(y.shape, NaN);
  y.dispose();
  return [x, poison];
};

const folder = mkdtempSync(join(tmpdir(), "lola-train-"));
afterAll(() => rmSync(folder, {recursive: true}));

async function trained(options: TrainOptions): Promise<{checkpoint: Checkpoint; weights: number[]}> {
  const model = makeModel();
  const checkpoint = await train(model, options);
  const weights = [...model.weights.dataSync()];
  model.weights.dispose();
  return {checkpoint, weights};
}

const optimisers = {adamw: () => adamW(), soap: () => soap({frequency: 4}), psgd: () => psgd()};

describe.each(["adamw", "soap", "psgd"] as const)("%s", (name) => {
  const options = (steps: number) => ({...base(steps), optimiser: optimisers[name](), ema: 0.9});

  test("20 steps are 10, a checkpoint on the disk, and 10 more, to the bit", async () => {
    const whole = await trained(options(20));
    const half = await trained({...options(20), steps: 10});
    const path = join(folder, `${name}.safetensors`);
    await saveCheckpoint(path, half.checkpoint);
    const resumed = await trained({...options(20), resume: loadCheckpoint(path, {config: {width: 4}})});
    expect(resumed.weights).toEqual(whole.weights);
    expect(resumed.checkpoint).toEqual(whole.checkpoint);
    expect(resumed.checkpoint.history.loss).toHaveLength(20);
  });

  test("recorded equals eager", async () => {
    const recorded = await trained(options(9));
    const eager = await trained({...options(9), compiled: false});
    eager.weights.forEach((weight, i) => expect(recorded.weights[i]).toBeCloseTo(weight, 4));
  });

  test("learns", async () => {
    const {checkpoint} = await trained({...options(60), learningRate: () => 0.02, nextBatch: () => nextBatch(0)});
    const {loss: losses} = checkpoint.history;
    expect(losses[59]).toBeLessThan(losses[0] / 3);
  });

  test("a step without a finite gradient changes nothing and does not count", async () => {
    const constant = {
      learningRate: () => 0.01,
      loss: (p: BoundParameters, batch: tf.Tensor[]) => loss(p, batch, still),
    };
    const clean = await trained({...options(3), ...constant});
    // steps 0, 1, a bad one, then the one that the clean run did as its third
    const withBad = (step: number) => (step < 3 ? poisoned((bad) => bad === 2)(step) : nextBatch(2));
    const {weights, checkpoint} = await trained({...options(4), ...constant, nextBatch: withBad});
    expect(checkpoint.history.loss[2]).toBeNaN();
    expect(checkpoint.optimiser.updates).toBe(3);
    expect(weights).toEqual(clean.weights);
  });

  test("a bad first step does no harm", async () => {
    const {weights, checkpoint} = await trained({...options(12), nextBatch: poisoned((step) => step === 0)});
    expect(weights.every(Number.isFinite)).toBe(true);
    expect(checkpoint.optimiser.updates).toBe(11);
  });
});

/** A source of zeros, for losses that must not depend on the step. */
const still = {normal: (shape: number[]) => tf.zeros(shape)} as unknown as Random;

test("another seed draws other noise", async () => {
  const a = await trained(base(2));
  const b = await trained({...base(2), seed: 4});
  expect(a.weights).not.toEqual(b.weights);
});

test("clips the gradient", async () => {
  const sgd = {
    name: "sgd",
    initial: () => [],
    variant: () => "plain",
    update: ({weights, gradient, learningRate: rate}) => ({weights: weights.sub(gradient.mul(rate)), state: []}),
  } satisfies TrainOptions["optimiser"];
  const start = makeModel();
  const before = start.weights.dataSync();
  start.weights.dispose();
  const {weights, checkpoint} = await trained({...base(1), optimiser: sgd, clip: 1e-3, learningRate: () => 1});
  expect(Math.hypot(...weights.map((weight, i) => weight - before[i]))).toBeCloseTo(1e-3, 6);
  expect(checkpoint.history.norm[0]).toBeGreaterThan(1e-2);
});

test("gives up after many bad steps in a row, with the last good state", async () => {
  const model = makeModel();
  const saved: Checkpoint[] = [];
  const options = {...base(100), nextBatch: poisoned((step) => step >= 5), save: (c: Checkpoint) => void saved.push(c)};
  const error = await train(model, options).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(DivergedError);
  expect((error as Error).message).toMatch(
    /not finite in the last \d+ steps .*: the gradient of .* is not finite, and the largest weight is .*saved: lower the learning rate/,
  );
  const good = await trained(base(5));
  expect([...model.weights.dataSync()]).toEqual(good.weights);
  expect(saved.at(-1)!.optimiser.updates).toBe(5);
  model.weights.dispose();
});

test("a training that ends on bad steps has failed: with the last good state, and also when it is resumed", async () => {
  const model = makeModel();
  const saved: Checkpoint[] = [];
  const options = {...base(11), nextBatch: poisoned((step) => step >= 5), save: (c: Checkpoint) => void saved.push(c)};
  await expect(train(model, options)).rejects.toThrow("not finite in the last 6 steps (up to step 11)");
  expect([...model.weights.dataSync()]).toEqual((await trained(base(5))).weights);
  model.weights.dispose();
  const again = makeModel();
  await expect(train(again, {...options, resume: saved.at(-1)})).rejects.toThrow("in the last 6 steps");
  again.weights.dispose();
});

test("stops on its signal, saves, and goes on from there to the bit", async () => {
  const controller = new AbortController();
  const saved: Checkpoint[] = [];
  const options = {...base(20), save: (c: Checkpoint) => void saved.push(c)};
  const stopAt = (step: number) => {
    if (step === 6) controller.abort();
    return nextBatch(step);
  };
  const error = await trained({...options, nextBatch: stopAt, signal: controller.signal}).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(AbortedError);
  expect((error as Error).message).toBe(
    "train: stopped after step 7 of 20; its checkpoint is saved: run the same again to continue.",
  );
  expect(saved).toHaveLength(1);
  expect(saved[0].history.loss).toHaveLength(7);
  const whole = await trained(base(20));
  const resumed = await trained({...base(20), resume: saved[0]});
  expect(resumed.weights).toEqual(whole.weights);
});

test("a timer has its turn while a training runs", async () => {
  const controller = new AbortController();
  const slow = (step: number) => {
    for (const until = performance.now() + 20; performance.now() < until;); // a long step
    return nextBatch(step);
  };
  setTimeout(() => controller.abort(), 200);
  await expect(trained({...base(1000), nextBatch: slow, signal: controller.signal})).rejects.toThrow("stopped after");
});

test("saves, validates and reports on time", async () => {
  const saved: number[] = [];
  const reports: number[] = [];
  const model = makeModel();
  const {history} = await train(model, {
    ...base(25),
    save: ({step}) => void saved.push(step),
    saveEvery: 10,
    validate: {every: 10, error: () => model.weights.dataSync()[0]},
    onProgress: ({step}) => void reports.push(step),
  });
  model.weights.dispose();
  expect(saved).toEqual([10, 20, 25]);
  expect(history.validation.map(([step]) => step)).toEqual([10, 20]);
  expect(history.validation[0][1]).not.toBe(history.validation[1][1]);
  expect(reports.at(-1)).toBe(25);
  expect(reports.length).toBeGreaterThanOrEqual(3);
});

test("validates the averaged weights where there are any, and saves them", async () => {
  const model = makeModel();
  const seen: number[][] = [];
  const validate = {every: 4, error: () => seen.push([...model.weights.dataSync()])};
  const {average, weights} = await train(model, {...base(4), ema: 0.5, validate});
  expect(seen).toEqual([[...model.layout.fromOfficial(average!)]]);
  expect([...model.weights.dataSync()]).toEqual([...model.layout.fromOfficial(weights)]);
  expect(seen[0]).not.toEqual([...model.weights.dataSync()]);
  model.weights.dispose();
});

test("reports the mean loss since the last report, and the learning rate of the last step", async () => {
  const reports: {step: number; loss: number; learningRate: number}[] = [];
  const {checkpoint} = await trained({...base(25), onProgress: (report) => void reports.push(report)});
  reports.forEach(({step, loss: mean, learningRate: rate}, i) => {
    const losses = checkpoint.history.loss.slice(reports[i - 1]?.step ?? 0, step);
    expect(mean).toBeCloseTo(losses.reduce((a, b) => a + b) / losses.length, 6);
    expect(rate).toBe(base(25).learningRate(step - 1));
  });
  expect(reports.at(-1)!.step).toBe(25);
});

test("each step draws its own noise", async () => {
  const draws = new Set<string>();
  const seen: TrainOptions["loss"] = (p, batch, random) => {
    draws.add(random.key.dataSync().join());
    return loss(p, batch, random);
  };
  await trained({...base(5), loss: seen, compiled: false});
  expect(draws.size).toBe(5);
});

test.each(["adamw", "soap", "psgd"] as const)(
  "%s leaves no tensors behind, after 100 steps and after errors",
  async (name) => {
    const model = makeModel();
    const count = () => tf.memory().numTensors;
    const start = count();
    const during: number[] = [];
    const options = {...base(100), optimiser: optimisers[name](), ema: 0.9};
    await train(model, {...options, onProgress: () => void during.push(count())});
    expect(count()).toBe(start);
    expect(new Set(during).size).toBe(1);

    const failing = (step: number) => {
      if (step === 5) throw new Error("no data");
      return nextBatch(step);
    };
    await expect(train(model, {...options, nextBatch: failing})).rejects.toThrow("no data");
    const broken = () => {
      throw new Error("no loss");
    };
    await expect(train(model, {...options, loss: broken})).rejects.toThrow("no loss");
    const update: TrainOptions["optimiser"]["update"] = ({gradient, ...inputs}) => {
      optimisers[name]().update({...inputs, gradient: gradient.square()});
      throw new Error("no update");
    };
    for (const compiled of [true, false]) {
      const optimiser = {...optimisers[name](), update};
      await expect(train(model, {...options, optimiser, compiled})).rejects.toThrow("no update");
    }
    const full = () => Promise.reject(new Error("no space"));
    await expect(train(model, {...options, save: full, saveEvery: 3})).rejects.toThrow("no space");
    expect(count()).toBe(start);
    model.weights.dispose();
  },
);

test("refuses a checkpoint that does not fit", async () => {
  const {checkpoint} = await trained(base(3));
  const resume = (change: Partial<TrainOptions>) => trained({...base(20), resume: checkpoint, ...change});
  await expect(resume({steps: 2})).rejects.toThrow("expected a checkpoint of at most 2 steps, found one of 3");
  await expect(resume({optimiser: soap()})).rejects.toThrow("expected a checkpoint of optimiser soap, found adamw");
  await expect(resume({ema: 0.9})).rejects.toThrow("with a moving average, found none");
  const state = [checkpoint.optimiser.state[0]];
  const broken = {...checkpoint, optimiser: {...checkpoint.optimiser, state}};
  await expect(resume({resume: broken})).rejects.toThrow("expected optimiser state of shapes 87, 87, found 87");
});

test("a batch split into micro-batches gives the same training as the whole batch", async () => {
  const options = {...base(8), loss: (p: BoundParameters, batch: tf.Tensor[]) => loss(p, batch, still)};
  const whole = await trained(options);
  const split = await trained({...options, microBatches: 2});
  split.weights.forEach((weight, i) => expect(weight).toBeCloseTo(whole.weights[i], 5));
  split.checkpoint.history.loss.forEach((value, i) => expect(value).toBeCloseTo(whole.checkpoint.history.loss[i], 5));
});

test("micro-batches draw different noise, leave no tensors behind, and resume exactly", async () => {
  const options = {...base(8), microBatches: 4};
  const draws = new Set<string>();
  const seen: TrainOptions["loss"] = (p, batch, random) => {
    draws.add(random.key.dataSync().join());
    return loss(p, batch, random);
  };
  await trained({...options, steps: 1, loss: seen, compiled: false});
  expect(draws.size).toBe(4);

  const before = tf.memory().numTensors;
  const half = await trained({...options, steps: 4});
  const whole = await trained(options);
  const resumed = await trained({...options, resume: half.checkpoint});
  expect(resumed.weights).toEqual(whole.weights);
  expect(tf.memory().numTensors).toBe(before);
});

test("refuses micro-batches of unequal or invalid sizes", async () => {
  await expect(trained({...base(1), microBatches: 3})).rejects.toThrow(
    "expected batches whose first axis divides by the number 3 of micro-batches, found [4, 5, 5, 2]",
  );
  await expect(trained({...base(1), microBatches: 0.5})).rejects.toThrow(
    "microBatches to be a whole number of 1 or more, found 0.5",
  );
});
