import {TaskLimiter} from "../src/task-limiter";

/** Tasks that end when they are told to; `log` is what started, in order. */
function tasks(slots: TaskLimiter, count: number) {
  const log: number[] = [];
  const ends: ((fail?: Error) => void)[] = [];
  const results = Array.from({length: count}, (_, i) =>
    slots.run(() => {
      log.push(i);
      return new Promise<number>((resolve, reject) => (ends[i] = (fail) => (fail ? reject(fail) : resolve(i))));
    }),
  );
  const end = async (i: number, fail?: Error) => {
    ends[i](fail);
    await results[i].catch(() => undefined);
  };
  return {log, end, results};
}

test("two at a time, in order; the last one does not wait for a place of its own", async () => {
  const {log, end, results} = tasks(new TaskLimiter(2), 7);
  expect(log).toEqual([0, 1]);
  await end(0);
  expect(log).toEqual([0, 1, 2]);
  await end(1);
  expect(log).toEqual([0, 1, 2, 3]);
  await end(3);
  expect(log).toEqual([0, 1, 2, 3, 4]);
  await end(2);
  expect(log).toEqual([0, 1, 2, 3, 4, 5, 6]);
  for (const i of [4, 5, 6]) await end(i);
  expect(await Promise.all(results)).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test("one at a time stays one at a time", async () => {
  const {log, end} = tasks(new TaskLimiter(1), 3);
  await end(0);
  expect(log).toEqual([0, 1]);
  await end(1);
  expect(log).toEqual([0, 1, 2]);
});

test("never more than one beyond the room, however many come late", async () => {
  const slots = new TaskLimiter(2);
  const first = tasks(slots, 4);
  await first.end(0);
  expect(first.log).toEqual([0, 1, 2, 3]);
  const late = tasks(slots, 2);
  expect(late.log).toEqual([]);
  await first.end(1);
  expect(late.log).toEqual([]);
  await first.end(2);
  expect(late.log).toEqual([0, 1]);
});

test("a failing task gives its place to the next", async () => {
  const {log, end, results} = tasks(new TaskLimiter(1), 2);
  await end(0, new Error("broken"));
  await expect(results[0]).rejects.toThrow("broken");
  expect(log).toEqual([0, 1]);
});
