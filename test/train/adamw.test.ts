import {Layout} from "../../lib/nn/module";
import {adamW} from "../../lib/train/adamw";
import {tf} from "../../lib/tensor/backend";
import {reference, relativeError} from "../reference/reference";
import {run, specsOf} from "./golden";

const vectors = reference("optim");

describe.each([
  ["adamw", "eager"],
  ["adamw_decay", "eager"],
  ["adamw", "recorded"],
])("%s, %s", (topic, mode) => {
  const config = vectors.config[topic];
  const input = (name: string) => {
    const {shape, data} = vectors.tensor(`${topic}/in/${name}`);
    return tf.tensor(data, shape);
  };
  const result = run({
    vectors,
    topic,
    parameters: ["w1", "b1", "w2", "b2"],
    optimiser: adamW({betas: config.betas, eps: config.eps, weightDecay: config.weight_decay}),
    loss: (p) => {
      const hidden = tf.matMul(input("x"), p.get("w1"), false, true).add(p.get("b1"));
      const out = tf.matMul(hidden.mul(tf.sigmoid(hidden)), p.get("w2"), false, true).add(p.get("b2"));
      return tf.mean<tf.Scalar>(tf.squaredDifference(out, input("y"))).mul(4);
    },
    steps: config.steps,
    rate: config.learning_rate,
    clip: config.grad_clip,
    scheduler: config.scheduler,
    compiled: mode === "recorded",
  });

  test.each(["w1", "b1", "w2", "b2"])("%s follows the official trajectory", (name) => {
    const {data, shape} = vectors.tensor(`${topic}/steps/${name}`);
    expect(shape[0]).toBe(result.steps.length);
    const ours = result.steps.flatMap((step) => [...step.get(name)!]);
    expect(relativeError(ours, data)).toBeLessThan(1e-5);
  });

  test("loss, gradient norm and learning rate are the official ones", () => {
    expect(relativeError(result.loss, vectors.tensor(`${topic}/out/loss`).data)).toBeLessThan(1e-5);
    expect(relativeError(result.norm, vectors.tensor(`${topic}/out/grad_norm`).data)).toBeLessThan(1e-5);
    expect(relativeError(result.lr, vectors.tensor(`${topic}/out/lr`).data)).toBeLessThan(1e-6);
  });
});

test("the first step moves every weight by the learning rate", () => {
  const moved = tf.tidy(() => {
    const layout = new Layout(specsOf({w: [3]}));
    const optimiser = adamW();
    const {weights} = optimiser.update({
      weights: tf.tensor1d([1, 2, 3]),
      gradient: tf.tensor1d([5, -0.1, 1000]),
      state: optimiser.initial(layout),
      learningRate: tf.scalar(0.1),
      step: tf.scalar(0),
      layout,
      variant: "plain",
    });
    return weights.dataSync();
  });
  [0.9, 2.1, 2.9].forEach((expected, i) => expect(moved[i]).toBeCloseTo(expected, 5));
});
