// The public names of lola, in the order of the paper's stages.
export {tf} from "./tensor/backend";
export {compile, type Compiled} from "./tensor/compile";
export {Random} from "./tensor/random";
export {jvp, vjp} from "./tensor/jacobian";
export {Generator} from "./random";

export {openLab, Lab, type LabOptions} from "./lab/lab";
export type {AutoencoderChanges} from "./lab/autoencoders";
export type {EmulatorChanges, Method} from "./lab/emulators";
export {preset, presetNames, systemNames, type Config, type WellDataConfig} from "./lab/presets";
export {show, showMovie, showTable, saveFigure, saveJson} from "./lab/display";
export {Progress, track} from "./lab/progress";
export {reconstruction, truthOf} from "./lab/evaluation";
export {physicalRollout} from "./lab/rollouts";
export {decodeStates, encodeStates, view} from "./lab/latents";
export {validation, type Validation} from "./lab/validation";
export {parametersInWords} from "./lab/words";

export {simulateDataset, planFiles, EULER_GASES, type EulerDataConfig, type SimulationConfig} from "./simulate/dataset";
export {EulerSolver} from "./simulate/euler";
export {RayleighBenardSolver} from "./simulate/rayleigh-benard-solver";
export {HydroSolver} from "./simulate/hydro3d";
export {SelfGravitatingGas} from "./simulate/selfgravity";
export {drawQuadrants, laxLiu, paint} from "./simulate/quadrants";
export {riemann, starState} from "./simulate/riemann";

export {systemOf, channelNames, BOUNDARY, type System} from "./data/systems";
export {openWell, writeWell, WellDataset, WellError} from "./data/well";
export {summariseWell} from "./data/well-summary";
export {downloadWell, planDownload} from "./data/download";
export {fitStandardization} from "./data/fit";
export {standardize, standardization, unstandardize, type Standardization} from "./data/standardize";
export {augment, randomAugmentation} from "./data/augment";
export {MemorySource, type Source} from "./data/source";
export {WellSource} from "./data/well-source";
export {Batches, countWindows, evaluationWindow} from "./data/windows";
export {Loader, openBatches} from "./data/loader";

export {Autoencoder, type AutoencoderConfig} from "./autoencoder";
export {reconstructionLoss} from "./nn/loss";
export {blockMeans, saturate} from "./tensor/ops";
export {ViT, type ViTConfig} from "./nn/vit";
export {Layout, Model, Parameters} from "./nn/module";
export {parameterCounts} from "./nn/count";

export {logLogit, rectified, discretize, type Schedule} from "./diffusion/schedule";
export {Denoiser, MaskedDenoiser, score} from "./diffusion/denoiser";
export {denoiserLoss, diffuse, sampledDenoiserLoss} from "./diffusion/loss";
export {codeContext, contextMask, contextProbabilities, drawContexts, paperContext} from "./diffusion/mask";
export {Sampler, type SamplerOptions} from "./diffusion/sampler";
export {adamsBashforth} from "./diffusion/adams-bashforth";
export {exponentialAdamsBashforth} from "./diffusion/exponential";
export {diffusionEmulator} from "./diffusion/emulator";
export {MMPSDenoiser, throughDecoder} from "./diffusion/guidance";
export {guidedEmulator} from "./diffusion/guided-emulator";
export {Solver, solverEmulator} from "./solver";
export {planRollout, rollout, rolloutEnsemble} from "./rollout";

export {adamW} from "./train/adamw";
export {psgd} from "./train/psgd";
export {soap} from "./train/soap";
export {learningRate} from "./train/schedule";
export {train, AbortedError, DivergedError} from "./train/loop";
export {loadCheckpoint, saveCheckpoint} from "./train/checkpoint";

export {exportRun, loadRun, saveRun, type Run} from "./runs/run";
export {dataOf, type RunData} from "./runs/data";

export {evaluateRollout, horizons, leadTimes} from "./evaluate/evaluate";
export {firstFrame, spatialMean, trainingMean} from "./evaluate/baselines";
export {massError, vrmse, rmse, nrmse, variance} from "./evaluate/vrmse";
export {ensembleMean, skill, spread, spreadSkillRatio} from "./evaluate/ensemble";
export {bandEdges, bandErrors, crossErrors, crossSpectrum, powerSpectrum, rings} from "./evaluate/spectrum";
export {slicedWasserstein, wasserstein} from "./evaluate/transport";
export {distributionError, distributionMetrics, paperTables} from "./evaluate/distribution";
export {buresMatrix, buresWasserstein, fitGaussian} from "./evaluate/bures";
export {findings, type Finding} from "./evaluate/findings";
export {comparison, readCsv, readPaperScores, table1, table6, toCsv, toDataFrame, toHtmlTable} from "./evaluate/tables";

export {figure3} from "./figures/figure-03";
export {figure4} from "./figures/figure-04";
export {figure5} from "./figures/figure-05";
export {ablation} from "./figures/ablation";
export {histogram} from "./figures/histogram";
export {inferenceTime} from "./figures/inference-time";
export {powerSpectra} from "./figures/power-spectrum";
export {snapshot} from "./figures/snapshot";
export {displayedView, fieldView, fieldViews, imageOf, limitsIn, type FieldView} from "./figures/fields";
export {movie} from "./figures/movie";
export {validationFigure} from "./figures/validation";
export {fieldOf, limitsOf, tiles} from "./figures/tiles";
export {trainingCurve} from "./figures/training-curve";
export type {Figure} from "./figures/style";
export {dataFolder, figuresFolder, projectRoot, wellFolder} from "./paths";
