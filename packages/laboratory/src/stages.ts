/**
 * What packages build on that add stages, studies or pages to the laboratory.
 *
 * @module @lola-ts/laboratory/stages
 */
export {changedConfig, changesOf, configChanges, type Change, type OptionChange, type Part} from "./changes";
export type {CompareOptions} from "./compare";
export {statesPerCall, type Config, type EmulatorPreset, type TrainingConfig, type WellDataConfig} from "./config";
export {LabComparison} from "./lab-comparison";
export {labRule} from "./lab";
export {lessonCosts} from "./lesson-costs";
export type {LatentCalibration} from "./latent-calibration";
export {boundariesInWords, gridInWords} from "./description";
export {formatSeconds, Progress, track} from "./notebook/progress";
export {shippedLab, type LabOptions} from "./open-lab";
export {preset, presetNames, studiedPreset, systemNames} from "./presets/presets";
export {packArtifacts, RecordingArtifacts} from "./pretrained/pack";
export {readModelPlan, trainPlan} from "./pretrained/planned-models";
export {Shipped, shippedFolder, unpackedFolder, type ShippedArtifact} from "./pretrained/shipped";
export {RunList} from "./runs/run-list";
export {scoreForecast, type ScoringContext} from "./scoring/score";
export {loadRun, type Run} from "@lola-ts/official-runs";
export {openDataset} from "./stage-graph";
export {autoencoderSteps, type AutoencoderChanges} from "./stages/autoencoders";
export {Dataset, shipsStandardization} from "./stages/dataset";
export {
  emulatorName,
  emulatorNetwork,
  latentData,
  pixelData,
  type EmulatorChanges,
  type EmulatorSpec,
} from "./stages/emulators";
export {Evaluation, obtainClimate, obtainTrainingMean} from "./stages/evaluation";
export type {Latents} from "./stages/latents";
export {emulatorRule, methodCosts, methodsRule, middleRate, type MethodChoice} from "./stages/methods";
export {
  emulatorOf,
  ensembleOptions,
  obtainEnsemble,
  noiseOf,
  rolloutVersion,
  rolloutSettings,
  samplerSettings,
} from "./stages/rollouts";
export {requestOf, simulatorName, startingState, type SimulatorChoice} from "./stages/simulators";
export {shortened, timeEmulator} from "./stages/timing";
export {Artifacts, type Recipe} from "./store/artifacts";
export {pointsOf, readPlan, type PlanFile, type PlannedPoint} from "./sweep/plan-file";
export {runPlan} from "./sweep/run-sweep";
export {sweepOf, type SweepOptions} from "./sweep/sweep-plan";
export {variantConfig} from "./sweep/trial-config";
export {onTrajectories, TestSet, type OtherTrajectories} from "./test-set";
export {trainingOperations} from "./training-memory";
export type {Validation} from "./validation";
export {interruptible} from "./workers/interrupt";
export {Trainer} from "./workers/trainer";
