import {attend, rotaryEmbedding} from "../../src/ops/attention-ops";
import {tf} from "../../src/backend";
import {compile} from "../../src/compile/compile";
import {convolution} from "../../src/ops/convolution";
import {jvp, linearise, vjp} from "../../src/autodiff/jacobian";
import {
  affine,
  blockMeans,
  depthToSpace,
  layerNorm,
  rmsNorm,
  saturate,
  saturationNames,
  silu,
  spaceToDepth,
} from "../../src/ops/ops";
import {recompute} from "../../src/autodiff/recompute";
import {taped} from "../../src/autodiff/tape";
import {relativeError} from "../../../../test/reference/reference";
import {derivativeErrors, dot, normal, type Operation} from "../gradients";

const convolutions = [false, true].flatMap((periodic) =>
  [
    [3, 3],
    [5, 1],
    [3, 3, 3],
  ].map((kernel): [string, Operation, tf.Tensor[]] => [
    `convolution, ${kernel.join(" x ")}, periodic: ${periodic}`,
    (x, w, b) => convolution(x, w, b, {periodic}),
    [normal([2, ...kernel.map((_, i) => 6 - i), 3], 1), normal([...kernel, 3, 2], 2), normal([2], 3)],
  ]),
);

const operations: [string, Operation, tf.Tensor[]][] = [
  ...convolutions,
  ["affine", (x, w, b) => affine(x, w, b), [normal([2, 3, 5], 1), normal([4, 5], 2), normal([4], 3)]],
  ["affine without bias", (x, w) => affine(x, w), [normal([2, 3, 5], 1), normal([4, 5], 2)]],
  ["silu", silu, [normal([40], 1).mul(3)]],
  ["layerNorm", (x) => layerNorm(x, {eps: 1e-2}), [normal([3, 4, 6], 1)]],
  ["layerNorm, unbiased", (x) => layerNorm(x, {eps: 1e-2, unbiased: true}), [normal([3, 4, 6], 1)]],
  ["rmsNorm", (x) => rmsNorm(x, {eps: 1e-2}), [normal([3, 6], 1)]],
  ["rotaryEmbedding", (x, theta) => rotaryEmbedding(x, theta), [normal([2, 3, 5, 4], 1), normal([3, 5, 2], 2)]],
  [
    "rotate, shared angles",
    (x, theta) => rotaryEmbedding(x, theta, 2),
    [normal([2, 3, 5, 4], 1), normal([2, 1, 5, 2], 2)],
  ],
  ["attend", attend, [normal([2, 5, 2, 3, 4], 1), normal([2, 5, 3, 2], 2)]],
  ["attend in chunks", attend, [normal([4, 800, 2, 1, 4], 1).mul(0.5), normal([4, 800, 1, 3], 2)]],
  ["depthToSpace", (x) => depthToSpace(x, [2, 3]), [normal([2, 2, 3, 12], 1)]],
  ["spaceToDepth", (x) => spaceToDepth(x, [2, 2, 1]), [normal([2, 2, 4, 3, 2], 1)]],
  ["blockMeans", (x) => blockMeans(x, [2, 3]), [normal([2, 3, 4, 6, 2], 1)]],
  ...saturationNames.map((name): [string, Operation, tf.Tensor[]] => [
    `saturation ${name}`,
    (x) => saturate(x, name),
    [normal([3, 8], 1).mul(3).add(tf.scalar(0.1))],
  ]),
  [
    "recompute",
    (x, w) => recompute((a, b) => silu(affine(a, b)).add(a), [x, w]),
    [normal([6, 4], 1), normal([4, 4], 2)],
  ],
  [
    "operations of the engine",
    (x) => tf.concat([x.tanh().slice([0, 1]), tf.pad(x.square().mean(1, true), [[0, 0], [1, 0]]).exp()], 1).transpose(), // prettier-ignore
    [normal([3, 4], 1)],
  ],
];

