/**
 * Sweeps of options: grids, random draws, seeds, and Slurm job arrays.
 *
 * @module @lola-ts/sweeps
 */
export {badness, readMeasure, type Measure} from "./measure";
export {table4, table4Verdicts} from "./optimiser-ablation";
export {
  countStates,
  elementsOf,
  lastLines,
  runElement,
  squeue,
  submissionsOf,
  submitArray,
  type ArrayElement,
  type SlurmOptions,
} from "./slurm";
export {nested, overridesInWords, variantsOf, type Knob, type Overrides, type Space} from "./space";
export {knobFigure, sweepCurves} from "./sweep-figures";
export {bestVariants, sweepTable} from "./sweep-table";
export {
  measuredTrials,
  methodsOf,
  optionsOf,
  readEndedTrial,
  variantKey,
  type EndedTrial,
  type LeadScores,
  type Measured,
  type MeasuredTrial,
  type Trial,
} from "./trial";
