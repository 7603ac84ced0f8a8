import {Layout} from "../../../lib/nn/module";
import {tf, Random} from "@lola-ts/engine";
import {adamW} from "../../../lib/train/optimisers/adamw";
import {specsOf} from "./specs";

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
      random: Random.of(0),
      variant: "plain",
    });
    return weights.dataSync();
  });
  [0.9, 2.1, 2.9].forEach((expected, i) => expect(moved[i]).toBeCloseTo(expected, 5));
});
