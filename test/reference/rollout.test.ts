import type {Emulator} from "../../lib/emulate/emulators";
import {contextProbabilities, type ContextDistribution} from "../../lib/models/context";
import {rollout} from "../../lib/emulate/rollout";
import {tf} from "@lola-ts/engine";
import {channelsSecond, plain} from "./layout";
import {reference, relativeError} from "./reference";

const topic = reference("rollout");

/** The fake emulator of the notes, on windows [B, L, ...grid, C]. */
function fake(calls: {mask: number[]; i: number}[]): Emulator {
  return (states, mask, _label, {i}) => {
    const context = mask.dataSync();
    calls.push({mask: [...context], i});
    const frames: tf.Tensor[] = [];
    tf.unstack(states, 1).forEach((frame, k) => {
      if (context[k]) return frames.push(frame.mul(0.99));
      const previous = frames[k - 1];
      const cells = previous.shape.map((_, axis) => axis).slice(1, -1);
      const spatial = previous.mean(cells, true).mul(0.1);
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

test.each(cases)("case$n", async ({n, options: {rollout: steps, batch, ...options}}) => {
  const before = tf.memory().numTensors;
  const x = tf.tidy(() => {
    const states = plain(topic.tensor(`case${n}/in/x`)); // (C, L, ...grid)
    const last = states.transpose([...states.shape.map((_, axis) => axis).slice(1), 0]).expandDims(0);
    return tf.tile(
      last,
      last.shape.map((_, axis) => (axis === 0 ? (batch ?? 1) : 1)),
    );
  });
  const calls: {mask: number[]; i: number}[] = [];
  const {crop, ...window} = options;
  const made = await rollout(fake(calls), x, {steps, ...window, ...(crop && {crop})});

  expect(made.shape[1]).toBe(steps);
  expect(relativeError(channelsSecond(made), topic.tensor(`case${n}/out/trajectory`).data)).toBeLessThan(1e-6);
  expect(calls.flatMap(({mask}) => mask)).toEqual([...topic.tensor(`case${n}/out/masks`).data]);
  expect(calls.map(({i}) => i)).toEqual([...topic.indices(`case${n}/out/i`).data]);
  tf.dispose([x, made]);
  expect(tf.memory().numTensors).toBe(before);
});

type Official = {lmbda: number; rho: number; atleast: number; L: number};
const masks = (topic.config.masks as Official[]).map((options, i) => ({i, options}));

test.each(masks)("probabilities of random contexts, mask$i", ({i, options: {lmbda, rho, atleast, L}}) => {
  const distribution: ContextDistribution = {kind: "wrapped", lambda: lmbda, rho, atLeast: atleast};
  const ours = contextProbabilities(distribution, L).flatMap(({start, end}) => [start, end]);
  expect(relativeError(ours, topic.tensor(`mask${i}/probability`).data)).toBeLessThan(1e-6);
  const exact: number[][] | undefined = topic.values[`mask${i}`]?.probability;
  if (exact) expect(relativeError(ours, exact.flat())).toBeLessThan(1e-12);
});
