/** Calls of layers and models. */
import * as lola from "./public";
import {tinyNetwork} from "../tiny";
import type {Calls} from "./judge";
import {tensor} from "./samples";

const autoencoder = () => ({
  pixChannels: 3,
  latChannels: 2,
  hidChannels: [4, 6],
  hidBlocks: [1, 1],
  spatial: 2,
  patchSize: 1,
  kernelSize: 3,
  stride: 2,
  dropout: 0,
  ffnFactor: 1,
  latentNoise: 0,
  saturation: "tanh",
  precision: "float32",
  normVariance: "unbiased",
});
const network = () => ({...tinyNetwork(), dropout: 0, patchSize: [1, 1, 1]});
const vit = () => {
  const {channels, embFeatures, labelFeatures, ...transformer} = network();
  return {
    ...transformer,
    inChannels: channels,
    outChannels: channels,
    condChannels: labelFeatures,
    modFeatures: embFeatures,
  };
};
const distribution = () => ({kind: "wrapped", lambda: 1, rho: 0.6, atLeast: 1});
const init = () => new Float32Array(6);
/** Parameters in words that name no value. */
const names = (model: {readonly specs: object}) => Object.keys(model.specs);
const made = (model: lola.Model) => {
  const {size} = model.weights;
  model.dispose();
  return size;
};
const ofSeed = "1: -1";
/** Parts of a model, and its seed, which a sentence may name. */
const says = ["DCAE", "ViT", "SelfAttention", "SineEncoding", "seed", "solver"];

export const modelsCalls: Calls = {
  Autoencoder: {
    call: (config: never) => names(new lola.Autoencoder(config)),
    args: () => [autoencoder()],
    options: [0],
    says,
  },
  "Autoencoder.create": {
    call: (...args: [never, never]) => made(lola.Autoencoder.create(...args)),
    args: () => [autoencoder(), 1],
    options: [0],
    fine: [ofSeed],
    says,
  },
  Solver: {call: (config: never) => names(new lola.Solver(config)), args: () => [network()], options: [0], says},
  "Solver.create": {
    call: (...args: [never, never]) => made(lola.Solver.create(...args)),
    args: () => [network(), 1],
    options: [0],
    fine: [ofSeed],
    says,
  },
  StochasticSolver: {
    call: (config: never) => names(new lola.StochasticSolver(config)),
    args: () => [{...network(), noiseFeatures: 4}],
    options: [0],
    says,
  },
  "StochasticSolver.create": {
    call: (...args: [never, never]) => made(lola.StochasticSolver.create(...args)),
    args: () => [{...network(), noiseFeatures: 4}, 1],
    options: [0],
    fine: [ofSeed],
    says,
  },
  TokenProbe: {
    call: (config: never) => names(new lola.TokenProbe(config)),
    args: () => [{channels: 3, width: 4, parameters: 2}],
    options: [0],
    fine: ["*: one less"],
  },
  "TokenProbe.create": {
    call: (...args: [never, never]) => made(lola.TokenProbe.create(...args)),
    args: () => [{channels: 3, width: 4, parameters: 2}, 1],
    options: [0],
    fine: [ofSeed, "*: one less"],
    says,
  },
  ViT: {call: (config: never) => names(new lola.ViT(config)), args: () => [vit()], says},
  Layout: {
    call: (specs: never) => new lola.Layout(specs).size,
    args: () => [{weight: {shape: [2, 3], init, kind: "plain"}}],
    fine: ["0.weight.shape: one less", "0.weight.shape: empty"],
  },
  BoundParameters: {
    call: (...args: [never, never]) => new lola.BoundParameters(...args).has("a"),
    args: () => [new Map([["a", tensor([2])]]), ""],
    fine: ["1: another text"],
  },
  parameterCounts: {
    call: lola.parameterCounts,
    args: () => [new lola.Solver(tinyNetwork()), ["backbone"]],
    fine: ["1.0: another text", "1: empty", "1: missing"],
  },
  reconstructionLoss: {
    call: lola.reconstructionLoss,
    args: () => [tensor([2, 4, 4, 3]), tensor([2, 4, 4, 3], 1), {vrmse: 1, mse: 0.5}, {variance: "unbiased"}],
    fine: ["2.*: -1"],
  },
  contextMask: {call: lola.contextMask, args: () => [4, 1, "end"]},
  contextProbabilities: {call: lola.contextProbabilities, args: () => [distribution(), 4], says: ["context mask"]},
  drawContexts: {
    call: lola.drawContexts,
    args: () => [distribution(), [2, 4], lola.Rng.from("contexts")],
    says: ["context mask"],
  },
};
