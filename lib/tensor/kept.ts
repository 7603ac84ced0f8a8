/**
 * What the engine keeps for gradients.
 *
 * While a gradient is computed, tfjs keeps what the backward pass will need out of reach of `tidy`. If the function under
 * the gradient throws, it forgets about these tensors without freeing them.
 */
import {tf} from "./backend";

/** Run a computation; what was kept for gradients meanwhile is freed if it throws. */
export function freeKeptOnError<T>(run: () => T): T {
  const engine = tf.engine();
  const outer = Object.getOwnPropertyDescriptor(engine, "keep"); // of a computation around this one
  const kept: tf.Tensor[] = [];
  const keep = <Kept extends tf.Tensor>(tensor: Kept): Kept => {
    kept.push(tensor);
    tensor.kept = true;
    return tensor;
  };
  Object.defineProperty(engine, "keep", {value: keep, configurable: true});
  try {
    return run();
  } catch (error) {
    tf.dispose(kept);
    throw error;
  } finally {
    if (outer) Object.defineProperty(engine, "keep", outer);
    else Reflect.deleteProperty(engine, "keep"); // the class's own method again
  }
}
