// The public names of lola, in the order of the paper's stages.
export {solverEmulator} from "./emulate/solver-emulator";
export {stochasticSolverEmulator} from "./emulate/stochastic-solver-emulator";
export {tf} from "./tensor/backend";
export {compile, type Compiled} from "./tensor/compile/compile";
export {Random} from "./tensor/random";
export {jvp, vjp} from "./tensor/autodiff/jacobian";
export {Rng} from "./core/rng";

export {openLab, openTrained, type LabOptions} from "./lab/open-lab";
export {Lab} from "./lab/lab";
export {compare, type CompareOptions} from "./lab/compare";
export type {LabComparison} from "./lab/lab-comparison";
export type {Sweep} from "./lab/sweep/sweep-result";
export type {SweepOptions} from "./lab/sweep/sweep-plan";
export type {Space} from "./sweep/space";
export {table4, table4Verdicts} from "./sweep/optimiser-ablation";
export type {RunList} from "./lab/runs/run-list";
export type {Change} from "./lab/changes";
export {rivals} from "./lab/rivals";
export {paperClaims, showPaperClaims, type PaperClaimOptions} from "./lab/paper/paper-claims";
export {everyForecast, everySystem, type SystemScores} from "./lab/paper/every-system";
export {paperIndex, showPaperIndex} from "./lab/paper/paper-index";
export {paperTable, showPaperTable, type PaperTableOptions} from "./lab/paper/paper-tables";
export {latentCalibration, type LatentCalibration} from "./lab/latent-calibration";
export {changesOf, type OptionChange} from "./lab/changes";
export type {AutoencoderChanges} from "./lab/stages/autoencoders";
export type {EmulatorChanges, EmulatorSpec} from "./lab/stages/emulators";
export type {MethodChoice} from "./lab/stages/methods";
export type {Config, WellDataConfig} from "./lab/config";
export {preset, presetNames, systemNames} from "./lab/presets/presets";
export {show, showAnimation, showTable, saveFigure, saveJson} from "./lab/notebook/display";
export {Progress, track} from "./lab/notebook/progress";
export {reconstruction, testTrajectory} from "./lab/stages/evaluation";
export {viewRollouts, type RolloutView} from "./lab/views/rollout-view";
export {galleries, type GalleryView} from "./lab/views/rollout-view";
export {viewGuidance, type GuidanceView} from "./lab/views/guidance-view";
export {centralTokens, type CentralTokenOptions} from "./lab/studies/token-map";
export {latentForms, latentFormVariants, type LatentForms} from "./lab/studies/variant-studies";
export {designChoices, designVariants} from "./lab/studies/variant-studies";
export {recipeTrials, recipeVariants} from "./lab/studies/variant-studies";
export type {VariantStudy} from "./lab/studies/variant-studies";
export {samplerStudy, type SamplerStudy, type SamplerStudyOptions} from "./lab/studies/variant-studies";
export {pixelDiffusion} from "./lab/studies/variant-studies";
export {asStudied, type StudyOptions} from "./lab/studies/variant-studies";
export {parameterSweep, type ParameterSweep, type ParameterSweepOptions} from "./lab/studies/parameter-sweep";
export {onOtherTrajectories, type OtherTrajectories} from "./lab/studies/other-trajectories";
export {ablationStudy, type AblationStudy} from "./lab/paper/ablation-runs";
export {solverTrials} from "./lab/studies/variant-studies";
export {unseenData, type UnseenData} from "./lab/studies/other-trajectories";
export {tokenMap, type TokenMap, type TokenMapOptions} from "./lab/studies/token-map";
export {guidedRollout, type GuidedRollout, type GuidedRolloutOptions} from "./lab/studies/guided-rollout";
export {validationCurve} from "./lab/stages/training";
export {decodeRollout} from "./lab/stages/rollouts";
export {decodeStates, encodeStates, trajectoryAt} from "./lab/stages/latents";
export {compressionOf, methodName} from "./lab/stages/methods";
export {methodCosts} from "./lab/stages/methods";
export {validation, type Validation} from "./lab/validation";
export {parametersInWords} from "./lab/notebook/captions";

export {simulateDataset, planFiles, EULER_GASES, type EulerDataConfig, type SimulationConfig} from "./systems/simulate";
export {EulerSolver} from "./systems/euler/solver";
export {RayleighBenardSolver} from "./systems/rayleigh-benard/solver";
export {HydroSolver} from "./systems/gravity-cooling/hydro";
export {SelfGravitatingGas} from "./systems/gravity-cooling/selfgravity";
export {drawQuadrants, laxLiu, piecewiseConstant} from "./systems/euler/initial";
export {riemann, starState} from "./systems/euler/riemann";

export {systemOf, type System} from "./systems/registry";
export {channelNames, BOUNDARY} from "./core/fields";
export {writeWell, WellDataset, WellError} from "./well/well-dataset";
export {openWell} from "./lab/notebook/well-checks";
export {summariseWell} from "./well/well-statistics";
export {downloadWell, planDownload} from "./download/well-download";
export {fitStandardization} from "./data/fit";
export {standardize, standardization, unstandardize, type Standardization} from "./data/standardize";
export {augment, randomAugmentation} from "./data/augment";
export {MemorySource, type TrajectorySource} from "./data/source";
export {WellSource} from "./well/well-source";
export {Batches, countWindows, evaluationWindow} from "./data/batches";
export {Loader, openBatches} from "./data/loader";

