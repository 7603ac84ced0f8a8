/**
 * PSGD-Kron: stochastic gradient descent with a learned preconditioner of Kronecker form.
 *
 * The preconditioner $P = Q^\top Q$ minimises $E[g^\top P g + v^\top P^{-1} v]$ over the gradients $g$ and over probes
 * $v \sim \mathcal{N}(0, I)$. The minimum, $P = E[g g^\top]^{-1/2}$, whitens the gradient: where its noise is $H$ times that
 * of the weights, $P = H^{-1}$. Each axis of a parameter has an upper triangular factor, $Q = Q_1 \otimes Q_2 \otimes \dots$,
 * and with $a = Q g$ and $b = Q^{-\top} v$ a relative gradient step updates it:
 *
 * $$ Q_i \leftarrow Q_i - \mu \frac{\operatorname{triu}(A_i - B_i)}{\lVert A_i + B_i \rVert} Q_i, $$
 *
 * where $A_i = a a^\top$ and $B_i = b b^\top$ are summed over the other axes.
 *
 * @see Li, "Preconditioned Stochastic Gradient Descent", 2015, arXiv:1512.04202
 * @see Pooladzandi & Li, "Curvature-Informed SGD via General Purpose Lie-Group Preconditioners", 2024, arXiv:2402.04553
 * @see Li, "Black Box Lie Group Preconditioners for SGD", 2022, arXiv:2211.04422
 */
import {checkOptions, either, infinite, number, whole} from "@lola-ts/core";
import {attr, rawOp, tf, type Random} from "@lola-ts/engine";
import {decay, decayRate} from "./adamw";
import {identities, type Grouped} from "./factors";
import {kroneckerPlans, type Kronecker} from "./kronecker";
import {lerp, newestWeight, type Optimiser} from "./optimiser";

export interface PsgdOptions {
  /** Decay $\beta$ of the gradient's average, which is preconditioned and trains the preconditioner. Default: 0.9. */
  beta?: number;
  /** Decay $\lambda$: weights shrink by $\eta \lambda$ a step. Default: 0. */
  weightDecay?: number;
  /** Number of steps between two updates of the preconditioner in the long run. Default: 64. */
  frequency?: number;
  /** Decay of the share of updates among the first steps, a power of their number. Default: 0.999. */
  frequencyDecay?: number;
  /** Axes longer than this have a diagonal factor. Default: 4096. */
  preconditionSize?: number;
  /** Step size $\mu$ of the preconditioner. Default: 0.1. */
  preconditionRate?: number;
}

const PROBES = 0x70736764; // number of the fold that separates probes from the loss's draws
const ROUNDING = Math.sqrt(2 ** -23); // noise on the gradient, relative to its mean: keeps unused directions bounded
const TINY = 1e-30;

/**
 * Make a PSGD optimiser, as the official implementation configures heavyball's `ForeachCachedDelayedPSGDKron`:
 *
 * $$ m \leftarrow \beta_k m + (1 - \beta_k) g, \qquad \theta \leftarrow \theta - \eta c(P m), $$
 *
 * with the preconditioner of the previous step. $c$ compresses each entry,
 * $c(x) = \tfrac32 (0.9 \tanh |u| + 0.1 \ln(1 + |u|)) \operatorname{sign} x$ at $u = \tfrac23 x$, limited to 2. Vectors and
 * scalars have a diagonal factor; axes are not merged. Up to step $n$ the preconditioner has had
 * $\lceil \sum_{i \le n} \max(f^{-1}, d^i) \rceil$ updates, where the official implementation draws with these
 * probabilities. Its first step reads an undefined matrix; here it is the identity. Its products $Q^\top Q$ lag behind $Q$
 * by one update; here they do not.
 *
 * @throws RangeError unless the frequency is at least 1 and its decay in (0, 1].
 */
