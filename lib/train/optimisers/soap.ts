/**
 * SOAP: Adam in the eigenbasis of Shampoo's preconditioner.
 *
 * For a gradient $G$ (a matrix, or a tensor axis by axis) Shampoo follows the averages $L = E[G G^\top]$ and
 * $R = E[G^\top G]$. In their eigenbases $Q_L, Q_R$ the gradient's entries are nearly uncorrelated, which is what Adam's
 * entry-wise scaling assumes: SOAP runs Adam on $Q_L^\top G Q_R$ and rotates the result back. The bases follow slowly:
 * every few steps one power iteration and a QR decomposition.
 *
 * @see Vyas et al., "SOAP: Improving and Stabilizing Shampoo using Adam", 2024, arXiv:2409.11321
 */
import {requireInteger, checkOptions, checkParts, either, infinite, whole} from "@lola-ts/core";
import {attr, rawOp, rawOps, tf, isFused} from "@lola-ts/engine";
import {adamWRules, decay} from "./adamw";
import {identities} from "./factors";
import {kroneckerPlans, type Kronecker} from "./kronecker";
import {lerp, newestWeight, type Optimiser, type Updated, type UpdateInputs} from "./optimiser";

export interface SoapOptions {
  /** Decays $(\beta_1, \beta_2, \beta_3)$ of the first moment, the second moment and the preconditioner. Default: (0.9, 0.99, 0.99). */
  betas?: readonly [number, number, number];
  /** Added to the denominator. Default: 1e-8. */
  eps?: number;
  /** Decay $\lambda$: weights shrink by $\eta \lambda$ a step. Default: 0. */
  weightDecay?: number;
  /** Number of steps between two updates of the eigenbases. Default: 16. */
  frequency?: number;
  /** Number of first steps that all update the eigenbases. Default: 0. */
  warmup?: number;
  /** Axes longer than this are not preconditioned. Default: 4096. */
  preconditionSize?: number;
}

/**
 * Make a SOAP optimiser, as the official implementation has it.
 *
 * The first step only initialises the eigenbases and does not change the weights. Vectors have no preconditioner: for
 * them the update is $m / \sqrt{v + \epsilon^2}$ with bias-corrected decays. Every axis of a tensor has its own basis; axes
 * are not merged. The second moment is not rotated when the basis moves.
 *
 * @throws RangeError for an option that makes no sense.
 */
export function soap(options: SoapOptions = {}): Optimiser {
  const {
    betas = [0.9, 0.99, 0.99],
    eps = 1e-8,
    weightDecay = 0,
    frequency = 16,
    warmup = 0,
    preconditionSize = 4096,
  } = options;
  requireInteger("soap", "frequency", frequency);
  requireInteger("soap", "warmup", warmup, {min: 0});
  checkOptions("soap", either(whole({min: 0}), infinite), preconditionSize, "preconditionSize");
  checkParts("soap", adamWRules(3), {betas, eps, weightDecay});
  const plan = kroneckerPlans(preconditionSize);

  return {
    name: "soap",

    initial(layout) {
      const {stacks} = plan(layout);
      const moments = [tf.zeros([layout.size]), tf.zeros([layout.size])];
      const grams = stacks.map(({size, count}) => tf.zeros([count, size, size]));
      const bases = stacks.map(({size, count}) => tf.tidy(() => identities(size, count)));
      return [...moments, ...grams, ...bases];
    },

    variant: (step) => (step === 0 ? "first" : step < warmup || step % frequency === 0 ? "refresh" : "plain"),

    update: (inputs) => {
      const kronecker = plan(inputs.layout);
      return inputs.variant === "first" ? initialise(inputs, kronecker) : advance(inputs, kronecker);
    },
  };

  /** Split the state: moments in the order of the groups, then stacks of Gram matrices and of bases. */
  function parts(state: readonly tf.Tensor[]) {
    const stacks = (state.length - 2) / 2;
    return {
      m: state[0] as tf.Tensor1D,
      v: state[1] as tf.Tensor1D,
      grams: state.slice(2, 2 + stacks) as tf.Tensor3D[],
      bases: state.slice(2 + stacks) as tf.Tensor3D[],
    };
  }

  function initialise({weights, gradient, state}: UpdateInputs, kronecker: Kronecker): Updated {
    const {m, v} = parts(state);
    const grams = kronecker.grams(kronecker.gather(gradient).grouped);
    return {weights, state: [m, v, ...grams, ...grams.map(eigenbasis)]};
  }

  function advance(inputs: UpdateInputs, kronecker: Kronecker): Updated {
    const {weights, learningRate, step, state, variant} = inputs;
    const {m, v, grams, bases} = parts(state);
    const {grouped, rest} = kronecker.gather(inputs.gradient);
    const rotation = kronecker.factors(bases);
    const [beta1, beta2, beta3] = betas;

    const projected = kronecker.flatten(rotation(grouped, true), rest);
    const newest = [newestWeight(beta1, step), newestWeight(beta2, step)] as const;
    const [first, second, direction] = directionOf([m, v], projected, newest, eps);
    const scaled = kronecker.unflatten(direction);
    const move = kronecker.scatter(rotation(scaled.grouped), scaled.rest).mul(learningRate);

    const weight = newestWeight(beta3, step.add(1));
    const newGrams = kronecker.grams(grouped).map((gram, i) => lerp(grams[i], gram, weight));
    const newBases = variant === "refresh" ? newGrams.map((gram, i) => powerIteration(gram, bases[i])) : bases;

    let moment = first;
    if (variant === "refresh") {
      const old = kronecker.unflatten(first);
      moment = kronecker.flatten(kronecker.factors(newBases)(rotation(old.grouped), true), old.rest);
    }
    return {
      weights: decay(weights.sub(move), learningRate, weightDecay), // in this order in the official implementation
      state: [moment, second, ...newGrams, ...newBases],
    };
  }
}

