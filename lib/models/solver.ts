/**
 * Neural solvers: emulators that answer with one guess.
 *
 * Where a diffusion model draws from $p(z^{i+1:i+n} \mid z^i, \theta)$, a solver estimates its mean: the same transformer,
 * trained by regression, without noise or diffusion time (paper, section 3.4 and Eq. 8). It works on latents and, with
 * patches of pixels as tokens, on states.
 */
import {LabelEmbedding, backboneOf, perSample, type EmulatorConfig, type NetworkInputs} from "./emulator-network";
import {maskChannels, overEntries, spreadMask, type LossEntries} from "./context";
import {Model, nest, type BoundParameters, type Specs} from "../nn/module";
import type {ViT} from "../nn/vit";
import {tf} from "../tensor/backend";

/** Latent or pixel-space neural solver: official names `backbone.*`, `label_embedding.*`. */
export class Solver extends Model {
  readonly specs: Specs;
  private readonly backbone: ViT;
  private readonly label?: LabelEmbedding;

  constructor(readonly config: EmulatorConfig) {
    super();
    const {labelFeatures, embFeatures} = config;
    this.backbone = backboneOf(config, labelFeatures > 0);
    this.label = labelFeatures > 0 ? new LabelEmbedding(labelFeatures, embFeatures) : undefined;
    this.specs = {
      ...nest("backbone", this.backbone.specs),
      ...(this.label && nest("label_embedding", this.label.specs)),
    };
  }

  /**
   * Complete windows, $f(z \odot b, b, \theta)$; differentiable and recordable.
   *
   * @param p this model's parameters, `layout.bind(weights)`.
   * @param x states $[B, L, \dots, C]$; those that are not observed do not matter.
   * @returns all states, observed ones included: the network's guess of them too.
   */
  forward(p: BoundParameters, x: tf.Tensor, {mask, label, dropout}: NetworkInputs & {mask: tf.Tensor}): tf.Tensor {
    return tf.tidy(() => {
      const mod = this.label && perSample(this.label.forward(p.in("label_embedding"), label), x.shape[0]);
      const cond = maskChannels(mask, x);
      return this.backbone.forward(p.in("backbone"), x.mul(spreadMask(mask, x)), {cond, mod, dropout});
    });
  }

  /**
   * Mean squared error of the guess (paper, Eq. 8); recordable.
   *
   * @param over entries that count: all, as in the official code, or only those that are generated.
   */
  loss(
    p: BoundParameters,
    x: tf.Tensor,
    {over = "all", ...inputs}: NetworkInputs & {mask: tf.Tensor; over?: LossEntries},
  ): tf.Scalar {
    return tf.tidy(() => overEntries(this.forward(p, x, inputs).sub(x).square(), inputs.mask, over));
  }
}
