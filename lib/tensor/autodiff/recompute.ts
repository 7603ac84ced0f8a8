/**
 * Gradient checkpointing: trade time for memory.
 *
 * A backward pass needs what the forward pass computed, so the memory of a training step grows with the network's depth
 * times everything inside a block. {@link recompute} keeps only what enters a block and computes the inside a second
 * time when its gradient is asked for. Memory then grows with the entrances alone, and one block's inside at a time.
 *
 * In a recorded step both computations are in one graph, and TensorFlow would merge the equal operations or run the
 * second ones early. They therefore wait for the incoming gradient, see {@link after}.
 *
 * @see Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016, arXiv:1604.06174
 */
import {tf} from "../backend";
import {after} from "../compile/tracer";
import {isTaping, onTape} from "./tape";

/** A function of tensors that uses no other tensors, apart from those that it makes itself. */
export type Block = (...inputs: tf.Tensor[]) => tf.Tensor;

type Save = (tensors: tf.Tensor[]) => void;

/**
 * Evaluate a block without keeping its inside for the backward pass; differentiable (once) and recordable.
 *
 * @param block gives the same value each time: randomness comes from keys among the inputs.
 * @param inputs all tensors that the block depends on, parameters and keys of randomness included.
 */
export function recompute(block: Block, inputs: readonly tf.Tensor[]): tf.Tensor {
  const evaluate = tf.customGrad((...args) => {
    const save = args[args.length - 1] as Save;
    const value = tf.tidy(() => block(...(args.slice(0, -1) as tf.Tensor[])));
    save([...inputs]);
    return {value, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => gradients(block, saved, dy)};
  });
  return evaluate(...inputs);
}

/** Gradients of a block with respect to its inputs, zeros where there are none; for use inside a backward pass. */
function gradients(block: Block, inputs: tf.Tensor[], dy: tf.Tensor): tf.Tensor[] {
  const engine = tf.engine();
  const {state} = engine;
  const tape = state.activeTape; // of the backward pass that goes on: tfjs would forget it for that of the block
  try {
    return tf.tidy(() => {
      const [waiting, ...again] = after([dy, ...inputs], dy);
      const incoming = isTaping() ? onTape(waiting, dy) : waiting;
      const {grads} = engine.gradients(() => block(...again), again, incoming, true);
      return again.map(({shape}, i) => (grads[i] as tf.Tensor | null) ?? tf.zeros(shape));
    });
  } finally {
    state.activeTape = tape;
  }
}
