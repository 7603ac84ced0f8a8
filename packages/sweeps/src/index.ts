/**
 * Sweeps of options: grids, seeds, successive halving, importance, and Slurm job arrays.
 *
 * @module @lola-ts/sweeps
 */
export {badness} from "./badness";
export {bestVariants} from "./best";
export {writeEvents} from "./event-files";
export {rungShares, survivors, type Halving} from "./halving";
export {importances, type Importance} from "./importance";
export {readMeasure, type Measure} from "./measure";
export {table4, table4Verdicts} from "./optimiser-ablation";
export {optunaJournal} from "./optuna-journal";
export {runElement} from "./slurm/element";
export {
  countStates,
  elementsOf,
  lastLines,
  submissionsOf,
  submitArray,
  type ArrayElement,
  type SlurmOptions,
} from "./slurm/job-array";
export {squeue} from "./slurm/slurm-commands";
export {nested, overridesInWords, variantsOf, type Knob, type Overrides, type Space} from "./space";
export {readEndedTrial} from "./stored-trial";
export {importanceFigure, knobFigure, parallelCoordinates, sweepCurves} from "./sweep-figures";
export {sweepTable} from "./sweep-table";
export {targetTable} from "./time-to-target";
export {
  methodsOf,
  optionsOf,
  variantKey,
  wholeTrials,
  type EndedTrial,
  type Measured,
  type MeasuredTrial,
  type Trial,
} from "./trial";
