/** Updates of random weights. */
import {Layout} from "../../../lib/nn/module";
import {tf, compile, Random} from "@lola-ts/engine";
import type {Optimiser, UpdateInputs} from "../../../lib/train/optimisers/optimiser";
import {specsOf} from "./specs";

/** Update random weights twice by random gradients times a factor. @returns weights and state. */
export function updateTwice(optimiser: Optimiser, shape: number[], factor?: number): Float32Array[] {
  const results: Float32Array[] = []; // tidy would look at each number of what it returns
  tf.tidy(() => {
    const layout = new Layout(specsOf({w: shape}));
    const update = compile((weights, gradient, learningRate, step, scale, ...state) => {
      const tensors = {weights, gradient, learningRate, step, ...(factor !== undefined && {scale})};
      const inputs = {...tensors, state, layout, random: Random.of(0), variant: "plain"} as UpdateInputs;
      const next = optimiser.update(inputs);
      return [next.weights, ...next.state];
    });
    let [weights, ...state]: tf.Tensor[] = [Random.of(1).normal([layout.size]), ...optimiser.initial(layout)];
    for (const k of [0, 1]) {
      const gradient = Random.of(2, k).normal([layout.size]);
      const scalars = [0.1, k, factor ?? 1].map((value) => tf.scalar(value));
      [weights, ...state] = update(weights, gradient, ...scalars, ...state);
    }
    update.dispose();
    results.push(...[weights, ...state].map((tensor) => tensor.dataSync<"float32">()));
  });
  return results;
}
