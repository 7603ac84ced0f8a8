export {Autoencoder, autoencoderRules, latentNoise, type AutoencoderConfig} from "./autoencoder";
export {
  codeContext,
  contextMask,
  contextProbabilities,
  drawContexts,
  paperContext,
  spreadMask,
  type ContextDistribution,
} from "./context";
export {emulatorRules, transformerOf, type EmulatorConfig} from "./emulator-network";
export {lossNames, reconstructionLoss, type LossKind, type LossMixture} from "./reconstruction-loss";
export {Solver} from "./solver";
export {StochasticSolver} from "./stochastic-solver";
export {TokenProbe} from "./token-probe";
export {saturate} from "@lola-ts/engine";
