import {sizeOf} from "@lola-ts/core";
import {SelfAttention} from "../../lib/nn/attention";
import {PositionalEmbedding, SineEncoding, coordinates} from "../../lib/nn/embedding";
import {Layout, BoundParameters} from "../../lib/nn/module";
import {ViT, ViTBlock} from "../../lib/nn/vit";
import {emulatorConfig} from "../../packages/official-runs/src/official-config";
import {rotaryEmbedding, tf, compile} from "@lola-ts/engine";
import {channelsLast, channelsSecond, expectGradients, golden, gradients, plain} from "./layout";
import {reference, relativeError} from "./reference";

const topic = reference("vit");
const cases = Object.keys(topic.config).filter((name) => topic.has(`${name}/out/y`));

describe.each(cases)("the transformer, case %s", (name) => {
  const {in_channels, out_channels, cond_channels, mod_features, ...official} = topic.config[name].model;
  const config = {
    ...emulatorConfig({channels: 1, ...official}),
    inChannels: in_channels,
    outChannels: out_channels,
    condChannels: cond_channels ?? 0,
    modFeatures: mod_features ?? 0,
  };
  const vit = new ViT(config);
  const layout = new Layout(vit.specs);
  const flat = golden(layout, topic.below(`${name}/weights/`));
  const [x, g] = ["x", "g"].map((key) => channelsLast(topic.tensor(`${name}/in/${key}`)));
  const given = {
    cond: topic.has(`${name}/in/cond`) ? channelsLast(topic.tensor(`${name}/in/cond`)) : undefined,
    mod: topic.has(`${name}/in/mod`) ? plain(topic.tensor(`${name}/in/mod`)) : undefined,
  };
  const out = (key: string) => plain(topic.tensor(`${name}/out/${key}`));
  const error = (y: tf.Tensor, key: string) => relativeError(y.dataSync(), topic.tensor(`${name}/out/${key}`).data);

  test("output, recorded and not", () => {
    const forward = (weights: tf.Tensor, states: tf.Tensor) => [
      vit.forward(layout.bind(weights as tf.Tensor1D), states, given),
    ];
    const recorded = compile(forward, "vit");
    for (const run of [forward, recorded]) {
      const [y] = run(flat, x);
      expect(relativeError(channelsSecond(y), topic.tensor(`${name}/out/y`).data)).toBeLessThan(1e-5);
    }
    recorded.dispose();
  });

  test("positions, attention and first block", () => {
    const p = layout.bind(flat);
    const grid = x.shape.slice(1, -1).map((size, i) => size / vit.patch[i]);
    const where = tf.tensor2d(coordinates(grid), [sizeOf(grid), grid.length]);
    expect(error(where, "coo")).toBe(0);
    const position = new PositionalEmbedding(grid.length, config.hidChannels);
    const embedded = position.forward(p.in("positional_embedding"), grid);
    expect(error(embedded, "positional")).toBeLessThan(1e-5);

    const attention = new SelfAttention(config.hidChannels, {heads: config.attentionHeads, qkNorm: config.qkNorm});
    const theta = topic.has(`${name}/out/block0.msa_theta`) ? out("block0.msa_theta") : undefined;
    expect(theta === undefined).toBe(!p.has("blocks.0.theta"));
    const attended = attention.forward(p.in("blocks.0.msa"), out("block0.msa_x"), theta);
    expect(error(attended, "block0.msa_y")).toBeLessThan(1e-5);

    const tokens = out("block0.x");
    const y = new ViTBlock(config).forward(p.in("blocks.0"), tokens, tokens.sub(embedded), where, given);
    expect(error(y, "block0.y")).toBeLessThan(1e-5);
  });

  test("gradients", () => {
    const objective = (p: BoundParameters, states: tf.Tensor) =>
      vit.forward(p, states, given).mul(g).sum() as tf.Scalar;
    const found = gradients(layout, flat, (p) => objective(p, x));
    const input = channelsSecond(tf.grad((states) => objective(layout.bind(flat), states))(x));
    expectGradients(topic.below(`${name}/grad/`), (key) => (key === "x" ? input : found.get(key)!.data));
  });
});

test("sine encoding, of tensors and of arrays", () => {
  const [x, expected] = ["in/x", "out/e"].map((key) => topic.tensor(`sine/${key}`));
  const sine = new SineEncoding(expected.shape.at(-1)!);
  const p = new BoundParameters(new Map([["freqs", tf.tensor1d(sine.frequencies)]]));
  const encoded = sine.forward(p, plain(x));
  expect(encoded.shape).toEqual(expected.shape);
  expect(relativeError(encoded.dataSync(), expected.data)).toBeLessThan(1e-5);
  expect(relativeError(sine.encode(x.data), expected.data)).toBeLessThan(1e-5);
  expect(relativeError(sine.frequencies, topic.tensor("sine/freqs").data)).toBeLessThan(1e-6);
});

test.each(["q", "k"])("rotary embedding of neighbouring pairs: %s", (name) => {
  const [x, expected] = ["in", "out"].map((key) => topic.tensor(`rope/${key}/${name}`)); // [B, heads, L, D]
  const y = rotaryEmbedding(plain(x), plain(topic.tensor("rope/in/theta")));
  expect(relativeError(y.dataSync(), expected.data)).toBeLessThan(1e-5);
});