export function psgd(options: PsgdOptions = {}): Optimiser {
  const {beta = 0.9, weightDecay = 0, frequency = 64, frequencyDecay = 0.999} = options;
  const {preconditionSize = 4096, preconditionRate = 0.1} = options;
  checkOptions("psgd", either(whole({min: 0}), infinite), preconditionSize, "preconditionSize");
  checkOptions("psgd", decayRate, beta, "beta");
  checkOptions("psgd", number({min: 0}), weightDecay, "weightDecay");
  checkOptions("psgd", number({above: 0}), preconditionRate, "preconditionRate");
  const updates = updateCount(frequency, frequencyDecay);
  const plan = kroneckerPlans(preconditionSize, {diagonals: true});

  return {
    name: "psgd",

    initial(layout) {
      const {stacks, diagonals} = plan(layout);
      const matrices = () => stacks.map(({size, count}) => tf.tidy(() => identities(size, count)));
      return [
        tf.zeros([layout.size]),
        ...matrices(),
        ...matrices(),
        ...diagonals.map(({size, count}) => tf.ones([count, size])),
      ];
    },

    variant: (step) => (updates(step + 1) > updates(step) ? "refresh" : "plain"),

    update({weights, gradient, learningRate, step, state, variant, layout, random}) {
      const kronecker = plan(layout);
      const {matrices, products, diagonals} = unpackState(state, kronecker);
      const moment = lerp(state[0] as tf.Tensor1D, gradient, newestWeight(beta, step.add(1)));
      const {grouped, rest} = kronecker.gather(moment);
      const squares = diagonals.map((diagonal) => diagonal.square<tf.Tensor2D>());
      const whitened = kronecker.factors(products, squares)(grouped);
      const move = compress(kronecker.scatter(whitened, rest)).mul(learningRate);
      const factors =
        variant === "refresh"
          ? refresh(kronecker, {matrices, diagonals, grouped, random, rate: preconditionRate})
          : state.slice(1);
      return {weights: decay(weights, learningRate, weightDecay).sub(move), state: [moment, ...factors]};
    },
  };
}

/** Split the state after the gradient's average: stacks of factors $Q_i$, of their products $Q_i^\top Q_i$, diagonals. */
function unpackState(state: readonly tf.Tensor[], {stacks}: Kronecker) {
  const first = 1 + stacks.length;
  const second = 1 + 2 * stacks.length;
  return {
    matrices: state.slice(1, first) as tf.Tensor3D[],
    products: state.slice(first, second) as tf.Tensor3D[],
    diagonals: state.slice(second) as tf.Tensor2D[],
  };
}

/** Count the preconditioner's updates before step n, $\lceil \sum_{i = 1}^{n} \max(f^{-1}, d^i) \rceil$. */
function updateCount(frequency: number, decayRate: number): (n: number) => number {
  if (!(frequency >= 1 && decayRate > 0 && decayRate <= 1)) {
    throw new RangeError(
      `psgd: expected frequency >= 1 and frequencyDecay in (0, 1], found ${frequency} and ${decayRate}.`,
    );
  }
  if (decayRate === 1) return (n) => n;
  const turn = Math.floor(Math.log(1 / frequency) / Math.log(decayRate)); // last step whose share is above 1 / f
  return (n) => {
    const early = (decayRate * (1 - decayRate ** Math.min(n, turn))) / (1 - decayRate);
    return Math.ceil(early + Math.max(0, n - turn) / frequency);
  };
}

/** Limit each entry smoothly. */
function compress(update: tf.Tensor1D): tf.Tensor1D {
  const scale = 1.5;
  const size = update.abs().div(scale);
  const soft = size.tanh().mul(0.9 * scale).add(size.log1p().mul(0.1 * scale)); // prettier-ignore
  return update.sign().mul(soft.minimum(2));
}

interface Refresh {
  matrices: tf.Tensor3D[];
  diagonals: tf.Tensor2D[];
  grouped: Grouped;
  random: Random;
  rate: number;
}

