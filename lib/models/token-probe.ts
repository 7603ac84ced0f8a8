/**
 * What does one token of a latent know? A small network that reads the simulation's parameters off it (paper, appendix D).
 */
import {checkOptions, count, section} from "@lola-ts/core";
import {Linear} from "../nn/linear";
import {Model, nest, type BoundParameters, type Specs} from "../nn/module";
import {tf, silu} from "@lola-ts/engine";

export interface TokenProbeConfig {
  readonly channels: number;
  /** Width of the two hidden layers. */
  readonly width: number;
  readonly parameters: number;
}

/** Perceptron of two hidden layers. */
export class TokenProbe extends Model {
  readonly specs: Specs;
  private readonly layers: readonly Linear[];

  /** @throws RangeError for a size that is not a positive integer. */
  constructor(readonly config: TokenProbeConfig) {
    super();
    checkOptions("TokenProbe", section<TokenProbeConfig>({channels: count, width: count, parameters: count}), config);
    const {channels, width, parameters} = config;
    this.layers = [new Linear(channels, width), new Linear(width, width), new Linear(width, parameters)];
    this.specs = Object.assign({}, ...this.layers.map((layer, i) => nest(`${i}`, layer.specs))) as Specs;
  }

  /** Make a probe with fresh weights. */
  static create(config: TokenProbeConfig, seed: number): TokenProbe {
    return new TokenProbe(config).initialise(seed);
  }

  /**
   * Read the parameters of tokens; differentiable and recordable.
   *
   * @param p this model's parameters, `layout.bind(weights)`.
   * @param tokens [B, channels].
   * @returns `features`, the activations of the last hidden layer [B, width], and `parameters` [B, parameters].
   */
  forward(p: BoundParameters, tokens: tf.Tensor): {features: tf.Tensor; parameters: tf.Tensor} {
    const [first, second, last] = this.layers;
    const hidden = silu(first.forward(p.in("0"), tokens));
    const features = silu(second.forward(p.in("1"), hidden));
    return {features, parameters: last.forward(p.in("2"), features)};
  }

  /** Compute the mean squared error of the parameters of tokens; differentiable and recordable. */
  loss(p: BoundParameters, [tokens, parameters]: tf.Tensor[]): tf.Scalar {
    return tf.tidy(() => this.forward(p, tokens).parameters.sub(parameters).square().mean() as tf.Scalar);
  }
}
