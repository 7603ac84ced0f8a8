import {spawnSync} from "node:child_process";
import {projectRoot} from "@lola-ts/core";
import {Layout} from "../../../lib/nn/module";
import {rawOp, tf, Random} from "@lola-ts/engine";
import {executionModeNames} from "../../../packages/engine/src/compile/compile";
import {adamW} from "../../../lib/train/optimisers/adamw";
import {lerp, type Optimiser} from "../../../lib/train/optimisers/optimiser";
import {psgd} from "../../../lib/train/optimisers/psgd";
import {soap} from "../../../lib/train/optimisers/soap";
import {withExecutionMode} from "../../execution-modes";
import {relativeError} from "../../reference/reference";
import {bothWays} from "../../both-ways";
import {updateTwice} from "./update-twice";
import {specsOf} from "./specs";

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

test.each([1, 3, 1024, 1025])("vectors of %d numbers are updated to their last", (size) => {
  expectEqual(bothWays(() => updateTwice(adamW(), [size])));
});

test("threads share long vectors, and update them to their last", () => {
  const env = {...process.env, NODE_OPTIONS: "", TF_CPP_MIN_LOG_LEVEL: "3", TF_NUM_INTRAOP_THREADS: "2"};
  const program = ["-r", "./environment/typescript.cjs", "test/train/optimisers/fused-long.ts"];
  const {stdout, stderr} = spawnSync(process.execPath, program, {cwd: projectRoot(), encoding: "utf8", env});
  if (!stdout) throw new Error(stderr);
  expect(JSON.parse(stdout)).toEqual([expect.any(Number), expect.any(Number), expect.any(Number)]);
  for (const error of JSON.parse(stdout) as number[]) expect(error).toBeLessThan(1e-6);
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
      return [lerp(mean, weights, tf.scalar(1 - 0.999)).dataSync<"float32">()];
    }),
  );
  expectEqual(results);
});

test("an operation whose vectors differ in length says so", () => {
  expect(() => rawOp("LolaLerp", [tf.zeros([3]), tf.zeros([4]), tf.scalar(1)])).toThrow(
    "expected vectors of one length",
  );
});
