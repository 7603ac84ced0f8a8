/**
 * Stochastic solvers: ensembles in one pass a member.
 *
 * A neural solver has one answer, a diffusion model samples in many calls. A stochastic solver is the solver's network
 * with noise in its modulation: each draw $\epsilon \sim \mathcal{N}(0, I)$ gives another answer, one evaluation each. It
 * is trained with the continuous ranked probability score of a few members (Lang et al., 2024; Alet et al., 2025), whose
 * minimum is the true distribution at each entry. Without noise it is a solver, so a trained solver can become one.
 */
import {checkOptions, optional, section} from "@lola-ts/core";
import {count} from "../nn/architecture-rules";
import {
  LabelEmbedding,
  Perceptron,
  emulatorRules,
  transformerOf,
  type EmulatorConfig,
  type NetworkInputs,
} from "./emulator-network";
import {contextOnly, maskChannels, overEntries, windowBatch} from "./context";
import type {Solver, SolverLossOptions} from "./solver";
import {Model, nest, type BoundParameters, type Specs} from "../nn/module";
import {ViT} from "../nn/vit";
import {tf, type Random} from "@lola-ts/engine";

export interface StochasticSolverConfig extends EmulatorConfig {
  /** Features of the noise. Default: 32. */
  readonly noiseFeatures?: number;
}

export interface CrpsLossOptions extends SolverLossOptions {
  /** Source of noise and dropout masks. */
  readonly random: Random;
  /** Members of each window, at least 2. Default: 4. */
  readonly members?: number;
  /** Share of the fair score, in [0, 1]; the rest is the plain one. Default: 0.95. */
  readonly alpha?: number;
  /** Share of the score of the Fourier coefficients of each state, in [0, 1]; the rest is the score of the entries. Default: 0. */
  readonly spectral?: number;
  /** Drop features as configured. Default: true. */
  readonly dropout?: boolean;
}

/** Factor of the noise's fresh weights beside trained ones of a solver: the model begins close to it. */
const NOISE_SCALE = 1e-2;

/** One-pass probabilistic emulator: names of a {@link Solver}, and `noise_embedding.*`. */
export class StochasticSolver extends Model {
  readonly specs: Specs;
  readonly noiseFeatures: number;
  private readonly backbone: ViT;
  private readonly label?: LabelEmbedding;
  private readonly noise: Perceptron;

  /** @throws RangeError unless the noise has at least one feature. */
  constructor(readonly config: StochasticSolverConfig) {
    super();
    checkOptions("StochasticSolver", section({...emulatorRules, noiseFeatures: optional(count)}), config);
    const {labelFeatures, embFeatures, noiseFeatures = 32} = config;
    this.noiseFeatures = noiseFeatures;
    this.backbone = new ViT(transformerOf(config, true, true));
    this.label = labelFeatures > 0 ? new LabelEmbedding(labelFeatures, embFeatures) : undefined;
    this.noise = new Perceptron(noiseFeatures, embFeatures, 0, {bias: false});
    this.specs = {
      ...nest("backbone", this.backbone.specs),
      ...(this.label && nest("label_embedding", this.label.specs)),
      ...nest("noise_embedding", this.noise.specs),
    };
  }

  /** Make a stochastic solver with fresh weights. */
  static create(config: StochasticSolverConfig, seed: number): StochasticSolver {
    return new StochasticSolver(config).initialise(seed);
  }

  /**
   * Take over the weights of a trained solver of the same architecture ("retrofit"), and make those of the noise small, so that
   * their effect is small at first.
   *
   * @throws RangeError for a solver without simulation parameters, whose network has no modulation that noise could enter.
   */
  adopt(solver: Solver): void {
    if (solver.config.labelFeatures === 0) {
      throw new RangeError("StochasticSolver: expected a solver with labelFeatures of 1 or more, found 0.");
    }
    const own = this.layout.toOfficial(this.weights.dataSync<"float32">());
    const {data} = own.get("noise_embedding.2.weight")!;
    for (let i = 0; i < data.length; i++) data[i] *= NOISE_SCALE;
    const taken = solver.layout.toOfficial(solver.weights.dataSync<"float32">());
    this.weights = tf.tensor1d(this.layout.fromOfficial(new Map([...own, ...taken])));
  }

