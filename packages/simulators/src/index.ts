/**
 * Four validated simulators of fluids and gases: compiled loops in Node, plain JavaScript in a page.
 *
 * @module @lola-ts/simulators
 */
export {checkPhysics, type Checks} from "./checks";
export type {EulerDataConfig} from "./euler/files";
export {drawQuadrants, laxLiu, piecewiseConstant} from "./euler/initial";
export {riemann, starState} from "./euler/riemann";
export {EulerSolver} from "./euler/solver";
export {EULER_GASES} from "./euler/spec";
export type {GravityCoolingDataConfig} from "./gravity-cooling/files";
export {HydroSolver} from "./gravity-cooling/hydro";
export {SelfGravitatingGas} from "./gravity-cooling/selfgravity";
export type {KolmogorovDataConfig} from "./kolmogorov/files";
export {label, labelRule, type LabelOptions} from "./label";
export type {BoundaryKind, FileFields, SimulatedFile} from "./plan";
export type {RayleighBenardDataConfig} from "./rayleigh-benard/files";
export {RayleighBenardSolver} from "./rayleigh-benard/solver";
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
export {datasetNames, planFiles, simulateDataset, type SimulationSummary} from "./simulate";
export type {Gallery, Scalar} from "./system";
export {keepTrajectories} from "./trajectory-cache";
export {simulateTrajectory} from "./trajectory";
