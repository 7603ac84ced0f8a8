/** Golden vectors of emulators in this library's terms: layouts and configurations. */
import {Denoiser, type DenoiserConfig} from "../../lib/diffusion/denoiser";
import type {EmulatorConfig} from "../../lib/diffusion/network";
import type {ScheduleConfig} from "../../lib/diffusion/schedule";
import type {Model} from "../../lib/nn/module";
import {tf} from "../../lib/tensor/backend";
import {reference, type Reference} from "../reference/reference";

/** The official `get_denoiser` and `get_surrogate` arguments, as far as emulators use them. */
export interface OfficialModel {
  channels: number;
  emb_features: number;
  label_features: number;
  hid_channels: number;
  hid_blocks: number;
  attention_heads: number;
  spatial: number;
  patch_size: number | number[];
  ffn_factor: number;
  qk_norm: boolean;
  rope: boolean;
  dropout: number;
  schedule?: {name: string; sigma_min: number; sigma_max: number; scale?: number; shift?: number};
}

export function emulatorConfig(model: OfficialModel): EmulatorConfig {
  return {
    channels: model.channels,
    embFeatures: model.emb_features,
    labelFeatures: model.label_features,
    hidChannels: model.hid_channels,
    hidBlocks: model.hid_blocks,
    attentionHeads: model.attention_heads,
    spatial: model.spatial,
    patchSize: model.patch_size,
    ffnFactor: model.ffn_factor,
    qkNorm: model.qk_norm,
    rope: model.rope,
    dropout: model.dropout,
  };
}

export function denoiserConfig(model: OfficialModel): DenoiserConfig {
  const {name, sigma_min: sigmaMin, sigma_max: sigmaMax, scale, shift} = model.schedule!;
  const schedule = {name: name.replace("_", "-"), sigmaMin, sigmaMax, scale, shift} as ScheduleConfig;
  return {network: emulatorConfig(model), schedule};
}

/** Official fields (B, C, L, ...) as trajectories [B, L, ..., C]. */
export function field(topic: Reference, name: string): tf.Tensor {
  const {data, shape} = topic.tensor(name);
  return tf.tidy(() => tf.tensor(data, shape).transpose([0, ...shape.slice(2).map((_, i) => i + 2), 1]));
}

/** The values of trajectories [B, L, ..., C] in the official order (B, C, L, ...). */
export function toOfficial(x: tf.Tensor): Float32Array {
  return tf.tidy(() =>
    x.transpose([0, x.rank - 1, ...Array.from({length: x.rank - 2}, (_, i) => i + 1)]).dataSync<"float32">(),
  );
}

/** Official masks (B, C, L, ...) as masks of states [B, L]. */
export function windowMask(topic: Reference, name: string): tf.Tensor2D {
  return tf.tidy(() => {
    const mask = field(topic, name);
    return mask.max(Array.from({length: mask.rank - 2}, (_, i) => i + 2)) as tf.Tensor2D;
  });
}

/** One parameter's gradient in the official layout. */
export function officialGradient(model: Model, gradient: tf.Tensor, name: string): Float32Array {
  return model.layout.toOfficial(gradient.dataSync<"float32">()).get(name)!.data;
}

/** Labels (B, D), or one label (D) as [1, D]. */
export function label(topic: Reference, name: string): tf.Tensor2D {
  const {data, shape} = topic.tensor(name);
  return tf.tensor2d(data, [data.length / shape[shape.length - 1], shape[shape.length - 1]]);
}

/** The trained denoiser of the golden samples, with a loader of their inputs. */
export function sampledNetwork() {
  const run = reference("sampler");
  const {steps, order, model: official} = run.config.network as {steps: number; order: number; model: OfficialModel};
  const model = new Denoiser(denoiserConfig(official));
  model.weights = tf.tensor1d(model.layout.fromOfficial(run.below("network/weights/")));
  const load = () => ({
    x1: field(run, "network/in/x_1"),
    y: field(run, "network/in/y"),
    mask: windowMask(run, "network/in/mask"),
    known: label(run, "network/in/label"),
  });
  return {run, steps, order, model, load};
}