export {Autoencoder, type AutoencoderConfig} from "./models/autoencoder";
export {reconstructionLoss} from "./models/reconstruction-loss";
export {blockMeans, saturate} from "./tensor/ops/ops";
export {ViT, type ViTConfig} from "./nn/vit";
export {Layout, Model, BoundParameters} from "./nn/module";
export {parameterCounts} from "./nn/count";

export {logLogit, rectified, discretize, type Schedule} from "./diffusion/noise-schedule";
export {KarrasDenoiser, MaskedDenoiser} from "./diffusion/denoiser";
export {denoiserLoss, diffuse} from "./diffusion/denoiser-loss";
export {score} from "./diffusion/posterior";
export {codeContext, contextMask, contextProbabilities, drawContexts, paperContext} from "./models/context";
export {Sampler, type SamplerOptions} from "./diffusion/samplers/sampler";
export {adamsBashforth} from "./diffusion/samplers/adams-bashforth";
export {exponentialAdamsBashforth} from "./diffusion/samplers/exponential-adams-bashforth";
export {diffusionEmulator} from "./emulate/diffusion-emulator";
export {MMPSDenoiser, observeDecoded} from "./diffusion/guidance";
export {observer, type ObservationSpec, type Observer} from "./diffusion/observations";
export {guidedEmulator} from "./emulate/guided-emulator";
export {Solver} from "./models/solver";
export {TokenProbe} from "./models/token-probe";
export {StochasticSolver} from "./models/stochastic-solver";
export {planRollout, rollout, rolloutEnsemble} from "./emulate/rollout";

export {adamW} from "./train/optimisers/adamw";
export {psgd} from "./train/optimisers/psgd";
export {soap} from "./train/optimisers/soap";
export {learningRate} from "./train/learning-rate";
export {train, AbortedError, DivergedError} from "./train/loop";
export {loadCheckpoint, saveCheckpoint} from "./train/checkpoint";

export {exportRun, loadRun, saveRun, type Run} from "./runs/run";
export {dataOf, type RunData} from "./runs/data-config";

export {evaluateRollout} from "./evaluate/evaluate";
export {horizons, leadTimes} from "./evaluate/horizons";
export {firstFrame, spatialMean, trainingMean} from "./evaluate/baselines";
export {fieldAt} from "./evaluate/fields";
export {correlation, massError, vrmse, rmse, nrmse, variance} from "./evaluate/pointwise";
export {
  ensembleMean,
  ensembleMember,
  limitOfSkill,
  meanTrajectory,
  skill,
  spread,
  spreadSkillRatio,
} from "./evaluate/ensemble";
export {crps} from "./evaluate/probability/crps";
export {energyScore} from "./evaluate/probability/energy-score";
export {rankHistogram} from "./evaluate/probability/rank-histogram";
export {coverageCurve, coverageError} from "./evaluate/probability/coverage";
export {
  bandEdges,
  bandErrors,
  crossErrors,
  crossSpectrum,
  powerSpectrum,
  rings,
  trajectorySpectrum,
} from "./evaluate/spectrum";
export {slicedWasserstein, wasserstein} from "./evaluate/transport";
export {distributionError} from "./evaluate/distribution";
export {embedInPlane} from "./evaluate/maps/plane-embedding";
export {buresMatrix, buresWasserstein, fitGaussian} from "./evaluate/bures";
export {tokenDistances, type TrajectoryTokens} from "./evaluate/paper/token-distances";
export {findings, latentSolversAreFaster, type Finding} from "./evaluate/findings";
export {verdicts} from "./evaluate/tables/verdicts";
export {toLatex} from "./evaluate/tables/latex";
export {acrossSeeds} from "./evaluate/tables/across-seeds";
export {scorecard} from "./evaluate/tables/scorecard";
export {byHorizon} from "./evaluate/tables/by-horizon";
export {readCsv, toCsv} from "./evaluate/tables/csv";
export {toDataFrame} from "./evaluate/tables/data-frame";
export {table1} from "./evaluate/tables/inference-times";
export {readPaperScores} from "./evaluate/tables/paper-scores";

export {figure1, figure2, figure7, type EmulationThumbnails, type DenoiserThumbnails} from "./figures/schematics";
export {figure3, histogram, inferenceTime} from "./figures/bars";
export {figure4, figure4All, figure22, figure6, snapshot, type SystemRollouts} from "./figures/image-figures";
export {figure23, matrixFigure, type PointColours, type MatrixPanel} from "./figures/latent-space";
export {
  errorCurves,
  ablation,
  validationFigure,
  trainingCurve,
  type ErrorCurve,
  type ErrorPanel,
} from "./figures/curves";
export {calibration} from "./figures/calibration-figure";
export {figure5, figure8, type SystemCurves} from "./figures/metric-curves";
export {powerSpectra} from "./figures/power-spectrum";
export {displayedView, fieldView, fieldViews, imageOf, limitsIn, type FieldView} from "./figures/field-view";
export {animate, animatePanels, type AnimatedFigure} from "./figures/animation";
export {fieldOf, limitsOf, tiles} from "./figures/tiles";
export {toHtmlTable} from "./figures/tables";
export type {Figure} from "./figures/style";
export {dataFolder, figuresFolder, projectRoot, wellFolder} from "./core/paths";
