/** A laboratory of untrained models that keeps nothing: for properties that hold whatever was learned. */
import ndarray from "ndarray";
import {sizeOf, Rng} from "@lola-ts/core";
import {standardize, standardization, unstandardize} from "lola/data";
import {type Lab, encodeStates, trajectoryAt} from "@lola-ts/laboratory";
import {systemOf} from "@lola-ts/simulators";
import {LATENT, tinyAutoencoder, tinyDenoiser, tinyNetwork} from "../../../../test/tiny";

export const system = systemOf("euler");
export const constants = standardization(system);
export const [N, T] = [2, 5];
export const grid = [8, 8];
const random = Rng.from("guided");
const shape = [N, T, ...grid, system.channels.length];
const normal = ndarray(
  Float32Array.from({length: sizeOf(shape)}, () => random.normal()),
  shape,
);
const physical = unstandardize(normal, constants);
const standard = standardize(physical, constants);
export const autoencoder = tinyAutoencoder({pixChannels: system.channels.length});
export const denoiser = tinyDenoiser(tinyNetwork(2, {labelFeatures: 1}));
export const gammas = [1.3, 1.4];
export const theta = gammas.map((gamma) => Float32Array.of(gamma));
afterAll(() => [autoencoder, denoiser].forEach((model) => model.dispose()));

const window = ({start = 0, length = T}) => [start, length] as const;
const cut = (states: typeof normal, n: number, options: {start?: number; length?: number}) => {
  const [start, length] = window(options);
  return trajectoryAt(states, n).lo(start).hi(length);
};
export const latents = encodeStates(autoencoder, standard);
/** A laboratory of models without training that keeps nothing. */
export const lab = {
  config: {
    system: "euler",
    preset: "smoke",
    seed: 0,
    latentChannels: [LATENT],
    window: 3,
    stride: 4,
    rollout: {steps: 4, order: 3},
    label: {boundary: false},
  },
  caption: "caption",
  system,
  artifacts: {obtainFloats: (_: unknown, make: () => Promise<Float32Array>) => make()},
  dataset: () =>
    Promise.resolve({
      system,
      standardization: constants,
      testTrajectories: [0, 1],
      testWindow: {start: 0, length: T},
      wells: {
        test: {
          grid,
          channels: system.channels,
          trajectories: gammas.map((gamma) => ({scalars: {gamma}, boundary: []})),
        },
      },
      read: (_: string, n: number, options: object) => cut(physical, n, options),
      source: () => ({read: (n: number, options: object) => cut(standard, n, options)}),
    }),
  autoencoder: () => Promise.resolve({model: autoencoder}),
  emulator: () => Promise.resolve({model: denoiser, key: "k"}),
  latents: () => Promise.resolve({states: latents, labels: theta, key: "l"}),
} as unknown as Lab;
