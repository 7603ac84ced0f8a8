import {EmulatorNetwork, LabelEmbedding, perSample, transformerOf} from "../../lib/models/emulator-network";
import {ViT} from "../../lib/nn/vit";
import {Layout} from "../../lib/nn/module";
import {tf} from "@lola-ts/engine";
import {relativeError} from "../reference/reference";
import {draw, labels, LATENT, tinyNetwork} from "../tiny";

const config = tinyNetwork();
const network = new EmulatorNetwork(config);
const layout = new Layout(network.specs);
const flat = layout.initialise(4);
const LENGTH = 3;

/** Parameters and inputs; to be called within a tidy. */
function load() {
  const x = draw([2, LENGTH, 2, 2, LATENT]);
  const time = tf.tensor1d([-3, 5]);
  const mask = tf.tensor2d([1, 0, 0, 0, 1, 1], [2, LENGTH]);
  return {p: layout.bind(tf.tensor1d(flat)), x, time, inputs: {mask, label: labels(2)}};
}

test("samples do not see each other, and one time or label for all is one for each", () => {
  tf.tidy(() => {
    const {p, x, time, inputs} = load();
    const t = time.slice(0, 1);
    const theta = inputs.label.slice(0, 1);
    const {mask} = inputs;
    const shared = network.forward(p, x, t, {mask, label: theta});
    const each = network.forward(p, x, tf.tile(t, [2]), {mask, label: perSample(theta, 2)});
    expect(relativeError(shared.dataSync(), each.dataSync())).toBeLessThan(1e-6);
    const last = network.forward(p, x.slice(1), t, {mask: mask.slice(1), label: theta});
    expect(relativeError(last.dataSync(), each.slice(1).dataSync())).toBeLessThan(1e-5);
  });
});

test("no mask means that there is no context", () => {
  tf.tidy(() => {
    const {p, x, time, inputs} = load();
    const run = (mask?: tf.Tensor) => network.forward(p, x, time, {...inputs, mask}).dataSync();
    expect(relativeError(run(), run(tf.zeros([LENGTH])))).toBeLessThan(1e-6);
    expect(relativeError(run(), run(tf.ones([LENGTH])))).toBeGreaterThan(1e-3);
  });
});

test("time and label modulate by the sum of their embeddings; without labels there is no embedding of them", () => {
  const unlabelled = new EmulatorNetwork({...config, labelFeatures: 0});
  const names = Object.keys(network.specs);
  expect(Object.keys(unlabelled.specs)).toEqual(names.filter((name) => !name.startsWith("label_embedding.")));
  expect(
    Object.keys(new ViT(transformerOf(config, false, true)).specs).some((name) => name.includes("ada_zero.0")),
  ).toBe(false);
  tf.tidy(() => {
    // A label embedding that is zero whatever the label adds nothing.
    const {x, time, inputs} = load();
    const silent = new Map(
      [...layout.toOfficial(flat)].map(([name, {shape, data}]) => [
        name,
        {shape, data: name.startsWith("label_embedding.2.") ? data.map(() => 0) : data},
      ]),
    );
    const p = layout.bind(tf.tensor1d(layout.fromOfficial(silent)));
    const [labelled, without] = [network, unlabelled].map((model) => model.forward(p, x, time, inputs).dataSync());
    expect(relativeError(labelled, without)).toBeLessThan(1e-6);
  });
});

describe("LabelEmbedding", () => {
  const embedding = new LabelEmbedding(3, 4);
  const layout = new Layout(embedding.specs);
  const theta = [0.5, -1, 2];

  test("is a perceptron of two layers with SiLU between them, by hand", () => {
    const flat = layout.initialise(3).map((value, i) => value + 0.1 * Math.sin(i));
    const named = layout.toOfficial(flat);
    const linear = (name: string, x: number[]) => {
      const w = named.get(`${name}.weight`)!.data;
      const b = named.get(`${name}.bias`)!.data;
      return Array.from(b, (bias, o) => x.reduce((sum, value, i) => sum + w[o * x.length + i] * value, bias));
    };
    const expected = linear(
      "2",
      linear("0", theta).map((value) => value / (1 + Math.exp(-value))),
    );
    tf.tidy(() => {
      const found = embedding.forward(layout.bind(tf.tensor1d(flat)), tf.tensor2d([theta]));
      expect(found.shape).toEqual([1, 4]);
      expect(relativeError(found.dataSync(), expected)).toBeLessThan(1e-6);
    });
  });

  test("refuses a label that is missing or of another length", () => {
    tf.tidy(() => {
      const p = layout.bind(tf.tensor1d(layout.initialise(0)));
      expect(() => embedding.forward(p, undefined)).toThrow("emulator: expected a label [B, 3], found none");
      expect(() => embedding.forward(p, tf.zeros([2, 4]))).toThrow("expected a label [B, 3], found [2, 4]");
    });
  });
});
