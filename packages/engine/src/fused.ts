/**
 * Operations in one pass over memory.
 *
 * A chain of element-wise operations reads and writes its tensors once for each of them. The project's build of the engine's
 * binding (packages/engine/native) has updates of optimisers and parts of networks as single operations. Another binding lacks
 * them, as a GPU does: there, or with LOLA_FUSED=off, chains run. Both compute the same, up to rounding.
 */
import {Lazy, isFusedWanted} from "@lola-ts/core";
import {isUsingGpu, nativeBackend, type Binding} from "./backend";

/** Ask a binding to run one of the operations: TensorFlow says whether it knows them. */
export function hasFused(binding: Binding): boolean {
  const made: number[] = [];
  try {
    made.push(binding.createTensor([], binding.TF_FLOAT, Float32Array.of(0)));
    made.push(...binding.executeOp("LolaSilu", [], [...made], 1).map(({id}) => id));
    return true;
  } catch {
    return false;
  } finally {
    made.forEach((id) => binding.deleteTensor(id));
  }
}

const {binding} = nativeBackend(); // itself, also while a step is recorded
const available = new Lazy(() => !isUsingGpu() && hasFused(binding));

/**
 * Tell whether single operations run in place of chains.
 *
 * @param wanted "on" or "off". Default: LOLA_FUSED, or else whether the engine has them.
 * @param has whether the engine has them.
 * @throws Error when it is something else, or "on" and the engine lacks them.
 */
export function isFused(wanted = process.env.LOLA_FUSED, has = available.get()): boolean {
  if (!wanted && isUsingGpu()) return has; // it has kernels of its own
  return isFusedWanted(() => has, "with this engine", wanted);
}
