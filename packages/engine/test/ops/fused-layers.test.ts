import {attr, rawOp, rawOps, tf} from "../../src/backend";
import {compile, executionModeNames} from "../../src/compile/compile";
import {attend, rotaryEmbedding} from "../../src/ops/attention-ops";

import {gatedSum, layerNorm, rmsNorm, silu} from "../../src/ops/ops";
import {bothWays} from "../../../../test/both-ways";
import {withExecutionMode} from "../../../../test/execution-modes";
import {withFused} from "../../../../test/fused";
import {relativeError} from "../../../../test/reference/reference";
import {compareWithTape, derivativeErrors, normal, type Operation} from "../gradients";

/** Split inputs into values, gates and perhaps a shift. */
const asGatedSum: Operation = (...inputs) => {
  const count = inputs.length >> 1;
  const terms = inputs.slice(0, count).map((x, i): [tf.Tensor, tf.Tensor] => [x, inputs[count + i]]);
  return gatedSum(terms, inputs[2 * count]);
};

const plainSum: Operation = (...inputs) => {
  const count = inputs.length >> 1;
  const sum = inputs.slice(0, count).map((x, i) => x.mul(inputs[count + i])).reduce((a, b) => a.add(b)); // prettier-ignore
  return inputs.length % 2 === 1 ? sum.add(inputs[2 * count]) : sum;
};

/** Values, gates and a shift: of each row of the batch, or shared by them. */
const sums: Record<string, number[][]> = {
  "one term and a shift": [[3, 5, 17], [3, 1, 17], [3, 1, 17]],
  "three terms": [[3, 5, 17], [3, 5, 17], [3, 5, 17], [3, 1, 17], [3, 1, 17], [3, 1, 17]],
  "shared gates and shift": [[3, 5, 17], [3, 5, 17], [1, 1, 17], [1, 1, 17], [1, 1, 17]],
  "some shared": [[3, 5, 16], [3, 5, 16], [1, 1, 16], [3, 1, 16]],
  "one row of one number": [[1, 1, 1], [1, 1, 1]],
}; // prettier-ignore

describe.each(["on", "off"] as const)("with single operations %s, a gated sum", (way) => {
  withFused(way);

  test.each(Object.entries(sums))("equals plain operations, and so do its gradients: %s", (_, shapes) => {
    expect(compareWithTape(asGatedSum, plainSum, shapes.map(normal))).toBeLessThan(1e-5);
  });

  test.each(Object.entries(sums).slice(0, 4))("has derivatives of all kinds: %s", (_, shapes) => {
    const {gradient, tangent, adjoint} = derivativeErrors(asGatedSum, shapes.map(normal));
    expect(Math.max(gradient, tangent, adjoint)).toBeLessThan(1e-4);
  });
});

const theta = normal([2, 5, 2], 9);
const parts: Record<string, [Operation, number[][]]> = {
  silu: [silu, [[3, 4099]]],
  "layer norm of 1 number": [(x) => layerNorm(x), [[4, 1]]],
  "layer norm of 17": [(x) => layerNorm(x), [[3, 4, 17]]],
  "unbiased layer norm of 64": [(x) => layerNorm(x, {unbiased: true}), [[3, 64]]],
  "root mean square norm of 16": [(x) => rmsNorm(x), [[2, 3, 16]]],
  rotation: [(x) => rotaryEmbedding(x, theta, 0.7), [[3, 2, 5, 4]]],
  attention: [attend, [[2, 7, 2, 3, 4], [2, 7, 3, 5]]],
}; // prettier-ignore

