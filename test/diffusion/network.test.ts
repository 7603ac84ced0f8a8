import {preconditioning} from "../../lib/diffusion/denoiser";
import {backboneOf, EmulatorNetwork, LabelEmbedding, perSample} from "../../lib/diffusion/network";
import {createSchedule} from "../../lib/diffusion/schedule";
import {Layout} from "../../lib/nn/module";
import {tf} from "../../lib/tensor/backend";
import {reference, relativeError} from "../reference/reference";
import {denoiserConfig, field, label, windowMask} from "./official";

const topic = reference("denoiser");
const {network: config, schedule} = denoiserConfig(topic.config.model);
const network = new EmulatorNetwork(config);
const weights = topic.below("weights/backbone.");

/** Parameters of the official network; to be called within a tidy. */
function bind(model: EmulatorNetwork) {
  const layout = new Layout(model.specs);
  return layout.bind(tf.tensor1d(layout.fromOfficial(weights)));
}

/** The golden inputs of a denoiser as its network sees them. */
function load() {
  const noise = createSchedule(schedule).of(tf.tensor1d(topic.tensor("denoiser/in/t").data));
  const scales = preconditioning(noise);
  const xt = field(topic, "denoiser/in/x_t");
  const spread = (c: tf.Tensor) => c.reshape([-1, 1, 1, 1, 1]);
  const inputs = {mask: windowMask(topic, "denoiser/in/mask"), label: label(topic, "denoiser/in/label")};
  return {xt, scales, spread, x: xt.mul(spread(scales.cIn)), inputs};
}

test("equals the official network, whose output is the denoiser's mean without its scales", () => {
  tf.tidy(() => {
    const {xt, scales, spread, x, inputs} = load();
    const mean = field(topic, "denoiser/out/mean");
    const output = network.forward(bind(network), x, scales.cNoise, inputs);
    const found = output.mul(spread(scales.cOut));
    const expected = mean.sub(xt.mul(spread(scales.cSkip)));
    expect(relativeError(found.dataSync(), expected.dataSync())).toBeLessThan(1e-5);
  });
});

test("samples do not see each other, and one time or label for all is one for each", () => {
  tf.tidy(() => {
    const {scales, x, inputs} = load();
    const p = bind(network);
    const batch = x.shape[0];
    const [time, theta] = [scales.cNoise.slice(0, 1), inputs.label.slice(0, 1)];
    const mask = perSample(inputs.mask, batch);
    const shared = network.forward(p, x, time, {mask, label: theta});
    const each = network.forward(p, x, tf.tile(time, [batch]), {mask, label: perSample(theta, batch)});
    expect(relativeError(shared.dataSync(), each.dataSync())).toBeLessThan(1e-6);
    const last = network.forward(p, x.slice(batch - 1), time, {mask: mask.slice(batch - 1), label: theta});
    expect(relativeError(last.dataSync(), each.slice(batch - 1).dataSync())).toBeLessThan(1e-5);
  });
});

test("no mask means that nothing is observed", () => {
  tf.tidy(() => {
    const {scales, x, inputs} = load();
    const p = bind(network);
    const run = (mask?: tf.Tensor) => network.forward(p, x, scales.cNoise, {...inputs, mask}).dataSync();
    const length = x.shape[1]!;
    expect(relativeError(run(), run(tf.zeros([length])))).toBeLessThan(1e-6);
    expect(relativeError(run(), run(tf.ones([length])))).toBeGreaterThan(1e-3);
  });
});

test("time and label modulate by the sum of their embeddings; without labels there is no embedding of them", () => {
  const unlabelled = new EmulatorNetwork({...config, labelFeatures: 0});
  const names = Object.keys(network.specs);
  expect(Object.keys(unlabelled.specs)).toEqual(names.filter((name) => !name.startsWith("label_embedding.")));
  expect(Object.keys(backboneOf(config, false).specs).some((name) => name.includes("ada_zero.0"))).toBe(false);
  tf.tidy(() => {
    // A label embedding that is zero whatever the label adds nothing.
    const {scales, x, inputs} = load();
    const layout = new Layout(network.specs);
    const silent = new Map(
      [...weights].map(([name, {shape, data}]) => [
        name,
        {shape, data: name.startsWith("label_embedding.2.") ? data.map(() => 0) : data},
      ]),
    );
    const p = layout.bind(tf.tensor1d(layout.fromOfficial(silent)));
    const [labelled, without] = [network, unlabelled].map((model) =>
      model.forward(p, x, scales.cNoise, inputs).dataSync(),
    );
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
      const [w, b] = [named.get(`${name}.weight`)!.data, named.get(`${name}.bias`)!.data];
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
