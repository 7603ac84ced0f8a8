import {reconstructionLoss, type LossKind} from "../../lib/nn/loss";
import {tf} from "../../lib/tensor/backend";
import {channelsLast} from "../reference/layout";
import {reference, relativeError} from "../reference/reference";

describe("the official losses", () => {
  const topic = reference("autoencoder-2d");
  const [x, y] = ["in/x", "out/y"].map((name) => channelsLast(topic.tensor(name)));
  const cases = Object.entries<{losses: LossKind[]; weights: number[]}>(topic.config.losses);

  test.each(cases)("%s", (name, {losses, weights}) => {
    const mixture = Object.fromEntries(losses.map((loss, i) => [loss, weights[i]]));
    const value = reconstructionLoss(x, y, mixture).dataSync();
    expect(relativeError(value, topic.tensor(`out/loss_${name}`).data)).toBeLessThan(1e-5);
  });
});

test("values by hand", () => {
  const u = tf.tensor4d([1, 3], [1, 1, 2, 1]); // unbiased variance 2
  const v = tf.tensor4d([1, 5], [1, 1, 2, 1]); // mean square error 2
  const value = (kind: LossKind) => reconstructionLoss(u, v, kind).dataSync()[0];
  expect(value("mse")).toBeCloseTo(2, 6);
  expect(value("mae")).toBeCloseTo(1, 6);
  expect(value("vmse")).toBeCloseTo(2 / 2.01, 6);
  expect(value("vrmse")).toBeCloseTo(Math.sqrt(2 / 2.01), 6);
});

test("refuses other shapes and unknown names", () => {
  const u = tf.zeros([1, 2, 2, 1]);
  expect(() => reconstructionLoss(u, tf.zeros([1, 2, 2, 2]))).toThrow("expected a reconstruction [1, 2, 2, 1]");
  expect(() => reconstructionLoss(u, u, {l3: 1} as never)).toThrow('found "l3"');
  expect(() => reconstructionLoss(u, u, {})).toThrow("at least one");
});
