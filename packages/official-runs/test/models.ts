/** Small models with weights. */
import {Autoencoder, Solver} from "lola/models";
import {dataOf} from "../src/data-config";
import {systemOf} from "@lola-ts/simulators";
import {KarrasDenoiser} from "lola/diffusion";
import type {AutoencoderRun, DenoiserRun, SolverRun} from "../src/run";

const euler = systemOf("euler");

/** An autoencoder of Euler's fields, untrained. */
export function autoencoderRun(): AutoencoderRun {
  const model = Autoencoder.create(
    {pixChannels: 5, latChannels: 3, hidChannels: [4, 6], hidBlocks: [1, 1], spatial: 2, periodic: true},
    1,
  );
  const {transform} = euler;
  const data = dataOf(euler, {transform, mean: [1, 0.5, 0.25, 0, 0], std: [0.5, 0.25, 1 / 3, 0.1, 0.1]});
  return {kind: "autoencoder", model, data};
}

const network = {
  channels: 3,
  embFeatures: 4,
  labelFeatures: 5,
  hidChannels: 8,
  hidBlocks: 1,
  attentionHeads: 2,
  spatial: 3,
  patchSize: [1, 2, 2],
};
const trajectory = {length: 5, stride: 4, context: {lambda: 2, rho: 0.5, atLeast: 1}};

/** A denoiser of its latents. */
export function denoiserRun(): DenoiserRun {
  const model = KarrasDenoiser.create({network, schedule: {name: "log-logit", shift: 1}}, 2);
  const autoencoder = autoencoderRun();
  return {kind: "denoiser", model, autoencoder, data: autoencoder.data, trajectory};
}

/** A solver of its latents. */
export function solverRun(): SolverRun {
  const autoencoder = autoencoderRun();
  return {kind: "solver", model: Solver.create(network, 3), autoencoder, data: autoencoder.data, trajectory};
}
