/**
 * Many trainings: sweeps of options, plans, Slurm job arrays, and the list of what was trained.
 *
 * @module @lola-ts/sweeps
 */
export {table4, table4Verdicts} from "./optimiser-ablation";
export {type PlanFile, pointsOf, readPlan} from "./plan-file";
export {plannedConfig, plannedModels, readModelPlan, trainPlan} from "./planned-models";
export {RunList, runs} from "./run-list";
export {runPlan, runSweep} from "./run-sweep";
export {ShippedTrials} from "./shipped-trials";
export {runElement, submitArray} from "./slurm";
export {nested, type Overrides, type Space, variantsOf} from "./space";
export {knobFigure, sweepCurves} from "./sweep-figures";
export {planSweep, sweepOf, type SweepOptions, type SweepPlan, trialsOf} from "./sweep-plan";
export {Sweep} from "./sweep-result";
export {bestVariants, sweepTable} from "./sweep-table";
export {type EndedTrial, type LeadScores, measuredTrials} from "./trial";
export {variantConfig} from "./trial-config";
export {trialKey} from "./trial-run";
