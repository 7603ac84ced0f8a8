/**
 * What the engine keeps for gradients.
 *
 * While a gradient is computed, tfjs keeps what the backward pass will need out of reach of `tidy`. If the function under
 * the gradient throws, it forgets about these tensors without freeing them.
 */
import {tf} from "../backend";
import {replaced} from "../../core/replaced";

/** Run a computation; what was kept for gradients meanwhile is freed if it throws. */
export function freeSavedTensorsOnError<T>(run: () => T): T {
  const kept: tf.Tensor[] = [];
  const keep = <Kept extends tf.Tensor>(tensor: Kept): Kept => {
    kept.push(tensor);
    tensor.kept = true;
    return tensor;
  };
  try {
    return replaced(tf.engine(), "keep", keep, run);
  } catch (error) {
    tf.dispose(kept);
    throw error;
  }
}
