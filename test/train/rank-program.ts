/**
 * Program of one rank: tiny trainings, whose ends it tells the process that started it.
 *
 * `trainings` is what a rank does; without ranks it is the same alone.
 */
import {readFileSync} from "node:fs";
import {Layout} from "../../lib/nn/module";
import {StochasticSolver} from "../../lib/models/stochastic-solver";
import {tf, Ranks, type RanksOptions} from "@lola-ts/engine";
import type {Checkpoint} from "../../lib/train/checkpoint";
import {train, type TrainOptions} from "../../lib/train/loop";
import {adamW} from "../../lib/train/optimisers/adamw";
import {psgd} from "../../lib/train/optimisers/psgd";
import {soap} from "../../lib/train/optimisers/soap";
import {rankRows} from "../../lib/train/ranks";
import type {Trainable} from "../../lib/train/state";
import {draw, labels, LATENT, tinyDenoiser, tinyNetwork} from "../tiny";

/** What a rank is told. */
export interface RankOrder {
  readonly join: RanksOptions;
  readonly task: "trainings" | "end" | "hang" | "stop" | "alone";
  /** Checkpoint that one process left. */
  readonly resume?: Checkpoint;
}

/** What a rank tells after trainings. */
export interface TrainingsEnded {
  readonly ended: Record<string, Ended>;
  /** The end of the training that began with the order's checkpoint. */
  readonly resumed: Ended;
  /** The checkpoint of a training that was stopped in the middle. */
  readonly middle: Checkpoint;
}

/** How a training failed. */
export interface Failed {
  readonly error: string;
  /** Steps of the checkpoints that were saved. */
  readonly saved: readonly number[];
}

/** How a training ended. */
export interface Ended {
  readonly step: number;
  readonly weights: number[];
  readonly loss: number[];
  readonly norm: number[];
}

const BATCH = 32;
export const STEPS = 100;
/** Seconds that a rank waits for one that fails on purpose. */
const PATIENCE = 6;
/** The step of whose batch one number is not finite. */
export const BROKEN = 7;

/** Rows of a step's batch: those of a rank, or all. */
function rowsOf(tensors: readonly tf.Tensor[], ranks?: Ranks, microBatches?: number): tf.Tensor[] {
  const all = {rank: 0, count: 1};
  const rows = rankRows(BATCH, ranks ?? all, microBatches);
  return tensors.map((tensor) => tf.tidy(() => tf.gather(tensor, tf.tensor1d(rows, "int32"))));
}

const plain = ({step, weights, history}: Checkpoint): Ended => ({
  step,
  weights: [...weights.values()].flatMap(({data}) => Array.from(data)),
  loss: Array.from(history.loss),
  norm: Array.from(history.norm),
});

/** A noisy regression by one layer, whose gradients have full rank: else the eigenbases of SOAP are arbitrary. */
export function regression(): Trainable {
  const layout = new Layout({
    w: {shape: [3, 3], init: () => Float32Array.of(1, 0.2, -0.3, 0.4, -0.8, 0.1, 0.3, -0.2, 0.6)},
    b: {shape: [3], init: () => new Float32Array(3)},
  });
  return {layout, weights: tf.tensor1d(layout.initialise(0))};
}

export function regressionOptions(ranks?: Ranks, change: Partial<TrainOptions> = {}): TrainOptions {
  return {
    ranks,
    loss: (p, [x, y], random) => {
      const noisy = x.add(random.normal(x.shape).mul(0.1)) as tf.Tensor2D;
      const guess = tf.matMul(noisy, p.get("w") as tf.Tensor2D).add(p.get("b"));
      return tf.mean<tf.Scalar>(tf.squaredDifference(guess.tanh(), y));
    },
    nextBatch: (step) =>
      tf.tidy(() => {
        const first = tf.oneHot(tf.tensor1d([0], "int32"), BATCH).reshape([BATCH, 1]);
        const broken = step === BROKEN ? first.mul(1e30) : tf.zeros([BATCH, 1]);
        return rowsOf([draw([BATCH, 3], step), draw([BATCH, 3], step + 1000).add(broken)], ranks, change.microBatches);
      }),
    optimiser: adamW(),
    learningRate: () => 1e-2,
    steps: STEPS,
    seed: 3,
    ema: 0.9,
    ...change,
  };
}

function denoiserOptions(ranks?: Ranks): [Trainable, TrainOptions] {
  const model = tinyDenoiser(tinyNetwork(2, {dropout: 0.2, checkpointing: true}));
  const mask = tf.tensor2d(
    Array.from({length: BATCH * 4}, (_, i) => (i % 7 < 2 ? 1 : 0)),
    [BATCH, 4],
  );
  return [
    model,
    {
      ranks,
      loss: (p, batch, random) => model.loss(p, batch, {random}),
      nextBatch: (step) => tf.tidy(() => rowsOf([draw([BATCH, 4, 2, 2, LATENT], step), mask, labels(BATCH)], ranks, 2)),
      optimiser: adamW(),
      learningRate: () => 1e-3,
      steps: 20,
      microBatches: 2,
    },
  ];
}

