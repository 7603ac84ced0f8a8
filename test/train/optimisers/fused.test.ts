import {Layout} from "../../../lib/nn/module";
import {nativeBackend, tf, type Binding} from "../../../lib/tensor/backend";
import {compile} from "../../../lib/tensor/compile/compile";
import {executionModeNames} from "../../../lib/tensor/compile/execution-modes";
import {Random} from "../../../lib/tensor/random";
import {average} from "../../../lib/train/ema";
import {adamW} from "../../../lib/train/optimisers/adamw";
import {fusedLerp, hasFusedUpdates, isFused} from "../../../lib/train/optimisers/fused";
import type {Optimiser, UpdateInputs} from "../../../lib/train/optimisers/optimiser";
import {psgd} from "../../../lib/train/optimisers/psgd";
import {soap} from "../../../lib/train/optimisers/soap";
import {withExecutionMode} from "../../execution-modes";
import {relativeError} from "../../reference/reference";
import {specsOf} from "./specs";

/** Run something with updates as single operations, and as chains. */
function bothWays<T>(run: () => T): [fused: T, chained: T] {
  const before = process.env.LOLA_FUSED;
  try {
    return ["on", "off"].map((wanted) => {
      process.env.LOLA_FUSED = wanted;
      return run();
    }) as [T, T];
  } finally {
    if (before === undefined) delete process.env.LOLA_FUSED;
    else process.env.LOLA_FUSED = before;
  }
}

/** Update random weights twice by random gradients times a factor. @returns weights and state. */
function updateTwice(optimiser: Optimiser, shape: number[], factor?: number): Float32Array[] {
  const results: Float32Array[] = []; // tidy would look at each number of what it returns
  tf.tidy(() => {
    const layout = new Layout(specsOf({w: shape}));
    const update = compile((weights, gradient, learningRate, step, scale, ...state) => {
      const tensors = {weights, gradient, learningRate, step, ...(factor !== undefined && {scale})};
      const inputs = {...tensors, state, layout, random: Random.of(0), variant: "plain"} as UpdateInputs;
      const next = optimiser.update(inputs);
      return [next.weights, ...next.state];
    });
    let [weights, ...state]: tf.Tensor[] = [Random.of(1).normal([layout.size]), ...optimiser.initial(layout)];
    for (const k of [0, 1]) {
      const gradient = Random.of(2, k).normal([layout.size]);
      const scalars = [0.1, k, factor ?? 1].map((value) => tf.scalar(value));
      [weights, ...state] = update(weights, gradient, ...scalars, ...state);
    }
    update.dispose();
    results.push(...[weights, ...state].map((tensor) => tensor.dataSync<"float32">()));
  });
  return results;
}

function expectEqual([fused, chained]: [Float32Array[], Float32Array[]]): void {
  fused.forEach((tensor, i) => expect(relativeError(tensor, chained[i])).toBeLessThan(1e-6));
}

const optimisers: Record<string, Optimiser> = {
  adamw: adamW({betas: [0.9, 0.999], eps: 1e-3}),
  "adamw with weight decay": adamW({weightDecay: 0.1}),
  "adamw without averages": adamW({betas: [0, 0]}),
  soap: soap({eps: 1e-3}),
  psgd: psgd(),
};

describe.each(executionModeNames)("in the mode %s", (mode) => {
  withExecutionMode(mode);

  test.each(Object.keys(optimisers))("one operation updates as the chain does: %s", (name) => {
    expectEqual(bothWays(() => updateTwice(optimisers[name], [7, 5])));
  });
});

test.each([1, 3, 1024, 1025, 2_100_003])("vectors of %d numbers are updated to their last", (size) => {
  expectEqual(bothWays(() => updateTwice(adamW(), [size])));
});

test("a factor of the gradient is applied", () => {
  expectEqual(bothWays(() => updateTwice(adamW(), [7, 5], 0.3)));
});

test("a factor of 0 drops gradients that are not finite", () => {
  const results = bothWays(() =>
    tf.tidy(() => {
      const layout = new Layout(specsOf({w: [2, 2]}));
      const inputs = {
        weights: tf.tensor1d([1, 2, 3, 4]),
        gradient: tf.tensor1d([NaN, Infinity, 1, -Infinity]),
        scale: tf.scalar(0),
        state: adamW().initial(layout),
        learningRate: tf.scalar(0.1),
        step: tf.scalar(0),
        layout,
        random: Random.of(0),
        variant: "plain",
      };
      return [adamW().update(inputs).weights.dataSync<"float32">()];
    }),
  );
  for (const [weights] of results) expect([...weights]).toEqual([1, 2, 3, 4]);
});

test("the weights' average moves alike", () => {
  const results = bothWays(() =>
    tf.tidy(() => {
      const [mean, weights] = [1, 2].map((seed) => Random.of(seed).normal([1500]) as tf.Tensor1D);
      return [average(mean, weights, 0.999).dataSync<"float32">()];
    }),
  );
  expectEqual(results);
});

test("an operation whose vectors differ in length says so", () => {
  expect(() => fusedLerp(tf.zeros([3]), tf.zeros([4]), tf.scalar(1))).toThrow("expected vectors of one length");
});

test("without a wish the engine decides, and the project's own has the operations", () => {
  expect(isFused("")).toBe(true);
  expect(isFused("on")).toBe(true);
  expect(isFused("off")).toBe(false);
});

test("another wish is refused", () => {
  expect(() => isFused("yes")).toThrow("LOLA_FUSED: expected on or off with this engine, found yes.");
});

test("an engine without the operations runs chains, and says so when it is to have them", () => {
  const before = tf.memory().numTensors;
  const {binding} = nativeBackend();
  const lacking = Object.create(binding, {
    executeOp: {
      value: () => {
        throw new Error("Op type not registered 'LolaLerp'");
      },
    },
  }) as Binding;
  expect([binding, lacking].map(hasFusedUpdates)).toEqual([true, false]);
  expect(isFused("", false)).toBe(false);
  expect(() => isFused("on", false)).toThrow("LOLA_FUSED: expected off with this engine, found on.");
  expect(tf.memory().numTensors).toBe(before);
});
