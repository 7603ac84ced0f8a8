/**
 * Trade time for memory: gradient checkpointing, and results that are computed again instead of saved.
 *
 * A backward pass needs the activations of the forward pass, so the memory of a training step grows with the network's
 * depth times all activations of a block. {@link recompute} saves only a block's inputs and evaluates the block a second
 * time when its gradient is needed: memory holds the inputs of all blocks and the activations of one.
 *
 * In a recorded step both computations are in one graph, and TensorFlow would merge the equal operations or run the
 * second ones early. They therefore wait for the incoming gradient, see {@link after}. And the gradient of a block's inputs waits
 * for that of its parameters: with one thread TensorFlow would put those off until it has gone through all blocks, and keep the
 * activations of all for them.
 *
 * @see Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016, arXiv:1604.06174
 */
import {tf} from "../backend";
import {after, isRecording} from "../compile/tracer";
import {isTaping, onTape} from "./tape";

/** A function of tensors that uses no other tensors but those that it makes. */
export type Block = (...inputs: tf.Tensor[]) => tf.Tensor;

/**
 * Evaluate a block without saving its activations for the backward pass; differentiable (once) and recordable.
 *
 * @param block function that returns the same value each time: randomness comes from keys among the inputs.
 * @param inputs all tensors that the block depends on, parameters and keys of randomness included.
 */
export function recompute(block: Block, inputs: readonly tf.Tensor[]): tf.Tensor {
  const evaluate = tf.customGrad((...args) => {
    const save = args[args.length - 1] as (tensors: tf.Tensor[]) => void;
    const value = tf.tidy(() => block(...(args.slice(0, -1) as tf.Tensor[])));
    save([...inputs]);
    return {value, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => gradients(block, saved, dy)};
  });
  return evaluate(...inputs);
}

/** Compute the gradients of a block with respect to its inputs, zeros where there are none, inside a backward pass. */
function gradients(block: Block, inputs: tf.Tensor[], dy: tf.Tensor): tf.Tensor[] {
  const engine = tf.engine();
  const {state} = engine;
  const tape = state.activeTape; // of the running backward pass: tfjs would replace it by the block's
  try {
    return tf.tidy(() => {
      const [waiting, ...again] = after([dy, ...inputs], dy);
      const incoming = isTaping() ? onTape(waiting, dy) : waiting;
      const {grads} = engine.gradients(() => block(...again), again, incoming, true);
      const all = again.map(({shape}, i) => (grads[i] as tf.Tensor | null) ?? tf.zeros(shape));
      return isTaping() ? all : after(all, all[0]);
    });
  } finally {
    state.activeTape = tape;
  }
}

type UnaryMap = (x: tf.Tensor) => tf.Tensor;

/** How results of quick maps were made, by their numbers. */
const made = new WeakMap<object, {readonly from: tf.Tensor; readonly map: UnaryMap}>();

/**
 * Mark a map whose result takes little time to compute. In a recorded step, an operation that needs this result for its gradient
 * saves the map's input ({@link sourceOf}), and computes the result {@link again}. Other steps keep the result.
 */
export function quick(map: UnaryMap): UnaryMap {
  return (x) => {
    const y = map(x);
    if (isRecording()) made.set(y.dataId, {from: x, map});
    return y;
  };
}

/** Find what to save in place of a tensor: what a quick map made it of, or else the tensor itself. */
export const sourceOf = (x: tf.Tensor): tf.Tensor => made.get(x.dataId)?.from ?? x;

/** Compute a tensor from its source, once the gradient `dy` is there. */
export function again(x: tf.Tensor, source: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  const [late] = after([source], dy);
  return made.get(x.dataId)?.map(late) ?? late;
}
