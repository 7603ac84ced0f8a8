export {firstFrame, spatialMean, trainingMean, type Forecast} from "./baselines";
export {buresMatrix, buresWasserstein, correlationMatrix, fitGaussian, participationRatio} from "./bures";
export {onClimate, trainingDeviation, type Climate} from "./climate";
export {distributionError, fairDistributionScore} from "./distribution";
export {
  ensembleMean,
  ensembleMember,
  errorBySpread,
  limitOfSkill,
  pointwiseSpread,
  skill,
  spread,
  spreadSkillRatio,
  type SpreadGroup,
} from "./ensemble";
export {evaluateRollout, metricNames, optionalMetrics, scoreRule, type MetricRow, type ScoredMetric} from "./evaluate";
export {blur, dense, fieldAt, gather} from "./fields";
export * from "./horizons";
export * from "./judge";
export {embedInPlane} from "./maps/plane-embedding";
export {correlation, massError, nrmse, rmse, variance, vrmse} from "./pointwise";
export {
  calibrationOf,
  coverageCurve,
  coverageError,
  reliabilityOf,
  type Calibration,
  type Reliability,
} from "./probability/calibration";
export {crps, energyScore} from "./probability/crps";
export {dressingFactor, gaussianCrps, type DressedErrors} from "./probability/dressing";
export {rankHistogram} from "./probability/rank-histogram";
export {variogramScore} from "./probability/variogram-score";
export {bandEdges, bandErrors, crossErrors, crossSpectrum, powerSpectrum, rings, trajectorySpectrum} from "./spectrum";
export {crossedSummary} from "./statistics/crossed";
export {mantelTest} from "./statistics/mantel";
export {studentQuantile} from "./statistics/significance";
export {central, momentNames, quantile, summary, valueMoments, type MomentName} from "./summary";
export {
  acrossSeeds,
  baselineMethods,
  byHorizon,
  emulatorMethods,
  horizonsOf,
  isTrained,
  latentRatesOf,
  matchHorizons,
  metricRule,
  scoreRows,
  withLabels,
  type Labels,
  type Result,
} from "./tables/results";
export type {TableRow} from "@lola-ts/core";
export * from "./tables/cells";
export {readCsv, toCsv} from "./tables/csv";
export {fromDataFrame, toDataFrame, type DataFrame} from "./tables/data-frame";
export {readPaperScores, table1, type InferenceTime, type PaperCell} from "./tables/paper-scores";
export {toLatex} from "./tables/latex";
export {judgedColumns, pairedTable, verdicts} from "./tables/verdicts";
export {pivot, type PivotOptions} from "./tables/pivot";
export {METRIC_TITLES, scorecard} from "./tables/scorecard";
export {readTrajectoryScores, trajectoryRows, type TrajectoryScores} from "./tables/trajectory-scores";
export {slicedWasserstein} from "./transport";
