import ndarray, {type NdArray} from "ndarray";
import type {Emulator} from "../../lib/emulate/emulators";
import {chunkSize, planRollout, rollout, rolloutEnsemble} from "../../lib/emulate/rollout";
import {Random, tf} from "@lola-ts/engine";

test("25 new states in windows of five take seven calls (paper, section 4)", () => {
  expect(planRollout({steps: 26, window: 5})).toHaveLength(7);
  expect(planRollout({steps: 5, window: 5})).toEqual([{i: 0, context: 1}]);
  expect(planRollout({steps: 6, window: 5})).toHaveLength(2);
  expect(planRollout({steps: 3, window: 5, context: 2})).toEqual([{i: 0, context: 2}]);
});

test.each([
  {count: 20, members: 16, size: 2},
  {count: 8, members: 8, size: 4}, // a divisor above half of the largest, 5
  {count: 7, members: 8, size: 5},
  {count: 3, members: 100, size: 1},
  {count: 6, members: 1, size: 6},
])(
  "$count trajectories of $members members are forecast $size at a time: 40 rows at most",
  ({count, members, size}) => {
    expect(chunkSize(count, members)).toBe(size);
  },
);

/** Adds noise that depends on row and position only. */
const noisy: Emulator = (states, _mask, label, {i, row}) => {
  const draws = Array.from({length: states.shape[0]}, (_, b) => Random.of(row + b, i).normal(states.shape.slice(1)));
  return states.add(tf.stack(draws)).add(label!.reshape([-1, 1, 1, 1, 1]));
};

/** Repeat each trajectory for two members. */
function repeatedTwice({data, shape: [n, ...rest]}: NdArray<Float32Array>): NdArray<Float32Array> {
  const size = data.length / n;
  const rows = Array.from({length: 2 * n}, (_, row) => [...data.subarray((row >> 1) * size, ((row >> 1) + 1) * size)]);
  return ndarray(Float32Array.from(rows.flat()), [2 * n, ...rest]);
}

