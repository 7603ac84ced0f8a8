import {TokenProbe} from "../../lib/models/token-probe";
import {tf} from "@lola-ts/engine";
import {learningRate} from "../../lib/train/learning-rate";
import {train} from "../../lib/train/loop";
import {adamW} from "../../lib/train/optimisers/adamw";
import {draw} from "../tiny";

const probe = TokenProbe.create({channels: 3, width: 16, parameters: 2}, 0);
afterAll(() => probe.dispose());

/** Parameters that a token determines: a sum and a product. */
const known = (tokens: tf.Tensor) =>
  tf.tidy(() => {
    const [a, b] = tf.split(tokens, 3, 1);
    return tf.concat([a.add(b), a.mul(b)], 1);
  });

test("answers have the shapes of features and parameters, and its loss is their mean squared error", () => {
  tf.tidy(() => {
    const tokens = draw([5, 3]);
    const {features, parameters} = probe.forward(probe.layout.bind(probe.weights), tokens);
    expect([features.shape, parameters.shape]).toEqual([
      [5, 16],
      [5, 2],
    ]);
    const loss = probe.loss(probe.layout.bind(probe.weights), [tokens, parameters.add(0.5)]);
    expect(loss.dataSync()[0]).toBeCloseTo(0.25, 5);
  });
});

test("it learns what a token determines", async () => {
  const error = () =>
    tf.tidy(() => {
      const tokens = draw([200, 3], 7);
      return probe.loss(probe.layout.bind(probe.weights), [tokens, known(tokens)]).dataSync()[0];
    });
  const before = error();
  await train(probe, {
    loss: (p, batch) => probe.loss(p, batch),
    nextBatch: (step) => {
      const tokens = draw([64, 3], 100 + step);
      return [tokens, known(tokens)];
    },
    optimiser: adamW(),
    learningRate: learningRate({rate: 1e-2, steps: 500}),
    steps: 500,
  });
  expect(error()).toBeLessThan(0.05 * before);
});

test("refuses sizes that are no positive integers", () => {
  expect(() => new TokenProbe({channels: 0, width: 4, parameters: 1})).toThrow("channels");
});
