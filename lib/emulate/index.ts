export {diffusionEmulator, rowSources, type TrainedDenoiser} from "./diffusion-emulator";
export type {DisposableEmulator, Emulator} from "./emulator";
export {guidedEmulator, type GeneratedStates} from "./guided-emulator";
export {perturbedEmulator} from "./perturbed-emulator";
export {chunkSize, ensembleChunks, planRollout, rollout, rolloutEnsemble, sourceRule} from "./rollout";
export {solverEmulator} from "./solver-emulator";
export {stochasticSolverEmulator} from "./stochastic-solver-emulator";
