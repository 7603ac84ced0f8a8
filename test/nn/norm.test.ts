import {ChannelNorm} from "../../lib/nn/linear";
import {Layout} from "../../lib/nn/module";
import {tf} from "@lola-ts/engine";

test("normalises channels with the unbiased variance and trains nothing", () => {
  const norm = new ChannelNorm();
  const y = norm.forward(tf.tensor2d([1, 2, 3], [1, 3])).dataSync(); // deviations -1, 0, 1: unbiased variance 1
  [-1, 0, 1].forEach((value, i) => expect(y[i]).toBeCloseTo(value, 4));
  expect(new Layout(norm.specs).size).toBe(0);
});

test("with the variance of the population it is the usual layer norm", () => {
  const y = new ChannelNorm("population").forward(tf.tensor2d([1, 2, 3], [1, 3])).dataSync();
  [-1, 0, 1].forEach((value, i) => expect(y[i]).toBeCloseTo(value * Math.sqrt(1.5), 4));
});
