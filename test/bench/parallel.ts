/**
 * Training by several ranks on this machine: an all-reduce against the size of the model, and two ranks of one engine thread
 * beside one of two. `--ranks 4` takes more, `--only reduce` or `--only train` one part.
 *
 * A measurement during which other programs used more than a twentieth of the machine is marked invalid.
 */
import {parseArgs} from "node:util";
import {freeHosts} from "@lola-ts/engine";
import {tf, Ranks, type RanksOptions} from "@lola-ts/engine";
import {train} from "../../lib/train/loop";
import {adamW} from "../../lib/train/optimisers/adamw";
import {rankRows} from "../../lib/train/ranks";
import {Watch} from "./machine";
import {contextOf, denoiserLoss, labels, makeDenoiser, VIT, VIT_BATCH, windows} from "./models";
import {answer, isSubprocess, runInSubprocess} from "./subprocess";

/** Share of the machine above which others disturb. */
const DISTURBED = 0.05;

/** Parameters of the vectors: 0.25 to 64 MiB. */
const SIZES = [16, 18, 20, 22, 24].map((power) => 2 ** power);
const REPEATS = 15;
const STEPS = 12;

/** What a rank is told; without `join` it is alone. */
interface Task {
  readonly join?: RanksOptions;
  readonly kind: "reduce" | "train";
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Milliseconds of an all-reduce by size. */
async function reduceTimes(ranks: Ranks): Promise<number[]> {
  const times: number[] = [];
  for (const size of SIZES) {
    const vector = tf.ones<tf.Rank.R1>([size]);
    const runs: number[] = [];
    for (let i = 0; i <= REPEATS; i++) {
      await ranks.gather([0]); // all begin at once
      const begin = performance.now();
      (await ranks.sum(vector)).dispose();
      if (i > 0) runs.push(performance.now() - begin); // the first one connects
    }
    vector.dispose();
    times.push(median(runs));
  }
  return times;
}

/** Milliseconds of a training step of the transformer that the other benchmarks train, with AdamW. */
async function stepTime(ranks?: Ranks): Promise<number> {
  const model = makeDenoiser(VIT);
  const rows = rankRows(VIT_BATCH, ranks ?? {rank: 0, count: 1});
  const [x, label] = [windows(VIT), labels()].map((all) => tf.gather(all, tf.tensor1d(rows, "int32")));
  const mask = contextOf(VIT);
  const ends: number[] = [];
  await train(model, {
    loss: denoiserLoss(model),
    nextBatch: () => [x.clone(), mask.clone(), label.clone()],
    optimiser: adamW(),
    steps: STEPS,
    learningRate: () => 1e-3,
    ranks,
    validate: {every: 1, error: () => ends.push(performance.now())}, // waits for nothing: the next step does
  });
  const steps = ends.slice(3).map((end, i) => end - ends[i + 2]);
  return median(steps);
}

async function carryOut({join, kind}: Task): Promise<number[]> {
  const ranks = join && (await Ranks.join(join));
  return kind === "reduce" ? reduceTimes(ranks!) : [await stepTime(ranks)];
}

/** Run a task by ranks with a number of threads each. @returns what the first one found. */
async function byRanks(kind: Task["kind"], count: number, threads: number): Promise<number[]> {
  const names = ["TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"];
  const env = {...process.env, ...Object.fromEntries(names.map((name) => [name, `${threads}`]))};
  const hosts = count > 1 ? await freeHosts(count) : [""];
  const all = hosts.map((_, rank) => {
    const task: Task = {kind, ...(count > 1 && {join: {hosts, rank}})};
    return runInSubprocess<number[]>(__filename, [JSON.stringify(task)], {subject: `rank ${rank}`, env});
  });
  return (await Promise.all(all))[0];
}

const print = (text: string) => void process.stdout.write(`${text}\n`);

/** Measure, and say whether others disturbed. */
async function watched<T>(work: () => Promise<T>): Promise<{found: T; remark: string}> {
  const watch = new Watch([process.pid]);
  const found = await work();
  const foreign = watch.foreign();
  const share = `others used ${(100 * foreign).toFixed(0)} % of the machine`;
  return {found, remark: foreign > DISTURBED ? `invalid: ${share}` : share};
}

async function reduce(count: number): Promise<void> {
  const {found: times, remark} = await watched(() => byRanks("reduce", count, 1));
  print(`all-reduce, ${count} ranks on the loopback address (${remark})`);
  print("parameters      MiB  sent by each, MiB       ms     GB/s");
  SIZES.forEach((size, i) => {
    const bytes = 4 * size;
    const sent = (2 * (count - 1) * bytes) / count;
    const cells = [bytes / 2 ** 20, sent / 2 ** 20, times[i], sent / times[i] / 1e6];
    print([`${size}`.padStart(10), ...cells.map((cell, c) => cell.toFixed(2).padStart([9, 19, 9, 9][c]))].join(""));
  });
}

async function trainings(count: number): Promise<void> {
  const one = await watched(() => byRanks("train", 1, count));
  const many = await watched(() => byRanks("train", count, 1));
  const [alone, together] = [one.found[0], many.found[0]];
  print(`training step, batch ${VIT_BATCH}: ${alone.toFixed(0)} ms by 1 rank of ${count} threads (${one.remark})`);
  print(
    `${together.toFixed(0)} ms by ${count} ranks of 1 thread (${many.remark}); efficiency ${(alone / together).toFixed(2)}`,
  );
}

async function main(): Promise<void> {
  const options = {ranks: {type: "string", default: "2"}, only: {type: "string"}} as const;
  const {ranks, only} = parseArgs({options}).values;
  if (only !== "train") await reduce(Number(ranks));
  if (only !== "reduce") await trainings(Number(ranks));
}

if (isSubprocess) void carryOut(JSON.parse(process.argv[2]) as Task).then(answer);
else void main();
