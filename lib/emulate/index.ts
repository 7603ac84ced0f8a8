export {
  diffusionEmulator,
  perturbedEmulator,
  rowSources,
  solverEmulator,
  stochasticSolverEmulator,
  type DisposableEmulator,
  type Emulator,
  type NoiseSeed,
  type TrainedDenoiser,
} from "./emulators";
export {guidedEmulator, type GeneratedStates} from "./guided-emulator";
export {chunkSize, ensembleChunks, planRollout, rollout, rolloutEnsemble, sourceRule} from "./rollout";
