import {tf} from "@lola-ts/engine";
import {average} from "../../lib/train/ema";

test("the average of constant weights approaches them geometrically", () => {
  tf.tidy(() => {
    let mean: tf.Tensor1D = tf.tensor1d([0]);
    for (let i = 0; i < 10; i++) mean = average(mean, tf.tensor1d([1]), 0.9);
    expect(mean.dataSync()[0]).toBeCloseTo(1 - 0.9 ** 10, 6);
  });
});