/** Update the factors with a gradient and a probe. @returns new matrices, their products, and diagonals. */
function refresh(kronecker: Kronecker, {matrices, diagonals, grouped, random, rate}: Refresh): tf.Tensor[] {
  const source = random.fold(PROBES);
  const noisy = grouped.map((tensor, g) => perturb(tensor, source.fold(2 * g)));
  const probes = grouped.map(({shape}, g) => source.fold(2 * g + 1).normal(shape) as tf.Tensor4D);
  const inverses = matrices.map(inverse);
  const reciprocals = diagonals.map((diagonal) => diagonal.reciprocal<tf.Tensor2D>());
  const a = kronecker.factors(matrices, diagonals)(noisy);
  const b = kronecker.factors(inverses, reciprocals)(probes, true);

  const gradients = kronecker.grams(a);
  const others = kronecker.grams(b);
  const moved = matrices.map((matrix, i) => {
    const norm = spectralNorm(gradients[i].add(others[i]));
    const size = gradients[i].max([1, 2], true);
    const step = upper(gradients[i].sub(others[i])).mul(relative(rate, norm, size));
    return matrix.sub(tf.matMul(step, matrix));
  });
  const squares = kronecker.squares(a);
  const otherSquares = kronecker.squares(b);
  const movedDiagonals = diagonals.map((diagonal, i) => {
    const norm = squares[i].add(otherSquares[i]).max(1, true);
    const step = squares[i].sub(otherSquares[i]).mul(relative(rate, norm, squares[i].max(1, true)));
    return diagonal.sub(step.mul(diagonal));
  });
  return [...moved, ...moved.map((matrix) => tf.matMul(matrix, matrix, true)), ...movedDiagonals];
}

/** Compute the step size relative to a norm; 0 where the gradient is 0, where a factor would grow without bound. */
function relative(rate: number, norm: tf.Tensor, gradient: tf.Tensor): tf.Tensor {
  return gradient.sign().mul(rate).div(norm.maximum(TINY));
}

/** Add noise of the size of rounding errors to each parameter's gradient. */
function perturb(tensor: tf.Tensor4D, random: Random): tf.Tensor4D {
  const norms = tensor.square().sum([1, 2, 3], true).sqrt();
  return tensor.add(random.normal(tensor.shape).mul(norms.mul(ROUNDING / (tensor.size / tensor.shape[0]))));
}

/**
 * Estimate the spectral norm of positive semi-definite matrices [count, d, d] from below: two power iterations, from
 * the longest column.
 *
 * @returns norms [count, 1, 1].
 */
function spectralNorm(matrices: tf.Tensor3D): tf.Tensor3D {
  const size = matrices.shape[2];
  const largest = tf.max(matrices, [1, 2], true).maximum(TINY); // on the diagonal
  const scaled = matrices.div<tf.Tensor3D>(largest);
  const longest = tf.oneHot(tf.argMax(scaled.square().sum(1), 1), size).reshape([-1, size, 1]);
  const norm = (x: tf.Tensor) => x.square().sum(1, true).sqrt();
  const x = tf.matMul(scaled, tf.matMul(scaled, longest));
  return norm(tf.matMul(scaled, x)).div(norm(x).maximum(TINY)).mul(largest);
}

/** Take the upper triangles of matrices [count, d, d]. */
function upper(matrices: tf.Tensor3D): tf.Tensor3D {
  const bounds = [tf.scalar(0, "int32"), tf.scalar(-1, "int32")];
  const attrs = [attr.type("T", "float32"), attr.type("Tindex", "int32")];
  return rawOp("MatrixBandPart", [matrices, ...bounds], attrs) as tf.Tensor3D;
}

/** Invert upper triangular matrices [count, d, d]. */
function inverse(matrices: tf.Tensor3D): tf.Tensor3D {
  const [count, size] = matrices.shape;
  const attrs = [attr.type("T", "float32"), attr.bool("lower", false), attr.bool("adjoint", false)];
  return rawOp("MatrixTriangularSolve", [matrices, identities(size, count)], attrs) as tf.Tensor3D;
}
