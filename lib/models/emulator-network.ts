/**
 * The network of an emulator: a transformer over the states of a window, modulated by time and simulation parameters.
 *
 * Simulation parameters $\theta$ and diffusion time $t$ are each embedded by a small perceptron; the sum modulates every
 * block (paper, section 3.3.1). A solver has the same transformer and no time (section 3.4.1).
 */
import {flag, optional, type RulesOf} from "@lola-ts/core";
import {count, countFrom0} from "../nn/architecture-rules";
import {SineEncoding} from "../nn/embedding";
import {Linear, type LinearOptions} from "../nn/linear";
import {nest, type BoundParameters, type Specs} from "../nn/module";
import {transformerRules, ViT, type ViTConfig} from "../nn/vit";
import {tf, silu, type Random} from "@lola-ts/engine";
import {maskChannels} from "./context";

/** Architecture of an emulator's network (paper, Table 5). */
export interface EmulatorConfig extends Omit<ViTConfig, "inChannels" | "outChannels" | "condChannels" | "modFeatures"> {
  /** Channels $C$ of a state. */
  readonly channels: number;
  /** Features of the embeddings of time and label. */
  readonly embFeatures: number;
  /** Number $D$ of simulation parameters in a label; 0 for none. */
  readonly labelFeatures: number;
  /** Append the context mask to the input of a denoiser; a solver always does. Default: true. */
  readonly masked?: boolean;
}

/** Rules of the options of an emulator; one that is added does not compile without its line here. */
export const emulatorRules: RulesOf<EmulatorConfig> = {
  channels: count,
  embFeatures: count,
  labelFeatures: countFrom0,
  masked: optional(flag),
  ...transformerRules,
};

export interface NetworkInputs {
  /** Context mask $[L]$ or $[B, L]$, 1 for context states. By default there is no context. */
  mask?: tf.Tensor;
  /** Simulation parameters $[B, D]$, or $[1, D]$ for the whole batch. */
  label?: tf.Tensor2D;
  /** Source of dropout masks. By default nothing is dropped. */
  dropout?: Random;
}

/** $\operatorname{Linear} \circ \operatorname{SiLU} \circ \operatorname{Linear}$; the official names count from `first`. */
export class Perceptron {
  readonly specs: Specs;
  private readonly layers: readonly [Linear, Linear];
  private readonly names: readonly [string, string];

  constructor(inputs: number, features: number, first: number, last: LinearOptions = {}) {
    this.layers = [new Linear(inputs, features), new Linear(features, features, last)];
    this.names = [`${first}`, `${first + 2}`];
    this.specs = {...nest(this.names[0], this.layers[0].specs), ...nest(this.names[1], this.layers[1].specs)};
  }

  forward(p: BoundParameters, x: tf.Tensor): tf.Tensor {
    const hidden = this.layers[0].forward(p.in(this.names[0]), x);
    return this.layers[1].forward(p.in(this.names[1]), silu(hidden));
  }
}

/** Embeds simulation parameters $[B, D]$. */
export class LabelEmbedding {
  readonly specs: Specs;
  private readonly perceptron: Perceptron;

  constructor(
    private readonly labelFeatures: number,
    embFeatures: number,
  ) {
    this.perceptron = new Perceptron(labelFeatures, embFeatures, 0);
    this.specs = this.perceptron.specs;
  }

  /** @throws RangeError when the label is missing or has another length. */
  forward(p: BoundParameters, label: tf.Tensor2D | undefined): tf.Tensor {
    if (label?.shape[1] !== this.labelFeatures) {
      const found = label ? `[${label.shape.join(", ")}]` : "none";
      throw new RangeError(`emulator: expected a label [B, ${this.labelFeatures}], found ${found}.`);
    }
    return this.perceptron.forward(p, label);
  }
}

/** Embeds the logarithm of the noise level $[B]$. */
class TimeEmbedding {
  readonly specs: Specs;
  private readonly sine: SineEncoding;
  private readonly perceptron: Perceptron;

  constructor(features: number) {
    this.sine = new SineEncoding(features);
    this.perceptron = new Perceptron(features, features, 1);
    this.specs = {...nest("0", this.sine.specs), ...this.perceptron.specs};
  }

  forward(p: BoundParameters, time: tf.Tensor): tf.Tensor {
    return this.perceptron.forward(p, this.sine.forward(p.in("0"), time));
  }
}

/** Configure the transformer of an emulator, with or without modulation and condition channels for a mask. */
export function transformerOf(config: EmulatorConfig, modulated: boolean, masked = config.masked ?? true): ViTConfig {
  const {channels, embFeatures} = config;
  return {
    ...config,
    inChannels: channels,
    outChannels: channels,
    condChannels: masked ? channels : 0,
    modFeatures: modulated ? embFeatures : 0,
  };
}

/** Repeat a modulation $[1, D]$ for every sample of a batch. */
export function perSample(mod: tf.Tensor, batch: number): tf.Tensor2D {
  return (mod.shape[0] === batch ? mod : tf.tile(mod, [batch, 1])) as tf.Tensor2D;
}

/** A denoiser's network: official names `backbone.*`, `time_embedding.*`, `label_embedding.*`. */
export class EmulatorNetwork {
  readonly specs: Specs;
  private readonly backbone: ViT;
  private readonly time: TimeEmbedding;
  private readonly label?: LabelEmbedding;
  private readonly masked: boolean;

  constructor(config: EmulatorConfig) {
    this.masked = config.masked ?? true;
    this.backbone = new ViT(transformerOf(config, true));
    this.time = new TimeEmbedding(config.embFeatures);
    this.label = config.labelFeatures > 0 ? new LabelEmbedding(config.labelFeatures, config.embFeatures) : undefined;
    this.specs = {
      ...nest("backbone", this.backbone.specs),
      ...nest("time_embedding", this.time.specs),
      ...(this.label && nest("label_embedding", this.label.specs)),
    };
  }

  /**
   * Evaluate the network; differentiable and recordable.
   *
   * @param x states $[B, L, \dots, C]$.
   * @param time logarithm of the noise level, $[B]$ or $[1]$.
   * @param inputs the mask is ignored unless the network is `masked`.
   * @returns an estimate of the shape of `x`.
   */
  forward(p: BoundParameters, x: tf.Tensor, time: tf.Tensor, {mask, label, dropout}: NetworkInputs = {}): tf.Tensor {
    const embedded = this.time.forward(p.in("time_embedding"), time);
    const mod = this.label ? embedded.add(this.label.forward(p.in("label_embedding"), label)) : embedded;
    const cond = this.masked ? (mask ? maskChannels(mask, x) : tf.zerosLike(x)) : undefined;
    return this.backbone.forward(p.in("backbone"), x, {cond, mod: perSample(mod, x.shape[0]), dropout});
  }
}
