export {firstFrame, spatialMean, trainingMean, type Forecast} from "./baselines";
export {buresMatrix, buresWasserstein, fitGaussian} from "./bures";
export {onClimate, trainingDeviation, type Climate} from "./climate";
export {distributionError, fairDistributionScore} from "./distribution";
export {
  ensembleMean,
  ensembleMember,
  limitOfSkill,
  meanTrajectory,
  pointwiseSpread,
  skill,
  spread,
  spreadSkillRatio,
} from "./ensemble";
export {evaluateRollout, metricNames, optionalMetrics, scoreRule, type MetricRow, type ScoredMetric} from "./evaluate";
export {dense, fieldAt, gather} from "./fields";
export {
  horizons,
  horizonsRule,
  leadTimes,
  statisticRule,
  type Horizon,
  type LeadRow,
  type StatisticOptions,
} from "./horizons";
export {
  describeJudgement,
  formatChange,
  judge,
  LEVEL,
  MARGIN,
  verdictOf,
  type Comparison,
  type JudgedCell,
  type JudgedScores,
  type Judgement,
  type JudgeOptions,
  type Side,
  type Verdict,
} from "./judge";
export {embedInPlane} from "./maps/plane-embedding";
export {correlation, massError, nrmse, rmse, variance, vrmse} from "./pointwise";
export {calibrationOf, type Calibration} from "./probability/calibration";
export {coverageCurve, coverageError} from "./probability/coverage";
export {crps} from "./probability/crps";
export {dressingFactor, gaussianCrps, type DressedErrors} from "./probability/dressing";
export {energyScore} from "./probability/energy-score";
export {rankHistogram} from "./probability/rank-histogram";
export {reliabilityOf, type Reliability} from "./probability/reliability";
export {variogramScore} from "./probability/variogram-score";
export {bandEdges, bandErrors, crossErrors, crossSpectrum, powerSpectrum, rings, trajectorySpectrum} from "./spectrum";
export {crossedSummary} from "./statistics/crossed";
export {mantelTest} from "./statistics/mantel";
export {momentNames, valueMoments, type MomentName} from "./statistics/value-moments";
export {central, quantile, summary} from "./summary";
export {acrossSeeds} from "./tables/across-seeds";
export {byHorizon} from "./tables/by-horizon";
export {
  cellText,
  formatNumber,
  formatProbability,
  isBold,
  isNumeric,
  visibleColumns,
  type CellOptions,
} from "./tables/cells";
export {matchHorizons} from "./tables/comparison";
export {readCsv, toCsv} from "./tables/csv";
export {fromDataFrame, toDataFrame, type DataFrame} from "./tables/data-frame";
export {table1, type InferenceTime} from "./tables/inference-times";
export {toLatex} from "./tables/latex";
export {pairedTable} from "./tables/paired-table";
export {readPaperScores, type PaperCell} from "./tables/paper-scores";
export {
  baselineMethods,
  emulatorMethods,
  horizonsOf,
  isTrained,
  latentRatesOf,
  metricRule,
  withLabels,
  type Labels,
  type Result,
} from "./tables/results";
export {scoreRows} from "./tables/score-rows";
export {scorecard} from "./tables/scorecard";
export {readTrajectoryScores, trajectoryRows, type TrajectoryScores} from "./tables/trajectory-scores";
export {judgedColumns, verdicts} from "./tables/verdicts";
export {slicedWasserstein, wasserstein} from "./transport";
