/** Gradient checkpointing of layers: see {@link recompute}. */
import {type tf, type Random, recompute} from "@lola-ts/engine";
import {BoundParameters, type Specs} from "./module";

/** Evaluate a layer with given parameters, inputs and source of dropout masks. */
export type LayerForward = (p: BoundParameters, inputs: tf.Tensor[], random?: Random) => tf.Tensor;

/**
 * Evaluate a layer without saving its activations for the backward pass: they are computed again, with the same dropout
 * masks, when its gradient is needed.
 *
 * @param specs declarations of the layer's parameters, by their names in `p`.
 * @param inputs all tensors that the layer uses beside its parameters.
 */
export function checkpointed(
  specs: Specs,
  forward: LayerForward,
  p: BoundParameters,
  inputs: readonly tf.Tensor[],
  random?: Random,
): tf.Tensor {
  const names = Object.keys(specs);
  const first = inputs.length;
  const second = inputs.length + names.length;
  const all = [...inputs, ...names.map((name) => p.get(name)), ...(random ? [random.key] : [])];
  const block = (...tensors: tf.Tensor[]) => {
    const parameters = new BoundParameters(new Map(names.map((name, i) => [name, tensors[first + i]])));
    const source = random?.at(tensors[second] as tf.Tensor1D);
    return forward(parameters, tensors.slice(0, first), source);
  };
  return recompute(block, all);
}
