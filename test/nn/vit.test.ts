import {SelfAttention} from "../../lib/nn/attention";
import {PositionalEmbedding, coordinates} from "../../lib/nn/embedding";
import {Layout, type Parameters} from "../../lib/nn/module";
import {ViT, ViTBlock, type ViTConfig} from "../../lib/nn/vit";
import {tf} from "../../lib/tensor/backend";
import {compile} from "../../lib/tensor/compile";
import {Random} from "../../lib/tensor/random";
import {channelsLast, channelsSecond, golden, gradients} from "../reference/layout";
import {reference, relativeError} from "../reference/reference";
import {vitConfig} from "./official";

const topic = reference("vit");
const cases = Object.keys(topic.config).filter((name) => "model" in topic.config[name]);

const plain = (name: string) => {
  const {data, shape} = topic.tensor(name);
  return tf.tensor(data, shape);
};

describe.each(cases)("the official transformer, case %s", (name) => {
  const config = vitConfig(topic.config[name].model);
  const vit = new ViT(config);
  const layout = new Layout(vit.specs);
  const flat = golden(layout, topic.below(`${name}/weights/`));
  const input = (key: string) => channelsLast(topic.tensor(`${name}/in/${key}`));
  const [x, cond, g] = [input("x"), input("cond"), input("g")];
  const mod = topic.has(`${name}/in/mod`) ? plain(`${name}/in/mod`) : undefined;
  const out = (key: string) => plain(`${name}/out/${key}`);
  const error = (y: tf.Tensor, key: string) => relativeError(y.dataSync(), out(key).dataSync());

  test("gives the same output, recorded or not", () => {
    const forward = (weights: tf.Tensor, states: tf.Tensor) => [
      vit.forward(layout.bind(weights as tf.Tensor1D), states, {cond, mod}),
    ];
    const [y] = forward(flat, x);
    expect(relativeError(channelsSecond(y), topic.tensor(`${name}/out/y`).data)).toBeLessThan(1e-5);
    const recorded = compile(forward, "vit");
    expect(relativeError(recorded(flat, x)[0].dataSync(), y.dataSync())).toBeLessThan(1e-5);
    recorded.dispose();
  });

  test("gives the same positions, attention and first block", () => {
    const p = layout.bind(flat);
    const [spatial, hidden] = [config.spatial!, config.hidChannels];
    const grid = x.shape.slice(1, -1).map((size, i) => size / vit.patch[i]);
    const where = tf.tensor2d(coordinates(grid), out("coo").shape as [number, number]);
    expect(error(where, "coo")).toBe(0);
    const position = new PositionalEmbedding(spatial, hidden).forward(p.in("positional_embedding"), grid);
    expect(error(position, "positional")).toBeLessThan(1e-5);

    const attention = new SelfAttention(hidden, {heads: config.attentionHeads, qkNorm: config.qkNorm});
    const attended = attention.forward(p.in("blocks.0.msa"), out("block0.msa_x"), out("block0.msa_theta"));
    expect(error(attended, "block0.msa_y")).toBeLessThan(1e-5);

    const tokens = out("block0.x");
    const y = new ViTBlock(config).forward(p.in("blocks.0"), tokens, tokens.sub(position), where, {mod});
    expect(error(y, "block0.y")).toBeLessThan(1e-5);
  });

  test("gives the same gradients", () => {
    const objective = (p: Parameters, states: tf.Tensor) =>
      vit.forward(p, states, {cond, mod}).mul(g).sum() as tf.Scalar;
    const found = gradients(layout, flat, (p) => objective(p, x));
    const expected = topic.below(`${name}/grad/`);
    for (const [key, {data}] of expected) {
      const input_ = () => channelsSecond(tf.grad((states) => objective(layout.bind(flat), states))(x));
      const ours = key === "x" ? input_() : found.get(key)!.data;
      expect([key, relativeError(ours, data) < 1e-4]).toEqual([key, true]);
    }
    expect(expected.size).toBeGreaterThan(1);
  });
});

test("has the paper's numbers of parameters, counted without weights", () => {
  const {config, values} = reference("parameter-counts");
  for (const name of [
    "solver_euler_lat64",
    "solver_euler_lat4",
    "solver_gravity_cooling_lat16",
    "pixel_solver_euler",
  ]) {
    const kind = name.startsWith("pixel") ? "pixel_solver" : "solver";
    const channels = Number(/lat(\d+)/.exec(name)?.[1] ?? 5);
    const official = {...config[kind], in_channels: channels, out_channels: channels, cond_channels: channels};
    const vit = new ViT({
      ...vitConfig(official),
      spatial: name.includes("gravity") ? 4 : 3,
      modFeatures: official.emb_features,
    });
    const layout = new Layout(vit.specs);
    for (const part of ["in_proj", "out_proj", "positional_embedding", "blocks"]) {
      const size = layout.entries.filter((e) => e.name.startsWith(`${part}.`)).reduce((n, e) => n + e.size, 0);
      expect([name, part, size]).toEqual([name, part, values[name][`backbone.${part}`]]);
    }
  }
});

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
    const {shape, data} = named.get("blocks.0.theta")!;
    for (let j = 0; j < shape[1]; j++) {
      const amplitude = Math.hypot(...[0, 1, 2].map((i) => data[i * shape[1] + j]));
      expect(amplitude).toBeGreaterThanOrEqual(0.01);
      expect(amplitude).toBeLessThanOrEqual(1);
    }
    const largest = Math.max(...named.get("blocks.0.ada_zero.2.weight")!.data.map(Math.abs));
    expect(largest).toBeLessThanOrEqual(0.005); // 0.01 / sqrt(4)
  });

  test("drops out only with a source of randomness, and the same for the same key", () => {
    const [first, second, none] = [run(Random.of(3)), run(Random.of(3)), run()];
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