describe.each(executionModeNames)("in the mode %s", (mode) => {
  withExecutionMode(mode);

  test.each(Object.entries(parts))("one operation computes what the chain does, and its gradient: %s", (_, part) => {
    const [operation, shapes] = part;
    const inputs = shapes.map((shape, i) => normal(shape, i));
    const [fused, chained] = bothWays(() => {
      const step = compile((...xs: tf.Tensor[]) => {
        const weighted: Operation = (...args) => {
          const y = operation(...args);
          return y
            .mul(
              tf
                .range(1, 1 + y.size)
                .reshape(y.shape)
                .sin(),
            )
            .sum();
        };
        return [operation(...xs), ...tf.grads(weighted as (...args: tf.Tensor[]) => tf.Scalar)(xs)];
      });
      const results = step(...inputs).map((tensor) => tensor.dataSync());
      step.dispose();
      return results;
    });
    fused.forEach((values, i) => expect(relativeError(values, chained[i])).toBeLessThan(3e-6));
  });
});

test("the exponential in silu is right to rounding wherever it matters", () => {
  const x = Float32Array.from({length: 20001}, (_, i) => (i - 10000) / 100);
  const y = silu(tf.tensor1d(x)).dataSync();
  x.forEach((value, i) => {
    const exact = value / (1 + Math.exp(-value));
    expect(Math.abs(y[i] - exact)).toBeLessThanOrEqual(3e-7 * Math.abs(exact) + 1e-36);
  });
});

test("what is not finite stays so", () => {
  const x = tf.tensor2d([NaN, 1, 2, Infinity], [2, 2]);
  expect(Array.from(silu(x).dataSync())[0]).toBeNaN();
  expect(Array.from(layerNorm(x).dataSync()).every(Number.isNaN)).toBe(true);
});

test("tensors that do not fit together are refused", () => {
  const zeros = (...shape: number[]) => tf.zeros(shape);
  const norm = [attr.float("eps", 1e-5), attr.bool("centred", true), attr.int("correction", 0)];
  const count = (terms: number) => [attr.int("N", terms)];
  const [gate, none] = [zeros(1, 1, 4), zeros(0)];
  const attentionGrad = (dy: tf.Tensor, logSums: tf.Tensor) =>
    rawOps("LolaAttentionGrad", [dy, zeros(1, 2, 2, 1, 4), zeros(1, 2, 1, 4), zeros(1, 2, 1, 4), logSums], [], 2);
  const refused: [() => unknown, string][] = [
    [() => rawOp("LolaSiluGrad", [zeros(3), zeros(4)]), "expected tensors of one size"],
    [() => rawOp("LolaNormGrad", [zeros(2, 3), zeros(2, 3), zeros(3, 1)], norm), "expected a value and factors"],
    [() => rawOp("LolaGatedSum", [zeros(2, 3, 4), zeros(2, 3, 5), gate, gate, none], count(2)), "values of one shape"],
    [() => rawOp("LolaGatedSum", [zeros(3, 4), zeros(1, 4), none], count(1)), "expected values [B, L, C]"],
    [() => rawOps("LolaTimesGates", [zeros(2, 3, 4), zeros(3, 1, 4)], count(1), 1), "expected gates [B or 1, 1, C]"],
    [() => rawOp("LolaGateGrad", [zeros(2, 3, 4), zeros(2, 4, 4)]), "expected tensors of one shape"],
    [() => rawOp("LolaRotate", [zeros(2, 3, 4), zeros(3, 4), zeros(3, 4)]), "a cosine and a sine for each pair"],
    [() => rawOps("LolaAttention", [zeros(1, 2, 3, 1, 4), zeros(1, 2, 1, 4)], [], 2), "expected queries and keys"],
    [() => rawOps("LolaAttention", [zeros(1, 2, 2, 1, 4), zeros(1, 3, 1, 4)], [], 2), "expected queries and keys"],
    [() => rawOps("LolaAttention", [zeros(1, 2, 2, 3, 4), zeros(1, 2, 1, 4)], [], 2), "expected queries and keys"],
    [() => attentionGrad(zeros(1, 2, 1, 3), zeros(1, 1, 2)), "expected a gradient, a value and logarithms"],
    [() => attentionGrad(zeros(1, 2, 1, 4), zeros(1, 1, 3)), "expected a gradient, a value and logarithms"],
  ];
  for (const [run, sentence] of refused) expect(run).toThrow(sentence);
});