function crpsOptions(ranks?: Ranks): [Trainable, TrainOptions] {
  const model = StochasticSolver.create(tinyNetwork(2, {dropout: 0.2}), 3);
  const mask = tf.tensor1d([1, 0, 0, 0]);
  return [
    model,
    {
      ranks,
      loss: (p, [x, label], random) => model.loss(p, [x, mask, label], {random, members: 3}),
      nextBatch: (step) => tf.tidy(() => rowsOf([draw([BATCH, 4, 2, 2, LATENT], step), labels(BATCH)], ranks)),
      optimiser: adamW(),
      learningRate: () => 1e-3,
      steps: 5,
    },
  ];
}

/** Train with every optimiser, resume, and train the models whose losses draw. */
export async function trainings(ranks?: Ranks): Promise<Record<string, Ended>> {
  const all: Record<string, Ended> = {};
  for (const [name, optimiser] of Object.entries({adamw: adamW({weightDecay: 0.1}), soap: soap({}), psgd: psgd({})})) {
    const saved: Checkpoint[] = [];
    const save = (checkpoint: Checkpoint) => void saved.push(checkpoint);
    const options = regressionOptions(ranks, {optimiser, ...(!ranks?.rank && {save}), saveEvery: STEPS / 2});
    all[name] = plain(await train(regression(), options));
    if (saved.length > 0) all[`${name}, half`] = plain(saved[0]);
  }
  const [denoiser, denoising] = denoiserOptions(ranks);
  all.denoiser = plain(await train(denoiser, denoising));
  const [solver, scoring] = crpsOptions(ranks);
  all.crps = plain(await train(solver, scoring));
  return all;
}

/** Train to half of the steps; the same training in one piece is among {@link trainings}. */
export async function half(ranks?: Ranks): Promise<Checkpoint> {
  const controller = new AbortController();
  const optimiser = soap({});
  let last: Checkpoint | undefined;
  const onProgress = ({step}: {step: number}) => void (step >= STEPS / 2 && controller.abort());
  const options = regressionOptions(ranks, {optimiser, signal: controller.signal, onProgress});
  await train(regression(), options).catch((error: {checkpoint: Checkpoint}) => (last = error.checkpoint));
  return last!;
}

/** Go on from a checkpoint. */
export async function resumed(resume: Checkpoint, ranks?: Ranks): Promise<Ended> {
  return plain(await train(regression(), regressionOptions(ranks, {optimiser: soap({}), resume})));
}

/** Train until the last rank ends or hangs, at step 5. */
async function failing(ranks: Ranks, kind: "end" | "hang"): Promise<Failed | undefined> {
  const isLast = ranks.rank === ranks.count - 1;
  const saved: number[] = [];
  const options = regressionOptions(ranks, {save: ({step}) => void saved.push(step), saveEvery: 3});
  const nextBatch = (step: number) => {
    if (step === 5) Object.assign(ranks, {patience: PATIENCE}); // not before: processes start slowly on a busy machine
    if (step === 5 && isLast && kind === "end") process.kill(process.pid, "SIGKILL");
    if (step === 5 && isLast) return new Promise<never>(() => setTimeout(() => process.exit(), 60_000));
    return options.nextBatch(step);
  };
  return failureOf(train(regression(), {...options, nextBatch}), saved);
}

async function failureOf(work: Promise<unknown>, saved: number[] = []): Promise<Failed | undefined> {
  return work.then(
    () => undefined,
    ({message}: Error) => ({error: message, saved}),
  );
}

/** Train until one rank is stopped; then try to begin with different configurations. */
async function stopped(ranks: Ranks): Promise<(Failed | undefined)[]> {
  const controller = new AbortController();
  const onProgress = ({step}: {step: number}) => void (ranks.rank === 1 && step === 5 && controller.abort());
  const stop = train(regression(), regressionOptions(ranks, {signal: controller.signal, onProgress}));
  const first = await failureOf(stop);
  return [first, await failureOf(train(regression(), regressionOptions(ranks, {config: {rank: ranks.rank}})))];
}

/** What a rank sees that nobody joins. */
export interface Alone {
  /** Addresses at which somebody listens on its port, as /proc/net has them. */
  readonly listening: readonly string[];
  readonly failed?: Failed;
  /** Why it cannot become a rank again. */
  readonly again?: Failed;
}

async function alone(ranks: Ranks, join: RanksOptions): Promise<Alone> {
  const port = Number(join.hosts[join.rank].split(":")[1]).toString(16).toUpperCase().padStart(4, "0");
  const sockets = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => readFileSync(file, "utf8").split("\n"));
  const listening = sockets.flatMap((line) => {
    const [, local, , state] = line.trim().split(/\s+/);
    return state === "0A" && local.endsWith(`:${port}`) ? [local] : [];
  });
  const failed = await failureOf(train(regression(), regressionOptions(ranks)));
  return {listening, failed, again: await failureOf(Ranks.join(join))};
}

async function carryOut({join, task, resume}: RankOrder): Promise<unknown> {
  const ranks = await Ranks.join(join);
  if (task === "stop") return stopped(ranks);
  if (task === "alone") return alone(ranks, join);
  if (task !== "trainings") return failing(ranks, task);
  return {resumed: await resumed(resume!, ranks), middle: await half(ranks), ended: await trainings(ranks)};
}

if (process.send) {
  process.on("disconnect", () => process.exit()); // the parent is gone, or all is said
  process.once("message", (order: RankOrder) => {
    void carryOut(order).then((found) => process.send!(found, () => process.exit(0)));
  });
}
