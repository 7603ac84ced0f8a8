/**
 * Gradient checkpointing of layers: see {@link recompute}.
 */
import type {tf} from "../tensor/backend";
import {Random} from "../tensor/random";
import {recompute} from "../tensor/autodiff/recompute";
import {BoundParameters, type Specs} from "./module";

/** What a layer computes from its parameters, its inputs, and a source of dropout masks. */
export type LayerForward = (p: BoundParameters, inputs: tf.Tensor[], random?: Random) => tf.Tensor;

/**
 * Evaluate a layer without keeping its inside for the backward pass: it is computed again, with the same dropout masks,
 * when its gradient is asked for.
 *
 * @param specs of the layer: its parameters, named as seen from `p`.
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
  const [first, second] = [inputs.length, inputs.length + names.length];
  const all = [...inputs, ...names.map((name) => p.get(name)), ...(random ? [random.key] : [])];
  const block = (...tensors: tf.Tensor[]) => {
    const own = new BoundParameters(new Map(names.map((name, i) => [name, tensors[first + i]])));
    const source = random && new Random(tensors[second] as tf.Tensor1D);
    return forward(own, tensors.slice(0, first), source);
  };
  return recompute(block, all);
}
