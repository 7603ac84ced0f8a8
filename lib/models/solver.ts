/**
 * Neural solvers: deterministic emulators.
 *
 * Where a diffusion model draws from $p(z^{i+1:i+n} \mid z^i, \theta)$, a solver estimates its mean: the same transformer,
 * trained by regression, without noise or diffusion time (paper, section 3.4 and Eq. 8). It works on latents and, with
 * patches of pixels as tokens, on states.
 */
import {checkOptions, section} from "@lola-ts/core";
import {
  LabelEmbedding,
  emulatorRules,
  perSample,
  transformerOf,
  type EmulatorConfig,
  type NetworkInputs,
} from "./emulator-network";
import {contextOnly, maskChannels, overEntries, windowBatch, type LossEntries} from "./context";
import {Model, nest, type BoundParameters, type Specs} from "../nn/module";
import {ViT} from "../nn/vit";
import {tf, type Random} from "@lola-ts/engine";

export interface SolverLossOptions {
  /** Source of dropout masks. By default nothing is dropped. */
  readonly random?: Random;
  /** States that count: all, as in the official code, or only the generated ones. Default: "all". */
  readonly over?: LossEntries;
}

/** Latent or pixel-space neural solver: official names `backbone.*`, `label_embedding.*`. */
export class Solver extends Model {
  readonly specs: Specs;
  private readonly backbone: ViT;
  private readonly label?: LabelEmbedding;

  /** @throws RangeError for an architecture that cannot be built. */
  constructor(readonly config: EmulatorConfig) {
    super();
    checkOptions("Solver", section(emulatorRules), config);
    const {labelFeatures, embFeatures} = config;
    this.backbone = new ViT(transformerOf(config, labelFeatures > 0, true));
    this.label = labelFeatures > 0 ? new LabelEmbedding(labelFeatures, embFeatures) : undefined;
    this.specs = {
      ...nest("backbone", this.backbone.specs),
      ...(this.label && nest("label_embedding", this.label.specs)),
    };
  }

  /** Make a solver with fresh weights. */
  static create(config: EmulatorConfig, seed: number): Solver {
    return new Solver(config).initialise(seed);
  }

  /**
   * Complete windows, $f(z \odot b, b, \theta)$; differentiable and recordable.
   *
   * @param p this model's parameters, `layout.bind(weights)`.
   * @param x windows $[B, L, \dots, C]$; only their context states are used.
   * @returns the network's guess of all states, including the context.
   */
  forward(p: BoundParameters, x: tf.Tensor, {mask, label, dropout}: NetworkInputs & {mask: tf.Tensor}): tf.Tensor {
    return tf.tidy(() => {
      const mod = this.label && perSample(this.label.forward(p.in("label_embedding"), label), x.shape[0]);
      const cond = maskChannels(mask, x);
      return this.backbone.forward(p.in("backbone"), contextOnly(x, mask), {cond, mod, dropout});
    });
  }

  /**
   * Compute the mean squared error of the guess (paper, Eq. 8); differentiable and recordable.
   *
   * @param p this model's parameters, `layout.bind(weights)`.
   * @param batch windows $[B, L, \dots, C]$, their context mask $[L]$ or $[B, L]$ and, for systems with parameters, labels
   *   $[B, D]$.
   * @throws RangeError when a tensor of the batch is missing or has another shape.
   */
  loss(p: BoundParameters, batch: readonly tf.Tensor[], options: SolverLossOptions = {}): tf.Scalar {
    const {random, over = "all"} = options;
    return tf.tidy(() => {
      const {x, mask, label} = windowBatch(batch);
      const guess = this.forward(p, x, {mask, label, dropout: random});
      return overEntries(guess.sub(x).square(), mask, over);
    });
  }
}
