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
  const layout = new Layout(new ViT(config).specs);
  const x = Random.of(1).normal([2, 2, 2, 2, 2]);
  const mod = Random.of(2).normal([2, 4]);

  test("is differentiable: the gradient of a weight equals its difference quotient, checkpointed or not", () => {
    const open = layout.initialise(0);
    for (const {name, offset, size} of layout.entries) {
      if (name.includes("ada_zero.2")) for (let i = 0; i < size; i++) open[offset + i] *= 30;
    }
    const flat = tf.tensor1d(open);
    const at = layout.entries.find(({name}) => name === "in_proj.weight")!.offset + 3; // of the first embedding
    const [plain, checkpointed] = [false, true].map((checkpointing) => {
      const vit = new ViT({...config, checkpointing});
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
});
