/**
 * Four validated simulators of fluids and gases: inner loops in C++, compiled for Node and to WebAssembly.
 *
 * @module @lola-ts/simulators
 */
export type {EulerDataConfig} from "./euler/system";
export {drawQuadrants, laxLiu, piecewiseConstant} from "./euler/initial";
export {riemann, starState} from "./euler/riemann";
export {EulerSolver} from "./euler/solver";
export {EULER_GASES} from "./euler/spec";
export type {GravityCoolingDataConfig} from "./gravity-cooling/system";
export {HydroSolver} from "./gravity-cooling/hydro";
export {SelfGravitatingGas} from "./gravity-cooling/selfgravity";
export type {KolmogorovDataConfig} from "./kolmogorov/system";
export {label, labelRule, type LabelOptions} from "./label";
export type {BoundaryKind, FileFields, SimulatedFile} from "./plan";
export type {RayleighBenardDataConfig} from "./rayleigh-benard/system";
export {RayleighBenardSolver} from "./rayleigh-benard/solver";
export {keepTrajectories} from "./pool";
export type {ReferenceCurve} from "./reference";
export {
  simulatedSystem,
  systemNames,
  systemOf,
  type RegisteredSystem,
  type SimulationConfig,
  type System,
  type SystemName,
} from "./registry";
export {fieldsOf, statesOf, type Restart, type StateFields} from "./restart";
export {checkPhysics, datasetNames, planFiles, simulateDataset, type Checks, type SimulationSummary} from "./simulate";
export type {Gallery, Scalar} from "./system";
export {simulateTrajectory} from "./trajectory";
