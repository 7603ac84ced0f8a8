/** Official configurations, as the golden vectors' JSON holds them, in our names. */
import type {AutoencoderConfig} from "../../lib/autoencoder";
import type {ViTConfig} from "../../lib/nn/vit";

/* eslint-disable @typescript-eslint/no-explicit-any */
export const autoencoderConfig = (official: any): AutoencoderConfig => ({
  pixChannels: official.pix_channels,
  latChannels: official.lat_channels,
  hidChannels: official.hid_channels,
  hidBlocks: official.hid_blocks,
  spatial: official.spatial,
  periodic: official.periodic,
  saturation: official.saturation,
  identityInit: official.identity_init,
  dropout: official.dropout,
  latentNoise: official.latent_noise,
  ffnFactor: official.ffn_factor,
});

export const vitConfig = (official: any): ViTConfig => ({
  inChannels: official.in_channels,
  outChannels: official.out_channels,
  condChannels: official.cond_channels,
  modFeatures: official.mod_features,
  hidChannels: official.hid_channels,
  hidBlocks: official.hid_blocks,
  attentionHeads: official.attention_heads,
  ffnFactor: official.ffn_factor,
  qkNorm: official.qk_norm,
  rope: official.rope,
  dropout: official.dropout,
  spatial: official.spatial,
  patchSize: official.patch_size,
});
