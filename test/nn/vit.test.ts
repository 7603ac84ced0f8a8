import {Layout} from "../../lib/nn/module";
import {ViT, type ViTConfig} from "../../lib/nn/vit";
import {Rng} from "@lola-ts/core";
import {tf, Random} from "@lola-ts/engine";
import {sumsBfloat16} from "../../packages/engine/src/ops/precision";
import {relativeError} from "../reference/reference";

describe("a small transformer", () => {
  const config: ViTConfig = {
    inChannels: 2,
    outChannels: 3,
    modFeatures: 4,
    hidChannels: 8,
    hidBlocks: 2,
    attentionHeads: 2,
    dropout: 0.5,
    patchSize: [1, 2, 2],
  };
  const vit = new ViT(config);
  const layout = new Layout(vit.specs);
  const flat = tf.tensor1d(layout.initialise(0));
  const x = Random.of(1).normal([2, 2, 4, 4, 2]);
  const mod = Random.of(2).normal([2, 4]);
  const run = (dropout?: Random) => vit.forward(layout.bind(flat), x, {mod, dropout}).dataSync();

  test("starts with the initial values of the official one", () => {
    const named = layout.toOfficial(layout.initialise(0));
    const channels = 1000;
    const theta = vit.specs["blocks.0.theta"].init(Rng.from("theta"), [3, channels]);
    const powers = Array.from({length: channels}, (_, j) =>
      Math.log10(Math.hypot(...[0, 1, 2].map((i) => theta[i * channels + j]))),
    ).sort((a, b) => a - b);
    // evenly between 0.01 and 1 in the logarithm: the quantiles' largest distance, which one in 1e4 samples exceeds
    powers.forEach((power, j) =>
      expect(Math.abs((j + 0.5) / channels - (power + 2) / 2)).toBeLessThan(2.23 / Math.sqrt(channels)),
    );
    const largest = Math.max(...named.get("blocks.0.ada_zero.2.weight")!.data.map(Math.abs));
    expect(largest).toBeLessThanOrEqual(0.005); // 0.01 / sqrt(4)
  });

  test("has the same parameters with products in bfloat16, and nearly the same results", () => {
    const other = new ViT({...config, precision: "bfloat16"});
    const shapes = ({entries}: Layout) => entries.map(({name, shape}) => [name, shape]);
    expect(shapes(new Layout(other.specs))).toEqual(shapes(layout));
    const error = relativeError(other.forward(layout.bind(flat), x, {mod}).dataSync(), run());
    expect(error).toBeLessThan(0.02);
    expect(error > 1e-5).toBe(sumsBfloat16());
    expect(() => new ViT({...config, precision: "float16" as never})).toThrow("ViT: expected precision to be");
  });

  test("drops out only with a source of randomness, and the same for the same key", () => {
    const first = run(Random.of(3));
    const second = run(Random.of(3));
    const none = run();
    expect(first).toEqual(second);
    expect(relativeError(first, run(Random.of(4)))).toBeGreaterThan(1e-3);
    expect(relativeError(first, none)).toBeGreaterThan(1e-3);
    expect(run()).toEqual(none);
  });

  test("leaves no tensor behind", () => {
    const once = () =>
      tf.tidy(() =>
        tf
          .grad((w) => vit.forward(layout.bind(w as tf.Tensor1D), x, {mod}).sum())(flat)
          .dataSync(),
      );
    once();
    const before = tf.memory().numTensors;
    once();
    expect(tf.memory().numTensors).toBe(before);
  });

  test("refuses inputs of other shapes", () => {
    const p = layout.bind(flat);
    expect(() => vit.forward(p, tf.zeros([2, 4, 4, 2]), {mod})).toThrow("an input of shape [n, n, n, n, 2]");
    expect(() => vit.forward(p, tf.zeros([2, 2, 3, 4, 2]), {mod})).toThrow("patches of 1 x 2 x 2 divide");
    expect(() => vit.forward(p, x)).toThrow("a modulation of shape [2, 4], found none");
    expect(() => vit.forward(p, x, {mod, cond: x})).toThrow("expected no condition");
    expect(() => new ViT({...config, attentionHeads: 3})).toThrow("divisible by 6");
    expect(() => new ViT({...config, patchSize: [2, 2]})).toThrow("patch size along 3 axes, found 2 x 2");
  });
});

