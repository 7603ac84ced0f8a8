/**
 * Tensors that the engine saves for gradients.
 *
 * While a gradient is computed, tfjs keeps the tensors that the backward pass needs out of reach of `tidy`. If the
 * differentiated function throws, tfjs does not free them.
 */
import {tf} from "../backend";
import {replaced} from "@lola-ts/core";

/** Run a computation; if it throws, free the tensors that were saved for gradients meanwhile. */
export function freeSavedTensorsOnError<T>(run: () => T): T {
  const saved: tf.Tensor[] = [];
  const keep = <T extends tf.Tensor>(tensor: T): T => {
    saved.push(tensor);
    tensor.kept = true;
    return tensor;
  };
  try {
    return replaced(tf.engine(), "keep", keep, run);
  } catch (error) {
    tf.dispose(saved);
    throw error;
  }
}
