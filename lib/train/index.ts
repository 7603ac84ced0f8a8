export {
  AVERAGE_PREFIX,
  CHECKPOINT_FORMAT,
  LAB_PREFIX,
  loadCheckpoint,
  readHistory,
  readTraining,
  requireSameConfig,
  saveCheckpoint,
  type Checkpoint,
  type History,
} from "./checkpoint";
export {learningRate} from "./learning-rate";
export {AbortedError, DivergedError, train, type TrainOptions} from "./loop";
export {adamW} from "./optimisers/adamw";
export {Kronecker} from "./optimisers/kronecker";
export {psgd} from "./optimisers/psgd";
export {soap} from "./optimisers/soap";
export {rankRows} from "./ranks";
export type {Loss} from "./training-step";
