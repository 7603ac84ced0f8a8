/**
 * The tables, figures and studies of Lost in Latent Space, and those that its notebooks add.
 *
 * @module @lola-ts/paper
 */
export {ablationStudy, type AblationStudy} from "./ablation-runs";
export {everyForecast, everySystem, questionFigure, type SystemScores} from "./every-system";
export {trendFigure} from "./claims/trend";
export {claimsFigure, rivalsFigure} from "./headlines";
export {paperClaims, scoredClaims, showPaperClaims, type PaperClaimOptions} from "./paper-claims";
export {paperTable, showPaperTable} from "./paper-tables";
export {compressionGrowth} from "./score-tables";
export {breakEven, type BreakEven} from "./studies/break-even";
export {compressionFloor, type CompressionFloor} from "./studies/compression-floor";
export {diffusionStudy, type DiffusionStudy} from "./studies/diffusion-study";
export {guidedRollout, type GuidedRollout, type GuidedRolloutOptions} from "./studies/guided-rollout";
export {longRun, type LongRun, type LongRunOptions} from "./studies/long-run";
export {growthRate, lyapunovExponents, type Growth, type GrowthOptions, type LyapunovRow} from "./studies/lyapunov";
export {
  bothBoundaries,
  onOtherTrajectories,
  type BothBoundaries,
  type OtherTrajectories,
} from "./studies/other-trajectories";
export {parameterSweep, type ParameterSweep, type ParameterSweepOptions} from "./studies/parameter-sweep";
export {sharpness, type Sharpness} from "./studies/sharpness";
export {
  centralTokens,
  tokenMap,
  type TokenMap,
  type CentralTokenOptions,
  type TokenMapOptions,
} from "./studies/token-map";
export {asStudied, pixelDiffusion} from "./studies/pixel-diffusion";
export {saveTrajectoryScores} from "./trajectory-scores";
export {tokenDistances, type TrajectoryTokens} from "./tables/token-distances";
export {GuidanceView, viewGuidance} from "./views/guidance-view";
export {galleries, type GalleryView} from "./views/galleries";
export {RolloutView, viewRollouts, type RolloutViewOptions} from "./views/rollout-view";
export {showYardstick, yardstick, type Yardstick} from "./yardstick/yardstick";
export {table4, table4Verdicts} from "@lola-ts/sweeps";
