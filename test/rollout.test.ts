import ndarray from "ndarray";
import {planRollout, rollout, rolloutEnsemble, type Emulate} from "../lib/rollout";
import {Random} from "../lib/tensor/random";
import {tf} from "../lib/tensor/backend";
import {reference, relativeError} from "./reference/reference";

const topic = reference("rollout");

/** The fake emulator of the notes, on windows [B, L, H, W, C]. */
function fake(calls: {mask: number[]; i: number}[] = []): Emulate {
  return (states, mask, _label, {i}) => {
    const observed = mask.dataSync();
    calls.push({mask: [...observed], i});
    const frames: tf.Tensor[] = [];
    tf.unstack(states, 1).forEach((frame, k) => {
      if (observed[k]) return frames.push(frame.mul(0.99));
      const previous = frames[k - 1];
      const spatial = previous.mean([1, 2], true).mul(0.1);
      return frames.push(
        previous
          .mul(0.9)
          .add(spatial)
          .add(0.01 * (i + k)),
      );
    });
    return tf.stack(frames, 1);
  };
}

type Case = {window: number; context: number; overlap: number; crop?: number; rollout: number; batch?: number};
const cases = (topic.config.cases as Case[]).map((options, n) => ({n, options}));

test.each(cases)("case$n equals the official rollout", async ({n, options: {rollout: steps, batch, ...window}}) => {
  const before = tf.memory().numTensors;
  const {shape, data} = topic.tensor(`case${n}/in/x`); // (C, L, H, W)
  const x = tf.tidy(() =>
    tf.tile(tf.tensor(data, shape).transpose([1, 2, 3, 0]).expandDims(0), [batch ?? 1, 1, 1, 1, 1]),
  );
  const calls: {mask: number[]; i: number}[] = [];
  const made = await rollout(fake(calls), x, {steps, ...window});

  const expected = topic.tensor(`case${n}/out/trajectory`);
  expect(made.shape[1]).toBe(steps);
  const official = tf.tidy(() => made.transpose([0, 4, 1, 2, 3]).dataSync());
  expect(relativeError(official, expected.data)).toBeLessThan(1e-6);
  expect(calls.flatMap(({mask}) => mask)).toEqual([...topic.tensor(`case${n}/out/masks`).data]);
  expect(calls.map(({i}) => i)).toEqual([...topic.indices(`case${n}/out/i`).data]);
  tf.dispose([x, made]);
  expect(tf.memory().numTensors).toBe(before);
});

test("25 new states in windows of five take seven calls (paper, section 4)", () => {
  expect(planRollout({steps: 26, window: 5})).toHaveLength(7);
  expect(planRollout({steps: 5, window: 5})).toEqual([{i: 0, observed: 1}]);
  expect(planRollout({steps: 6, window: 5})).toHaveLength(2);
  expect(planRollout({steps: 3, window: 5, context: 2})).toEqual([{i: 0, observed: 2}]);
});

/** Adds noise that depends on row and position only. */
const noisy: Emulate = (states, _mask, label, {i, row}) => {
  const draws = Array.from({length: states.shape[0]}, (_, b) => Random.of(row + b, i).normal(states.shape.slice(1)));
  return states.add(tf.stack(draws)).add(label!.reshape([-1, 1, 1, 1, 1]));
};

describe("rolloutEnsemble", () => {
  const x = ndarray(
    Float32Array.from({length: 3 * 2 * 2 * 2}, (_, n) => n),
    [3, 2, 2, 2, 1],
  );
  const label = ndarray(Float32Array.of(10, 20, 30), [3, 1]);
  const options = {steps: 7, window: 4, members: 2, label};

  test("does not depend on the size of the pieces and leaks nothing", async () => {
    const before = tf.memory().numTensors;
    const fractions: number[] = [];
    const whole = await rolloutEnsemble(noisy, x, {...options, chunk: 3});
    const pieces = await rolloutEnsemble(noisy, x, {...options, chunk: 2, onProgress: (f) => fractions.push(f)});
    expect(whole.shape).toEqual([3, 2, 7, 2, 2, 1]);
    expect(pieces.data).toEqual(whole.data);
    expect(fractions.map((f) => Math.round(f * 6))).toEqual([2, 4, 5, 6]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("makes members that differ in noise and share context and label", async () => {
    const made = await rolloutEnsemble(noisy, x, options);
    const first = (n: number, k: number) => made.get(n, k, 0, 0, 0, 0);
    expect(first(0, 0)).not.toBe(first(0, 1));
    for (const k of [0, 1]) expect(Math.abs(first(2, k) - (x.get(2, 0, 0, 0, 0) + 30))).toBeLessThan(6);
  });

  test("refuses views, labels of other counts and windows that make no progress", async () => {
    await expect(rolloutEnsemble(noisy, x.transpose(1, 0, 2, 3, 4), options)).rejects.toThrow("found a view");
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
  await expect(rollout(fake(), x, {steps: 20, window: 3, signal: controller.signal, onWindow})).rejects.toThrow(
    "stopped by the user",
  );
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
