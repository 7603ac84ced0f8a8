/**
 * Updates in one pass over memory.
 *
 * A chain of element-wise operations reads and writes vectors of all parameters once for each of them. The project's build of
 * the engine's binding (environment/native/fused.cc) has updates as single operations. Another binding lacks them, as a GPU
 * does: there, or with LOLA_FUSED=off, optimisers run the chains. Both compute the same, up to rounding.
 */
import {Lazy} from "../../core/lazy";
import {attr, isUsingGpu, nativeBackend, rawOp, rawOps, type Binding, type tf} from "../../tensor/backend";

/** Ask a binding to run one of the operations: TensorFlow says whether it knows them. */
export function hasFusedUpdates(binding: Binding): boolean {
  const scalars = [0, 1, 2].map(() => binding.createTensor([], binding.TF_FLOAT, Float32Array.of(0)));
  try {
    binding.executeOp("LolaLerp", [], scalars, 1).forEach(({id}) => binding.deleteTensor(id));
    return true;
  } catch {
    return false;
  } finally {
    scalars.forEach((id) => binding.deleteTensor(id));
  }
}

const {binding} = nativeBackend(); // itself, also while a step is recorded
const available = new Lazy(() => !isUsingGpu() && hasFusedUpdates(binding));

/**
 * Tell whether updates run as single operations.
 *
 * @param wanted "on" or "off". Default: LOLA_FUSED, or else whether the engine has them.
 * @param has whether the engine has them.
 * @throws Error when it is something else, or "on" and the engine lacks them.
 */
export function isFused(wanted = process.env.LOLA_FUSED, has = available.get()): boolean {
  if (!wanted) return has;
  const possible = has ? ["on", "off"] : ["off"];
  if (possible.includes(wanted)) return wanted === "on";
  throw new Error(`LOLA_FUSED: expected ${possible.join(" or ")} with this engine, found ${wanted}.`);
}

/** Inputs of {@link fusedAdamW}. */
export interface AdamWInputs {
  weights: tf.Tensor1D;
  gradient: tf.Tensor1D;
  /** Moments $m$ and $v$. */
  moments: readonly [tf.Tensor1D, tf.Tensor1D];
  /** Factor of the gradient; 0 drops it, NaN included. */
  scale: tf.Scalar;
  learningRate: tf.Scalar;
  /** Number of earlier updates. */
  step: tf.Scalar;
  betas: readonly [number, number];
  eps: number;
  weightDecay: number;
}

/** Compute AdamW's new weights and moments. */
export function fusedAdamW(inputs: AdamWInputs): {weights: tf.Tensor1D; moments: tf.Tensor[]} {
  const {weights, gradient, moments, scale, learningRate, step, betas, eps, weightDecay} = inputs;
  const attrs = [
    ...betas.map((beta, i) => attr.float(`newest${i + 1}`, 1 - beta)), // 1 - beta has more digits than beta in float32
    attr.float("eps", eps),
    attr.float("weight_decay", weightDecay),
  ];
  const tensors = [weights, gradient, ...moments, scale, learningRate, step];
  const [next, ...newMoments] = rawOps("LolaAdamW", tensors, attrs, 3);
  return {weights: next as tf.Tensor1D, moments: newMoments};
}

/**
 * Move the moments $m, v$ of a gradient towards it and its square, and compute the direction $m / \sqrt{v + \epsilon^2}$.
 *
 * @param weights of the newest value in each moment.
 * @returns [m, v, direction].
 */
export function fusedDirection(
  moments: readonly [tf.Tensor1D, tf.Tensor1D],
  gradient: tf.Tensor1D,
  {weights, eps}: {weights: readonly [tf.Tensor, tf.Tensor]; eps: number},
): tf.Tensor1D[] {
  return rawOps("LolaDirection", [...moments, gradient, ...weights], [attr.float("eps", eps)], 3) as tf.Tensor1D[];
}

/** Move `average` towards a value of its shape by `weight`. */
export function fusedLerp<T extends tf.Tensor>(average: T, value: tf.Tensor, weight: tf.Tensor): T {
  return rawOp("LolaLerp", [average, value, weight]) as T;
}
