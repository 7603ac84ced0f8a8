import * as config from "../src/official-config";

/* The official configurations, f32c64 and vit_large, as the training scripts complete them. */
const ae = {
  name: "dcae_f32c64_large",
  arch: "dcae",
  saturation: "softclip2",
  latent_noise: 0.01,
  lat_channels: 64,
  hid_channels: [64, 128, 256, 512, 768, 1024],
  hid_blocks: [3, 3, 3, 3, 3, 3],
  pixel_shuffle: true,
  norm: "layer",
  attention_heads: {},
  ffn_factor: 1,
  dropout: 0.05,
  checkpointing: false,
  identity_init: true,
  loss: {losses: ["vrmse"], weights: [1]},
  pix_channels: 5,
  spatial: 2,
};
const vit = {
  name: "vit_large",
  arch: "vit",
  emb_features: 256,
  hid_channels: 1024,
  hid_blocks: 16,
  ffn_factor: 4,
  attention_heads: 8,
  qk_norm: true,
  rope: true,
  patch_size: 1,
  window_size: null,
  dropout: 0.05,
  checkpointing: false,
  channels: 64,
  label_features: 5,
  spatial: 3,
};
const schedule = {name: "log_logit", sigma_min: 1e-3, sigma_max: 1e3, scale: 1, shift: 0};
const denoiser = {...vit, masked: true, schedule, loss: {distribution: "uniform", a: 0, b: 1}};

test("official options become ours, with the official defaults", () => {
  expect(config.autoencoderConfig(ae)).toMatchObject({
    pixChannels: 5,
    latChannels: 64,
    hidChannels: ae.hid_channels,
    hidBlocks: ae.hid_blocks,
    spatial: 2,
    patchSize: 1,
    periodic: false,
    saturation: "softclip2",
    identityInit: true,
    dropout: 0.05,
    latentNoise: 0.01,
    ffnFactor: 1,
  });
  const small = config.autoencoderConfig({pix_channels: 1, lat_channels: 2});
  expect(small).toMatchObject({hidChannels: [64, 128, 256], hidBlocks: [3, 3, 3], dropout: 0, latentNoise: 0});
  expect(config.autoencoderConfig({...ae, saturation: null, patch_size: [2, 2]})).toMatchObject({
    saturation: "none",
    patchSize: 2,
  });
  expect(config.emulatorConfig(vit)).toMatchObject({
    channels: 64,
    embFeatures: 256,
    labelFeatures: 5,
    hidChannels: 1024,
    hidBlocks: 16,
    attentionHeads: 8,
    ffnFactor: 4,
    qkNorm: true,
    rope: true,
    dropout: 0.05,
    spatial: 3,
    patchSize: [1, 1, 1],
  });
  expect(config.denoiserConfig(denoiser).schedule).toEqual({
    name: "log-logit",
    sigmaMin: 1e-3,
    sigmaMax: 1e3,
    scale: 1,
    shift: 0,
  });
});

test("options survive the way to official ones and back", () => {
  for (const change of [{}, {saturation: null, periodic: true, patch_size: 2, spatial: 3, checkpointing: true}]) {
    const official = {...ae, ...change};
    const ours = config.autoencoderConfig(official);
    expect(config.autoencoderConfig(config.officialAutoencoder(ours))).toEqual(ours);
  }
  const solver = config.emulatorConfig({...vit, patch_size: [1, 16, 16], rope: false, qk_norm: false, dropout: null});
  expect(config.emulatorConfig(config.officialEmulator(solver))).toEqual(solver);
  for (const other of [schedule, {name: "log_linear", sigma_min: 0.1, sigma_max: 10}]) {
    const ours = config.denoiserConfig({...denoiser, schedule: other});
    expect(config.denoiserConfig(config.officialDenoiser(ours))).toEqual(ours);
  }
});

test("the rectified flow is the log-logit schedule of the same ratio", () => {
  expect(config.officialSchedule({name: "rectified", sigmaMax: 100})).toEqual({...schedule, sigma_max: 100});
});