/**
 * Move the moments $m, v$ of a gradient towards it and its square by the weights of the newest value, and compute the direction
 * $m / \sqrt{v + \epsilon^2}$.
 */
function directionOf(
  [m, v]: readonly [tf.Tensor1D, tf.Tensor1D],
  gradient: tf.Tensor1D,
  weights: readonly [tf.Tensor, tf.Tensor],
  eps: number,
): tf.Tensor1D[] {
  if (isFused()) {
    return rawOps("LolaDirection", [m, v, gradient, ...weights], [attr.float("eps", eps)], 3) as tf.Tensor1D[];
  }
  const first = lerp(m, gradient, weights[0]);
  const second = lerp(v, gradient.square(), weights[1]);
  return [first, second, first.mul(second.add(eps ** 2).rsqrt())];
}

/** Compute the eigenvectors of symmetric matrices [count, d, d] as columns, largest eigenvalue first. */
function eigenbasis(matrices: tf.Tensor3D): tf.Tensor3D {
  const attrs = [attr.type("T", "float32"), attr.bool("compute_v", true)];
  return tf.reverse(rawOps("SelfAdjointEigV2", [matrices], attrs, 2)[1] as tf.Tensor3D, 2);
}

/**
 * Move bases towards the eigenvectors: $Q \leftarrow \operatorname{qr}(M Q)$. Columns are made orthogonal in the order of
 * decreasing $q^\top M q$ but keep their places, as the second moment does.
 */
function powerIteration(matrices: tf.Tensor3D, bases: tf.Tensor3D): tf.Tensor3D {
  const moved = tf.matMul(matrices, bases);
  const order = descending(tf.sum(tf.mul(bases, moved), 1), "float32");
  const attrs = [attr.type("T", "float32"), attr.bool("full_matrices", false)];
  const [orthogonal] = rawOps("Qr", [permuteColumns(moved, order)], attrs, 2);
  return permuteColumns(orthogonal, descending(tf.neg(order), "int32"));
}

/** Compute the indices that sort each row by decreasing values. */
function descending(values: tf.Tensor, dtype: "float32" | "int32"): tf.Tensor {
  const count = tf.scalar(values.shape.at(-1)!, "int32");
  return rawOps("TopKV2", [values, count], [attr.type("T", dtype), attr.bool("sorted", true)], 2)[1];
}

/** Permute the columns of matrices [count, d, d] by the orders [count, d]. */
function permuteColumns(matrices: tf.Tensor, orders: tf.Tensor): tf.Tensor3D {
  const attrs = [
    attr.type("Tparams", "float32"),
    attr.type("Tindices", "int32"),
    attr.type("Taxis", "int32"),
    attr.int("batch_dims", 1),
  ];
  return rawOp("GatherV2", [matrices, orders, tf.scalar(2, "int32")], attrs) as tf.Tensor3D;
}
