/**
 * An experiment stage by stage, each result kept under the key of what it was made from.
 *
 * @module @lola-ts/laboratory
 */
export {compare} from "./compare";
export {Lab} from "./lab";
export {latentCalibration} from "./latent-calibration";
export {parametersInWords} from "./description";
export {saveJson} from "./notebook/display";
export {openLab, openTrained} from "./open-lab";
export {rivalCosts, rivals, untrainedRivals} from "./rivals";
export {parameterBlocks, reconstruction, testTrajectory} from "./stages/evaluation";
export {decodeStates, encodeStates, trajectoryAt} from "./stages/latents";
export {compressionOf, methodName} from "./stages/methods";
export {decodeRollout, noiseOf} from "./stages/rollouts";
export {validationCurve} from "./stages/training";
export {validation} from "./validation";
export {whatIf} from "./what-if";
export {dataFolder, projectRoot} from "@lola-ts/core";
