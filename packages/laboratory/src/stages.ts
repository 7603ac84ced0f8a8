/**
 * Parts of the laboratory for packages that add stages, studies or pages to it.
 *
 * @module @lola-ts/laboratory/stages
 */
export {type Change, changedConfig, changesOf, configChanges, differences, inBrief, inWords} from "./changes";
export {type Config, type EmulatorPreset, isUntrained, STAGES, statesPerCall, type TrainingConfig} from "./config";
export {boundariesInWords, gridInWords} from "./description";
export {derivedLab, Lab, labRule} from "./lab";
export {LabComparison} from "./lab-comparison";
export {lessonCosts} from "./lesson-costs";
export {Presenter, saveText} from "./notebook/display";
export {onTrajectories, openLab, type OtherTrajectories, shippedLab} from "./open-lab";
export {preset, presetNames, studiedPreset, systemNames} from "./presets/presets";
export {findShipped, stageVersions} from "./pretrained/find-shipped";
export {packArtifacts, RecordingArtifacts} from "./pretrained/pack";
export {Shipped, shippedFolder, shippedSweepsFolder, unpackedFolder} from "./pretrained/shipped";
export {rivals} from "./rivals";
export {scoreForecast, type ScoringContext} from "./scoring/score";
export {openContext, openDataset} from "./stages/context";
export {rolloutSource} from "./stages/ensembles";
export {type AutoencoderChanges} from "./model-changes";
export {autoencoderSteps} from "./stages/autoencoders";
export {Dataset, shipsStandardization} from "./stages/dataset";
export {type EmulatorChanges, emulatorChangesRule, type EmulatorSpec} from "./model-changes";
export {emulatorName, emulatorNetwork, latentData, pixelData} from "./stages/emulators";
export {
  contestantsOf,
  Evaluation,
  evaluateOne,
  obtainClimate,
  obtainTrainingMean,
  parameterBlocks,
  scoredTrajectories,
} from "./stages/evaluation";
export {type Latents} from "./stages/latents";
export {
  chooseMethods,
  emulatorRule,
  emulatorRules,
  type MethodChoice,
  methodCosts,
  methodsRule,
  middleRate,
  requireMethod,
} from "./stages/methods";
export {
  emulatorOf,
  ensembleOptions,
  isDeterministic,
  noiseOf,
  obtainEnsemble,
  rolloutSettings,
  rolloutVersion,
  samplerSettings,
} from "./stages/rollouts";
export {requestOf, type SimulatorChoice, simulatorName, startingState} from "./stages/simulators";
export {shortened, timeEmulator} from "./stages/timing";
export {bestOf, nameOf, type StoredRun, storedRuns, TRAINED} from "./stored-runs";
export {
  emulatorSizes,
  inGigabytes,
  STEP_PASSES,
  stepOperations,
  trainingMemory,
  trainingOperations,
} from "./training-memory";
export {type Job} from "./model-changes";
export {Trainer} from "./workers/trainer";
export {loadRun, Run} from "@lola-ts/official-runs";