test.each([
  [{arch: "vit"}, 'ae.arch: expected "dcae", found "vit"'],
  [{norm: "group"}, 'ae.norm: expected "layer", found "group"'],
  [{attention_heads: {"5": 8}}, "ae.attention_heads: expected no attention in the autoencoder, found { '5': 8 }"],
  [{encoder_only: {dropout: 0}}, "ae.encoder_only: expected the same options for encoder and decoder"],
  [{kernel_size: 4}, "ae.kernel_size: expected an odd number of cells, found 4"],
  [{patch_size: [1, 2]}, "ae.patch_size: expected the same size along all axes, found [ 1, 2 ]"],
  [{saturation: "relu"}, 'ae.saturation: expected "softclip" or'],
  [{hid_blocks: [3]}, "ae.hid_blocks: expected one number for each of the 6 hid_channels, found [ 3 ]"],
  [{hid_channels: [1e9, 1, 1, 1, 1, 1]}, "ae.hid_channels: expected a list, each a whole number from 1 to 1048576"],
  [{spatial: 4}, "ae.spatial: expected 2 or 3 space axes, found 4"],
  [{dropout: 1}, "ae.dropout: expected a number from 0 to 1 (excluded), found 1"],
  [{pix_channels: null}, "ae.pix_channels: expected a whole number from 1 to 1048576, found null"],
  [{name: 3}, "ae.name: expected a text, found 3."],
  [{loss: "mse"}, 'ae.loss: expected a section of options, found "mse".'],
  [{loss: {losses: ["mse"], weights: [1, 2]}}, "ae.loss.weights: expected a list of 1 entries, each a finite number"],
  [{loss: {losses: [1]}}, "ae.loss.losses: expected a list, each a text, found [ 1 ]."],
  [{loss: {loses: []}}, 'ae.loss: unknown option "loses"; did you mean "losses"?'],
  [{groups: 16}, 'ae: unknown option "groups"; known are arch, norm'],
  [{dropuot: 0}, 'ae: unknown option "dropuot"; did you mean "dropout"?'],
  [{periodic: "false"}, 'ae.periodic: expected true or false, found "false"'],
  [{periodic: 0}, "ae.periodic: expected true or false, found 0"],
  [{identity_init: "x"}, 'ae.identity_init: expected true or false, found "x"'],
  [{dropout: 2}, "ae.dropout: expected a number from 0 to 1 (excluded), found 2"],
  [{dropout: -1}, "ae.dropout: expected a number from 0 to 1 (excluded), found -1"],
  [{dropout: "0.5"}, 'ae.dropout: expected a number from 0 to 1 (excluded), found "0.5"'],
  [{latent_noise: 1e300}, "ae.latent_noise: expected a finite number from 0 to 1000, found 1e+300"],
  [{latent_noise: -1}, "ae.latent_noise: expected a finite number from 0 to 1000, found -1"],
])("an autoencoder's option is refused: %j", (change, message) => {
  expect(() => config.autoencoderConfig({...ae, ...change})).toThrow(message);
});

test.each([
  [{arch: "unet"}, 'denoiser.arch: expected "vit" or "dit", found "unet"'],
  [{window_size: 4}, "denoiser.window_size: expected null: attention over all tokens, found 4"],
  [{unpatch_size: 2}, "denoiser.unpatch_size: expected the patch_size 1 x 1 x 1, or null, found 2"],
  [{schedule: {...schedule, name: "cosine"}}, 'denoiser.schedule.name: expected "log_logit" or "log_linear"'],
  [
    {schedule: {...schedule, sigma_min: 0}},
    "denoiser.schedule.sigma_min: expected a number above 0 up to 1e9, found 0",
  ],
  [{schedule: {...schedule, scale: 0}}, "denoiser.schedule.scale: expected a number above 0 up to 1000, found 0"],
  [{loss: 3}, "denoiser.loss: expected a distribution of times with numbers"],
  [{loss: {distribution: "uniform", a: "0"}}, "denoiser.loss: expected a distribution of times with numbers"],
  [{name: []}, "denoiser.name: expected a text, found []."],
  [{schedule: undefined}, "denoiser.schedule: expected a section of options, found none"],
])("a denoiser's option is refused: %j", (change, message) => {
  expect(() => config.denoiserConfig({...denoiser, ...change})).toThrow(message);
});

test("what the official code cannot express is not exported", () => {
  const ours = config.autoencoderConfig(ae);
  expect(() => config.officialAutoencoder({...ours, ffnFactor: 1.5})).toThrow(
    "exportRun: expected an integer ffnFactor, which the official code needs, found 1.5",
  );
  expect(() => config.officialAutoencoder({...ours, normVariance: "population"})).toThrow(
    'exportRun: expected normVariance unbiased, the official code\'s, found "population"',
  );
});