  /**
   * Complete windows, each with its own noise; differentiable and recordable.
   *
   * @param p this model's parameters, `layout.bind(weights)`.
   * @param x windows $[B, L, \dots, C]$; only their context states are used.
   * @param noise one vector per window, $[B, \text{noiseFeatures}]$; zeros give the answer without noise.
   * @returns one member's guess of all states, including the context.
   */
  forward(
    p: BoundParameters,
    x: tf.Tensor,
    noise: tf.Tensor,
    {mask, label, dropout}: NetworkInputs & {mask: tf.Tensor},
  ): tf.Tensor {
    return tf.tidy(() => {
      const drawn = this.noise.forward(p.in("noise_embedding"), noise);
      const mod = this.label ? drawn.add(this.label.forward(p.in("label_embedding"), label)) : drawn;
      const cond = maskChannels(mask, x);
      return this.backbone.forward(p.in("backbone"), contextOnly(x, mask), {
        cond,
        mod: mod,
        dropout,
      });
    });
  }

  /**
   * Compute the almost fair continuous ranked probability score of a few members, averaged over entries; differentiable
   * and recordable,
   *
   * $$ \tfrac{1}{M} \sum_m |x_m - y| - \tfrac{1}{2} \Big( \tfrac{\alpha}{M (M - 1)} + \tfrac{1 - \alpha}{M^2} \Big)
   *   \sum_{j, m} |x_j - x_m|. $$
   *
   * The spectral share scores the coefficients of an orthonormal Fourier transform over space in the same way, so that members
   * and truth must agree at every scale (as in Bonev et al., 2025).
   *
   * @param p this model's parameters, `layout.bind(weights)`.
   * @param batch windows $[B, L, \dots, C]$, their context mask $[L]$ or $[B, L]$ and, for systems with parameters, labels
   *   $[B, D]$.
   * @throws RangeError when a tensor of the batch is missing or has another shape, or for fewer than two members.
   */
  loss(p: BoundParameters, batch: readonly tf.Tensor[], options: CrpsLossOptions): tf.Scalar {
    const {random, members = 4, alpha = 0.95, spectral = 0} = options;
    const {over = "all", dropout = true} = options;
    if (!(Number.isInteger(members) && members >= 2)) {
      throw new RangeError(`StochasticSolver: expected 2 or more members of the loss, found ${members}.`);
    }
    return tf.tidy(() => {
      const {x, mask, label} = windowBatch(batch);
      const repeat = (tensor: tf.Tensor) => tf.tile(tensor, [members, ...tensor.shape.slice(1).map(() => 1)]);
      const labels = label && (repeat(label) as tf.Tensor2D);
      const noise = random.fold(0).normal([members * x.shape[0], this.noiseFeatures]);
      const made = this.forward(p, repeat(x), noise, {
        mask: mask.rank === 1 ? mask : repeat(mask),
        label: labels,
        dropout: dropout ? random.fold(1) : undefined,
      });
      const score = (all: tf.Tensor, one: tf.Tensor) => crpsOf(tf.split(all, members, 0), one, alpha);
      const own = score(made, x);
      if (spectral === 0) return overEntries(own, mask, over);
      const mixed = own.mul(1 - spectral).add(score(hartley(made), hartley(x)).mul(spectral));
      return overEntries(mixed, mask, over);
    });
  }
}

/** The score at each entry, of members of the shape of the truth. */
function crpsOf(members: readonly tf.Tensor[], y: tf.Tensor, alpha: number): tf.Tensor {
  const M = members.length;
  const weight = alpha / (M * (M - 1)) + (1 - alpha) / M ** 2;
  const errors = members.map((x) => x.sub(y).abs());
  const pairs = members.flatMap((x, m) => members.slice(0, m).map((other) => x.sub(other).abs()));
  return tf
    .addN(errors)
    .mul(1 / M)
    .sub(tf.addN(pairs).mul(weight));
}

/** Transform the spatial axes of states $[B, L, \dots, C]$ by Hartley's matrix, the real and orthonormal form of Fourier's. */
function hartley(x: tf.Tensor): tf.Tensor {
  for (let axis = 2; axis < x.rank - 1; axis++) {
    const size = x.shape[axis];
    const matrix = Array.from({length: size ** 2}, (_, i) => {
      const angle = (2 * Math.PI * ((Math.floor(i / size) * i) % size)) / size;
      return (Math.cos(angle) + Math.sin(angle)) / Math.sqrt(size);
    });
    const order = x.shape.map((_, i) => (i === 0 ? axis : i === axis ? 0 : i)); // its own inverse
    const first = tf.transpose(x, order);
    const product = tf.matMul(tf.tensor2d(matrix, [size, size]), first.reshape([size, -1]));
    x = tf.transpose(product.reshape(first.shape), order);
  }
  return x;
}