test.each(operations)("%s: gradients and tangents equal differences, and each other's transpose", (_, f, inputs) => {
  const {gradient, tangent, adjoint} = derivativeErrors(f, inputs);
  expect(gradient).toBeLessThan(2e-4);
  expect(tangent).toBeLessThan(2e-4);
  expect(adjoint).toBeLessThan(1e-6);
});

const f = (x: tf.Tensor) => silu(layerNorm(convolution(x, normal([3, 3, 2, 4], 7), normal([4], 8), {periodic: true})));

test("recorded products equal eager ones, and hold for other inputs", () => {
  tf.tidy(() => {
    const products = (x: tf.Tensor, u: tf.Tensor, v: tf.Tensor) => [vjp(f)(x, u), jvp(f)(x, v)];
    const recorded = compile(products, "products");
    for (const seed of [1, 2]) {
      const x = normal([2, 4, 5, 2], seed);
      const u = normal([2, 4, 5, 4], seed + 10);
      const v = normal([2, 4, 5, 2], seed + 20);
      const eager = products(x, u, v);
      recorded(x, u, v).forEach((found, i) => {
        expect(relativeError(found.dataSync(), eager[i].dataSync())).toBeLessThan(1e-5);
      });
      expect(dot(eager[0], v)).toBeCloseTo(dot(u, eager[1]), 3);
    }
    recorded.dispose();
  });
});

test("tangents pass through what is computed a second time, recorded too", () => {
  tf.tidy(() => {
    const w = normal([4, 4], 2);
    const block = (x: tf.Tensor) => x.add(silu(affine(x, w)));
    const x = normal([3, 4], 1);
    const v = normal([3, 4], 3);
    const expected = jvp(block)(x, v).dataSync();
    const again = (y: tf.Tensor) => y.add(recompute((a, b) => silu(affine(a, b)), [y, w]));
    const recorded = compile((a, b) => [jvp(again)(a, b)], "again");
    expect(relativeError(recorded(x, v)[0].dataSync(), expected)).toBeLessThan(1e-6);
    recorded.dispose();
  });
});

test("linearisations form a chain that is evaluated once", () => {
  let calls = 0;
  const inner = (x: tf.Tensor) => {
    calls++;
    return x.square();
  };
  const [value, forth, back] = taped(() => {
    const first = linearise(inner, tf.tensor1d([1, 2]));
    const second = linearise((y) => y.sum().reshape([1]), first.value);
    const u = tf.tensor1d([3]);
    return [second.value, second.jvp(first.jvp(tf.tensor1d([1, 1]))), first.vjp(second.vjp(u))];
  });
  expect([...value.dataSync(), ...forth.dataSync(), ...back.dataSync()]).toEqual([5, 6, 6, 12]);
  expect(calls).toBe(1);
});

test("the identity's Jacobian is the identity", () => {
  const x = normal([3], 1);
  const v = normal([3], 2);
  expect([...vjp((y) => y)(x, v).dataSync(), ...jvp((y) => y)(x, v).dataSync()]).toEqual([
    ...v.dataSync(),
    ...v.dataSync(),
  ]);
});

test("refuses vectors of other shapes, and a linearisation without a tape", () => {
  const x = tf.zeros([1, 4, 4, 2]);
  expect(() => jvp(f)(x, tf.zeros([2]))).toThrow("argument's shape [1, 4, 4, 2], found [2]");
  expect(() => vjp(f)(x, x)).toThrow("value's shape [1, 4, 4, 4], found [1, 4, 4, 2]");
  expect(() => linearise(f, x)).toThrow("expected an open tape");
});

test("products leak nothing, also after an error", () => {
  const x = normal([2, 4, 5, 2], 1);
  const u = normal([2, 4, 5, 4], 2);
  const v = normal([2, 4, 5, 2], 3);
  const before = tf.memory().numTensors;
  for (let i = 0; i < 10; i++) {
    tf.dispose([vjp(f)(x, u), jvp(f)(x, v)]);
    expect(() => vjp(f)(x, v)).toThrow("value's shape");
    expect(() => tf.tidy(() => jvp((y) => f(y).mul(tf.zeros([9])))(x, v))).toThrow();
  }
  expect(tf.memory().numTensors).toBe(before);
});
