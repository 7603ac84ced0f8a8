export {
  augment,
  augmentation,
  augmentBoundary,
  Gather,
  inverseAugmentation,
  randomAugmentation,
  type Augmentation,
  type RandomAugmentationOptions,
} from "./augment";
export {
  Batches,
  countWindows,
  evaluationWindow,
  windowAt,
  type AugmentOptions,
  type Batch,
  type BatchesOptions,
  type EvaluationWindow,
} from "./batches";
export {fitStandardization, type FitOptions} from "./fit";
export {Loader, openBatches} from "./loader";
export {joined, momentsOf, noMoments, type Moments} from "./moments";
export {
  MemorySource,
  resolveWindow,
  type FileSource,
  type SourceOpener,
  type StateWindow,
  type TrajectorySource,
} from "./source";
export {checkConstants, standardization, standardize, unstandardize, type Standardization} from "./standardize";
