import {Linear, normalInit, uniformInit} from "../../lib/nn/linear";
import {Layout} from "../../lib/nn/module";
import {Rng} from "@lola-ts/core";
import {tf} from "@lola-ts/engine";

test("computes x W^T + b on the last axis", () => {
  const linear = new Linear(2, 3);
  const p = new Layout(linear.specs).bind(tf.tensor1d([1, 2, 3, 4, 5, 6, 10, 20, 30])); // weight, then bias
  const y = linear.forward(p, tf.tensor3d([1, 1, 0, 1], [1, 2, 2]));
  expect(y.shape).toEqual([1, 2, 3]);
  expect(Array.from(y.dataSync())).toEqual([13, 27, 41, 12, 24, 36]);
});

test("has no bias if it is switched off", () => {
  expect(Object.keys(new Linear(2, 3, {bias: false}).specs)).toEqual(["weight"]);
});

test("starts like PyTorch's: uniform within 1 / sqrt(in), scaled weights keep their bias", () => {
  const named = (scale: number) => {
    const layout = new Layout(new Linear(16, 500, {scale}).specs);
    return layout.toOfficial(layout.initialise(1));
  };
  const largest = (data: Float32Array) => Math.max(...data.map(Math.abs));
  const plain = named(1);
  const scaled = named(0.01);
  for (const name of ["weight", "bias"]) {
    expect(largest(plain.get(name)!.data)).toBeLessThanOrEqual(0.25);
    expect(largest(plain.get(name)!.data)).toBeGreaterThan(0.24);
  }
  expect(largest(scaled.get("weight")!.data)).toBeLessThanOrEqual(0.0025);
  expect(scaled.get("bias")).toEqual(plain.get("bias"));
});

test("initial values have the stated deviation", () => {
  const deviation = (data: Float32Array) => Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);
  const generator = Rng.from("test");
  const near = (found: number, expected: number) => expect(Math.abs(found / expected - 1)).toBeLessThan(5 / 141); // errors
  near(deviation(normalInit(0.5)(generator, [100, 100])), 0.5);
  near(deviation(uniformInit(3)(generator, [100, 100])), Math.sqrt(3));
});