describe("rolloutEnsemble", () => {
  const x = ndarray(
    Float32Array.from({length: 3 * 2 * 2 * 2}, (_, n) => n),
    [3, 2, 2, 2, 1],
  );
  const label = ndarray(Float32Array.of(10, 20, 30), [3, 1]);
  const options = {steps: 7, window: 4, members: 2, label};

  test("does not depend on the size of the chunks and leaks nothing", async () => {
    const before = tf.memory().numTensors;
    const fractions: number[] = [];
    const whole = await rolloutEnsemble(noisy, x, {...options, chunk: 3});
    const chunks = await rolloutEnsemble(noisy, x, {...options, chunk: 2, onProgress: (f) => fractions.push(f)});
    expect(whole.shape).toEqual([3, 2, 7, 2, 2, 1]);
    expect(chunks.data).toEqual(whole.data);
    expect(fractions.map((f) => Math.round(f * 6))).toEqual([2, 4, 5, 6]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("makes members that differ in noise and share context and label", async () => {
    const made = await rolloutEnsemble(noisy, x, options);
    const first = (n: number, k: number) => made.get(n, k, 0, 0, 0, 0);
    expect(first(0, 0)).not.toBe(first(0, 1));
    for (const k of [0, 1]) expect(Math.abs(first(2, k) - (x.get(2, 0, 0, 0, 0) + 30))).toBeLessThan(6);
  });

  test("lets members start from states of their own: as one trajectory for each would, under their rows", async () => {
    const own = await rolloutEnsemble(noisy, repeatedTwice(x), {...options, own: true, chunk: 2});
    expect(own.data).toEqual((await rolloutEnsemble(noisy, x, options)).data);
    const other = ndarray(Float32Array.from(repeatedTwice(x).data), [6, 2, 2, 2, 1]);
    other.set(5, 1, 0, 0, 0, 99); // the second context state of the last member is not read
    expect((await rolloutEnsemble(noisy, other, {...options, own: true})).data).toEqual(own.data);
    other.set(5, 0, 0, 0, 0, 99);
    const changed = (await rolloutEnsemble(noisy, other, {...options, own: true})).data;
    const last = (5 * changed.length) / 6;
    expect(changed.subarray(0, last)).toEqual(own.data.subarray(0, last));
    expect(changed.subarray(last)).not.toEqual(own.data.subarray(last));
    const three = rolloutEnsemble(noisy, x, {...options, own: true});
    await expect(three).rejects.toThrow("expected states for 2 members of each trajectory, found 3 in all");
  });

  test("refuses labels of other counts and windows that make no progress", async () => {
    const two = ndarray(Float32Array.of(1, 2), [2, 1]);
    await expect(rolloutEnsemble(noisy, x, {...options, label: two})).rejects.toThrow(
      "expected 3 labels, one per trajectory, found 2",
    );
    await expect(rolloutEnsemble(noisy, x, {...options, overlap: 4})).rejects.toThrow(
      "expected overlap below the 4 states",
    );
    await expect(rolloutEnsemble(noisy, x, {...options, context: 3})).rejects.toThrow(
      "of 3 or more states, found [6, 2, 2, 2, 1]",
    );
  });
});

test("stops between two windows when aborted, without leaks", async () => {
  const before = tf.memory().numTensors;
  const controller = new AbortController();
  const x = tf.zeros([1, 1, 2, 2, 1]);
  const onWindow = (done: number) => done === 2 && controller.abort(new Error("stopped by the user"));
  await expect(
    rollout((states) => states.clone(), x, {steps: 20, window: 3, signal: controller.signal, onWindow}),
  ).rejects.toThrow("stopped by the user");
  x.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test("refuses an emulator that returns other windows", async () => {
  const x = tf.zeros([1, 1, 2, 2, 1]);
  await expect(rollout((states) => states.slice(0), x, {steps: 4, window: 3})).resolves.toBeDefined();
  await expect(rollout((states) => states.mean(1, true), x, {steps: 4, window: 3})).rejects.toThrow(
    "expected windows [1, 3, 2, 2, 1] from the emulator, found [1, 1, 2, 2, 1]",
  );
});

describe("context states", () => {
  const x = tf.range(1, 4).reshape([1, 3, 1, 1, 1]);
  /** Adds 10 to context states and continues from the last of them by steps of 100. */
  const biased: Emulator = (states, mask) => {
    const count = [...mask.dataSync()].reduce((a, b) => a + b);
    const values = [...states.dataSync()];
    return tf.tensor(
      values.map((value, i) => (i < count ? value + 10 : values[count - 1] + 100 * (i - count + 1))),
      states.shape,
    );
  };
  const made = async (contextSource?: "model" | "input") => {
    const trajectory = await rollout(biased, x, {steps: 7, window: 5, context: 3, overlap: 3, contextSource});
    return [...trajectory.dataSync()];
  };

  test("are the emulator's version of them, also in the next context, as in the official code", async () => {
    expect(await made()).toEqual([11, 12, 13, 103, 203, 303, 403]);
    expect(await made("model")).toEqual(await made());
  });

  test("stay unchanged with the source input, as in the paper", async () => {
    expect(await made("input")).toEqual([1, 2, 3, 103, 203, 303, 403]);
  });

  test("reach into the next context where it is long", async () => {
    const contexts: number[][] = [];
    const watched: Emulator = (states, mask, ...rest) => {
      contexts.push([...states.dataSync().slice(0, 3)]);
      return biased(states, mask, ...rest);
    };
    const options = {steps: 7, window: 5, context: 3, overlap: 3};
    await rollout(watched, x, options);
    await rollout(watched, x, {...options, contextSource: "input"});
    expect(contexts[1]).toEqual([13, 103, 203]);
    expect(contexts[3]).toEqual([3, 103, 203]);
  });
});
