/**
 * Pictures, curves, tables and animations of fields and scores, drawn by plotly.js.
 *
 * @module @lola-ts/figures
 */
export {animate, animateTrajectories, type AnimatedFigure, type Movie} from "./animation";
export {figure3, histogram, inferenceTime, type ReconstructionRow} from "./bars";
export {calibration} from "./calibration-figure";
export {
  ablation,
  densityOf,
  lines,
  trainingCurve,
  validationFigure,
  type ErrorCurve,
  type ErrorPanel,
  type TrainingOptions,
  type TrainingRun,
} from "./curves";
export {displayedView, fieldView, fieldViews, imageOf, limitsIn, type FieldView} from "./field-view";
export {
  ensembleFigure,
  figure22,
  figure4,
  figure4All,
  figure6,
  snapshot,
  type RolloutRow,
  type SystemRollouts,
} from "./image-figures";
export {figure23, matrixFigure, type MatrixPanel, type PointColours} from "./latent-space";
export {annotate, axis, explained, frame, legend, logTicks} from "./layout";
export {figure5, figure8, type Curve, type MetricsOptions, type SystemCurves} from "./metric-curves";
export {powerSpectra} from "./power-spectrum";
export {compact} from "./render/compact";
export {drawnBefore, placePlotly, toHtml, toJpeg, toPng, toSmallSvg, warmExport} from "./render/export";
export {toGif} from "./render/gif";
export {sizeOf, type ImageSize} from "./render/picture";
export {figure1, figure2, figure7, type DenoiserThumbnails, type EmulationThumbnails} from "./schematics";
export {band, colours, figureRules, ink, line, rateLabel, round, type Figure, type FigureOptions} from "./style";
export {textTable, toHtmlTable} from "./tables";
export {dotPlot, verdictMatrix, type Dot, type VerdictRow} from "./verdict-figures";
export {fieldOf, limitsOf, tiles, type FieldImage, type ImageSource} from "./tiles";