describe("value residual", () => {
  const config: ViTConfig = {
    inChannels: 2,
    outChannels: 2,
    modFeatures: 4,
    hidChannels: 8,
    hidBlocks: 3,
    attentionHeads: 2,
  };
  const models = (["tokens", "values"] as const).map((valueResidual) => new ViT({...config, valueResidual}));
  const layout = new Layout(models[0].specs);
  const x = Random.of(1).normal([2, 2, 2, 2, 2]);
  const mod = Random.of(2).normal([2, 4]);
  const weights = (change: (value: number, name: string, i: number) => number) => {
    const flat = layout.initialise(0);
    for (const {name, offset, size} of layout.entries) {
      for (let i = 0; i < size; i++) flat[offset + i] = change(flat[offset + i], name, i / size);
    }
    return tf.tensor1d(flat);
  };
  const run = (vit: ViT, flat: tf.Tensor1D) => vit.forward(layout.bind(flat), x, {mod}).dataSync();

  test("is the first embedding by default, and has the same parameters in both forms", () => {
    const flat = tf.tensor1d(layout.initialise(0));
    expect(Object.keys(models[1].specs)).toEqual(Object.keys(models[0].specs));
    expect(run(new ViT(config), flat)).toEqual(run(models[0], flat));
    expect(relativeError(run(models[1], flat), run(models[0], flat))).toBeGreaterThan(1e-4);
  });

  test("has no effect at a gate of 0", () => {
    const closed = weights((value, name, part) => (name.includes("ada_zero.2") && part >= 0.75 ? 0 : value));
    const [tokens, values] = models.map((vit) => run(vit, closed));
    expect(relativeError(values, tokens)).toBeLessThan(1e-5);
  });

  test("is differentiable: the gradient of a weight equals its difference quotient, checkpointed or not", () => {
    const flat = weights((value, name) => (name.includes("ada_zero.2") ? 30 * value : value));
    const {offset} = layout.entries.find(({name}) => name === "blocks.0.msa.qkv_proj.weight")!;
    const at = offset + 2 * 8 * 8 + 3; // a weight of the first block's values
    const [plain, checkpointed] = [false, true].map((checkpointing) => {
      const vit = new ViT({...config, valueResidual: "values", checkpointing});
      const loss = (w: tf.Tensor) =>
        vit
          .forward(layout.bind(w as tf.Tensor1D), x, {mod})
          .square()
          .mean();
      const step = tf.oneHot(at, layout.size).mul(1e-2);
      const [above, below] = [flat.add(step), flat.sub(step)].map((w) => loss(w).dataSync()[0]);
      return {gradient: tf.grad(loss)(flat).dataSync()[at], quotient: (above - below) / 2e-2};
    });
    expect(Math.abs(plain.gradient)).toBeGreaterThan(1e-5);
    expect(plain.gradient / plain.quotient).toBeCloseTo(1, 2);
    expect(checkpointed.gradient / plain.gradient).toBeCloseTo(1, 4);
  });

  test("may be none, which has no gate", () => {
    const none = new ViT({...config, valueResidual: "none"});
    const own = new Layout(none.specs);
    const gate = 4 * 8 + 8; // weights and biases of a block's d
    expect(layout.size - own.size).toBe(3 * gate);
    const closed = weights((value, name, part) => (name.includes("ada_zero.2") && part >= 0.75 ? 0 : value)).dataSync();
    const flat = own.initialise(0);
    for (const {name, offset, size} of own.entries) {
      const from = layout.entries.find((entry) => entry.name === name)!.offset;
      flat.set(closed.slice(from, from + size), offset); // all but d, which comes last
    }
    const found = none.forward(own.bind(tf.tensor1d(flat)), x, {mod}).dataSync();
    expect(relativeError(found, run(models[0], tf.tensor1d(closed)))).toBeLessThan(1e-5);
  });

  test("refuses an unknown name", () => {
    expect(() => new ViT({...config, valueResidual: "queries" as never})).toThrow(
      '"tokens" or "values" or "none", found "queries"',
    );
  });
});

describe("attention divided into space and time", () => {
  const config: ViTConfig = {
    inChannels: 2,
    outChannels: 2,
    hidChannels: 8,
    hidBlocks: 2,
    attentionHeads: 2,
    attention: "divided",
  };
  const x = Random.of(1).normal([1, 3, 2, 2, 2]);
  /** Change of the outputs [time, place] when the token of the first time and place changes. */
  const reach = (hidBlocks: number) =>
    tf.tidy(() => {
      const vit = new ViT({...config, hidBlocks});
      const layout = new Layout(vit.specs);
      const p = layout.bind(tf.tensor1d(layout.initialise(0).map((value) => 5 * value))); // gates wide open
      const there = tf.oneHot(0, 24).reshape(x.shape);
      const change = vit.forward(p, x.add(there)).sub(vit.forward(p, x));
      return change.abs().sum(-1).reshape([3, 4]).greater(0).arraySync() as number[][];
    });

  test("looks within a state first, and then along time at each place", () => {
    expect(reach(1)).toEqual([[1, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0]]); // prettier-ignore
    expect(reach(2).flat().every(Boolean)).toBe(true);
  });

  test("has the parameters of full attention", () => {
    const [divided, full] = (["divided", "full"] as const).map((attention) => new ViT({...config, attention}).specs);
    expect(Object.keys(divided)).toEqual(Object.keys(full));
  });
});
