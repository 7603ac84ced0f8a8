/** Trainings of several ranks, each in a process of its own. */
import {relativeError} from "../reference/reference";
import {freeHosts} from "@lola-ts/engine";
import {startRank, startRanks} from "./rank-processes";
import {BROKEN, STEPS, half, resumed, trainings, type Alone, type Failed, type TrainingsEnded} from "./rank-program";

/** Largest relative difference that float32 explains after a hundred steps. */
const ROUNDING = 1e-5;

/** Milliseconds that many processes on a busy machine may take. */
const LIMIT = 300_000;

test(
  "two ranks of 16 rows train as one of 32, whatever optimiser, model and number of ranks before",
  async () => {
    const middle = await half();
    const [found, alone] = await Promise.all([
      startRanks<TrainingsEnded>(2, {task: "trainings", resume: middle}),
      trainings(),
    ]);
    const [first, second] = found.map((all) => all!);
    expect(second.resumed).toEqual(first.resumed); // bit by bit
    expect(Object.keys(first.ended).sort()).toEqual(Object.keys(alone).sort());
    for (const [name, {step, weights, loss, norm}] of Object.entries(alone)) {
      const both = first.ended[name];
      expect([name, both.step, both.loss.length]).toEqual([name, step, loss.length]);
      expect(relativeError(both.weights, weights)).toBeLessThan(ROUNDING);
      const isSane = (value: number, i: number) => Number.isFinite(value) && Number.isFinite(norm[i]);
      expect(both.loss.map(isSane)).toEqual(loss.map(isSane));
      expect(relativeError(both.loss.filter(isSane), loss.filter(isSane))).toBeLessThan(ROUNDING);
      if (!name.endsWith("half")) expect(second.ended[name]).toEqual(both);
    }
    expect(Number.isFinite(alone.soap.norm[BROKEN])).toBe(false); // one row of one rank, and all skip the step
    for (const {step} of [middle, first.middle]) {
      expect(step).toBeGreaterThanOrEqual(STEPS / 2);
      expect(step).toBeLessThan(STEPS); // so that something is left to resume
    }
    for (const resumption of [first.resumed, await resumed(first.middle)]) {
      expect(resumption.step).toBe(alone.soap.step);
      expect(relativeError(resumption.weights, alone.soap.weights)).toBeLessThan(ROUNDING);
    }
  },
  LIMIT,
);

test(
  "a rank that ends, or hangs, ends the others with one sentence and what they have done",
  async () => {
    const [ended, hung] = await Promise.all([
      startRanks<Failed>(4, {task: "end"}),
      startRanks<Failed>(2, {task: "hang"}),
    ]);
    expect(ended[3]).toBeUndefined();
    for (const failed of ended.slice(0, 3).map((one) => one!)) {
      // one that waits for no neighbour which has ended waits for its patience
      expect(failed.error).toMatch(
        /^train: rank [0-2] has (lost|waited 6 s for) (rank \d \(127.0.0.1:\d+\)|another rank), .*; stopped after step 5, which is saved\.$/,
      );
      expect(failed.saved).toEqual([3, 5]);
    }
    expect(ended[0]!.error).toMatch("has lost");
    expect(hung[0]!.error).toBe(
      "train: rank 0 has waited 6 s for another rank, which hangs or cannot be reached; stopped after step 5, which is saved.",
    );
  },
  LIMIT,
);

test(
  "a stop of one rank stops all at one step, and ranks of different configurations do not begin",
  async () => {
    const [first, second] = (await startRanks<Failed[]>(2, {task: "stop"})).map((all) => all!);
    expect(first[0].error).toMatch(/^train: stopped after step 6 of 100/);
    expect(second[0].error).toBe(first[0].error);
    expect(first[1].error).toBe(
      "train: expected all ranks to begin alike, found another configuration on rank 1 than on rank 0.",
    );
    expect(second[1].error).toBe(first[1].error);
  },
  LIMIT,
);

test("a rank listens on the loopback address alone, once, and says that nobody joins", async () => {
  const {listening, failed, again} = (await startRank<Alone>({
    task: "alone",
    join: {hosts: await freeHosts(2), rank: 0, patience: 1},
  }))!;
  expect(listening).toEqual([expect.stringMatching(/^(0000000000000000FFFF0000)?0100007F:/)]);
  expect(failed!.error).toBe(
    "train: rank 0 has waited 1 s for another rank, which hangs or cannot be reached; stopped after step 0.",
  );
  expect(again!.error).toMatch("this process has joined before");
});
